//! What the claim component asks for (semantics 8.3): open, receive, state. Each begins with a ticket that
//! the gateway took out of a token.

mod face;
mod looks;
pub mod open;
pub mod receive;
pub mod state;

use quan_coupon::pre_send::{self, Command, Decision, TokenState};
use quan_coupon::refusal::Refusal;
use quan_model::claim::UnavailableReason;
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::lane::WorkError;
use quan_store::pre_send::PreSendRecord;
use quan_store::user_coupon::UserCouponRecord;

use crate::error::Error;
use crate::pre_send::{Ticket, claimed_coupon, state_of};
use crate::user_coupon_chain::KeptChain;
use crate::work::View;
use quan_model::time::Time;

/// Why a claim call did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The token leads nowhere.
    #[error("the token leads nowhere")]
    TokenInvalid,
    /// The token is dead.
    #[error("the token is dead")]
    TokenExpired,
    /// The coupon cannot be claimed now.
    #[error("the coupon cannot be claimed: {0:?}")]
    Unavailable(UnavailableReason),
    /// There is no coupon yet whose state could be told.
    #[error("the pre-send is not claimed yet")]
    NotClaimed,
    /// The machinery failed.
    #[error("the claim call failed")]
    Failed(#[source] Error),
}

impl WorkError for ClaimError {
    fn conflict(&self) -> Option<&StoreError> {
        match self {
            Self::Failed(error) => error.conflict(),
            Self::TokenInvalid | Self::TokenExpired | Self::Unavailable(_) | Self::NotClaimed => None,
        }
    }
}

impl From<Error> for ClaimError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<quan_store::error::StoreError> for ClaimError {
    fn from(error: quan_store::error::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// The record that a live ticket opens, and what the rules say to a command on it.
fn decide(
    store: &dyn Reader,
    ticket: Ticket,
    command: Command,
    now: Time,
) -> Result<(PreSendRecord, Decision), ClaimError> {
    let record = store.pre_send(ticket.id)?.ok_or(ClaimError::TokenInvalid)?;
    let token = TokenState::at(ticket.expires_at, now);
    let decision = pre_send::decide(command, state_of(&record), token);
    if decision == Decision::TokenExpired { Err(ClaimError::TokenExpired) } else { Ok((record, decision)) }
}

/// Whether a ticket is dead, as those of tokens that are none of ours are too. A live one was sealed by us after its
/// record was committed, so that it needs no look before it may wait for the write lane.
pub fn is_dead(ticket: Ticket, now: Time) -> bool {
    TokenState::at(ticket.expires_at, now) == TokenState::Dead
}

/// Whether a dead ticket leads anywhere, before anything is done about it: one that leads nowhere never waits for the
/// write lane.
///
/// # Errors
/// `TokenInvalid`, `TokenExpired`.
pub fn known(view: &View<'_>, ticket: Ticket) -> Result<(), ClaimError> {
    decide(view.store, ticket, Command::Open, view.now).map(|_| ())
}

/// The coupon to show for a pre-send: the one that was claimed, or of a chain the one whose turn it is.
fn shown_coupon(
    store: &dyn Reader,
    record: &PreSendRecord,
    now: Time,
) -> Result<Option<UserCouponRecord>, StoreError> {
    let Some(claimed) = claimed_coupon(store, record)? else { return Ok(None) };
    let Some(place) = &claimed.coupon.bundle else { return Ok(Some(claimed)) };
    let chain = KeptChain::load(store, &place.user_coupon_bundle_id)?;
    Ok(Some(chain.current(now).cloned().unwrap_or(claimed)))
}

/// The reason shown for a refusal that the limits or the stock's state give; others are failures.
fn unavailable(error: Error) -> Result<UnavailableReason, Error> {
    match error {
        Error::Refused(Refusal::StockOut) => Ok(UnavailableReason::NotEnough),
        Error::Refused(Refusal::DayOut) => Ok(UnavailableReason::DayLimit),
        Error::Refused(Refusal::UserLimit { .. }) => Ok(UnavailableReason::MaxQuota),
        Error::Refused(Refusal::StockNotSending { .. } | Refusal::CodeTaken) => {
            Ok(UnavailableReason::NotRunning)
        }
        Error::Refused(Refusal::PoolEmpty) => Ok(UnavailableReason::PoolEmpty),
        other => Err(other),
    }
}
