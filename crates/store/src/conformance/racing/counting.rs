//! Limits hold whoever counts, split or not, and while they are lowered; after an end nothing is issued.

use quan_coupon::counter_shards::CounterShards;
use quan_coupon::definition::Limits;
use quan_model::ids::{ProductCouponId, StockId};

use super::super::records::{deactivation, id, now, product_coupon, stock, stock_members};
use super::{Handles, Promise, look, prepare, race};
use crate::backend::UnitOfWork;
use crate::catalogue::{Counted, ProductCouponStock, StockDefinition, StockRecord};
use crate::error::StoreError;
use crate::lock::Lock;

pub(super) const PROMISES: &[Promise] = &[
    |handles| the_total_is_granted_once(handles, 1),
    |handles| the_total_is_granted_once(handles, 3),
    |handles| the_day_s_cap_is_granted_once(handles, 1),
    |handles| the_day_s_cap_is_granted_once(handles, 3),
    |handles| the_person_s_limit_is_granted_once(handles, 1),
    |handles| the_person_s_limit_is_granted_once(handles, 3),
    |handles| grants_take_from_the_limit(handles, 3),
    |handles| a_limit_that_is_lowered_meanwhile_holds(handles, 1),
    |handles| a_limit_that_is_lowered_meanwhile_holds(handles, 3),
    |handles| splitting_meanwhile_loses_nothing(handles),
    after_the_end_of_a_stock_nothing_is_issued,
    after_the_end_of_a_product_coupon_nothing_is_issued,
    the_number_of_live_stocks_keeps_its_limit,
];

/// Issues that each racer tries.
const TRIES: usize = 12;
const MANY: u64 = 1000;

fn stock_id() -> StockId {
    stock().stock_id
}

fn product_coupon_id() -> ProductCouponId {
    product_coupon().product_coupon_id
}

/// A stock whose definition has this limit, of a product coupon in force.
fn with_limit(max_count: u64) -> StockRecord {
    StockRecord {
        bundle: None,
        paused: false,
        deactivated: None,
        definition: definition(max_count).into(),
        ..stock()
    }
}

fn definition(max_count: u64) -> StockDefinition {
    let mut members = stock_members();
    members.stock_send_rule.max_count = i64::try_from(max_count).expect("a small number");
    StockDefinition::ProductCoupon(ProductCouponStock { members, progressive_bundle_usage_rule: None })
}

fn limit_of(stock: &StockRecord) -> u64 {
    let written = stock.definition.product_coupon().expect("it was written so");
    u64::try_from(written.members.stock_send_rule.max_count).expect("it was written so")
}

fn put(handles: &Handles, max_count: u64, shards: u32) {
    prepare(handles, move |unit| {
        let live = crate::catalogue::ProductCouponRecord { deactivated: None, ..product_coupon() };
        unit.insert_product_coupon(&live)?;
        unit.insert_stock(&with_limit(max_count))?;
        let shards = CounterShards::parse("", i64::from(shards)).expect("in range");
        unit.spread_counters(&stock_id(), shards, now().date())
    });
}

fn issue(unit: &mut dyn UnitOfWork, person: &str, limits: &Limits) -> Result<Counted, StoreError> {
    unit.count_issue(&stock_id(), now().date(), &person.to_owned(), limits)
}

/// What was issued in all, today, and to a person.
fn counts(handles: &Handles, person: &str) -> (u64, u64, u64) {
    let counts = look(handles, |reader| reader.counts(&stock_id(), now().date(), Some(&person.to_owned())));
    (counts.total, counts.today, counts.person)
}

/// Everybody tries to issue to `person`; how many were granted.
fn granted(handles: &Handles, person: &'static str, limits: Limits) -> u64 {
    let yes = race(handles, |racer| {
        let one = || racer.write(move |unit| issue(unit, person, &limits));
        u64::try_from((0..TRIES).filter(|_| one() == Counted::Yes).count()).expect("a small number")
    });
    yes.into_iter().sum()
}

fn the_total_is_granted_once(handles: &Handles, shards: u32) {
    put(handles, MANY, shards);
    let limits = Limits { max_count: 17, max_count_per_day: None, max_count_per_user: MANY };
    assert_eq!(granted(handles, "person", limits), 17);
    assert_eq!(counts(handles, "person"), (17, 17, 17));
}

fn the_day_s_cap_is_granted_once(handles: &Handles, shards: u32) {
    put(handles, MANY, shards);
    let limits = Limits { max_count: MANY, max_count_per_day: Some(17), max_count_per_user: MANY };
    assert_eq!(granted(handles, "person", limits), 17);
    assert_eq!(counts(handles, "person"), (17, 17, 17), "a refusal counts nothing");
}

fn the_person_s_limit_is_granted_once(handles: &Handles, shards: u32) {
    put(handles, MANY, shards);
    let limits = Limits { max_count: MANY, max_count_per_day: Some(MANY), max_count_per_user: 7 };
    assert_eq!(granted(handles, "person", limits), 7);
    assert_eq!(counts(handles, "person"), (7, 7, 7), "a refusal counts nothing");
}

fn grants_take_from_the_limit(handles: &Handles, shards: u32) {
    put(handles, MANY, shards);
    let limits = Limits { max_count: 30, max_count_per_day: Some(MANY), max_count_per_user: MANY };
    let issued: u64 = race(handles, |racer| {
        let mut issued = 0;
        for _ in 0..TRIES {
            if racer.number == 0 {
                racer.write(move |unit| {
                    unit.count_granted(&stock_id(), now().date(), &"chain".to_owned(), &limits)
                });
                issued += 1;
            } else {
                issued += u64::from(racer.write(move |unit| issue(unit, "p", &limits)) == Counted::Yes);
            }
        }
        issued
    })
    .into_iter()
    .sum();
    // What is granted is never refused; it may come after the last that the limit allowed.
    assert!((30..30 + 12).contains(&issued), "{issued}");
    assert_eq!(counts(handles, "p").0, issued);
    assert_eq!(counts(handles, "chain").2, 12);
}

fn a_limit_that_is_lowered_meanwhile_holds(handles: &Handles, shards: u32) {
    put(handles, 40, shards);
    race(handles, |racer| {
        for _ in 0..TRIES {
            if racer.number == 0 {
                lower(racer);
            } else {
                issue_under_what_is_in_force(racer);
            }
            let (total, limit) = look(handles, |reader| {
                let total = reader.counts(&stock_id(), now().date(), None)?.total;
                let stock = reader.stock(&stock_id())?.expect("it was written");
                Ok((total, limit_of(&stock)))
            });
            assert!(total <= limit, "{total} were issued of {limit}");
        }
    });
    // When the racers have gone, what is left of the limit is granted still, and no more.
    let (total, stock) = (counts(handles, "p").0, look(handles, |reader| reader.stock(&stock_id())));
    let max_count = limit_of(&stock.expect("it was written"));
    let limits = Limits { max_count, max_count_per_day: None, max_count_per_user: MANY };
    assert_eq!(granted(handles, "p", limits), max_count - total);
}

/// Lowers the limit by three, but not below what was issued.
fn lower(racer: &super::Racer) {
    racer.write(|unit| {
        unit.lock(Lock::Stock(&stock_id()))?;
        let stock = unit.stock(&stock_id())?.expect("it was written");
        let issued = unit.counts(&stock_id(), now().date(), None)?.total;
        let lowered = limit_of(&stock).saturating_sub(3).max(issued).max(1);
        unit.revise_stock(&stock_id(), stock.revision, &definition(lowered))?;
        let shards = unit.counter_shards(&stock_id())?;
        unit.spread_counters(&stock_id(), shards, now().date())
    });
}

fn issue_under_what_is_in_force(racer: &super::Racer) {
    racer.write(|unit| {
        let max_count = limit_of(&unit.stock(&stock_id())?.expect("it was written"));
        let limits = Limits { max_count, max_count_per_day: None, max_count_per_user: MANY };
        issue(unit, "p", &limits)
    });
}

fn splitting_meanwhile_loses_nothing(handles: &Handles) {
    put(handles, MANY, 1);
    let limits = Limits { max_count: 25, max_count_per_day: Some(25), max_count_per_user: MANY };
    let issued: u64 = race(handles, |racer| {
        let mut issued = 0;
        for round in 0..TRIES {
            if racer.number == 0 {
                let shards = i64::try_from(round % 5 + 1).expect("a small number");
                let shards = CounterShards::parse("", shards).expect("in range");
                racer.write(move |unit| {
                    unit.lock(Lock::Stock(&stock_id()))?;
                    unit.spread_counters(&stock_id(), shards, now().date())
                });
            } else {
                let counted = racer.write(move |unit| {
                    unit.stock(&stock_id())?;
                    issue(unit, "p", &limits)
                });
                issued += u64::from(counted == Counted::Yes);
            }
        }
        issued
    })
    .into_iter()
    .sum();
    assert_eq!(issued, 25);
    assert_eq!(counts(handles, "p"), (25, 25, 25));
}

/// Racers issue as long as what they read is not deactivated; one ends it in between. Nothing may be issued
/// once the end is committed.
fn ends(handles: &Handles, end: fn(&mut dyn UnitOfWork) -> Result<(), StoreError>) {
    put(handles, MANY, 1);
    let limits = Limits { max_count: MANY, max_count_per_day: None, max_count_per_user: MANY };
    let at_the_end = race(handles, |racer| {
        for round in 0..TRIES {
            if racer.number == 0 && round == TRIES / 2 {
                racer.write(end);
                return Some(counts(handles, "p").0);
            }
            racer.write(move |unit| {
                let product_coupon = unit.product_coupon(&product_coupon_id())?.expect("it was written");
                let stock = unit.stock(&stock_id())?.expect("it was written");
                if product_coupon.deactivated.is_none() && stock.deactivated.is_none() {
                    issue(unit, "p", &limits)?;
                }
                Ok(())
            });
        }
        None
    });
    let at_the_end = at_the_end.into_iter().flatten().next();
    assert_eq!(at_the_end, Some(counts(handles, "p").0), "something was issued after the end");
}

fn after_the_end_of_a_stock_nothing_is_issued(handles: &Handles) {
    ends(handles, |unit| {
        unit.lock(Lock::Stock(&stock_id()))?;
        unit.deactivate_stock(&stock_id(), &deactivation(1))
    });
}

fn after_the_end_of_a_product_coupon_nothing_is_issued(handles: &Handles) {
    ends(handles, |unit| {
        unit.lock(Lock::ProductCoupon(&product_coupon_id()))?;
        unit.deactivate_product_coupon(&product_coupon_id(), &deactivation(1))
    });
}

fn the_number_of_live_stocks_keeps_its_limit(handles: &Handles) {
    put(handles, MANY, 1);
    race(handles, |racer| {
        for round in 0..TRIES {
            let stock_id = id(&format!("31{:02}{round:04}", racer.number));
            racer.write(move |unit| {
                unit.lock(Lock::ProductCoupon(&product_coupon_id()))?;
                if unit.live_stock_count(&product_coupon_id())? < 9 {
                    let stock_id: StockId = StockId::clone(&stock_id);
                    unit.insert_stock(&StockRecord { stock_id, ..with_limit(MANY) })?;
                }
                Ok(())
            });
        }
    });
    assert_eq!(look(handles, |reader| reader.live_stock_count(&product_coupon_id())), 9);
}
