//! Lists of user coupons: the states that the store computes are those of the rules, pages leave nothing out,
//! and a filter lets nothing through.

use std::sync::Arc;

use quan_coupon::redemption::{Redemption, Return};
use quan_coupon::sequential::{Round, Rounds};
use quan_coupon::user_coupon::{Confirmation, Usage};
use quan_coupon::window::Window;
use quan_model::enums::UserCouponState;
use quan_model::ids::{BrandId, Mchid, Principal};
use quan_model::time::Time;

use super::records::{self, id, now};
use super::{Promise, commit};
use crate::backend::Backend;
use crate::catalogue::StockRecord;
use crate::user_coupon::{CodeUse, UserCouponFilter, UserCouponPlace, UserCouponRecord};

pub(super) const PROMISES: &[Promise] =
    &[a_state_of_the_list_is_the_state_of_the_rules, every_filter_leaves_out_what_is_not_asked_for];

const BEGIN: i64 = 100;
const END: i64 = 200;

fn at(seconds: i64) -> Time {
    now().plus_seconds(seconds)
}

fn filter() -> UserCouponFilter {
    UserCouponFilter {
        person_id: "person".into(),
        owner: Principal::Brand(id::<BrandId>("120344")),
        creator: None,
        product_coupon_id: None,
        stock_id: None,
        user_coupon_bundle_id: None,
        state: None,
    }
}

/// A use, returned or not.
fn redemption(is_returned: bool) -> Redemption {
    Redemption {
        request_no: id("USE_0001"),
        use_time: at(BEGIN),
        order: None,
        store_id: None,
        saved_amount: None,
        returned: is_returned.then(|| Return { request_no: id("RETURN_1"), time: at(BEGIN) }),
    }
}

/// Every way in which a coupon may be used.
fn usages() -> Vec<Usage> {
    let window = Window { begin: at(BEGIN), end: at(END) };
    let round = |redemption| Round { window, redemption };
    let sequential = |rounds| Usage::Sequential(Rounds { total_count: 3, rounds });
    let used = || round(Some(redemption(false)));
    vec![
        Usage::Single(None),
        Usage::Single(Some(redemption(false))),
        Usage::Single(Some(redemption(true))),
        sequential(vec![round(None)]),
        sequential(vec![used(), round(None)]),
        sequential(vec![used(), used(), round(Some(redemption(true)))]),
        sequential(vec![used(), used()]),
        sequential(vec![used(), used(), used()]),
    ]
}

/// One coupon of each combination of the facts that a state is made of. Some were issued in the same second.
fn coupons() -> Vec<UserCouponRecord> {
    let mut coupons = Vec::new();
    for usage in usages() {
        for confirm_required in [true, false] {
            for confirmed in [None, Some(Confirmation { request_no: id("CONF_001"), time: at(1) })] {
                for deactivated in [None, Some(records::deactivation(1))] {
                    for deleted_at in [None, Some(at(END)), Some(at(END + 1))] {
                        let mut record = records::single_coupon();
                        let number = i64::try_from(coupons.len()).expect("there are few");
                        let coupon = &mut record.coupon;
                        coupon.coupon_code = id(&format!("CODE-{number:03}"));
                        coupon.receive_time = at(number / 4);
                        coupon.window = Window { begin: at(BEGIN), end: at(END) };
                        coupon.usage = usage.clone();
                        coupon.confirm_required = confirm_required;
                        coupon.confirmed = confirmed.clone();
                        coupon.deactivated = deactivated.clone();
                        coupon.deleted_at = deleted_at;
                        coupons.push(record);
                    }
                }
            }
        }
    }
    coupons
}

fn insert(backend: &Arc<dyn Backend>, stocks: Vec<StockRecord>, coupons: Vec<UserCouponRecord>) {
    let write = move |unit: &mut dyn crate::backend::UnitOfWork| {
        for stock in &stocks {
            unit.insert_stock(stock)?;
        }
        for coupon in &coupons {
            assert_eq!(unit.insert_user_coupon(coupon)?, CodeUse::Free);
        }
        Ok(())
    };
    commit(backend, write).expect("coupons can be written");
}

/// The codes of a list, read in pages of `size`, and what the store says they are in number.
fn codes(backend: &Arc<dyn Backend>, filter: &UserCouponFilter, size: usize) -> (Vec<String>, u64) {
    let read = backend.snapshot(|reader| {
        let mut codes = Vec::new();
        let mut after = None;
        loop {
            let page = reader.user_coupons(filter, after.as_ref(), size)?;
            assert!(page.len() <= size, "a page has more than was asked for");
            let Some(last) = page.last() else { break };
            after = Some(UserCouponPlace::of(&last.coupon));
            codes.extend(page.iter().map(|record| record.coupon.coupon_code.to_string()));
        }
        Ok::<_, crate::error::StoreError>((codes, reader.user_coupons_count(filter)?))
    });
    read.expect("a snapshot can be taken").expect("coupons can be listed")
}

fn a_state_of_the_list_is_the_state_of_the_rules(backend: &Arc<dyn Backend>) {
    let mut coupons = coupons();
    insert(backend, vec![records::stock()], coupons.clone());
    let place = |record: &UserCouponRecord| {
        let coupon = &record.coupon;
        (coupon.receive_time, coupon.stock_id.clone(), coupon.coupon_code.clone())
    };
    coupons.sort_by_key(|record| std::cmp::Reverse(place(record)));
    for seconds in [BEGIN - 1, BEGIN, END, END + 1] {
        for state in UserCouponState::ALL {
            let expected: Vec<String> = coupons
                .iter()
                .filter(|record| record.coupon.state(at(seconds)) == *state)
                .map(|record| record.coupon.coupon_code.to_string())
                .collect();
            let filter = UserCouponFilter { state: Some((*state, at(seconds))), ..filter() };
            let (found, count) = codes(backend, &filter, 7);
            assert_eq!(found, expected, "{state} at {seconds} s");
            assert_eq!(usize::try_from(count).ok(), Some(expected.len()), "{state} at {seconds} s");
        }
    }
    let all: Vec<String> = coupons.iter().map(|record| record.coupon.coupon_code.to_string()).collect();
    for size in [1, 4, 1000] {
        assert_eq!(codes(backend, &filter(), size).0, all, "pages of {size}");
    }
}

fn every_filter_leaves_out_what_is_not_asked_for(backend: &Arc<dyn Backend>) {
    let merchant = Principal::Merchant(id::<Mchid>("1900000001"));
    let theirs =
        StockRecord { stock_id: id("3000000000000002"), creator: merchant.clone(), ..records::stock() };
    let coupon = |code: &str, edit: fn(&mut UserCouponRecord)| {
        let mut record = records::single_coupon();
        record.coupon.coupon_code = id(code);
        edit(&mut record);
        record
    };
    let coupons = vec![
        coupon("PLAIN", |_| {}),
        coupon("PERSON", |record| record.coupon.person_id = "other".into()),
        coupon("OWNER", |record| record.coupon.owner = Principal::Brand(id("120345"))),
        coupon("STOCK", |record| record.coupon.stock_id = id("3000000000000002")),
        coupon("PRODUCT", |record| record.coupon.product_coupon_id = id("2000000000009")),
        coupon("CHAIN", |record| record.coupon.bundle = None),
    ];
    insert(backend, vec![records::stock(), theirs.clone()], coupons);
    let check = |filter: UserCouponFilter, expected: &[&str]| {
        let (found, count) = codes(backend, &filter, 2);
        assert_eq!(found, expected, "{filter:?}");
        assert_eq!(usize::try_from(count).ok(), Some(expected.len()), "{filter:?}");
    };
    check(filter(), &["STOCK", "PRODUCT", "PLAIN", "CHAIN"]);
    check(UserCouponFilter { person_id: "other".into(), ..filter() }, &["PERSON"]);
    check(UserCouponFilter { person_id: "nobody".into(), ..filter() }, &[]);
    check(UserCouponFilter { owner: Principal::Brand(id("120345")), ..filter() }, &["OWNER"]);
    check(UserCouponFilter { creator: Some(merchant), ..filter() }, &["STOCK"]);
    check(
        UserCouponFilter { creator: Some(records::stock().creator), ..filter() },
        &["PRODUCT", "PLAIN", "CHAIN"],
    );
    check(UserCouponFilter { stock_id: Some(theirs.stock_id), ..filter() }, &["STOCK"]);
    check(UserCouponFilter { product_coupon_id: Some(id("2000000000009")), ..filter() }, &["PRODUCT"]);
    let chain = records::single_coupon().coupon.bundle.map(|place| place.user_coupon_bundle_id);
    check(UserCouponFilter { user_coupon_bundle_id: chain, ..filter() }, &["STOCK", "PRODUCT", "PLAIN"]);
}
