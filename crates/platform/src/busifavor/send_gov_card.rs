//! send_gov_card 发放消费卡: kept as a fact; what a card is worth and where it counts is not known here.

use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_model::busifavor::SendGovCardResponse;
use quan_model::ids::{Appid, Mchid, Openid, Principal, RequestNumber};
use quan_model::time::Time;
use quan_store::busifavor::GovCardRecord;
use quan_store::error::StoreError;
use serde::Serialize;

use crate::access;
use crate::busifavor::reach;
use crate::error::Error;
use crate::minting;
use crate::once::Once;
use crate::work::Work;

/// How old `send_time` may be, in seconds (api-busifavor 5.12).
const SEND_TIME_AGE_SECONDS_MAX: i64 = 24 * 3600;
/// How far it may lie ahead, for clocks that differ; as with `use_time`.
const SEND_TIME_AHEAD_SECONDS_MAX: i64 = 300;
/// Fresh codes tried before giving up.
const FRESH_CODES_MAX: usize = 3;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct SendGovCard {
    /// Who calls.
    pub mchid: Mchid,
    /// The kind of card.
    pub card_id: String,
    /// The appid of the openid.
    pub appid: Appid,
    /// Who gets the card.
    pub openid: Openid,
    /// The idempotency key, together with `send_time`.
    pub out_request_no: RequestNumber,
    /// When it was sent, as the caller says.
    pub send_time: Time,
}

/// Notes that a card was sent and makes its code; a replay gives the same code.
///
/// # Errors
/// `AppidNotBound`, `RequestMismatch`, `Invalid` for a `send_time` more than 24 hours ago or 5 minutes ahead.
pub fn send_gov_card(work: &mut Work<'_>, input: &SendGovCard) -> Result<SendGovCardResponse, Error> {
    let principal = Principal::Merchant(input.mchid.clone());
    let own = reach::own(&principal);
    access::appid_bound(work.store, &own, &input.appid)?;
    let sent_at = input.send_time.unix_seconds().to_string();
    let once = Once::new(&own, "busifavor_send_gov_card", sent_at, input.out_request_no.as_str(), input);
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        return Ok(SendGovCardResponse { card_code: replay.answer });
    }
    let age = work.now.seconds_since(input.send_time);
    if !(-SEND_TIME_AHEAD_SECONDS_MAX..=SEND_TIME_AGE_SECONDS_MAX).contains(&age) {
        let issue = "发放时间应在24小时以内，且不能晚于当前时间5分钟以上";
        let violation = Violation::new("/send_time", ViolationKind::OutOfRange, issue);
        return Err(violation.with_value(&input.send_time).into());
    }
    let card_code = fresh_code(work)?;
    work.store.insert_gov_card(&GovCardRecord {
        card_code: card_code.clone(),
        card_id: input.card_id.clone(),
        sender: input.mchid.clone(),
        appid: input.appid.clone(),
        openid: input.openid.clone(),
        request_no: input.out_request_no.clone(),
        send_time: input.send_time,
        created_at: work.now,
    })?;
    once.note(work, card_code.clone())?;
    Ok(SendGovCardResponse { card_code })
}

fn fresh_code(work: &Work<'_>) -> Result<String, StoreError> {
    for _ in 0..FRESH_CODES_MAX {
        let code = minting::card_code(work.entropy);
        if work.store.gov_card(&code)?.is_none() {
            return Ok(code);
        }
    }
    Err(StoreError::Conflict { table: "gov_card", row: "three fresh codes in a row".into() })
}
