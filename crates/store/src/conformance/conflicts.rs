//! Writes that find something else than they were decided on: each is a conflict and changes nothing.

use std::sync::Arc;

use quan_coupon::definition::Limits;

use super::records::{
    claimed, id, notification, now, pre_send, product_coupon, single_coupon, stock, token_key,
};
use super::{Promise, commit, job};
use crate::backend::{Backend, UnitOfWork, Verdict};
use crate::catalogue::{Counted, ProductCouponRecord, StockRecord};
use crate::error::StoreError;
use crate::lane::{LaneError, LaneKey, WriteLane};
use crate::outbox::Notification;
use crate::parties::TokenKey;

pub(super) const PROMISES: &[Promise] = &[
    an_id_that_is_taken_is_a_conflict,
    a_row_that_is_not_there_is_a_conflict,
    a_refused_count_in_the_middle_of_a_job_leaves_the_rest_of_the_job,
    the_first_limit_that_is_reached_is_told,
    stocks_do_not_share_counts_or_codes,
    the_newest_token_key_comes_first,
    a_panic_in_a_batch_takes_nobody_along,
    a_batch_runs_in_the_order_of_arrival,
];

type Write = fn(&mut dyn UnitOfWork) -> Result<(), StoreError>;

fn is_a_conflict(backend: &Arc<dyn Backend>, write: Write) {
    let done = commit(backend, write);
    assert!(matches!(done, Err(StoreError::Conflict { .. })), "{done:?}");
}

fn an_id_that_is_taken_is_a_conflict(backend: &Arc<dyn Backend>) {
    let writes: [Write; 3] = [
        |unit| unit.insert_product_coupon(&ProductCouponRecord { deactivated: None, ..product_coupon() }),
        |unit| unit.insert_stock(&StockRecord { paused: false, ..stock() }),
        |unit| unit.insert_notification(&Notification { resource: "[]".into(), ..notification() }),
    ];
    for write in writes {
        commit(backend, write).expect("the id is free");
        is_a_conflict(backend, write);
    }
    is_a_conflict(backend, |unit| unit.insert_stock(&stock()));
    let kept = backend.snapshot(|reader| reader.stock(&stock().stock_id)).expect("a snapshot");
    assert_eq!(kept.expect("readable").map(|kept| kept.paused), Some(false), "the first write stands");
}

fn a_row_that_is_not_there_is_a_conflict(backend: &Arc<dyn Backend>) {
    let writes: [Write; 3] = [
        |unit| unit.update_user_coupon(&single_coupon()),
        |unit| unit.extend_pre_send(pre_send().id, now()),
        |unit| unit.claim_pre_send(pre_send().id, &claimed()),
    ];
    for write in writes {
        is_a_conflict(backend, write);
    }
}

fn count(unit: &mut dyn UnitOfWork, stock: &str, limits: &Limits) -> Counted {
    let day = now().date();
    unit.count_issue(&id(stock), day, &"person".to_owned(), limits).expect("issues can be counted")
}

fn put_stock(unit: &mut dyn UnitOfWork, stock_id: &str) {
    unit.insert_stock(&StockRecord { stock_id: id(stock_id), ..stock() }).expect("the id is free");
}

fn a_refused_count_in_the_middle_of_a_job_leaves_the_rest_of_the_job(backend: &Arc<dyn Backend>) {
    let limits = Limits { max_count: 9, max_count_per_day: None, max_count_per_user: 1 };
    commit(backend, move |unit| {
        put_stock(unit, "1");
        put_stock(unit, "2");
        assert_eq!(count(unit, "1", &limits), Counted::Yes);
        assert_eq!(count(unit, "1", &limits), Counted::UserLimit);
        assert_eq!(count(unit, "2", &limits), Counted::Yes);
        Ok(())
    })
    .expect("the job commits");
    let total = |stock: &'static str| {
        let counts = backend.snapshot(|reader| reader.counts(&id(stock), now().date(), None));
        counts.expect("a snapshot").expect("readable").total
    };
    assert_eq!((total("1"), total("2")), (1, 1));
}

fn the_first_limit_that_is_reached_is_told(backend: &Arc<dyn Backend>) {
    let limits = |max_count, per_day, max_count_per_user| Limits {
        max_count,
        max_count_per_day: Some(per_day),
        max_count_per_user,
    };
    commit(backend, move |unit| {
        put_stock(unit, "1");
        assert_eq!(count(unit, "1", &limits(1, 1, 1)), Counted::Yes);
        assert_eq!(count(unit, "1", &limits(1, 1, 1)), Counted::StockOut);
        assert_eq!(count(unit, "1", &limits(2, 1, 1)), Counted::DayOut);
        assert_eq!(count(unit, "1", &limits(2, 2, 1)), Counted::UserLimit);
        assert_eq!(count(unit, "1", &limits(2, 2, 2)), Counted::Yes);
        Ok(())
    })
    .expect("the job commits");
}

fn stocks_do_not_share_counts_or_codes(backend: &Arc<dyn Backend>) {
    let one = Limits { max_count: 1, max_count_per_day: Some(1), max_count_per_user: 1 };
    commit(backend, move |unit| {
        for stock in ["1", "2"] {
            put_stock(unit, stock);
            assert_eq!(count(unit, stock, &one), Counted::Yes);
            unit.add_code(&id(stock), &id("SAME"), 7, now())?;
        }
        assert_eq!(unit.take_code(&id("1"), now())?, Some(id("SAME")));
        assert_eq!(unit.take_code(&id("1"), now())?, None);
        let counts = unit.code_counts(&id("1"))?;
        assert_eq!((counts.total_count, counts.available_count), (1, 0));
        let counts = unit.code_counts(&id("2"))?;
        assert_eq!((counts.total_count, counts.available_count), (1, 1));
        assert!(unit.has_free_code(&id("2"))? && !unit.has_code(&id("3"), &id("SAME"))?);
        Ok(())
    })
    .expect("the job commits");
}

fn the_newest_token_key_comes_first(backend: &Arc<dyn Backend>) {
    let key = |key_id: u8, age: i64| TokenKey { key_id, created_at: now().plus_seconds(-age), ..token_key() };
    commit(backend, move |unit| {
        for (key_id, age) in [(1, 20), (3, 0), (2, 10)] {
            unit.put_token_key(&key(key_id, age))?;
        }
        let ids: Vec<u8> = unit.token_keys()?.iter().map(|key| key.key_id).collect();
        assert_eq!(ids, [3, 2, 1]);
        Ok(())
    })
    .expect("the job commits");
}

fn a_panic_in_a_batch_takes_nobody_along(backend: &Arc<dyn Backend>) {
    // The first job holds the writer, so that whoever waits by the time it goes on shares a batch.
    let lane = Arc::new(WriteLane::start(backend.clone()));
    let (go_on, held) = std::sync::mpsc::channel::<()>();
    let holding = start(&lane, move |_| {
        let _ = held.recv();
        Ok(())
    });
    let before = start(&lane, |unit| unit.insert_notification(&notification()));
    let broken = start(&lane, |unit| {
        unit.insert_stock(&stock())?;
        std::panic::resume_unwind(Box::new("a job that breaks down"))
    });
    let after = start(&lane, |unit| unit.insert_product_coupon(&product_coupon()));
    drop(go_on);
    for answered in [holding, before, after] {
        assert_eq!(answered.join().expect("a caller does not panic"), Ok(true));
    }
    assert_eq!(broken.join().expect("a caller does not panic"), Err(LaneError::NotCommitted));
    let kept = backend.snapshot(|reader| {
        let notification = reader.delivery(&notification().id).expect("readable").is_some();
        let product_coupon = reader.product_coupon(&product_coupon().product_coupon_id).expect("readable");
        let stock = reader.stock(&stock().stock_id).expect("readable");
        (notification, product_coupon.is_some(), stock.is_some())
    });
    assert_eq!(kept.expect("a snapshot can be taken"), (true, true, false));
}

/// Puts work into the lane from a thread of its own; the answer says whether it was kept.
fn start(
    lane: &Arc<WriteLane>,
    work: impl FnMut(&mut dyn UnitOfWork) -> Result<(), StoreError> + Send + 'static,
) -> std::thread::JoinHandle<Result<bool, LaneError>> {
    let lane = Arc::clone(lane);
    std::thread::spawn(move || lane.run_blocking(LaneKey::NONE, work).map(|done| done.is_ok()))
}

/// A product coupon that no other part of the suite writes.
fn discarded() -> ProductCouponRecord {
    ProductCouponRecord { product_coupon_id: id("2999999999999"), ..product_coupon() }
}

/// Writes a record in a job that is rolled back.
pub(super) fn discard_a_record(backend: &Arc<dyn Backend>) {
    let mut batch = [job(|unit| {
        unit.insert_product_coupon(&discarded()).expect("the id is free");
        Verdict::Discard
    })];
    backend.commit(&mut batch).expect("the batch commits");
}

/// Looks for the record of [`discard_a_record`].
pub(super) fn the_discarded_record_is_absent(backend: &Arc<dyn Backend>) {
    let found = backend.snapshot(|reader| reader.product_coupon(&discarded().product_coupon_id));
    assert_eq!(found.expect("a snapshot can be taken").expect("readable"), None);
}

fn a_batch_runs_in_the_order_of_arrival(backend: &Arc<dyn Backend>) {
    let (ran, order) = std::sync::mpsc::channel();
    let mut batch: Vec<_> = (0..20)
        .map(|number| {
            let ran = ran.clone();
            job(move |_| {
                ran.send(number).expect("the suite listens");
                Verdict::Keep
            })
        })
        .collect();
    drop(ran);
    backend.commit(&mut batch).expect("the batch commits");
    drop(batch);
    assert!(order.iter().eq(0..20));
}
