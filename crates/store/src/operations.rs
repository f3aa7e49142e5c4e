//! What an operator asks of a store: who takes part, what waits, which nodes work on it and how late it is by them.

use quan_model::ids::{Appid, BrandId, Mchid, Principal, StoreId};
use quan_model::time::Time;

use crate::error::StoreError;
use crate::parties::{Brand, Merchant};

/// Everybody who takes part, each list by id. People are only counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// Merchants.
    pub merchants: Vec<Merchant>,
    /// Brands.
    pub brands: Vec<Brand>,
    /// Who is authorised by whom, now.
    pub authorisations: Vec<(BrandId, Mchid)>,
    /// Which appids are bound to whom.
    pub appids: Vec<(Appid, Principal)>,
    /// The open stores of brands.
    pub stores: Vec<(BrandId, StoreId)>,
    /// (appid, openid) pairs whose person is known.
    pub persons: u64,
}

/// Notifications that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many, leased ones included.
    pub waiting: u64,
    /// When the one that waits longest came into being.
    pub oldest: Option<Time>,
}

/// A node that works, or worked, on the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRecord {
    /// Different for every start of every node.
    pub name: String,
    /// When it began.
    pub started_at: Time,
    /// When it was last heard of, by its own clock of the rules.
    pub seen_at: Time,
}

/// Reading what an operator asks.
pub trait OperationsReader {
    /// Everybody who takes part.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn roster(&self) -> Result<Roster, StoreError>;
    /// Notifications that wait. Costs no more than reading those.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn backlog(&self) -> Result<Backlog, StoreError>;
    /// The nodes, the one heard of last first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn nodes(&self) -> Result<Vec<NodeRecord>, StoreError>;
    /// Settings of the database by which a crash of its machine can lose what was acknowledged, such as `fsync`: those
    /// that a session cannot set for itself. None is right.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn unsafe_settings(&self) -> Result<Vec<String>, StoreError>;
}

/// Writing what nodes tell.
pub trait OperationsWriter {
    /// Notes that a node is there, and forgets those last heard of before `forget_before`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_node(&mut self, node: &NodeRecord, forget_before: Time) -> Result<(), StoreError>;
}
