//! The audit log of the console: who changed what, in the transaction of the change. It is only added to.

use quan_model::time::Time;

use crate::console_access::Role;
use crate::error::StoreError;

/// One change, or one thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When, in real time.
    pub at: Time,
    /// The token of who did it.
    pub token_id: String,
    /// The token's name then.
    pub token_name: String,
    /// Its role then.
    pub role: Role,
    /// What was done, such as `pause_stock`.
    pub action: String,
    /// To what, such as a stock's id; empty when to nothing in particular.
    pub target: String,
    /// The request number that the use case was given, if it takes one.
    pub request_no: Option<String>,
    /// What it was before, as JSON.
    pub before: Option<String>,
    /// What it was after, as JSON.
    pub after: Option<String>,
}

/// An entry with its number, from 1, in the order of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAuditEntry {
    /// Its number.
    pub seq: u64,
    /// The entry.
    pub entry: AuditEntry,
}

/// Which entries are asked for; what is `None` asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only of this action.
    pub action: Option<String>,
    /// Only about this target.
    pub target: Option<String>,
    /// Only by this token.
    pub token_id: Option<String>,
}

/// Reading the log.
pub trait AuditLogReader {
    /// At most `limit` entries that fit, the newest first, numbered below `before`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn audit_entries(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<KeptAuditEntry>, StoreError>;
}

/// Writing the log.
pub trait AuditLogWriter {
    /// Adds an entry.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn insert_audit_entry(&mut self, entry: &AuditEntry) -> Result<(), StoreError>;
}
