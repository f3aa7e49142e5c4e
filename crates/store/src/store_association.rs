//! The stores of a brand with their states, and which of them are associated with a stock (semantics 2.4).

use quan_model::enums::StoreState;
use quan_model::ids::{BrandId, StockId, StoreId};

use crate::error::StoreError;

/// A store on the list of a stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociatedStore {
    /// The store.
    pub store_id: StoreId,
    /// Its place in the order of association; greater is later, and gaps are usual.
    pub position: u64,
}

/// Reading stores and their associations.
pub trait StoreAssociationReader {
    /// The state of a store; none when the brand has no such store.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn store_state(&self, brand_id: &BrandId, store: &StoreId) -> Result<Option<StoreState>, StoreError>;
    /// Whether the store is on the list of the stock.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn is_store_associated(&self, stock: &StockId, store: &StoreId) -> Result<bool, StoreError>;
    /// How many stores are on the list of the stock.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn associated_store_count(&self, stock: &StockId) -> Result<u64, StoreError>;
    /// At most `count_max` stores of the list in the order of association, those after the position `after`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn associated_stores(
        &self,
        stock: &StockId,
        after: Option<u64>,
        count_max: u32,
    ) -> Result<Vec<AssociatedStore>, StoreError>;
}

/// Writing stores and their associations.
pub trait StoreAssociationWriter {
    /// Adds a store of a brand, or changes its state.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_store_state(
        &mut self,
        brand_id: &BrandId,
        store: &StoreId,
        state: StoreState,
    ) -> Result<(), StoreError>;
    /// Puts a store at the end of the list of the stock; one that is on the list keeps its place.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn associate_store(&mut self, stock: &StockId, store: &StoreId) -> Result<(), StoreError>;
    /// Takes a store off the list of the stock; one that is not on the list is none the worse.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn disassociate_store(&mut self, stock: &StockId, store: &StoreId) -> Result<(), StoreError>;
}
