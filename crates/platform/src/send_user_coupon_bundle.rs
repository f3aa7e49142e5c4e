//! send_user_coupon_bundle 向用户发放商品券批次组: begins a chain of coupons at once, without the user's doing.
//!
//! One number space with the pre-sends and the single sends, and noted in the same place (semantics 6.1).

use quan_coupon::pre_send::{Command, Decision, RequestData, TokenState, decide};
use quan_coupon::refusal::Refusal;
use quan_coupon::tags;
use quan_model::coupon::{CouponTagInfo, UserCouponBundle};
use quan_model::enums::SendChannel;
use quan_model::ids::{Appid, Openid, SendRequestNo};
use quan_store::idempotency::Fingerprint;
use quan_store::parties::PersonId;
use quan_store::pre_send::{ClaimedCoupon, PreSendRecord};
use quan_store::user_coupon::UserCouponRecord;

use crate::access::{self, ReachedStock};
use crate::entity::Viewer;
use crate::error::Error;
use crate::issuing::Recipient;
use crate::pre_send::{Data, lock_number, state_of};
use crate::stock_bundle_access::{self, StockBundleAddress, member};
use crate::work::Work;
use crate::{minting, once, user_coupon_chain};

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct SendUserCouponBundle {
    /// From which bundle.
    pub bundle: StockBundleAddress,
    /// The appid of the openid.
    pub appid: Appid,
    /// To whom.
    pub openid: Openid,
    /// The idempotency key, shared with pre-sends and single sends.
    pub send_request_no: SendRequestNo,
    /// To be given back in queries and notifications.
    pub attach: Option<String>,
    /// What to tag the coupons with.
    pub tags: Option<CouponTagInfo>,
}

/// Issues the first coupon of a chain, or answers with the chain that was begun before under the same number
/// and data, by a send or by the claim of a pre-send. The answer lists the coupons issued so far.
///
/// # Errors
/// `Invalid` for tag MEMBER without its card, `NoAuthority`, `AppidNotBound`, `NotFound`, `RequestMismatch`,
/// `StockNotSending`, `StockOut`, `DayOut`, `UserLimit`, `PoolEmpty`.
pub fn send_user_coupon_bundle(
    work: &mut Work<'_>,
    input: &SendUserCouponBundle,
) -> Result<UserCouponBundle, Error> {
    if let Some(tags) = &input.tags {
        tags::check("/coupon_tag_info", tags)?;
    }
    let scope = &input.bundle.scope;
    access::authorised(work.store, scope)?;
    access::appid_bound(work.store, scope, &input.appid)?;
    let person = access::person(work.store, &input.appid, &input.openid)?;
    lock_number(work, &scope.principal, input.send_request_no.as_str())?;
    let members = stock_bundle_access::members(work.store, &input.bundle)?;
    let fingerprint = fingerprint(input, member(&members, 0)?);
    let number = input.send_request_no.clone().into();
    let issued = match work.store.pre_send_by_number(&scope.principal, &scope.owner, &number)? {
        Some(record) => fulfil(work, &members, input, person, &record, fingerprint)?,
        None => {
            let issued = begin(work, &members, input, person)?;
            let record = note(work, input, fingerprint, &issued);
            work.store.insert_pre_send(&record)?;
            issued
        }
    };
    Viewer::new(work.store, scope, work.now).user_coupon_bundle_of(&issued.coupon)
}

/// What a number that was used before asks for: its chain, begun now if it is not yet.
fn fulfil(
    work: &mut Work<'_>,
    members: &[ReachedStock],
    input: &SendUserCouponBundle,
    person: PersonId,
    record: &PreSendRecord,
    fingerprint: Fingerprint,
) -> Result<UserCouponRecord, Error> {
    let data = if record.fingerprint == fingerprint { RequestData::Same } else { RequestData::Other };
    let token = TokenState::at(record.token_expires_at, work.now);
    if decide(Command::Send(data), state_of(record), token) == Decision::Mismatch {
        return Err(Refusal::RequestMismatch.into());
    }
    user_coupon_chain::lock_claimed(work, record)?;
    if let Some(issued) = crate::pre_send::claimed_coupon(work.store, record)? {
        return Ok(issued);
    }
    let issued = begin(work, members, input, person)?;
    work.store.claim_pre_send(record.id, &claimed(work, &issued))?;
    Ok(issued)
}

fn begin(
    work: &mut Work<'_>,
    members: &[ReachedStock],
    input: &SendUserCouponBundle,
    person_id: PersonId,
) -> Result<UserCouponRecord, Error> {
    let recipient = Recipient {
        appid: input.appid.clone(),
        openid: input.openid.clone(),
        person_id,
        send_request_no: input.send_request_no.clone().into(),
        send_channel: SendChannel::Api,
        coupon_code: None,
        attach: input.attach.clone(),
        sender: input.bundle.scope.principal.clone(),
        tags: input.tags.clone(),
        bundle: None,
    };
    user_coupon_chain::begin(work, members, &input.bundle.stock_bundle_id, &recipient)
}

/// The record of a send that nothing was noted for before. No token was ever given for it.
fn note(
    work: &Work<'_>,
    input: &SendUserCouponBundle,
    fingerprint: Fingerprint,
    issued: &UserCouponRecord,
) -> PreSendRecord {
    let (scope, coupon) = (&input.bundle.scope, &issued.coupon);
    PreSendRecord {
        id: minting::pre_send_id(work.entropy, work.now_ms),
        principal: scope.principal.clone(),
        owner: scope.owner.clone(),
        send_request_no: coupon.send_request_no.clone(),
        fingerprint,
        product_coupon_id: coupon.product_coupon_id.clone(),
        stock_id: coupon.stock_id.clone(),
        stock_bundle_id: Some(input.bundle.stock_bundle_id.clone()),
        appid: coupon.appid.clone(),
        openid: coupon.openid.clone(),
        person_id: coupon.person_id.clone(),
        coupon_code: None,
        attach: coupon.attach.clone(),
        tags: coupon.tags.clone(),
        created_at: work.now,
        token_expires_at: work.now,
        claimed: Some(claimed(work, issued)),
    }
}

fn claimed(work: &Work<'_>, issued: &UserCouponRecord) -> ClaimedCoupon {
    ClaimedCoupon { coupon_code: issued.coupon.coupon_code.clone(), claimed_at: work.now }
}

fn fingerprint(input: &SendUserCouponBundle, first: &ReachedStock) -> Fingerprint {
    once::fingerprint(&Data {
        stock_id: &first.record.stock_id,
        stock_bundle_id: Some(&input.bundle.stock_bundle_id),
        appid: &input.appid,
        openid: &input.openid,
        coupon_code: None,
        attach: input.attach.as_deref(),
        tags: input.tags.as_ref(),
    })
}
