//! open: what a token offers. No side effect; may be repeated.

use quan_coupon::issue;
use quan_coupon::pre_send::{Command, Decision};
use quan_coupon::refusal::Refusal;
use quan_model::claim::{ClaimStatus, OpenResponse};
use quan_model::enums::CouponCodeMode;
use quan_store::pre_send::PreSendRecord;

use crate::access::{self, ReachedStock};
use crate::claim::{ClaimError, decide, face, shown_coupon, unavailable};
use crate::error::Error;
use crate::platform::Settings;
use crate::pre_send::Ticket;
use crate::work::View;
use crate::{stock_bundle_access, user_coupon_chain};

/// Shows what is on offer, or what was claimed.
///
/// # Errors
/// `TokenInvalid`, `TokenExpired`.
pub fn open(view: &View<'_>, settings: &Settings, ticket: Ticket) -> Result<OpenResponse, ClaimError> {
    let (record, decision) = decide(view.store, ticket, Command::Open, view.now)?;
    let reached = access::stock_of_record(view.store, &record.stock_id)?;
    let (status, reason) = if decision == Decision::ShowClaimed {
        (ClaimStatus::Claimed, None)
    } else {
        match offer(view, &reached, &record) {
            Ok(()) => (ClaimStatus::Claimable, None),
            Err(error) => (ClaimStatus::Unavailable, Some(unavailable(error)?)),
        }
    };
    let shown = shown_coupon(view.store, &record, view.now)?;
    let (coupon, products) =
        face::of_pre_send(view.store, settings, &reached, &record, shown.as_ref(), view.now)?;
    Ok(OpenResponse {
        status,
        reason,
        coupon,
        products,
        expires_at: ticket.expires_at,
        server_time: view.now,
    })
}

/// Asks softly what a claim would be asked.
fn offer(view: &View<'_>, reached: &ReachedStock, record: &PreSendRecord) -> Result<(), Error> {
    if let Some(bundle) = &record.stock_bundle_id {
        let members = stock_bundle_access::members_of_record(view.store, bundle)?;
        user_coupon_chain::ensure_sending(&members, view.now)?;
    }
    let counts = view.store.counts(&record.stock_id, view.now.date(), Some(&record.person_id))?;
    issue::check(&reached.stock, &counts, view.now)?;
    if reached.stock.terms.code_mode == CouponCodeMode::Upload
        && !view.store.has_free_code(&record.stock_id)?
    {
        return Err(Refusal::PoolEmpty.into());
    }
    if let Some(code) = &record.coupon_code
        && view.store.user_coupon(&record.stock_id, code)?.is_some()
    {
        return Err(Refusal::CodeTaken.into());
    }
    Ok(())
}
