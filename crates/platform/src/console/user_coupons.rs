//! User coupons as the console shows them: found by what people have in their hands, each with its timeline.

use quan_coupon::redemption::Redemption;
use quan_coupon::user_coupon::Usage;
use quan_model::enums::UserCouponState;
use quan_model::ids::{CouponCode, StockId};
use quan_model::time::Time;
use quan_store::outbox::{Attempt, DeliveryState};
use quan_store::request_log::RequestHead;
pub use quan_store::user_coupon::{UserCouponPlace, UserCouponRecord};
use serde_json::json;

use crate::access;
use crate::busifavor::deactivate_coupon::{DeactivateCoupon, deactivate_coupon};
use crate::console::access::Role;
use crate::console::audit::{self, Operator};
use crate::console::error::ConsoleError;
use crate::console::stocks::{self, StockSeen};
use crate::deactivate_user_coupon::{DeactivateUserCoupon, deactivate_user_coupon};
use crate::user_coupon_access::UserCouponAddress;
use crate::work::{View, Work};

/// Calls and notifications of one timeline: more is no story any more.
const MOMENTS_MAX: usize = 200;

/// A coupon in a list.
#[derive(Clone, Debug)]
pub struct CouponSeen {
    /// As it is kept.
    pub record: UserCouponRecord,
    /// Its state now.
    pub state: UserCouponState,
}

/// At most `limit` coupons, the newest first: all of them, or those whose holder's openid, code or send number is
/// `text`. Only the list of all, and of one holder, goes on behind `after`.
///
/// # Errors
/// When the store fails.
pub fn search(
    view: &View<'_>,
    text: Option<&str>,
    after: Option<&UserCouponPlace>,
    limit: usize,
) -> Result<Vec<CouponSeen>, ConsoleError> {
    let mut found = match text {
        None => view.store.newest_user_coupons(None, after, limit)?,
        Some(text) => named(view, text, after, limit)?,
    };
    found.truncate(limit);
    Ok(found.into_iter().map(|record| CouponSeen { state: record.coupon.state(view.now), record }).collect())
}

fn named(
    view: &View<'_>,
    text: &str,
    after: Option<&UserCouponPlace>,
    limit: usize,
) -> Result<Vec<UserCouponRecord>, ConsoleError> {
    let mut found = Vec::new();
    if let Ok(openid) = text.parse() {
        let mut persons = Vec::new();
        for (appid, _) in view.store.appid_bindings()? {
            let person = access::person(view.store, &appid, &openid)?;
            if !persons.contains(&person) {
                persons.push(person);
            }
        }
        for person in persons {
            found.extend(view.store.newest_user_coupons(Some(&person), after, limit)?);
        }
    }
    if after.is_none() {
        if let Ok(code) = text.parse() {
            found.extend(view.store.user_coupons_with_code(&code, limit)?);
        }
        if let Ok(number) = text.parse() {
            for pre_send in view.store.pre_sends_with_number(&number, limit)? {
                let Some(claimed) = pre_send.claimed else { continue };
                found.extend(view.store.user_coupon(&pre_send.stock_id, &claimed.coupon_code)?);
            }
        }
    }
    found.sort_by_key(|record| {
        std::cmp::Reverse((
            record.coupon.receive_time,
            record.coupon.stock_id.clone(),
            record.coupon.coupon_code.clone(),
        ))
    });
    found.dedup_by(|one, other| UserCouponPlace::of(&one.coupon) == UserCouponPlace::of(&other.coupon));
    Ok(found)
}

/// A fact of a coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The merchant asked for it.
    PreSent,
    /// The user received it.
    Received,
    /// The merchant confirmed it.
    Confirmed,
    /// It was used; the round from 1, of several.
    Used(Option<usize>),
    /// The use was returned.
    Returned(Option<usize>),
    /// The merchant ended it, and why.
    Deactivated(String),
    /// The user removed it.
    Deleted,
    /// Its validity ended.
    Expired,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A state changed; the number of the request that did it.
    Fact(Fact, Option<String>),
    /// A call was made.
    Call(u64, Box<RequestHead>),
    /// An attempt to deliver a notification: its id and type.
    Attempt(String, String, Attempt),
}

/// What happened, and when by the clock of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Time,
    /// What.
    pub event: Event,
}

/// A coupon with everything that is known of it.
#[derive(Clone, Debug)]
pub struct CouponStory {
    /// As it is kept, and its state.
    pub seen: CouponSeen,
    /// Its stock.
    pub stock: StockSeen,
    /// What happened, in order.
    pub timeline: Vec<Moment>,
}

/// A coupon.
///
/// # Errors
/// [`ConsoleError::Unknown`].
pub fn story(view: &View<'_>, stock_id: &StockId, code: &CouponCode) -> Result<CouponStory, ConsoleError> {
    let record = view.store.user_coupon(stock_id, code)?.ok_or(ConsoleError::Unknown("coupon"))?;
    let stock = stocks::stock(view, stock_id)?;
    let mut timeline = facts(&record, view.now);
    timeline.extend(calls(view, &record)?);
    let seconds = seconds(&timeline);
    for delivery in view.store.deliveries_of_coupon(stock_id, code, &seconds, MOMENTS_MAX)? {
        let id = delivery.notification.id;
        let attempts = view.store.delivery(&id)?.map(|(_, _, attempts)| attempts).unwrap_or_default();
        let event_type = delivery.notification.event_type;
        timeline.extend(attempts.into_iter().map(|attempt| Moment {
            at: attempt.started_at,
            event: Event::Attempt(id.clone(), event_type.clone(), attempt),
        }));
    }
    // Within a second: a call, the fact that it made, the notification of it.
    timeline.sort_by_key(|moment| match &moment.event {
        Event::Call(seq, _) => (moment.at, 0, *seq),
        Event::Fact(..) => (moment.at, 1, 0),
        Event::Attempt(..) => (moment.at, 2, 0),
    });
    let state = record.coupon.state(view.now);
    Ok(CouponStory { seen: CouponSeen { record, state }, stock, timeline })
}

/// The seconds in which notifications of a coupon may have been created: those of its facts, and those after each call
/// began, since a caller may name another time of use than that of the call.
fn seconds(timeline: &[Moment]) -> Vec<Time> {
    let mut seconds: Vec<Time> = timeline
        .iter()
        .flat_map(|moment| match moment.event {
            Event::Call(..) => [moment.at, moment.at.plus_seconds(1)],
            Event::Fact(..) | Event::Attempt(..) => [moment.at, moment.at],
        })
        .collect();
    seconds.sort_unstable();
    seconds.dedup();
    seconds
}

fn facts(record: &UserCouponRecord, now: Time) -> Vec<Moment> {
    let coupon = &record.coupon;
    let moment = |at, fact, number: Option<String>| Moment { at, event: Event::Fact(fact, number) };
    let mut moments =
        vec![moment(coupon.receive_time, Fact::Received, Some(coupon.send_request_no.to_string()))];
    if let Some(confirmed) = &coupon.confirmed {
        moments.push(moment(confirmed.time, Fact::Confirmed, Some(confirmed.request_no.to_string())));
    }
    let mut redeemed = |round: Option<usize>, redemption: &Redemption| {
        moments.push(moment(redemption.use_time, Fact::Used(round), Some(redemption.request_no.to_string())));
        if let Some(returned) = &redemption.returned {
            moments.push(moment(returned.time, Fact::Returned(round), Some(returned.request_no.to_string())));
        }
    };
    match &coupon.usage {
        Usage::Single(redemption) => redemption.iter().for_each(|redemption| redeemed(None, redemption)),
        Usage::Sequential(rounds) => {
            for (at, round) in rounds.rounds.iter().enumerate() {
                round.redemption.iter().for_each(|redemption| redeemed(Some(at + 1), redemption));
            }
        }
    }
    if let Some(ended) = &coupon.deactivated {
        let fact = Fact::Deactivated(ended.reason.clone());
        moments.push(moment(ended.time, fact, Some(ended.request_no.to_string())));
    }
    if let Some(deleted_at) = coupon.deleted_at {
        moments.push(moment(deleted_at, Fact::Deleted, None));
    }
    if coupon.state(now) == UserCouponState::Expired {
        moments.push(moment(coupon.window.end, Fact::Expired, None));
    }
    moments
}

/// The calls that name the coupon by its code, and those that made it by their number; and the pre-send itself.
fn calls(view: &View<'_>, record: &UserCouponRecord) -> Result<Vec<Moment>, ConsoleError> {
    let coupon = &record.coupon;
    let (code, number) = (coupon.coupon_code.as_str(), coupon.send_request_no.as_str());
    let by_code = view.store.requests_naming(&[("coupon_code", code)], MOMENTS_MAX)?;
    let by_number = view.store.requests_naming(&[("send_request_no", number)], MOMENTS_MAX)?;
    let mut found: Vec<(u64, RequestHead)> = by_code.into_iter().chain(by_number).collect();
    found.sort_by_key(|(seq, _)| *seq);
    found.dedup_by_key(|(seq, _)| *seq);
    found.truncate(MOMENTS_MAX);
    let mut moments = Vec::with_capacity(found.len() + 1);
    for (seq, head) in found {
        let Some(logged) = view.store.logged_request(seq)? else { continue };
        // A code is unique within its stock only.
        let names_another = logged.names.iter().any(|(name, _)| name == "stock_id")
            && !logged
                .names
                .iter()
                .any(|(name, value)| name == "stock_id" && value == coupon.stock_id.as_str());
        if !names_another {
            let at = Time::from_unix_seconds(logged.detail.rules_at_seconds);
            moments.push(Moment { at, event: Event::Call(seq, Box::new(head)) });
        }
    }
    for pre_send in view.store.pre_sends_with_number(&coupon.send_request_no, 10)? {
        let is_of_this =
            pre_send.claimed.as_ref().is_some_and(|claimed| claimed.coupon_code == coupon.coupon_code);
        if is_of_this && pre_send.created_at < coupon.receive_time {
            let event = Event::Fact(Fact::PreSent, Some(number.to_owned()));
            moments.push(Moment { at: pre_send.created_at, event });
        }
    }
    Ok(moments)
}

/// Why a coupon is still CONFIRMING.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StuckReason {
    /// Nobody was told: the creator of the stock has set no notify URL.
    NoNotifyUrl,
    /// Every attempt failed and the notification was given up; the last outcome.
    NotificationDead(String),
    /// Attempts fail; the last outcome.
    NotificationFailing(String),
    /// The notification was not tried yet.
    NotificationWaiting,
    /// The merchant was told and called confirm, which was refused: the call and its reason.
    ConfirmRefused(u64, String),
    /// The merchant was told and did not call confirm.
    NotConfirmed,
}

/// A coupon that waits for its confirm.
#[derive(Clone, Debug)]
pub struct Stuck {
    /// The coupon.
    pub record: UserCouponRecord,
    /// Why.
    pub reason: StuckReason,
}

/// The coupons that were received before `received_before` and are CONFIRMING, the oldest first.
///
/// # Errors
/// When the store fails.
pub fn stuck(view: &View<'_>, received_before: Time, limit: usize) -> Result<Vec<Stuck>, ConsoleError> {
    let mut found = Vec::new();
    for (stock, code) in view.store.unconfirmed_coupons(received_before, view.now, limit)? {
        if let Some(record) = view.store.user_coupon(&stock, &code)? {
            found.push(Stuck { reason: reason(view, &record)?, record });
        }
    }
    Ok(found)
}

fn reason(view: &View<'_>, record: &UserCouponRecord) -> Result<StuckReason, ConsoleError> {
    let coupon = &record.coupon;
    let code = coupon.coupon_code.as_str();
    let calls = view.store.requests_naming(&[("coupon_code", code)], MOMENTS_MAX)?;
    let refused = calls
        .into_iter()
        .rev()
        .find(|(_, head)| head.operation == "confirm_user_coupon" && head.status >= 400);
    if let Some((seq, head)) = refused {
        return Ok(StuckReason::ConfirmRefused(seq, head.reason.or(head.code).unwrap_or_default()));
    }
    let received = [coupon.receive_time];
    let deliveries = view.store.deliveries_of_coupon(&coupon.stock_id, &coupon.coupon_code, &received, 1)?;
    let Some(delivery) = deliveries.into_iter().next() else { return Ok(StuckReason::NotConfirmed) };
    let last = delivery.last_outcome.clone().unwrap_or_default();
    Ok(match delivery.state {
        DeliveryState::Delivered => StuckReason::NotConfirmed,
        DeliveryState::Waiting | DeliveryState::DeadLetter
            if view.store.notify_url(&delivery.notification.receiver)?.is_none() =>
        {
            StuckReason::NoNotifyUrl
        }
        DeliveryState::DeadLetter => StuckReason::NotificationDead(last),
        DeliveryState::Waiting if delivery.attempts > 0 => StuckReason::NotificationFailing(last),
        DeliveryState::Waiting => StuckReason::NotificationWaiting,
    })
}

/// Deactivates a coupon for good, in the name of the creator of its stock.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`], [`ConsoleError::Form`] for the reason; those of the use case.
pub fn deactivate(
    work: &mut Work<'_>,
    by: &Operator,
    stock_id: &StockId,
    code: &CouponCode,
    reason: &str,
) -> Result<(), ConsoleError> {
    by.ensure(Role::Operator)?;
    audit::ensure_reason(reason)?;
    let record = work.store.user_coupon(stock_id, code)?.ok_or(ConsoleError::Unknown("coupon"))?;
    let stock = work.store.stock(stock_id)?.ok_or(ConsoleError::Unknown("stock"))?;
    let before = json!({ "state": record.coupon.state(work.now).as_str() });
    let out_request_no = audit::request_no(work.entropy);
    if stock.definition.busifavor().is_some() {
        let input = DeactivateCoupon {
            coupon_code: code.clone(),
            stock_id: stock_id.clone(),
            deactivate_request_no: out_request_no.clone().into(),
            deactivate_reason: reason.to_owned(),
        };
        deactivate_coupon(work, &stock.creator, &input)?;
    } else {
        let address = stocks::address_of_creator(&stock);
        let input = DeactivateUserCoupon {
            address: UserCouponAddress {
                scope: address.scope,
                product_coupon_id: address.product_coupon_id,
                stock_id: stock_id.clone(),
                appid: record.coupon.appid.clone(),
                openid: record.coupon.openid.clone(),
                coupon_code: code.clone(),
            },
            out_request_no: out_request_no.clone(),
            deactivate_reason: reason.to_owned(),
        };
        deactivate_user_coupon(work, &input)?;
    }
    let after = json!({ "state": "DEACTIVATED", "reason": reason });
    let target = format!("{stock_id}/{code}");
    Ok(audit::note(
        work,
        by,
        "deactivate_user_coupon",
        &target,
        Some(&out_request_no),
        Some(&before),
        Some(&after),
    )?)
}
