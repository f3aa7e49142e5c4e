//! Issuing: a user coupon comes into being, with its counts, its code and its notification, or not at all.

use quan_coupon::issue::{self, IssueOrder};
use quan_coupon::refusal::Refusal;
use quan_coupon::stock::Counts;
use quan_coupon::user_coupon::{BundlePlace, UserCoupon};
use quan_coupon::window::Window;
use quan_model::coupon::CouponTagInfo;
use quan_model::enums::{CouponCodeMode, SendChannel};
use quan_model::ids::{Appid, CouponCode, Openid, Principal, RequestNumber, StockId};
use quan_model::notification::{self, SendResource};
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::catalogue::{Counted, StockDefinition};
use quan_store::error::StoreError;
use quan_store::lock::Lock;
use quan_store::outbox::Notification;
use quan_store::parties::PersonId;
use quan_store::user_coupon::{CodeUse, UserCouponRecord};
use serde::Serialize;

use crate::access::ReachedStock;
use crate::busifavor;
use crate::error::Error;
use crate::minting;
use crate::work::Work;

/// Fresh codes tried before giving up: two alike among 10^21 do not happen twice in a row by chance.
const FRESH_CODES_MAX: usize = 3;

/// For whom, and how.
#[derive(Clone)]
pub(crate) struct Recipient {
    pub(crate) appid: Appid,
    pub(crate) openid: Openid,
    pub(crate) person_id: PersonId,
    pub(crate) send_request_no: RequestNumber,
    pub(crate) send_channel: SendChannel,
    pub(crate) coupon_code: Option<CouponCode>,
    pub(crate) attach: Option<String>,
    /// Who sends: it made the call, or the pre-send that is claimed.
    pub(crate) sender: Principal,
    /// What the send tags the coupon with.
    pub(crate) tags: Option<CouponTagInfo>,
    /// Where it lies in a chain.
    pub(crate) bundle: Option<BundlePlace>,
}

/// Keeps a code that the caller gave for this unit of work, before anybody asks whom it belongs or is promised to.
pub(crate) fn lock_code(
    work: &mut Work<'_>,
    stock_id: &StockId,
    coupon_code: Option<&CouponCode>,
) -> Result<(), Error> {
    match coupon_code {
        Some(coupon_code) => Ok(work.store.lock(Lock::Code { stock_id, coupon_code })?),
        None => Ok(()),
    }
}

/// Refuses a code that the mode does not ask for, and one that was already issued to the same person in
/// this stock under another number (semantics 6.3 b).
pub(crate) fn ensure_no_reentry(
    store: &dyn Reader,
    reached: &ReachedStock,
    coupon_code: Option<&CouponCode>,
    person: &PersonId,
) -> Result<(), Error> {
    issue::check_code(reached.stock.terms.code_mode, coupon_code)?;
    let Some(code) = coupon_code else { return Ok(()) };
    match store.user_coupon(&reached.record.stock_id, code)? {
        Some(issued) if issued.coupon.person_id == *person => Err(Refusal::Reentry.into()),
        Some(_) | None => Ok(()),
    }
}

/// Refuses what an issue under a new number would refuse now, and a code that a live token of another
/// number holds. Nothing is taken.
pub(crate) fn ensure_issuable(
    work: &Work<'_>,
    reached: &ReachedStock,
    coupon_code: Option<&CouponCode>,
    person: &PersonId,
) -> Result<(), Error> {
    let counts = work.store.counts(&reached.record.stock_id, work.now.date(), Some(person))?;
    ensure_issuable_at(work, reached, coupon_code, person, &counts)
}

/// As [`ensure_issuable`], with the counts read already.
pub(crate) fn ensure_issuable_at(
    work: &Work<'_>,
    reached: &ReachedStock,
    coupon_code: Option<&CouponCode>,
    person: &PersonId,
    counts: &Counts,
) -> Result<(), Error> {
    ensure_no_reentry(work.store, reached, coupon_code, person)?;
    let stock_id = &reached.record.stock_id;
    issue::check(&reached.stock, counts, work.now)?;
    let Some(code) = coupon_code else { return Ok(()) };
    let is_issued = work.store.user_coupon(stock_id, code)?.is_some();
    if is_issued || work.store.code_holder(stock_id, code, work.now)?.is_some() {
        return Err(Refusal::CodeTaken.into());
    }
    Ok(())
}

/// Issues one coupon: limits taken, code taken, coupon and notification written, in lock order
/// stock → day → person → code (semantics 5.4).
pub(crate) fn issue(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    recipient: &Recipient,
) -> Result<UserCouponRecord, Error> {
    let stock = &reached.stock;
    issue::check_code(stock.terms.code_mode, recipient.coupon_code.as_ref())?;
    let day = work.now.date();
    let counts = work.store.counts(&stock.stock_id, day, Some(&recipient.person_id))?;
    let window = issue::check(stock, &counts, work.now)?;
    // The rules have looked; the conditional update is what grants, also between nodes.
    match work.store.count_issue(&stock.stock_id, day, &recipient.person_id, &stock.terms.limits)? {
        Counted::Yes => {}
        Counted::StockOut => return Err(Refusal::StockOut.into()),
        Counted::DayOut => return Err(Refusal::DayOut.into()),
        Counted::UserLimit => {
            return Err(Refusal::UserLimit { max: stock.terms.limits.max_count_per_user }.into());
        }
    }
    bring_into_being(work, reached, recipient, window)?.ok_or_else(|| Refusal::PoolEmpty.into())
}

/// Issues a coupon that was granted before, as a later one of a chain: counted unless it is issued again, but
/// refused by no limit (semantics 5.3). Nothing happens when no code is left: the caller lets it wait.
pub(crate) fn issue_granted(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    recipient: &Recipient,
    window: Window,
    is_counted: bool,
) -> Result<Option<UserCouponRecord>, Error> {
    let issued = bring_into_being(work, reached, recipient, window)?;
    if issued.is_some() && is_counted {
        let (stock, person) = (&reached.stock, &recipient.person_id);
        work.store.count_granted(&stock.stock_id, work.now.date(), person, &stock.terms.limits)?;
    }
    Ok(issued)
}

/// The coupon with its code and its notification; nothing when its code should come from an empty pool.
fn bring_into_being(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    recipient: &Recipient,
    window: Window,
) -> Result<Option<UserCouponRecord>, Error> {
    let stock = &reached.stock;
    let receive_time = work.now;
    let make = |coupon_code: CouponCode| {
        let order = IssueOrder {
            coupon_code,
            openid: recipient.openid.clone(),
            appid: recipient.appid.clone(),
            person_id: recipient.person_id.clone(),
            send_request_no: recipient.send_request_no.clone(),
            send_channel: recipient.send_channel,
            attach: recipient.attach.clone(),
            receive_time,
            bundle: recipient.bundle.clone(),
            tags: recipient.tags.clone(),
        };
        UserCouponRecord {
            coupon: issue::issue(stock, window, order),
            product_coupon_revision: reached.product_coupon.revision,
            stock_revision: reached.record.revision,
            revision: 1,
        }
    };
    let record = match (stock.terms.code_mode, recipient.coupon_code.clone()) {
        (CouponCodeMode::Upload, _) => {
            let Some(code) = work.store.take_code(&stock.stock_id, work.now)? else { return Ok(None) };
            insert(work, make(code))?
        }
        (CouponCodeMode::ApiAssign, code) => {
            insert(work, make(code.expect("check_code refuses API_ASSIGN without a code")))?
        }
        (CouponCodeMode::Wechatpay, _) => insert_fresh(work, &make)?,
    };
    if recipient.sender != reached.record.creator {
        work.store.insert_coupon_sender(&stock.stock_id, &record.coupon.coupon_code, &recipient.sender)?;
    }
    let notification = match &*reached.record.definition {
        StockDefinition::ProductCoupon(_) => send_notification(work, reached, &record.coupon)?,
        StockDefinition::Busifavor(_) => {
            busifavor::notification::send(work, reached, &record.coupon, &recipient.sender)?
        }
    };
    work.tell(&notification)?;
    Ok(Some(record))
}

fn insert(work: &mut Work<'_>, record: UserCouponRecord) -> Result<UserCouponRecord, Error> {
    match work.store.insert_user_coupon(&record)? {
        CodeUse::Free => {
            work.issued += 1;
            Ok(record)
        }
        CodeUse::Taken => Err(Refusal::CodeTaken.into()),
    }
}

fn insert_fresh(
    work: &mut Work<'_>,
    make: &impl Fn(CouponCode) -> UserCouponRecord,
) -> Result<UserCouponRecord, Error> {
    for _ in 0..FRESH_CODES_MAX {
        let record = make(minting::coupon_code(work.entropy, work.now_ms));
        if work.store.insert_user_coupon(&record)? == CodeUse::Free {
            work.issued += 1;
            return Ok(record);
        }
    }
    Err(StoreError::Conflict { table: "user_coupon", row: "three fresh codes in a row".into() }.into())
}

/// The names of an event on the two product-coupon faces.
pub(crate) struct Event {
    pub(crate) partner: &'static str,
    pub(crate) brand: &'static str,
    /// One line for people.
    pub(crate) summary: &'static str,
}

const SEND: Event = Event {
    partner: notification::EVENT_PARTNER_SEND,
    brand: notification::EVENT_BRAND_SEND,
    summary: "商品券领券通知",
};

/// How notifications name the user: by an openid of the stock's notify appid; unknown there, by the pair of
/// the issue.
pub(crate) fn notified_user(
    work: &Work<'_>,
    reached: &ReachedStock,
    coupon: &UserCoupon,
) -> Result<(Appid, Openid), Error> {
    let known = match &reached.stock.terms.notify_appid {
        Some(appid) => work.store.openid_of(&coupon.person_id, appid)?.map(|openid| (appid.clone(), openid)),
        None => None,
    };
    Ok(known.unwrap_or_else(|| (coupon.appid.clone(), coupon.openid.clone())))
}

/// A notification to the principal that created the stock.
pub(crate) fn notification(
    work: &Work<'_>,
    reached: &ReachedStock,
    event: &Event,
    create_time: Time,
    resource: &impl Serialize,
) -> Result<Notification, Error> {
    let receiver = reached.record.creator.clone();
    let (event_type, associated_data) = match receiver {
        Principal::Merchant(_) => (event.partner, notification::ASSOCIATED_DATA_PARTNER),
        Principal::Brand(_) => (event.brand, notification::ASSOCIATED_DATA_BRAND),
    };
    let resource =
        serde_json::to_string(resource).map_err(|cause| StoreError::backend("write JSON", cause))?;
    Ok(Notification {
        id: minting::notification_id(work.entropy, work.now_ms),
        receiver,
        brand_id: reached.record.owner.brand_id().cloned(),
        event_type: event_type.to_owned(),
        create_time,
        summary: event.summary.to_owned(),
        associated_data: associated_data.to_owned(),
        original_type: "coupon".to_owned(),
        resource,
    })
}

/// The SEND notification, to the principal that created the stock.
fn send_notification(
    work: &Work<'_>,
    reached: &ReachedStock,
    coupon: &UserCoupon,
) -> Result<Notification, Error> {
    let (appid, openid) = notified_user(work, reached, coupon)?;
    let resource = SendResource {
        brand_id: coupon.owner.brand_id().map(ToString::to_string),
        coupon_code: coupon.coupon_code.to_string(),
        product_coupon_id: coupon.product_coupon_id.to_string(),
        stock_id: coupon.stock_id.to_string(),
        stock_bundle_id: reached.record.bundle.as_ref().map(|place| place.stock_bundle_id.to_string()),
        user_coupon_bundle_id: coupon.bundle.as_ref().map(|place| place.user_coupon_bundle_id.to_string()),
        appid: appid.to_string(),
        openid: openid.to_string(),
        unionid: String::new(),
        receive_time: coupon.receive_time,
        send_request_no: coupon.send_request_no.to_string(),
        send_channel: coupon.send_channel.to_string(),
        valid_begin_time: coupon.window.begin,
        valid_end_time: coupon.window.end,
        phone_number: None,
        country_code: None,
        attach: coupon.attach.clone(),
        channel_custom_info: None,
    };
    notification(work, reached, &SEND, coupon.receive_time, &resource)
}
