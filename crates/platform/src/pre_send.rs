//! pre-send 向用户预发放商品券: notes the intent to give one coupon to one user. Issues nothing and reserves
//! nothing; the limits are asked softly here and taken at the claim.

use std::sync::Arc;

use quan_coupon::pre_send::{
    Command, Decision, RecordState, RequestData, TokenState, decide, token_expires_at,
};
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_model::coupon::CouponTagInfo;
use quan_model::ids::{Appid, CouponCode, Openid, Principal, RequestNo, StockBundleId, StockId};
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::foresight::{Foreseen, ForeseenPreSend};
use quan_store::lock::Lock;
use quan_store::parties::own_person;
pub use quan_store::pre_send::PreSendId;
use quan_store::pre_send::{PreSendAsked, PreSendRecord};
use quan_store::user_coupon::UserCouponRecord;
use serde::Serialize;

use crate::access::{self, ReachedStock, Scope, StockAddress};
use crate::error::Error;
use crate::issuing;
use crate::once;
use crate::platform::{LaneKey, Platform};
use crate::send_user_coupon::ensure_alone;
use crate::stock_bundle_access::{self, StockBundleAddress};
use crate::user_coupon_chain;
use crate::work::Work;

/// What is to be given, as the call names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A coupon of a stock that is named by itself: busifavor.
    StockAlone(StockId),
    /// A coupon of a stock that is named under its brand and product coupon.
    Stock(StockAddress),
    /// A chain of coupons of a bundle.
    Bundle(StockBundleAddress),
}

impl Target {
    /// The lane of what is to be given.
    #[must_use]
    pub fn lane_key(&self) -> LaneKey {
        match self {
            Self::StockAlone(stock_id) | Self::Stock(StockAddress { stock_id, .. }) => stock_id.into(),
            Self::Bundle(address) => (&address.stock_bundle_id).into(),
        }
    }

    /// The bundle, when a chain is to be given.
    fn stock_bundle_id(&self) -> Option<&StockBundleId> {
        match self {
            Self::StockAlone(_) | Self::Stock(_) => None,
            Self::Bundle(address) => Some(&address.stock_bundle_id),
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

impl PreSend {
    /// What the store is going to be asked, as far as the call says it: the stock of a chain is not in it.
    fn foreseen(&self, now: Time) -> Option<Foreseen> {
        let stock_id = match &self.target {
            Target::StockAlone(stock_id) | Target::Stock(StockAddress { stock_id, .. }) => stock_id.clone(),
            Target::Bundle(_) => return None,
        };
        Some(Foreseen::PreSend(ForeseenPreSend {
            principal: self.principal.clone(),
            send_request_no: self.send_request_no.clone().into(),
            appid: self.appid.clone(),
            openid: self.openid.clone()?,
            stock_id,
            day: now.date(),
        }))
    }
}

impl Platform {
    /// Runs [`pre_send`] in the lane of what is to be given and returns once the intent is durable.
    ///
    /// # Errors
    /// As [`pre_send`], or [`Error::Lane`] when it was not run or not committed.
    pub async fn pre_send(&self, input: PreSend) -> Result<Ticket, Error> {
        let lane = input.target.lane_key();
        let input = Arc::new(input);
        let asked = Arc::clone(&input);
        let foresee = move |now| asked.foreseen(now);
        let ticket = self.write_foreseen(lane, foresee, move |work| pre_send(work, &input)).await?;
        self.note_lane(ticket.id, lane);
        Ok(ticket)
    }
}

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The record that the token opens.
    pub id: PreSendId,
    /// The instant from which it is dead.
    pub expires_at: Time,
}

impl Ticket {
    /// A ticket that opens no record: ids are random, and this one is not.
    pub fn nowhere() -> Self {
        Self { id: PreSendId([0; 16]), expires_at: Time::from_unix_seconds(0) }
    }
}

/// What a replay must repeat, whichever face it comes through, and whether it is a pre-send or a send.
#[derive(Serialize)]
pub(crate) struct Data<'a> {
    pub(crate) stock_id: &'a StockId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stock_bundle_id: Option<&'a StockBundleId>,
    pub(crate) appid: &'a Appid,
    pub(crate) openid: &'a Openid,
    pub(crate) coupon_code: Option<&'a CouponCode>,
    pub(crate) attach: Option<&'a str>,
    /// A pre-send has none, so a send with tags is never the same as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<&'a CouponTagInfo>,
}

/// Notes the intent, or renews the token of an intent noted before under the same number and data,
/// also when it was claimed meanwhile: its token then leads to the already-claimed page.
///
/// # Errors
/// `NoAuthority`, `AppidNotBound`, `NotFound`, `Invalid` (no openid; `coupon_code` given or missing
/// against the stock's code mode; a stock of a bundle by itself), `RequestMismatch`, `StockNotSending`, `StockOut`, `DayOut`,
/// `UserLimit`, `CodeTaken`, `Reentry`.
pub fn pre_send(work: &mut Work<'_>, input: &PreSend) -> Result<Ticket, Error> {
    lock_number(work, &input.principal, input.send_request_no.as_str())?;
    let (scope, reached, others) = reach(work, input)?;
    let openid = input.openid.as_ref().ok_or_else(openid_missing)?;
    let number = input.send_request_no.clone().into();
    let facts = work.store.pre_send_facts(&PreSendAsked {
        principal: &scope.principal,
        owner: &scope.owner,
        send_request_no: &number,
        appid: &input.appid,
        openid,
        stock_id: &reached.record.stock_id,
        day: work.now.date(),
    })?;
    let person = facts.person.unwrap_or_else(|| own_person(&input.appid, openid));
    let data = Data {
        stock_id: &reached.record.stock_id,
        stock_bundle_id: input.target.stock_bundle_id(),
        appid: &input.appid,
        openid,
        coupon_code: input.coupon_code.as_ref(),
        attach: input.attach.as_deref(),
        tags: None,
    };
    let fingerprint = once::fingerprint(&data);
    let expires_at = token_expires_at(work.now);
    if let Some(record) = facts.record {
        let repeated = if record.fingerprint == fingerprint { RequestData::Same } else { RequestData::Other };
        let token = TokenState::at(record.token_expires_at, work.now);
        if decide(Command::PreSend(repeated), state_of(&record), token) == Decision::Mismatch {
            return Err(Refusal::RequestMismatch.into());
        }
        work.store.extend_pre_send(record.id, expires_at)?;
        return Ok(Ticket { id: record.id, expires_at });
    }
    issuing::lock_code(work, &reached.record.stock_id, input.coupon_code.as_ref())?;
    user_coupon_chain::ensure_sending(&others, work.now)?;
    issuing::ensure_issuable_at(work, &reached, input.coupon_code.as_ref(), &person, &facts.counts)?;
    let record = PreSendRecord {
        id: crate::minting::pre_send_id(work.entropy, work.now_ms),
        principal: scope.principal,
        owner: scope.owner,
        send_request_no: number,
        fingerprint,
        product_coupon_id: reached.record.product_coupon_id,
        stock_id: reached.record.stock_id,
        stock_bundle_id: input.target.stock_bundle_id().cloned(),
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

/// Keeps a number of the space of pre-sends and sends for this unit of work. A twin of the call that was faster
/// may have taken the last coupon: it must be found before the limits are asked.
pub(crate) fn lock_number(
    work: &mut Work<'_>,
    principal: &Principal,
    request_no: &str,
) -> Result<(), StoreError> {
    work.store.lock(Lock::SendNumber { principal, request_no })
}

/// Whether a coupon was issued for the intent.
pub(crate) fn state_of(record: &PreSendRecord) -> RecordState {
    match record.claimed {
        None => RecordState::Open,
        Some(_) => RecordState::Claimed,
    }
}

/// The coupon that an intent became; of a chain its first one.
pub(crate) fn claimed_coupon(
    store: &dyn Reader,
    record: &PreSendRecord,
) -> Result<Option<UserCouponRecord>, StoreError> {
    let Some(claimed) = &record.claimed else { return Ok(None) };
    let missing = || {
        let row = record.send_request_no.to_string();
        StoreError::Inconsistent { table: "pre_send", column: "claimed_code", row }
    };
    store.user_coupon(&record.stock_id, &claimed.coupon_code)?.ok_or_else(missing).map(Some)
}

/// The stock that the first coupon comes from, and the other stocks of its bundle.
fn reach(work: &Work<'_>, input: &PreSend) -> Result<(Scope, ReachedStock, Vec<ReachedStock>), Error> {
    let (scope, reached) = match &input.target {
        Target::StockAlone(stock_id) => {
            let (scope, reached) = access::stock_alone(work.store, &input.principal, stock_id)?;
            access::appid_bound(work.store, &scope, &input.appid)?;
            (scope, reached)
        }
        Target::Stock(address) => {
            access::authorised(work.store, &address.scope)?;
            access::appid_bound(work.store, &address.scope, &input.appid)?;
            (address.scope.clone(), access::stock(work.store, address)?)
        }
        Target::Bundle(address) => {
            access::authorised(work.store, &address.scope)?;
            access::appid_bound(work.store, &address.scope, &input.appid)?;
            let mut members = stock_bundle_access::members(work.store, address)?;
            return Ok((address.scope.clone(), members.remove(0), members));
        }
    };
    ensure_alone(&reached)?;
    Ok((scope, reached, Vec::new()))
}

fn openid_missing() -> Error {
    // The field is optional on the wire; tokens without a user are not offered (semantics Q26).
    Violation::new("/openid", ViolationKind::Rule, "请传入openid：未指定用户的预发放未开放").into()
}
