//! The outbox: leases, attempts and their ends.

use std::sync::Arc;

use quan_model::time::Time;

use super::records::{brand_id, notification, now, principal};
use super::{Promise, commit};
use crate::backend::Backend;
use crate::error::StoreError;
use crate::outbox::{Attempt, DeliveryState, LeasedNotification, Next, Notification};

pub(super) const PROMISES: &[Promise] = &[
    a_lease_is_exclusive_and_ends,
    an_attempt_belongs_to_the_holder_of_the_lease,
    a_retry_comes_at_its_time_and_a_dead_letter_never,
    giving_up_ends_what_waits_for_one_receiver_and_brand,
];

fn put(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| unit.insert_notification(&notification())).expect("a notification can be written");
}

fn lease(backend: &Arc<dyn Backend>, sender: &'static str, at: Time) -> Vec<LeasedNotification> {
    commit(backend, move |unit| unit.lease_notifications(sender, at, at.plus_seconds(30), 10))
        .expect("notifications can be leased")
}

fn record(backend: &Arc<dyn Backend>, sender: &'static str, at: Time, next: Next) -> Result<(), StoreError> {
    let attempt = Attempt { started_at: at, status: Some(500), outcome: "the receiver answered 500".into() };
    commit(backend, move |unit| unit.record_attempt(sender, &notification().id, &attempt, next))
}

fn a_lease_is_exclusive_and_ends(backend: &Arc<dyn Backend>) {
    put(backend);
    assert_eq!(lease(backend, "one", now()).len(), 1);
    assert!(lease(backend, "two", now().plus_seconds(29)).is_empty(), "leased to one");
    let due = backend.snapshot(|reader| reader.next_due()).expect("a snapshot").expect("readable");
    assert_eq!(due, Some(now().plus_seconds(30)));
    assert_eq!(lease(backend, "two", now().plus_seconds(30)).len(), 1, "one is taken for dead");
    record(backend, "one", now(), Next::Delivered).expect_err("one has lost its lease");
    record(backend, "two", now(), Next::Delivered).expect("two holds it");
}

fn an_attempt_belongs_to_the_holder_of_the_lease(backend: &Arc<dyn Backend>) {
    put(backend);
    record(backend, "one", now(), Next::Delivered).expect_err("nobody holds a lease");
    let leased = lease(backend, "one", now());
    assert_eq!((leased[0].attempts, &leased[0].notification), (0, &notification()));
    record(backend, "one", now(), Next::Delivered).expect("one holds the lease");
    record(backend, "one", now(), Next::Delivered).expect_err("it was delivered");
    let delivery = backend.snapshot(|reader| reader.delivery(&notification().id)).expect("a snapshot");
    let (kept, state, attempts) = delivery.expect("readable").expect("the notification is kept");
    assert_eq!((kept, state, attempts.len()), (notification(), DeliveryState::Delivered, 1));
    assert_eq!(attempts[0].status, Some(500));
}

fn a_retry_comes_at_its_time_and_a_dead_letter_never(backend: &Arc<dyn Backend>) {
    put(backend);
    lease(backend, "one", now());
    let retry_at = now().plus_seconds(60);
    record(backend, "one", now(), Next::RetryAt(retry_at)).expect("one holds the lease");
    assert!(lease(backend, "one", now().plus_seconds(59)).is_empty());
    let again = lease(backend, "one", retry_at);
    assert_eq!((again.len(), again[0].attempts), (1, 1));
    record(backend, "one", retry_at, Next::DeadLetter).expect("one holds the lease");
    assert!(lease(backend, "one", retry_at.plus_seconds(1_000_000)).is_empty());
    let (counts, due) = backend
        .snapshot(|reader| (reader.outbox_counts().expect("readable"), reader.next_due().expect("readable")))
        .expect("a snapshot");
    assert_eq!((counts.waiting, counts.delivered, counts.dead, due), (0, 0, 1, None));
}

fn giving_up_ends_what_waits_for_one_receiver_and_brand(backend: &Arc<dyn Backend>) {
    let of = |id: &str, receiver: &str, brand: Option<&str>| Notification {
        id: id.to_owned(),
        receiver: receiver.parse().expect("a sample receiver is well formed"),
        brand_id: brand.map(super::records::id),
        ..notification()
    };
    let others = [
        of("other receiver", "mchid:1900000109", Some("120344")),
        of("other brand", "mchid:1900000001", Some("120345")),
        of("no brand", "mchid:1900000001", None),
    ];
    let put_others = others.clone();
    put(backend);
    commit(backend, move |unit| put_others.iter().try_for_each(|other| unit.insert_notification(other)))
        .expect("notifications can be written");
    assert_eq!(lease(backend, "one", now()).len(), 4);
    let reason = Attempt { started_at: now(), status: None, outcome: "withdrawn".into() };
    let noted = reason.clone();
    let give_up = move || {
        let reason = noted.clone();
        commit(backend, move |unit| unit.give_up_notifications(&principal(), &brand_id(), &reason))
    };
    assert_eq!(give_up().expect("writable"), 1);
    assert_eq!(give_up().expect("writable"), 0, "what is given up is not given up again");
    record(backend, "one", now(), Next::Delivered).expect_err("nobody holds it any more");
    let delivery = |id: &str| {
        let found = backend.snapshot(|reader| reader.delivery(id)).expect("a snapshot").expect("readable");
        let (_, state, attempts) = found.expect("the notification is kept");
        (state, attempts)
    };
    assert_eq!(delivery(&notification().id), (DeliveryState::DeadLetter, vec![reason]));
    for other in others {
        assert_eq!(delivery(&other.id), (DeliveryState::Waiting, vec![]), "{}", other.id);
    }
}
