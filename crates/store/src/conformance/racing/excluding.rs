//! Who holds a lock is alone, whatever is locked; and what a lock is for in a pool and its queue.

use quan_coupon::stock::StockBundlePlace;
use quan_model::ids::{Mchid, StockId};

use super::super::records::{id, later, now, pre_send, principal, product_coupon, single_coupon, stock};
use super::{Handles, Promise, RACERS, look, prepare, race};
use crate::backend::{Reader, UnitOfWork};
use crate::catalogue::StockRecord;
use crate::error::StoreError;
use crate::idempotency::IdempotencyKey;
use crate::lock::Lock;
use crate::parties::Merchant;
use crate::stock_bundle::StockBundleRecord;
use crate::user_coupon_bundle::{QueuedIssue, UserCouponBundleRecord};

pub(super) const PROMISES: &[Promise] = &[
    |handles| who_locks_is_alone(handles, |unit| unit.lock(Lock::Platform)),
    |handles| who_locks_is_alone(handles, |unit| unit.lock(Lock::Principal(&principal()))),
    |handles| {
        who_locks_is_alone(handles, |unit| {
            unit.lock(Lock::SendNumber { principal: &principal(), request_no: "SEND_0001" })
        });
    },
    |handles| who_locks_is_alone(handles, |unit| unit.lock(Lock::Number(&number()))),
    |handles| {
        who_locks_is_alone(handles, |unit| {
            unit.lock(Lock::ProductCoupon(&product_coupon().product_coupon_id))
        });
    },
    |handles| who_locks_is_alone(handles, |unit| unit.lock(Lock::Stock(&stock().stock_id))),
    // The lock of a stock takes in the other stocks of its bundle.
    |handles| who_locks_is_alone(handles, one_stock_of_the_bundle_or_the_other),
    |handles| who_locks_is_alone(handles, the_chain_of_a_coupon),
    |handles| {
        who_locks_is_alone(handles, |unit| {
            unit.lock(Lock::Code { stock_id: &stock().stock_id, coupon_code: &id("CODE-1") })
        });
    },
    |handles| who_locks_is_alone(handles, |unit| unit.pre_send(pre_send().id).map(drop)),
    what_is_not_there_can_be_locked,
    no_chain_waits_while_there_is_a_free_code,
];

const ROUNDS: usize = 8;

fn number() -> IdempotencyKey {
    IdempotencyKey {
        principal: principal(),
        owner: principal(),
        operation: "race",
        target: String::new(),
        request_no: "NUMBER_1".into(),
    }
}

fn other_stock() -> StockId {
    id("3000000000000002")
}

fn chain() -> UserCouponBundleRecord {
    UserCouponBundleRecord {
        user_coupon_bundle_id: single_coupon()
            .coupon
            .bundle
            .expect("the sample has one")
            .user_coupon_bundle_id,
        stock_bundle_id: bundle().stock_bundle_id,
        product_coupon_id: product_coupon().product_coupon_id,
        owner: stock().owner,
        person_id: "person".into(),
        total_count: 3,
        created_at: now(),
        queued: None,
        deactivated: None,
        revision: 1,
    }
}

fn bundle() -> StockBundleRecord {
    StockBundleRecord {
        stock_bundle_id: stock().bundle.expect("the sample has one").stock_bundle_id,
        product_coupon_id: product_coupon().product_coupon_id,
        owner: stock().owner,
        creator: stock().creator,
        created_at: now(),
    }
}

/// A bundle of two stocks, a chain with one coupon, and a pre-send.
fn put(handles: &Handles) {
    prepare(handles, |unit| {
        unit.insert_product_coupon(&product_coupon())?;
        unit.insert_stock_bundle(&bundle())?;
        unit.insert_stock(&stock())?;
        let place = StockBundlePlace { stock_bundle_id: bundle().stock_bundle_id, index: 1 };
        unit.insert_stock(&StockRecord { stock_id: other_stock(), bundle: Some(place), ..stock() })?;
        unit.insert_user_coupon_bundle(&chain())?;
        unit.insert_user_coupon(&single_coupon())?;
        unit.insert_pre_send(&pre_send())
    });
}

/// A row that nothing guards but a lock: whoever writes it, writes what it read and one more.
fn add_one(unit: &mut dyn UnitOfWork) -> Result<(), StoreError> {
    let next = value(unit)? + 1;
    unit.put_merchant(&Merchant {
        mchid: counter(),
        name: next.to_string(),
        apiv3_key: None,
        verification_mode: quan_model::verification::VerificationMode::default(),
    })
}

fn counter() -> Mchid {
    id("1900000009")
}

fn value(reader: &dyn Reader) -> Result<usize, StoreError> {
    let kept = reader.merchant(&counter())?;
    Ok(kept.map_or(0, |kept| kept.name.parse().expect("it was written so")))
}

fn who_locks_is_alone(handles: &Handles, lock: fn(&mut dyn UnitOfWork) -> Result<(), StoreError>) {
    put(handles);
    race(handles, |racer| {
        for _ in 0..ROUNDS {
            racer.write(move |unit| {
                lock(unit)?;
                // Locking again changes nothing.
                lock(unit)?;
                add_one(unit)
            });
        }
    });
    assert_eq!(look(handles, value), RACERS * ROUNDS, "two were inside at once");
}

fn one_stock_of_the_bundle_or_the_other(unit: &mut dyn UnitOfWork) -> Result<(), StoreError> {
    match value(unit)? % 3 {
        0 => unit.lock(Lock::Stock(&stock().stock_id)),
        1 => unit.lock(Lock::Stock(&other_stock())),
        _ => unit.lock(Lock::StockBundle(&bundle().stock_bundle_id)),
    }
}

fn the_chain_of_a_coupon(unit: &mut dyn UnitOfWork) -> Result<(), StoreError> {
    let coupon = single_coupon().coupon;
    unit.lock(Lock::ChainOf { stock_id: &coupon.stock_id, coupon_code: &coupon.coupon_code })
}

fn what_is_not_there_can_be_locked(handles: &Handles) {
    prepare(handles, |unit| {
        unit.lock(Lock::ProductCoupon(&product_coupon().product_coupon_id))?;
        unit.lock(Lock::Stock(&stock().stock_id))?;
        unit.lock(Lock::StockBundle(&bundle().stock_bundle_id))?;
        the_chain_of_a_coupon(unit)
    });
}

/// One side is a use whose next coupon needs a code: none is there, it waits. The other uploads a code and
/// serves who waits.
fn no_chain_waits_while_there_is_a_free_code(handles: &Handles) {
    put(handles);
    race(handles, |racer| {
        for round in 0..ROUNDS {
            if racer.number == 0 {
                let code = id(&format!("CODE-{round}"));
                racer.write(move |unit| upload(unit, &code));
            } else if racer.number == 1 {
                racer.write(use_and_wait);
            }
            let (is_free, is_waiting) = look(handles, |reader| {
                let queued = reader.first_queued(&stock().stock_id)?;
                Ok((reader.has_free_code(&stock().stock_id)?, queued.is_some()))
            });
            assert!(!(is_free && is_waiting), "a chain waits beside a free code");
        }
    });
}

fn upload(unit: &mut dyn UnitOfWork, code: &quan_model::ids::CouponCode) -> Result<(), StoreError> {
    unit.lock(Lock::Stock(&stock().stock_id))?;
    unit.add_code(&stock().stock_id, code, 7, now())?;
    if let Some(waiting) = unit.first_queued(&stock().stock_id)? {
        unit.take_code(&stock().stock_id, now())?;
        unit.update_user_coupon_bundle(&UserCouponBundleRecord { queued: None, ..waiting })?;
    }
    Ok(())
}

fn use_and_wait(unit: &mut dyn UnitOfWork) -> Result<(), StoreError> {
    unit.bundled_stocks(&bundle().stock_bundle_id)?;
    the_chain_of_a_coupon(unit)?;
    let chain = unit.user_coupon_bundle(&chain().user_coupon_bundle_id)?.expect("it was written");
    if chain.queued.is_none() && unit.take_code(&stock().stock_id, now())?.is_none() {
        let (stock_id, use_time) = (stock().stock_id, now());
        let queued = Some(QueuedIssue { stock_id, index: 1, use_time, queued_at: later(1) });
        unit.update_user_coupon_bundle(&UserCouponBundleRecord { queued, ..chain })?;
    }
    Ok(())
}
