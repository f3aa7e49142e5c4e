//! Of many who want the same, one gets it: numbers, codes, revisions, claims, leases.

use std::collections::BTreeSet;

use quan_coupon::definition::Limits;
use quan_model::ids::{CouponCode, RequestNumber};

use super::super::records::{
    claimed, id, later, notification, now, pre_send, principal, single_coupon, stock,
};
use super::{Handles, Promise, RACERS, Racer, look, prepare, race};
use crate::backend::UnitOfWork;
use crate::catalogue::StockRecord;
use crate::error::StoreError;
use crate::idempotency::{Fingerprint, IdempotencyKey, IdempotencyRecord};
use crate::lock::Lock;
use crate::outbox::Notification;
use crate::pre_send::{ClaimedCoupon, PreSendId, PreSendRecord};
use crate::user_coupon::{CodeUse, UserCouponRecord};

pub(super) const PROMISES: &[Promise] = &[
    |handles| one_coupon_for_a_number(handles, true),
    |handles| one_coupon_for_a_number(handles, false),
    a_code_of_the_pool_is_given_once,
    a_code_is_one_coupon_s,
    no_change_of_a_coupon_is_lost,
    one_wins_a_revision,
    one_claims_a_pre_send,
    one_notes_a_number,
    a_notification_is_leased_by_one,
];

const ROUNDS: usize = 8;

fn put_stock(handles: &Handles) {
    prepare(handles, |unit| {
        unit.insert_stock(&StockRecord { bundle: None, paused: false, deactivated: None, ..stock() })
    });
}

fn coupon(code: &CouponCode) -> UserCouponRecord {
    let mut record = single_coupon();
    record.coupon.coupon_code = code.clone();
    record.coupon.bundle = None;
    record
}

/// Whether the write won; a conflict is an answer here.
fn won(done: Result<(), StoreError>) -> Result<bool, StoreError> {
    match done {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict { .. }) => Ok(false),
        Err(failed) => Err(failed),
    }
}

/// A send under a number, as the platform does it. Without the lock a twin loses when it writes, and runs again.
fn send(
    unit: &mut dyn UnitOfWork,
    number: &RequestNumber,
    fresh: &CouponCode,
    is_locked: bool,
) -> Result<CouponCode, StoreError> {
    let PreSendRecord { principal, owner, .. } = pre_send();
    if is_locked {
        unit.lock(Lock::SendNumber { principal: &principal, request_no: number.as_str() })?;
    }
    if let Some(record) = unit.pre_send_by_number(&principal, &owner, number)? {
        return Ok(record.claimed.expect("a send notes its coupon").coupon_code);
    }
    let limits = Limits { max_count: 1000, max_count_per_day: None, max_count_per_user: 1000 };
    unit.count_issue(&stock().stock_id, now().date(), &"person".to_owned(), &limits)?;
    assert_eq!(unit.insert_user_coupon(&coupon(fresh))?, CodeUse::Free);
    let mut pre_send_id = [0; 16];
    let bytes = fresh.as_str().bytes().rev();
    pre_send_id.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    unit.insert_pre_send(&PreSendRecord {
        id: PreSendId(pre_send_id),
        send_request_no: number.clone(),
        stock_bundle_id: None,
        coupon_code: None,
        claimed: Some(ClaimedCoupon { coupon_code: fresh.clone(), claimed_at: now() }),
        ..pre_send()
    })?;
    Ok(fresh.clone())
}

fn one_coupon_for_a_number(handles: &Handles, is_locked: bool) {
    put_stock(handles);
    let told = race(handles, |racer| {
        let one = |round: usize| {
            let (number, fresh) =
                (id(&format!("SEND_{round:05}")), id(&format!("C{}-{round:04}", racer.number)));
            racer.write(move |unit| send(unit, &number, &fresh, is_locked))
        };
        (0..ROUNDS).map(one).collect::<Vec<CouponCode>>()
    });
    assert!(told.iter().all(|codes| *codes == told[0]), "a number has two coupons: {told:?}");
    let rounds = u64::try_from(ROUNDS).expect("a small number");
    let stock_id = stock().stock_id;
    assert_eq!(look(handles, |reader| reader.user_coupon_count(&stock_id)), rounds);
    assert_eq!(look(handles, |reader| reader.counts(&stock_id, now().date(), None)).total, rounds);
}

fn a_code_of_the_pool_is_given_once(handles: &Handles) {
    put_stock(handles);
    let codes: BTreeSet<CouponCode> = (0..30).map(|number| id(&format!("CODE-{number:02}"))).collect();
    let uploaded = codes.clone();
    prepare(handles, move |unit| {
        let shuffled = (0u32..).map(|number| number.wrapping_mul(2_654_435_761));
        uploaded
            .iter()
            .zip(shuffled)
            .try_for_each(|(code, shuffle)| unit.add_code(&stock().stock_id, code, shuffle, now()))
    });
    let given = race(handles, |racer| {
        let take = || racer.write(|unit| unit.take_code(&stock().stock_id, now()));
        std::iter::from_fn(take).collect::<Vec<_>>()
    });
    let given: Vec<_> = given.into_iter().flatten().collect();
    assert_eq!(given.len(), codes.len(), "a code was given twice, or one was not found: {given:?}");
    assert_eq!(given.into_iter().collect::<BTreeSet<_>>(), codes);
}

fn a_code_is_one_coupon_s(handles: &Handles) {
    put_stock(handles);
    let free = race(handles, |racer| {
        let take = |round: &usize| {
            let record = coupon(&id(&format!("SAME-{round:02}")));
            racer.write(move |unit| unit.insert_user_coupon(&record)) == CodeUse::Free
        };
        (0..ROUNDS).filter(take).count()
    });
    assert_eq!(free.into_iter().sum::<usize>(), ROUNDS);
}

fn no_change_of_a_coupon_is_lost(handles: &Handles) {
    put_stock(handles);
    prepare(handles, |unit| {
        let mut first = coupon(&id("CODE-1"));
        first.coupon.deleted_at = Some(now());
        unit.insert_user_coupon(&first).map(drop)
    });
    let read = |unit: &dyn crate::backend::Reader| unit.user_coupon(&stock().stock_id, &id("CODE-1"));
    race(handles, |racer| {
        for _ in 0..ROUNDS {
            racer.write(move |unit| {
                let mut record = read(unit)?.expect("it was written");
                // Of what may change in a coupon, this counts best.
                record.coupon.deleted_at = record.coupon.deleted_at.map(|time| time.plus_seconds(1));
                unit.update_user_coupon(&record)
            });
        }
    });
    let record = look(handles, read).expect("it was written");
    let changes = i64::try_from(RACERS * ROUNDS).expect("a small number");
    assert_eq!(record.coupon.deleted_at, Some(later(changes)));
    assert_eq!(i64::from(record.revision), changes + 1);
}

/// Everybody tries the same in each round; how many won in all.
fn winners(
    handles: &Handles,
    attempt: impl Fn(&mut dyn UnitOfWork, usize) -> Result<(), StoreError> + Clone + Send + Sync + 'static,
) -> usize {
    let wins = race(handles, |racer: &Racer| {
        let wins = |round: &usize| {
            let (attempt, round) = (attempt.clone(), *round);
            racer.write(move |unit| won(attempt(unit, round)))
        };
        (0..ROUNDS).filter(wins).count()
    });
    wins.into_iter().sum()
}

fn code(round: usize) -> CouponCode {
    id(&format!("CODE-{round}"))
}

fn one_wins_a_revision(handles: &Handles) {
    put_stock(handles);
    prepare(handles, |unit| {
        (0..ROUNDS).try_for_each(|round| unit.insert_user_coupon(&coupon(&code(round))).map(drop))
    });
    // All have decided on revision 1, long before.
    let wins = winners(handles, |unit, round| unit.update_user_coupon(&coupon(&code(round))));
    assert_eq!(wins, ROUNDS);
}

fn one_claims_a_pre_send(handles: &Handles) {
    let named = |round: usize| PreSendId([u8::try_from(round).expect("a small number"); 16]);
    prepare(handles, move |unit| {
        (0..ROUNDS).try_for_each(|round| {
            let send_request_no = id(&format!("SEND_{round:05}"));
            unit.insert_pre_send(&PreSendRecord { id: named(round), send_request_no, ..pre_send() })
        })
    });
    assert_eq!(winners(handles, move |unit, round| unit.claim_pre_send(named(round), &claimed())), ROUNDS);
}

fn one_notes_a_number(handles: &Handles) {
    let key = |round: usize| IdempotencyKey {
        principal: principal(),
        owner: principal(),
        operation: "race",
        target: String::new(),
        request_no: format!("NUMBER_{round}"),
    };
    let record =
        IdempotencyRecord { fingerprint: Fingerprint([1; 32]), answer: "1".into(), created_at: now() };
    let note = move |unit: &mut dyn UnitOfWork, round| unit.insert_idempotency_record(&key(round), &record);
    assert_eq!(winners(handles, note), ROUNDS);
}

fn a_notification_is_leased_by_one(handles: &Handles) {
    let ids: BTreeSet<String> =
        (0..30).map(|number| format!("7d1c40a2-0000-4f0e-9c11-{number:012}")).collect();
    let inserted = ids.clone();
    prepare(handles, move |unit| {
        inserted
            .iter()
            .try_for_each(|id| unit.insert_notification(&Notification { id: id.clone(), ..notification() }))
    });
    let leased = race(handles, |racer| {
        let name = format!("sender {}", racer.number);
        let mut mine = Vec::new();
        loop {
            let name = name.clone();
            let leased = racer.write(move |unit| unit.lease_notifications(&name, later(1), later(31), 4));
            if leased.is_empty() {
                return mine;
            }
            mine.extend(leased.into_iter().map(|leased| leased.notification.id));
        }
    });
    let leased: Vec<_> = leased.into_iter().flatten().collect();
    assert_eq!(leased.len(), ids.len(), "one was leased twice, or by nobody: {leased:?}");
    assert_eq!(leased.into_iter().collect::<BTreeSet<_>>(), ids);
}
