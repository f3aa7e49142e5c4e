//! state: how the claimed coupon stands, while the token lives.

use quan_coupon::pre_send::Command;
use quan_model::claim::StateResponse;
use quan_store::error::StoreError;

use crate::claim::{ClaimError, decide};
use crate::pre_send::Ticket;
use crate::work::View;

/// The state and window of the claimed coupon.
///
/// # Errors
/// `TokenInvalid`, `TokenExpired`, `NotClaimed`.
pub fn state(view: &View<'_>, ticket: Ticket) -> Result<StateResponse, ClaimError> {
    let (record, _) = decide(view.store, ticket, Command::Open, view.now)?;
    let claimed = record.claimed.ok_or(ClaimError::NotClaimed)?;
    let missing = || StoreError::Inconsistent {
        table: "pre_send",
        column: "claimed_code",
        row: record.send_request_no.to_string(),
    };
    let coupon = view.store.user_coupon(&record.stock_id, &claimed.coupon_code)?.ok_or_else(missing)?.coupon;
    Ok(StateResponse {
        coupon_state: coupon.state(view.now),
        valid_begin_time: coupon.window.begin,
        valid_end_time: coupon.window.end,
    })
}
