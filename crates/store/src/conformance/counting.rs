//! Limits and code pools: what keeps a stock from being over-issued.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::{Date, date};
use quan_coupon::counter_shards::CounterShards;
use quan_coupon::definition::Limits;
use quan_model::ids::{CouponCode, StockId};
use quan_model::time::Time;

use super::records::{self, now};
use super::{Promise, commit};
use crate::backend::Backend;
use crate::catalogue::Counted;
use crate::error::StoreError;

pub(super) const PROMISES: &[Promise] = &[
    the_total_is_never_exceeded,
    the_day_s_cap_is_of_its_day,
    the_person_s_limit_is_of_the_person,
    a_pool_code_is_given_once,
    a_split_stock_grants_its_limits_and_no_more,
    what_was_granted_is_missing_from_the_limit,
    splitting_keeps_what_was_counted,
];

const DAY: Date = date(2025, 8, 5);

fn count(backend: &Arc<dyn Backend>, day: Date, person: &str, limits: Limits) -> Counted {
    let (stock, person) = (records::stock().stock_id, person.to_owned());
    commit(backend, move |unit| unit.count_issue(&stock, day, &person, &limits))
        .expect("issues can be counted")
}

fn counts(backend: &Arc<dyn Backend>, day: Date, person: &str) -> (u64, u64, u64) {
    let (stock, person) = (records::stock().stock_id, person.to_owned());
    let counts = backend.snapshot(|reader| reader.counts(&stock, day, Some(&person)));
    let counts = counts.expect("a snapshot can be taken").expect("counts can be read");
    (counts.total, counts.today, counts.person)
}

fn put_stock(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| unit.insert_stock(&records::stock())).expect("a stock can be written");
}

fn the_total_is_never_exceeded(backend: &Arc<dyn Backend>) {
    put_stock(backend);
    let limits = Limits { max_count: 2, max_count_per_day: None, max_count_per_user: 100 };
    let outcomes = ["a", "b", "c"].map(|person| count(backend, DAY, person, limits));
    assert_eq!(outcomes, [Counted::Yes, Counted::Yes, Counted::StockOut]);
    assert_eq!(counts(backend, DAY, "c"), (2, 2, 0), "a refusal counts nothing");
}

fn the_day_s_cap_is_of_its_day(backend: &Arc<dyn Backend>) {
    put_stock(backend);
    let limits = Limits { max_count: 100, max_count_per_day: Some(1), max_count_per_user: 100 };
    assert_eq!(count(backend, DAY, "a", limits), Counted::Yes);
    assert_eq!(count(backend, DAY, "b", limits), Counted::DayOut);
    assert_eq!(counts(backend, DAY, "b"), (1, 1, 0), "the total was taken back with the day");
    let tomorrow = date(2025, 8, 6);
    assert_eq!(count(backend, tomorrow, "b", limits), Counted::Yes);
    assert_eq!(counts(backend, tomorrow, "b"), (2, 1, 1));
}

fn the_person_s_limit_is_of_the_person(backend: &Arc<dyn Backend>) {
    put_stock(backend);
    let limits = Limits { max_count: 100, max_count_per_day: Some(100), max_count_per_user: 2 };
    let outcomes = ["a", "a", "a", "b"].map(|person| count(backend, DAY, person, limits));
    assert_eq!(outcomes, [Counted::Yes, Counted::Yes, Counted::UserLimit, Counted::Yes]);
    assert_eq!(counts(backend, DAY, "a"), (3, 3, 2), "total and day were taken back with the person");
}

fn a_pool_code_is_given_once(backend: &Arc<dyn Backend>) {
    let stock = records::stock().stock_id;
    let codes: Vec<CouponCode> =
        (0..20).map(|number| CouponCode::parse(format!("CODE-{number:02}")).expect("a code")).collect();
    for (code, shuffle) in codes.iter().zip((0..20u32).map(|number| number.wrapping_mul(2_654_435_761))) {
        let (stock, code) = (stock.clone(), code.clone());
        commit(backend, move |unit| unit.add_code(&stock, &code, shuffle, now()))
            .expect("a code can be added");
    }
    let (again, first) = (stock.clone(), codes[0].clone());
    commit(backend, move |unit| unit.add_code(&again, &first, 0, now())).expect_err("a code is added once");
    let mut given = Vec::new();
    while let Some(code) = take(backend, &stock, now()) {
        given.push(code);
    }
    assert_ne!(given, codes, "the order of upload is not the order of giving out");
    assert_eq!(given.iter().collect::<BTreeSet<_>>(), codes.iter().collect::<BTreeSet<_>>());
    assert_eq!(given.len(), codes.len());
    let (left, known) = backend
        .snapshot(|reader| {
            (reader.has_free_code(&stock).expect("readable"), reader.has_code(&stock, &codes[3]))
        })
        .expect("a snapshot can be taken");
    assert!(!left && known.expect("readable"), "a code that was given out stays known");
}

fn take(backend: &Arc<dyn Backend>, stock: &StockId, now: Time) -> Option<CouponCode> {
    let stock = stock.clone();
    commit(backend, move |unit| unit.take_code(&stock, now)).expect("codes can be taken")
}

fn split(backend: &Arc<dyn Backend>, shards: i64) {
    let (stock, shards) = (records::stock().stock_id, CounterShards::parse("", shards).expect("in range"));
    commit(backend, move |unit| unit.spread_counters(&stock, shards, DAY)).expect("a stock can be split");
}

fn grant(backend: &Arc<dyn Backend>, person: &str, limits: Limits) {
    let (stock, person) = (records::stock().stock_id, person.to_owned());
    commit(backend, move |unit| unit.count_granted(&stock, DAY, &person, &limits))
        .expect("grants are counted");
}

fn a_split_stock_grants_its_limits_and_no_more(backend: &Arc<dyn Backend>) {
    put_stock(backend);
    split(backend, 4);
    // With fewer than there are counters, some of them have no share at all.
    for (max_count, per_day, granted) in [(3, None, 3), (20, Some(9), 9), (13, Some(100), 13)] {
        let limits = Limits { max_count, max_count_per_day: per_day, max_count_per_user: 100 };
        // A limit in force changes under a lock, and the counts are spread then.
        split(backend, 4);
        let before = counts(backend, DAY, "a").0;
        let outcomes: Vec<_> = (0..=20).map(|_| count(backend, DAY, "a", limits)).collect();
        let yes = outcomes.iter().filter(|outcome| **outcome == Counted::Yes).count();
        assert_eq!(u64::try_from(yes), Ok(granted - before), "{outcomes:?}");
        let full = if granted == max_count { Counted::StockOut } else { Counted::DayOut };
        assert!(outcomes[yes..].iter().all(|outcome| *outcome == full), "{outcomes:?}");
        assert_eq!(counts(backend, DAY, "a"), (granted, granted, granted));
    }
}

fn what_was_granted_is_missing_from_the_limit(backend: &Arc<dyn Backend>) {
    put_stock(backend);
    split(backend, 2);
    let limits = Limits { max_count: 6, max_count_per_day: Some(6), max_count_per_user: 100 };
    assert_eq!(count(backend, DAY, "a", limits), Counted::Yes);
    for _ in 0..3 {
        grant(backend, "b", limits);
    }
    let outcomes = ["c", "c", "c"].map(|person| count(backend, DAY, person, limits));
    assert_eq!(outcomes, [Counted::Yes, Counted::Yes, Counted::StockOut]);
    grant(backend, "b", limits);
    assert_eq!(counts(backend, DAY, "b"), (7, 7, 4), "no limit refuses what was granted");
}

fn splitting_keeps_what_was_counted(backend: &Arc<dyn Backend>) {
    put_stock(backend);
    let stock = records::stock().stock_id;
    let shards = || {
        let shards = backend.snapshot(|reader| reader.counter_shards(&stock)).expect("a snapshot");
        shards.expect("readable")
    };
    assert_eq!(shards(), CounterShards::ONE, "a stock is not split at first");
    let limits = Limits { max_count: 100, max_count_per_day: Some(100), max_count_per_user: 100 };
    for number in [3, 64, 1] {
        assert_eq!(count(backend, DAY, "a", limits), Counted::Yes);
        let before = counts(backend, DAY, "a");
        split(backend, number);
        assert_eq!(i64::from(shards().get()), number);
        assert_eq!(counts(backend, DAY, "a"), before);
    }
    let unknown = StockId::parse("404").expect("digits");
    let split = commit(backend, move |unit| unit.spread_counters(&unknown, CounterShards::ONE, DAY));
    assert!(matches!(split, Err(StoreError::Conflict { .. })), "{split:?}");
}
