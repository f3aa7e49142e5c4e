//! send_user_coupon 向用户发放商品券: issues at once, without the user's doing.
//!
//! A send and a pre-send are two ways to one coupon under one number (semantics 6.1), so both are noted in
//! the same place: a send after a pre-send fulfils it, a pre-send after a send leads to the coupon.

use quan_coupon::pre_send::{Command, Decision, RequestData, TokenState, decide};
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_coupon::tags;
use quan_model::coupon::{CouponTagInfo, UserCoupon};
use quan_model::enums::SendChannel;
use quan_model::ids::{Appid, CouponCode, Openid, SendRequestNo};
use quan_store::error::StoreError;
use quan_store::idempotency::Fingerprint;
use quan_store::parties::PersonId;
use quan_store::pre_send::{ClaimedCoupon, PreSendRecord};
use quan_store::user_coupon::UserCouponRecord;

use crate::access::{self, ReachedStock, StockAddress};
use crate::entity::Viewer;
use crate::error::Error;
use crate::issuing::{self, Recipient};
use crate::pre_send::{Data, lock_number, state_of};
use crate::work::Work;
use crate::{minting, once};

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct SendUserCoupon {
    /// From which stock.
    pub stock: StockAddress,
    /// The appid of the openid.
    pub appid: Appid,
    /// To whom.
    pub openid: Openid,
    /// The idempotency key, shared with pre-sends.
    pub send_request_no: SendRequestNo,
    /// The code to issue, with code mode API_ASSIGN and only then.
    pub coupon_code: Option<CouponCode>,
    /// To be given back in queries and notifications.
    pub attach: Option<String>,
    /// What to tag the coupon with.
    pub tags: Option<CouponTagInfo>,
}

/// Issues the coupon, or answers with the one that was issued before under the same number and data,
/// by a send or by the claim of a pre-send.
///
/// # Errors
/// `Invalid` (tag MEMBER without its card; `coupon_code` given or missing against the stock's code mode; a
/// stock of a bundle), `NoAuthority`, `AppidNotBound`, `NotFound`, `RequestMismatch`, `Reentry`,
/// `StockNotSending`, `StockOut`, `DayOut`, `UserLimit`, `CodeTaken`, `PoolEmpty`.
pub fn send_user_coupon(work: &mut Work<'_>, input: &SendUserCoupon) -> Result<UserCoupon, Error> {
    if let Some(tags) = &input.tags {
        tags::check("/coupon_tag_info", tags)?;
    }
    let scope = &input.stock.scope;
    access::authorised(work.store, scope)?;
    access::appid_bound(work.store, scope, &input.appid)?;
    let person = access::person(work.store, &input.appid, &input.openid)?;
    lock_number(work, &scope.principal, input.send_request_no.as_str())?;
    let reached = access::stock(work.store, &input.stock)?;
    ensure_alone(&reached)?;
    let fingerprint = fingerprint(input);
    let number = input.send_request_no.clone().into();
    let noted = work.store.pre_send_by_number(&scope.principal, &scope.owner, &number)?;
    issuing::lock_code(work, &input.stock.stock_id, input.coupon_code.as_ref())?;
    let issued = match &noted {
        Some(record) => fulfil(work, &reached, input, &person, record, fingerprint)?,
        None => {
            issuing::ensure_issuable(work, &reached, input.coupon_code.as_ref(), &person)?;
            let issued = issue(work, &reached, input, &person)?;
            let record = note(work, &reached, input, person, fingerprint, &issued);
            work.store.insert_pre_send(&record)?;
            issued
        }
    };
    Viewer::new(work.store, scope, work.now).user_coupon(&issued)
}

/// What a number that was used before asks for: its coupon, now if there is none yet.
fn fulfil(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    input: &SendUserCoupon,
    person: &PersonId,
    record: &PreSendRecord,
    fingerprint: Fingerprint,
) -> Result<UserCouponRecord, Error> {
    let data = if record.fingerprint == fingerprint { RequestData::Same } else { RequestData::Other };
    let token = TokenState::at(record.token_expires_at, work.now);
    if decide(Command::Send(data), state_of(record), token) == Decision::Mismatch {
        return Err(Refusal::RequestMismatch.into());
    }
    if let Some(claimed) = &record.claimed {
        let coupon = work.store.user_coupon(&record.stock_id, &claimed.coupon_code)?;
        return coupon.ok_or_else(|| dangling(record).into());
    }
    match token {
        // It holds its code itself.
        TokenState::Live => {
            issuing::ensure_no_reentry(work.store, reached, input.coupon_code.as_ref(), person)?;
        }
        // Since it ran out, another number may have been promised the code.
        TokenState::Dead => issuing::ensure_issuable(work, reached, input.coupon_code.as_ref(), person)?,
    }
    let issued = issue(work, reached, input, person)?;
    work.store.claim_pre_send(record.id, &claimed(work, &issued))?;
    Ok(issued)
}

fn issue(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    input: &SendUserCoupon,
    person: &PersonId,
) -> Result<UserCouponRecord, Error> {
    let recipient = Recipient {
        appid: input.appid.clone(),
        openid: input.openid.clone(),
        person_id: person.clone(),
        send_request_no: input.send_request_no.clone().into(),
        send_channel: SendChannel::Api,
        coupon_code: input.coupon_code.clone(),
        attach: input.attach.clone(),
        sender: reached.record.creator.clone(),
        tags: input.tags.clone(),
        bundle: None,
    };
    issuing::issue(work, reached, &recipient)
}

/// The record of a send that nothing was noted for before. No token was ever given for it.
fn note(
    work: &Work<'_>,
    reached: &ReachedStock,
    input: &SendUserCoupon,
    person: PersonId,
    fingerprint: Fingerprint,
    issued: &UserCouponRecord,
) -> PreSendRecord {
    let scope = &input.stock.scope;
    PreSendRecord {
        id: minting::pre_send_id(work.entropy, work.now_ms),
        principal: scope.principal.clone(),
        owner: scope.owner.clone(),
        send_request_no: input.send_request_no.clone().into(),
        fingerprint,
        product_coupon_id: reached.record.product_coupon_id.clone(),
        stock_id: reached.record.stock_id.clone(),
        stock_bundle_id: None,
        appid: input.appid.clone(),
        openid: input.openid.clone(),
        person_id: person,
        coupon_code: input.coupon_code.clone(),
        attach: input.attach.clone(),
        tags: input.tags.clone(),
        created_at: work.now,
        token_expires_at: work.now,
        claimed: Some(claimed(work, issued)),
    }
}

fn claimed(work: &Work<'_>, issued: &UserCouponRecord) -> ClaimedCoupon {
    ClaimedCoupon { coupon_code: issued.coupon.coupon_code.clone(), claimed_at: work.now }
}

fn fingerprint(input: &SendUserCoupon) -> Fingerprint {
    once::fingerprint(&Data {
        stock_id: &input.stock.stock_id,
        stock_bundle_id: None,
        appid: &input.appid,
        openid: &input.openid,
        coupon_code: input.coupon_code.as_ref(),
        attach: input.attach.as_deref(),
        tags: input.tags.as_ref(),
    })
}

/// A stock of a bundle is given with its bundle only (semantics 3.3).
pub(crate) fn ensure_alone(reached: &ReachedStock) -> Result<(), Violation> {
    if reached.record.bundle.is_none() {
        return Ok(());
    }
    let issue = "该批次属于批次组，请使用批次组的发放接口";
    Err(Violation::new("/stock_id", ViolationKind::Rule, issue))
}

fn dangling(record: &PreSendRecord) -> StoreError {
    let row = record.send_request_no.to_string();
    StoreError::Inconsistent { table: "pre_send", column: "claimed_code", row }
}
