//! Sending a coupon of a stock to a user, whichever operation asks for it.

use quan_coupon::refusal::Refusal;
use quan_model::coupon::CouponTagInfo;
use quan_model::enums::SendChannel;
use quan_model::ids::{Appid, CouponCode, Openid, RequestNumber, StockId};
use quan_store::error::StoreError;
use quan_store::parties::PersonId;
use serde::Serialize;

use crate::access::{self, ReachedStock, Scope};
use crate::busifavor::reach;
use crate::error::Error;
use crate::issuing::{self, Recipient};
use crate::once::Once;
use crate::work::Work;

/// To whom, under which number.
#[derive(Clone, Debug, Serialize)]
pub struct Send {
    /// Who gets the coupon.
    pub openid: Openid,
    /// The appid of the openid.
    pub appid: Appid,
    /// The stock.
    pub stock_id: StockId,
    /// The idempotency key, unique per stock and user.
    pub out_request_no: RequestNumber,
    /// The code to issue.
    pub coupon_code: Option<CouponCode>,
    /// What the coupon is tagged with.
    pub tags: Option<CouponTagInfo>,
}

/// Issues the coupon, or finds the one that this number issued, and gives its code.
pub(super) fn send(
    work: &mut Work<'_>,
    operation: &'static str,
    scope: &Scope,
    reached: &ReachedStock,
    send: &Send,
) -> Result<CouponCode, Error> {
    access::appid_bound(work.store, scope, &send.appid)?;
    let person = access::person(work.store, &send.appid, &send.openid)?;
    let target = format!("{}/{person}", send.stock_id);
    let number = send.out_request_no.as_str();
    let once = Once::new(&reach::own(&scope.principal), operation, target, number, send);
    // A twin that was faster may have taken the last coupon: it must be found before the limits are asked.
    once.lock(work)?;
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        let impossible =
            |_| StoreError::Inconsistent { table: "idempotency", column: "answer", row: number.to_owned() };
        return Ok(CouponCode::parse(replay.answer).map_err(impossible)?);
    }
    issuing::lock_code(work, &send.stock_id, send.coupon_code.as_ref())?;
    ensure_code_is_free(work, send, &person)?;
    let recipient = Recipient {
        appid: send.appid.clone(),
        openid: send.openid.clone(),
        person_id: person,
        send_request_no: send.out_request_no.clone(),
        send_channel: SendChannel::Api,
        coupon_code: send.coupon_code.clone(),
        attach: None,
        sender: scope.principal.clone(),
        tags: send.tags.clone(),
        bundle: None,
    };
    let issued = issuing::issue(work, reached, &recipient)?;
    let code = issued.coupon.coupon_code;
    once.note(work, code.to_string())?;
    Ok(code)
}

/// A code that somebody has, or that a live token was promised, is not given out again.
fn ensure_code_is_free(work: &Work<'_>, send: &Send, person: &PersonId) -> Result<(), Error> {
    let Some(code) = &send.coupon_code else { return Ok(()) };
    if let Some(issued) = work.store.user_coupon(&send.stock_id, code)? {
        // The same code to the same person under another number is a re-entry (semantics 6.3 b).
        let refusal = if issued.coupon.person_id == *person { Refusal::Reentry } else { Refusal::CodeTaken };
        return Err(refusal.into());
    }
    if work.store.code_holder(&send.stock_id, code, work.now)?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    Ok(())
}
