//! pre-send 向用户预发放商品券: notes the intent to give one coupon to one user. Issues nothing and reserves
//! nothing; the limits are asked softly here and taken at the claim.

use quan_coupon::issue;
use quan_coupon::pre_send::{
    Command, Decision, RecordState, RequestData, TokenState, decide, token_expires_at,
};
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_model::ids::{Appid, CouponCode, Openid, Principal, RequestNo, StockId};
use quan_model::time::Time;
use quan_store::parties::PersonId;
pub use quan_store::pre_send::PreSendId;
use quan_store::pre_send::PreSendRecord;
use serde::Serialize;

use crate::access::{self, ReachedStock, Scope, StockAddress};
use crate::error::Error;
use crate::once;
use crate::work::Work;

/// What is to be given, as the call names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A coupon of a stock that is named by itself: busifavor.
    StockAlone(StockId),
    /// A coupon of a stock that is named under its brand and product coupon.
    Stock(StockAddress),
}

impl Target {
    /// The stock; of a bundle the first one.
    fn stock_id(&self) -> &StockId {
        match self {
            Self::StockAlone(stock_id) => stock_id,
            Self::Stock(address) => &address.stock_id,
        }
    }
}

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct PreSend {
    /// The caller.
    pub principal: Principal,
    /// What is to be given.
    pub target: Target,
    /// The appid of the openid.
    pub appid: Appid,
    /// The user the token is for.
    pub openid: Option<Openid>,
    /// The idempotency key, shared with direct sends.
    pub send_request_no: RequestNo,
    /// The code to issue.
    pub coupon_code: Option<CouponCode>,
    /// To be given back in queries and notifications.
    pub attach: Option<String>,
}

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The record that the token opens.
    pub id: PreSendId,
    /// The instant from which it is dead.
    pub expires_at: Time,
}

/// What a replay must repeat, whichever face it comes through.
#[derive(Serialize)]
struct Data<'a> {
    stock_id: &'a StockId,
    appid: &'a Appid,
    openid: &'a Openid,
    coupon_code: Option<&'a CouponCode>,
    attach: Option<&'a str>,
}

/// Notes the intent, or renews the token of an intent noted before under the same number and data,
/// also when it was claimed meanwhile: its token then leads to the already-claimed page.
///
/// # Errors
/// `NoAuthority`, `AppidNotBound`, `NotFound`, `Invalid` (no openid; `coupon_code` given or missing
/// against the stock's code mode), `RequestMismatch`, `StockNotSending`, `StockOut`, `DayOut`,
/// `UserLimit`, `CodeTaken`, `Reentry`.
pub fn pre_send(work: &mut Work<'_>, input: &PreSend) -> Result<Ticket, Error> {
    let (scope, reached) = reach(work, input)?;
    let openid = input.openid.as_ref().ok_or_else(openid_missing)?;
    let person = access::person(work.store, &input.appid, openid)?;
    let data = Data {
        stock_id: input.target.stock_id(),
        appid: &input.appid,
        openid,
        coupon_code: input.coupon_code.as_ref(),
        attach: input.attach.as_deref(),
    };
    let fingerprint = once::fingerprint(&data);
    let number = input.send_request_no.clone().into();
    let expires_at = token_expires_at(work.now);
    if let Some(record) = work.store.pre_send_by_number(&scope.principal, &scope.owner, &number)? {
        let repeated = if record.fingerprint == fingerprint { RequestData::Same } else { RequestData::Other };
        let token = TokenState::at(record.token_expires_at, work.now);
        if decide(Command::PreSend(repeated), state_of(&record), token) == Decision::Mismatch {
            return Err(Refusal::RequestMismatch.into());
        }
        work.store.extend_pre_send(record.id, expires_at)?;
        return Ok(Ticket { id: record.id, expires_at });
    }
    ensure_claimable(work, &reached, input, &person)?;
    let record = PreSendRecord {
        id: crate::minting::pre_send_id(work.entropy),
        principal: scope.principal,
        owner: scope.owner,
        send_request_no: number,
        fingerprint,
        product_coupon_id: reached.record.product_coupon_id,
        stock_id: reached.record.stock_id,
        stock_bundle_id: None,
        appid: input.appid.clone(),
        openid: openid.clone(),
        person_id: person,
        coupon_code: input.coupon_code.clone(),
        attach: input.attach.clone(),
        tags: None,
        created_at: work.now,
        token_expires_at: expires_at,
        claimed: None,
    };
    work.store.insert_pre_send(&record)?;
    Ok(Ticket { id: record.id, expires_at })
}

/// Whether a coupon was issued for the intent.
pub(crate) fn state_of(record: &PreSendRecord) -> RecordState {
    match record.claimed {
        None => RecordState::Open,
        Some(_) => RecordState::Claimed,
    }
}

fn reach(work: &Work<'_>, input: &PreSend) -> Result<(Scope, ReachedStock), Error> {
    match &input.target {
        Target::StockAlone(stock_id) => {
            let (scope, reached) = access::stock_alone(work.store, &input.principal, stock_id)?;
            access::appid_bound(work.store, &scope, &input.appid)?;
            access::ensure_no_bundle_member(&reached)?;
            Ok((scope, reached))
        }
        Target::Stock(address) => {
            access::authorised(work.store, &address.scope)?;
            access::appid_bound(work.store, &address.scope, &input.appid)?;
            Ok((address.scope.clone(), access::stock(work.store, address)?))
        }
    }
}

/// Refuses what a claim would refuse now.
fn ensure_claimable(
    work: &Work<'_>,
    reached: &ReachedStock,
    input: &PreSend,
    person: &PersonId,
) -> Result<(), Error> {
    issue::check_code(reached.stock.terms.code_mode, input.coupon_code.as_ref())?;
    let counts = work.store.counts(&reached.record.stock_id, work.now.date(), Some(person))?;
    issue::check(&reached.stock, &counts, work.now)?;
    let Some(code) = &input.coupon_code else { return Ok(()) };
    if let Some(issued) = work.store.user_coupon(&reached.record.stock_id, code)? {
        // The same code to the same person under another number is a re-entry (semantics 6.3 b).
        let refusal = if issued.coupon.person_id == *person { Refusal::Reentry } else { Refusal::CodeTaken };
        return Err(refusal.into());
    }
    if work.store.code_holder(&reached.record.stock_id, code, work.now)?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    Ok(())
}

fn openid_missing() -> Error {
    // The field is optional on the wire; tokens without a user are not offered (semantics Q26).
    Violation::new("/openid", ViolationKind::Rule, "请传入openid：未指定用户的预发放未开放").into()
}
