//! Everybody who takes part, as lists: for the settings of a platform.

use quan_model::ids::{Appid, BrandId, Mchid, Principal, StoreId};

use crate::error::StoreError;
use crate::parties::{Brand, Grant, Merchant};

/// Reading the lists, each in the order of its keys.
pub trait PartiesListReader {
    /// Every merchant.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn merchants(&self) -> Result<Vec<Merchant>, StoreError>;
    /// Every brand.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn brands(&self) -> Result<Vec<Brand>, StoreError>;
    /// Every authorisation that was ever given.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn authorisations(&self) -> Result<Vec<(BrandId, Mchid, Grant)>, StoreError>;
    /// Every binding of an appid.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn appid_bindings(&self) -> Result<Vec<(Appid, Principal)>, StoreError>;
    /// At most `limit` open stores of a brand.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn open_stores(&self, brand_id: &BrandId, limit: usize) -> Result<Vec<StoreId>, StoreError>;
}

/// Taking back what the parties' own writer gives.
pub trait PartiesListWriter {
    /// Takes the binding of an appid back; one that is not there is taken back already.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn unbind_appid(&mut self, appid: &Appid, owner: &Principal) -> Result<(), StoreError>;
    /// Closes a store of a brand; one that is not open stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn close_store(&mut self, brand_id: &BrandId, store: &StoreId) -> Result<(), StoreError>;
}
