//! receive 领取: issues the coupon, or the first one of a chain, once per pre-send however often it is asked.

use quan_coupon::pre_send::{Command, Decision};
use quan_model::claim::{ClaimStatus, ReceiveResponse};
use quan_model::enums::SendChannel;
use quan_store::pre_send::{ClaimedCoupon, PreSendRecord};
use quan_store::user_coupon::UserCouponRecord;

use crate::access::{self, ReachedStock};
use crate::claim::{ClaimError, decide, face, shown_coupon, unavailable};
use crate::error::Error;
use crate::issuing::{self, Recipient};
use crate::pre_send::Ticket;
use crate::work::Work;
use crate::{stock_bundle_access, user_coupon_chain};

/// Issues the coupon to the user the token is for; a second call gives the same coupon again.
///
/// # Errors
/// `TokenInvalid`, `TokenExpired`, `Unavailable` with the reason.
pub fn receive(work: &mut Work<'_>, ticket: Ticket) -> Result<ReceiveResponse, ClaimError> {
    let (mut record, decision) = decide(work.store, ticket, Command::Claim, work.now)?;
    let reached = access::stock_of_record(work.store, &record.stock_id)?;
    user_coupon_chain::lock_claimed(work, &record)?;
    issuing::lock_code(work, &record.stock_id, record.coupon_code.as_ref())?;
    let first_time = decision == Decision::Issue;
    let mut issued = None;
    if first_time {
        let fresh = match issue(work, &reached, &record) {
            Ok(fresh) => fresh,
            Err(error) => return Err(ClaimError::Unavailable(unavailable(error)?)),
        };
        let claimed = ClaimedCoupon { coupon_code: fresh.coupon.coupon_code.clone(), claimed_at: work.now };
        work.store.claim_pre_send(record.id, &claimed)?;
        record.claimed = Some(claimed);
        issued = Some(fresh);
    }
    let shown = match issued {
        // It stands as it was just written; a chain says whose turn it is.
        Some(fresh) if fresh.coupon.bundle.is_none() => Some(fresh),
        Some(_) | None => shown_coupon(work.store, &record, work.now)?,
    };
    let (coupon, products) =
        face::of_pre_send(work.store, work.settings, &reached, &record, shown.as_ref(), work.now)?;
    Ok(ReceiveResponse { status: ClaimStatus::Claimed, first_time, coupon, products })
}

fn issue(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    record: &PreSendRecord,
) -> Result<UserCouponRecord, Error> {
    let recipient = Recipient {
        appid: record.appid.clone(),
        openid: record.openid.clone(),
        person_id: record.person_id.clone(),
        send_request_no: record.send_request_no.clone(),
        send_channel: SendChannel::ReceiveComponent,
        coupon_code: record.coupon_code.clone(),
        attach: record.attach.clone(),
        sender: record.principal.clone(),
        tags: record.tags.clone(),
        bundle: None,
    };
    match &record.stock_bundle_id {
        None => issuing::issue(work, reached, &recipient),
        Some(bundle) => {
            let members = stock_bundle_access::members_of_record(work.store, bundle)?;
            user_coupon_chain::begin(work, &members, bundle, &recipient)
        }
    }
}
