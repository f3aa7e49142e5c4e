//! The audit of notifications: of every coupon one has come, and none tells of a coupon that is not there.
//!
//! Knows the receiver's book and the lives.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::journal::Journal;
use crate::life::Life;
use crate::load::Load;
use crate::receiver::{Arrival, Book, Receiver};

/// Stock and code: what names a coupon in a notification.
type Name = (String, String);

fn name(arrival: &Arrival) -> Name {
    (arrival.stock_id.clone(), arrival.coupon_code.clone())
}

/// Every coupon of the lives.
fn issued(load: &Load) -> HashMap<Name, &Life> {
    let of =
        |life| move |coupon: &crate::coupon::Coupon| ((coupon.stock_id.clone(), coupon.code.clone()), life);
    load.lives().flat_map(|life| life.coupons.iter().map(of(life))).collect()
}

/// What notifications of coupons mean that no life holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// Nothing else was issued.
    AreFindings,
    /// The scenario has issued some and looks at them itself.
    AreKnown,
}

/// The coupons whose notification was taken.
fn taken(book: &Book) -> HashSet<Name> {
    book.arrivals.values().filter(|arrival| arrival.taken > 0).map(name).collect()
}

/// Waits until the notification of every coupon has come; what is missing then, or tells of nothing real, is a finding.
pub(crate) async fn audit(
    load: &Load,
    receiver: &Receiver,
    journal: &Journal,
    limit: Duration,
    others: Others,
) {
    let issued = issued(load);
    let is_complete = |book: &Book| {
        let taken = taken(book);
        issued.keys().all(|name| taken.contains(name))
    };
    // Looking again at the whole book at every delivery would cost more than the deliveries.
    let expected = issued.len();
    receiver.wait(limit, |book| book.arrivals.len() >= expected && is_complete(book)).await;
    let book = receiver.book();
    let came = taken(&book);
    for ((stock_id, code), life) in &issued {
        if !came.contains(&(stock_id.clone(), code.clone())) {
            journal.find(format!("{}: no notification of coupon {code} of stock {stock_id}", life.number));
        }
    }
    for arrival in book.arrivals.values() {
        match issued.get(&name(arrival)) {
            Some(life) if life.number == arrival.send_request_no && life.openid == arrival.openid => {}
            Some(life) => journal.find(format!("{}: a notification names {arrival:?}", life.number)),
            None if others == Others::AreKnown || load.lives().any(Life::is_unsettled) => {}
            None => journal.find(format!("a notification of no known coupon: {arrival:?}")),
        }
    }
    for finding in &book.findings {
        journal.find(finding.clone());
    }
    let notified = issued.keys().filter(|name| came.contains(*name)).count();
    journal
        .count(|counts| counts.notified = counts.notified.max(u64::try_from(notified).unwrap_or(u64::MAX)));
}
