//! Lists of stocks are whole, in one order, and filtered by what the facts say at the time of the list.

use std::sync::Arc;

use quan_coupon::stock::StockBundlePlace;
use quan_model::coupon::{ProgressiveBundleRoundRule, SequentialUsageRule, SingleUsageRule};
use quan_model::enums::StockState;
use quan_model::ids::StockId;
use quan_model::period::CouponAvailablePeriod;
use quan_model::time::Time;

use super::records::{deactivation, id, now, product_coupon, stock, stock_members};
use super::{Promise, commit};
use crate::backend::{Backend, Reader};
use crate::catalogue::{ProductCouponRecord, ProductCouponStock, StockDefinition, StockRecord};
use crate::error::StoreError;
use crate::stock_list::StockFilter;

pub(super) const PROMISES: &[Promise] = &[
    pages_have_every_stock_once_in_order,
    a_state_is_what_the_facts_say_at_the_time,
    a_deactivated_product_coupon_deactivates_its_stocks,
    creator_bundle_and_product_coupon_are_filters,
    a_bundle_has_its_members_by_index,
];

fn period(end: Time) -> CouponAvailablePeriod {
    CouponAvailablePeriod {
        available_begin_time: now(),
        available_end_time: end,
        available_days: None,
        wait_days_after_receive: None,
        weekly_available_period: None,
        irregular_available_period_list: None,
        available_seconds: None,
    }
}

/// A living stock that is not in a bundle and ends then.
fn plain(stock_id: &str, created_at: Time, end: Time) -> StockRecord {
    let mut members = stock_members();
    let rule = SingleUsageRule {
        coupon_available_period: period(end),
        normal_coupon: None,
        discount_coupon: None,
        exchange_coupon: None,
    };
    members.single_usage_rule = Some(rule);
    members.sequential_usage_rule = None;
    StockRecord {
        stock_id: id(stock_id),
        bundle: None,
        definition: StockDefinition::ProductCoupon(ProductCouponStock {
            members,
            progressive_bundle_usage_rule: None,
        })
        .into(),
        created_at,
        paused: false,
        deactivated: None,
        ..stock()
    }
}

fn member(stock_id: &str, bundle: &str, index: u32) -> StockRecord {
    let place = StockBundlePlace { stock_bundle_id: id(bundle), index };
    StockRecord { bundle: Some(place), ..plain(stock_id, now(), now().plus_seconds(9)) }
}

fn put(backend: &Arc<dyn Backend>, stocks: Vec<StockRecord>) {
    commit(backend, move |unit| {
        unit.insert_product_coupon(&ProductCouponRecord { deactivated: None, ..product_coupon() })?;
        stocks.iter().try_for_each(|stock| unit.insert_stock(stock))
    })
    .expect("stocks can be written");
}

fn seen<T>(backend: &Arc<dyn Backend>, look: impl FnMut(&dyn Reader) -> Result<T, StoreError>) -> T {
    backend.snapshot(look).expect("a snapshot can be taken").expect("stocks can be listed")
}

fn ids(stocks: &[StockRecord]) -> Vec<String> {
    stocks.iter().map(|stock| stock.stock_id.to_string()).collect()
}

/// Every stock of the product coupon.
fn every() -> StockFilter {
    StockFilter {
        product_coupon_id: product_coupon().product_coupon_id,
        creator: None,
        stock_bundle_id: None,
        state: None,
        now: now(),
    }
}

/// The whole list, and its count, which must agree.
fn listed(backend: &Arc<dyn Backend>, filter: &StockFilter) -> Vec<String> {
    seen(backend, |reader| {
        let stocks = reader.stocks(filter, None, 100)?;
        assert_eq!(reader.stock_count(filter)?, u64::try_from(stocks.len()).expect("few"));
        Ok(ids(&stocks))
    })
}

fn pages_have_every_stock_once_in_order(backend: &Arc<dyn Backend>) {
    let end = now().plus_seconds(9);
    put(
        backend,
        vec![
            plain("32", now(), end),
            plain("31", now(), end),
            plain("39", now().plus_seconds(-1), end),
            plain("30", now().plus_seconds(1), end),
            member("34", "B2", 1),
            member("35", "B2", 0),
            member("36", "B1", 11),
            member("37", "B1", 2),
        ],
    );
    let whole = ["30", "31", "32", "37", "36", "35", "34", "39"];
    assert_eq!(listed(backend, &every()), whole);
    for size in 1..=8 {
        let mut gathered: Vec<String> = Vec::new();
        let mut last: Option<StockId> = None;
        loop {
            let page = seen(backend, |reader| reader.stocks(&every(), last.as_ref(), size));
            assert!(page.len() <= usize::try_from(size).expect("small"));
            gathered.extend(ids(&page));
            match page.last() {
                Some(stock) => last = Some(stock.stock_id.clone()),
                None => break,
            }
        }
        assert_eq!(gathered, whole, "by {size}");
    }
}

fn a_state_is_what_the_facts_say_at_the_time(backend: &Arc<dyn Backend>) {
    let end = now().plus_seconds(100);
    let mut rounds = plain("5", now(), end);
    let mut of_bundle = member("6", "B1", 0);
    let StockDefinition::ProductCoupon(definition) = &mut *rounds.definition else {
        unreachable!("the samples are product coupons")
    };
    definition.members.single_usage_rule = None;
    definition.members.sequential_usage_rule = Some(SequentialUsageRule {
        coupon_available_period: period(end),
        normal_coupon_list: None,
        discount_coupon_list: None,
        exchange_coupon_list: None,
        special_first: None,
    });
    let StockDefinition::ProductCoupon(definition) = &mut *of_bundle.definition else {
        unreachable!("the samples are product coupons")
    };
    definition.members.single_usage_rule = None;
    definition.progressive_bundle_usage_rule = Some(ProgressiveBundleRoundRule {
        coupon_available_period: period(end),
        normal_coupon: None,
        discount_coupon: None,
        exchange_coupon: None,
    });
    put(
        backend,
        vec![
            plain("1", now(), end),
            StockRecord { paused: true, ..plain("2", now(), end) },
            StockRecord { deactivated: Some(deactivation(1)), ..plain("3", now(), end) },
            StockRecord { paused: true, ..plain("4", now().plus_seconds(1), end) },
            rounds,
            of_bundle,
        ],
    );
    let at = |time: Time, state: StockState| {
        let mut found = listed(backend, &StockFilter { now: time, state: Some(state), ..every() });
        found.sort();
        found
    };
    use StockState::{Auditing, Deactivated, Paused, Sending, Stopped};
    for (time, state, expected) in [
        (now(), Sending, vec!["1", "5", "6"]),
        (now(), Paused, vec!["2"]),
        (now(), Auditing, vec!["4"]),
        (now(), Stopped, vec![]),
        (now(), Deactivated, vec!["3"]),
        (now().plus_seconds(1), Paused, vec!["2", "4"]),
        (end, Sending, vec!["1", "5", "6"]),
        (end.plus_seconds(1), Sending, vec![]),
        (end.plus_seconds(1), Stopped, vec!["1", "2", "4", "5", "6"]),
        (end.plus_seconds(1), Deactivated, vec!["3"]),
    ] {
        assert_eq!(at(time, state), expected, "{state} at {time}");
    }
}

fn a_deactivated_product_coupon_deactivates_its_stocks(backend: &Arc<dyn Backend>) {
    put(backend, vec![plain("1", now(), now().plus_seconds(9)), plain("2", now(), now())]);
    let deactivate = |unit: &mut dyn crate::backend::UnitOfWork| {
        unit.deactivate_product_coupon(&product_coupon().product_coupon_id, &deactivation(1))
    };
    commit(backend, deactivate).expect("it is not deactivated yet");
    let at = |state| listed(backend, &StockFilter { state: Some(state), ..every() });
    assert_eq!(at(StockState::Deactivated), ["1", "2"]);
    assert_eq!((at(StockState::Sending), at(StockState::Stopped)), (vec![], vec![]));
}

fn creator_bundle_and_product_coupon_are_filters(backend: &Arc<dyn Backend>) {
    let other = StockRecord {
        product_coupon_id: id("2000000000002"),
        creator: product_coupon().creator,
        ..member("9", "B1", 0)
    };
    let of_merchant =
        StockRecord { creator: product_coupon().creator, ..plain("1", now(), now().plus_seconds(9)) };
    put(backend, vec![of_merchant, member("2", "B1", 0), member("3", "B2", 0), other]);
    let (creator, stock_bundle_id) = (Some(product_coupon().creator), Some(id("B1")));
    assert_eq!(listed(backend, &StockFilter { creator: creator.clone(), ..every() }), ["1"]);
    let of_bundle = StockFilter { stock_bundle_id: stock_bundle_id.clone(), ..every() };
    assert_eq!(listed(backend, &of_bundle), ["2"]);
    assert_eq!(listed(backend, &StockFilter { creator, stock_bundle_id, ..every() }), [""; 0]);
}

fn a_bundle_has_its_members_by_index(backend: &Arc<dyn Backend>) {
    let members: Vec<_> = [(3, 10), (1, 2), (2, 0)]
        .map(|(stock_id, index): (u32, u32)| member(&stock_id.to_string(), "B1", index))
        .to_vec();
    put(backend, [members, vec![member("4", "B2", 0), plain("5", now(), now())]].concat());
    let found = seen(backend, |reader| reader.bundled_stocks(&id("B1")));
    assert_eq!(ids(&found), ["2", "1", "3"]);
    assert_eq!(found[0], member("2", "B1", 0));
    assert_eq!(seen(backend, |reader| reader.bundled_stocks(&id("B3"))), []);
}
