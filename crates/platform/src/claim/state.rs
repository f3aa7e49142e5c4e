//! state: how the claimed coupon stands, while the token lives.

use quan_coupon::pre_send::Command;
use quan_model::claim::StateResponse;

use crate::claim::{ClaimError, decide, shown_coupon};
use crate::pre_send::Ticket;
use crate::work::View;

/// The state and window of the claimed coupon; of a chain, of the coupon whose turn it is.
///
/// # Errors
/// `TokenInvalid`, `TokenExpired`, `NotClaimed`.
pub fn state(view: &View<'_>, ticket: Ticket) -> Result<StateResponse, ClaimError> {
    let (record, _) = decide(view.store, ticket, Command::Open, view.now)?;
    let coupon = shown_coupon(view.store, &record, view.now)?.ok_or(ClaimError::NotClaimed)?.coupon;
    Ok(StateResponse {
        coupon_state: coupon.state(view.now),
        valid_begin_time: coupon.window.begin,
        valid_end_time: coupon.window.end,
    })
}
