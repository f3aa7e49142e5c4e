//! What can go wrong in a store.

/// A failure of the store itself; a row that is not there is a value, not an error.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The backend could not do its work: disk, connection, lock.
    #[error("the store cannot {doing}")]
    Backend {
        /// What was tried.
        doing: &'static str,
        /// The driver's own error.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A row holds what no command could have written.
    #[error("table {table}, row {row}: {column} holds an impossible value")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// A guarded update found another state than the one it was decided on.
    #[error("{table} {row} changed between the decision and the update")]
    Conflict {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: String,
    },
}

impl StoreError {
    /// Wraps a driver's error.
    pub fn backend(doing: &'static str, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Backend { doing, cause: Box::new(cause) }
    }
}
