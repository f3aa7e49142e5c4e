//! Stock bundles and chains: read back equal, by index, once each; what waits is served in order.

use std::sync::Arc;

use quan_coupon::stock::StockBundlePlace;
use quan_coupon::user_coupon::BundlePlace;
use quan_model::ids::{Principal, StockBundleId, UserCouponBundleId};

use super::records::{brand_id, deactivation, id, later, now, product_coupon, single_coupon, stock};
use super::{Promise, commit};
use crate::backend::Backend;
use crate::catalogue::StockRecord;
use crate::error::StoreError;
use crate::stock_bundle::StockBundleRecord;
use crate::user_coupon::{CodeUse, UserCouponRecord};
use crate::user_coupon_bundle::{QueuedIssue, UserCouponBundleRecord};

pub(super) const PROMISES: &[Promise] = &[
    a_bundle_and_its_stocks_by_index_are_read_back_equal,
    a_chain_is_read_back_equal_after_each_change,
    the_coupons_of_a_chain_come_by_index_and_time,
    what_waits_longest_for_a_stock_comes_first,
    a_chain_is_changed_under_the_revision_it_was_decided_on,
];

fn stock_bundle_id() -> StockBundleId {
    id("4000000000000009")
}

fn bundle() -> StockBundleRecord {
    StockBundleRecord {
        stock_bundle_id: stock_bundle_id(),
        product_coupon_id: product_coupon().product_coupon_id,
        owner: Principal::Brand(brand_id()),
        creator: Principal::Merchant(id("1900000001")),
        created_at: now(),
    }
}

fn stock_of_bundle(index: u32) -> StockRecord {
    StockRecord {
        stock_id: id(&format!("310000000000{index:04}")),
        bundle: Some(StockBundlePlace { stock_bundle_id: stock_bundle_id(), index }),
        ..stock()
    }
}

fn chain_id(number: u32) -> UserCouponBundleId {
    id(&format!("500000000{number:04}"))
}

fn chain(number: u32) -> UserCouponBundleRecord {
    UserCouponBundleRecord {
        user_coupon_bundle_id: chain_id(number),
        stock_bundle_id: stock_bundle_id(),
        product_coupon_id: product_coupon().product_coupon_id,
        owner: Principal::Brand(brand_id()),
        person_id: "person".into(),
        total_count: 3,
        created_at: now(),
        queued: None,
        deactivated: None,
        revision: 1,
    }
}

fn waiting(stock: &str, since: i64) -> Option<QueuedIssue> {
    Some(QueuedIssue { stock_id: id(stock), index: 1, use_time: later(1), queued_at: later(since) })
}

fn read<T>(
    backend: &Arc<dyn Backend>,
    look: impl FnMut(&dyn crate::backend::Reader) -> Result<T, StoreError>,
) -> T {
    backend.snapshot(look).expect("a snapshot").expect("readable")
}

fn a_bundle_and_its_stocks_by_index_are_read_back_equal(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| {
        unit.insert_stock_bundle(&bundle())?;
        // Not in the order of their indexes.
        for index in [2, 0, 1] {
            unit.insert_stock(&stock_of_bundle(index))?;
        }
        unit.insert_stock(&stock())
    })
    .expect("a bundle can be written");
    let found = read(backend, |reader| reader.stock_bundle(&stock_bundle_id()));
    assert_eq!(found, Some(bundle()));
    let stocks = read(backend, |reader| reader.bundled_stocks(&stock_bundle_id()));
    assert_eq!(stocks, [0, 1, 2].map(stock_of_bundle));
    let other = id("4000000000000008");
    assert_eq!(read(backend, |reader| reader.stock_bundle(&other)), None);
    assert_eq!(read(backend, |reader| reader.bundled_stocks(&other)), []);
    let again = commit(backend, |unit| unit.insert_stock_bundle(&bundle()));
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
}

fn a_chain_is_read_back_equal_after_each_change(backend: &Arc<dyn Backend>) {
    let facts = [
        (None, None),
        (waiting("3000000000000001", 2), None),
        (None, None),
        (waiting("3000000000000002", 5), Some(deactivation(9))),
    ];
    for (step, (queued, deactivated)) in facts.into_iter().enumerate() {
        let revision = u32::try_from(step).expect("a handful of steps");
        let mut record = UserCouponBundleRecord { queued, deactivated, revision, ..chain(1) };
        if step == 0 {
            record.revision = 1;
            let new = record.clone();
            commit(backend, move |unit| unit.insert_user_coupon_bundle(&new)).expect("a fresh id");
        } else {
            let new = record.clone();
            commit(backend, move |unit| unit.update_user_coupon_bundle(&new)).expect("its revision");
            record.revision += 1;
        }
        assert_eq!(read(backend, |reader| reader.user_coupon_bundle(&chain_id(1))), Some(record));
    }
    assert_eq!(read(backend, |reader| reader.user_coupon_bundle(&chain_id(2))), None);
    let again = commit(backend, |unit| unit.insert_user_coupon_bundle(&chain(1)));
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
}

fn the_coupons_of_a_chain_come_by_index_and_time(backend: &Arc<dyn Backend>) {
    let coupon = |chain: u32, index: u32, seconds: i64, code: &str| {
        let mut record = single_coupon();
        record.coupon.stock_id = stock_of_bundle(index).stock_id;
        record.coupon.coupon_code = id(code);
        record.coupon.receive_time = later(seconds);
        record.coupon.bundle = Some(BundlePlace { user_coupon_bundle_id: chain_id(chain), index });
        record
    };
    let expected: [UserCouponRecord; 4] =
        [coupon(1, 0, 0, "Z"), coupon(1, 1, 1, "Y"), coupon(1, 1, 2, "X"), coupon(1, 2, 1, "W")];
    let written = expected.clone();
    commit(backend, move |unit| {
        for record in written.iter().rev().chain([&coupon(2, 1, 1, "V")]) {
            assert_eq!(unit.insert_user_coupon(record)?, CodeUse::Free);
        }
        Ok(())
    })
    .expect("coupons can be written");
    assert_eq!(read(backend, |reader| reader.coupons_of_bundle(&chain_id(1))), expected);
    assert_eq!(read(backend, |reader| reader.coupons_of_bundle(&chain_id(3))), []);
}

fn what_waits_longest_for_a_stock_comes_first(backend: &Arc<dyn Backend>) {
    let first = |backend: &Arc<dyn Backend>| {
        read(backend, |reader| reader.first_queued(&id("3000000000000001")))
            .map(|found| found.user_coupon_bundle_id)
    };
    assert_eq!(first(backend), None);
    commit(backend, |unit| {
        for (number, stock, since) in
            [(1, "3000000000000001", 20), (2, "3000000000000001", 10), (3, "3000000000000002", 5)]
        {
            unit.insert_user_coupon_bundle(&UserCouponBundleRecord {
                queued: waiting(stock, since),
                ..chain(number)
            })?;
        }
        Ok(())
    })
    .expect("chains can be written");
    assert_eq!(first(backend), Some(chain_id(2)));
    commit(backend, |unit| unit.update_user_coupon_bundle(&chain(2))).expect("its revision");
    assert_eq!(first(backend), Some(chain_id(1)));
    commit(backend, |unit| unit.update_user_coupon_bundle(&chain(1))).expect("its revision");
    assert_eq!(first(backend), None);
}

fn a_chain_is_changed_under_the_revision_it_was_decided_on(backend: &Arc<dyn Backend>) {
    let update = || commit(backend, |unit| unit.update_user_coupon_bundle(&chain(1)));
    assert!(matches!(update(), Err(StoreError::Conflict { .. })), "there is no such chain");
    commit(backend, |unit| unit.insert_user_coupon_bundle(&chain(1))).expect("a fresh id");
    update().expect("revision 1 is in force");
    assert!(matches!(update(), Err(StoreError::Conflict { .. })), "revision 1 was replaced by 2");
}
