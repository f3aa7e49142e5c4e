//! The audit log: who did what in the console, noted in the savepoint of the change.

use quan_coupon::field::DEACTIVATE_REASON_LEN_MAX;
use quan_model::entropy::{self, Entropy};
use quan_model::ids::RequestNo;
use quan_model::time::Time;
use quan_store::audit_log::AuditEntry;
pub use quan_store::audit_log::{AuditFilter, KeptAuditEntry};
use quan_store::console_access::Role;
use serde_json::Value;

use crate::console::error::ConsoleError;
use crate::error::Error;
use crate::work::{View, Work};

/// Who acts in the console, and when in real time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The token's id.
    pub token_id: String,
    /// The token's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When.
    pub at: Time,
}

impl Operator {
    /// Whether the role is enough.
    ///
    /// # Errors
    /// [`ConsoleError::NotAllowed`] when it is not.
    pub fn ensure(&self, role: Role) -> Result<(), ConsoleError> {
        if self.role >= role { Ok(()) } else { Err(ConsoleError::NotAllowed(role)) }
    }
}

/// Notes what was done. `before` and `after` hold no secret.
///
/// # Errors
/// When the store fails.
pub(crate) fn note(
    work: &mut Work<'_>,
    operator: &Operator,
    action: &str,
    target: &str,
    request_no: Option<&RequestNo>,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Result<(), Error> {
    let entry = AuditEntry {
        at: operator.at,
        token_id: operator.token_id.clone(),
        token_name: operator.name.clone(),
        role: operator.role,
        action: action.to_owned(),
        target: target.to_owned(),
        request_no: request_no.map(ToString::to_string),
        before: before.map(ToString::to_string),
        after: after.map(ToString::to_string),
    };
    Ok(work.store.insert_audit_entry(&entry)?)
}

/// A request number of the console's own: what it does is no replay of anything.
pub(crate) fn request_no(entropy: &dyn Entropy) -> RequestNo {
    let text = format!("CONSOLE_{}", entropy::text(entropy, entropy::ALPHANUMERIC, 24));
    RequestNo::parse(text).expect("32 letters, digits and `_` are a request number")
}

/// At most `limit` entries that fit, the newest first, numbered below `before`.
///
/// # Errors
/// When the store fails.
pub fn entries(
    view: &View<'_>,
    filter: &AuditFilter,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<KeptAuditEntry>, ConsoleError> {
    Ok(view.store.audit_entries(filter, before, limit)?)
}

/// Checks the reason that is given for an end, in the form that callers of the API give it.
pub(super) fn ensure_reason(reason: &str) -> Result<(), ConsoleError> {
    if reason.is_empty() || reason.chars().count() > DEACTIVATE_REASON_LEN_MAX {
        let issue = format!("give a reason of 1 to {DEACTIVATE_REASON_LEN_MAX} characters");
        return Err(ConsoleError::Form { field: "reason", issue });
    }
    Ok(())
}
