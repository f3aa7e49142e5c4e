//! What is read and written together is told to the job whose fault it is, and to no other one.

use std::sync::{Arc, Mutex};

use quan_model::ids::{Openid, Principal, StockId};
use quan_model::time::Time;
use quan_store::backend::{Backend, Ended, Job, UnitOfWork, Verdict};
use quan_store::error::StoreError;
use quan_store::foresight::{Foreseen, ForeseenClaim, ForeseenPreSend};
use quan_store::idempotency::Fingerprint;
use quan_store::lock::Lock;
use quan_store::outbox::Notification;
use quan_store::pre_send::{ClaimedCoupon, PreSendAsked, PreSendId, PreSendRecord};
use quan_store_postgres::{Options, PostgresStore};

use crate::jobs::{issue, issued, job, put_stock, stock_id};
use crate::server;

fn now() -> Time {
    Time::from_unix_seconds(1_760_000_000)
}

fn caller() -> Principal {
    "mchid:1900000001".parse().unwrap()
}

fn record(number: u8) -> PreSendRecord {
    PreSendRecord {
        id: PreSendId([number; 16]),
        principal: caller(),
        owner: "brand:120344".parse().unwrap(),
        send_request_no: format!("NUMBER_{number}").parse().unwrap(),
        fingerprint: Fingerprint([number; 32]),
        product_coupon_id: "2000000000001".parse().unwrap(),
        stock_id: stock_id(),
        stock_bundle_id: None,
        appid: "wx1".parse().unwrap(),
        openid: Openid::parse(format!("o{number}")).unwrap(),
        person_id: format!("wx1:o{number}"),
        coupon_code: None,
        attach: None,
        tags: None,
        created_at: now(),
        token_expires_at: now().plus_seconds(60),
        claimed: None,
    }
}

fn claimed(number: u8) -> ClaimedCoupon {
    ClaimedCoupon { coupon_code: format!("CODE{number}").parse().unwrap(), claimed_at: now() }
}

/// What a job was told in its last run.
type Told = Arc<Mutex<Vec<Result<u64, StoreError>>>>;

/// A job that says what it is going to read.
struct Foreseeing<F> {
    foreseen: Foreseen,
    work: F,
    told: Told,
}

impl<F: FnMut(&mut dyn UnitOfWork) -> Result<u64, StoreError> + Send> Job for Foreseeing<F> {
    fn run(&mut self, unit: &mut dyn UnitOfWork) -> Verdict {
        let done = (self.work)(unit);
        let verdict = if done.is_ok() { Verdict::Keep } else { Verdict::Discard };
        *self.told.lock().unwrap() = vec![done];
        verdict
    }

    fn foreseen(&self) -> Option<&Foreseen> {
        Some(&self.foreseen)
    }

    fn finish(self: Box<Self>, _: Ended) -> Option<Box<dyn Job>> {
        None
    }
}

/// A pre-send of this number from a stock; the answer is what was issued of it in all.
fn pre_send(number: u8, stock: &StockId) -> (Box<dyn Job>, Told) {
    let record = PreSendRecord { stock_id: stock.clone(), ..record(number) };
    let foreseen = Foreseen::PreSend(ForeseenPreSend {
        principal: record.principal.clone(),
        send_request_no: record.send_request_no.clone(),
        appid: record.appid.clone(),
        openid: record.openid.clone(),
        stock_id: stock.clone(),
        day: now().date(),
    });
    let work = move |unit: &mut dyn UnitOfWork| {
        let PreSendRecord { principal, owner, send_request_no, appid, openid, stock_id, .. } = &record;
        unit.lock(Lock::SendNumber { principal, request_no: send_request_no.as_str() })?;
        let day = now().date();
        let facts = unit.pre_send_facts(&PreSendAsked {
            principal,
            owner,
            send_request_no,
            appid,
            openid,
            stock_id,
            day,
        })?;
        unit.insert_pre_send(&record)?;
        Ok(facts.counts.total)
    };
    let told = Told::default();
    (Box::new(Foreseeing { foreseen, work, told: Arc::clone(&told) }), told)
}

/// A claim of the record of this number; the answer is what was issued of its stock before.
fn claim(number: u8) -> (Box<dyn Job>, Told) {
    let id = PreSendId([number; 16]);
    let foreseen = Foreseen::Claim(ForeseenClaim { id, day: now().date() });
    let work = move |unit: &mut dyn UnitOfWork| {
        let record = unit.pre_send(id)?.expect("it was pre-sent");
        if record.claimed.is_some() {
            return Ok(0);
        }
        let counts = unit.counts(&record.stock_id, now().date(), Some(&record.person_id))?;
        assert_eq!(issue(unit, &format!("of {number}")), Verdict::Keep);
        assert_eq!(unit.openid_of(&record.person_id, &record.appid)?, None, "the pair was never mapped");
        unit.claim_pre_send(id, &claimed(number))?;
        Ok(counts.total)
    };
    let told = Told::default();
    (Box::new(Foreseeing { foreseen, work, told: Arc::clone(&told) }), told)
}

fn told(told: &Told) -> Result<u64, StoreError> {
    told.lock().unwrap().pop().expect("the job ran")
}

fn pre_sent(store: &dyn Backend, number: u8) -> Option<PreSendRecord> {
    store.snapshot(|reader| reader.pre_send(PreSendId([number; 16])).unwrap()).unwrap()
}

#[test]
fn a_stock_that_cannot_be_read_fails_its_own_pre_sends_only() {
    let url = server::fresh_url();
    let store = PostgresStore::open(&url, Options::default()).unwrap();
    put_stock(&store);
    // More than a column holds, when it is added up.
    let broken: StockId = "3000000000000002".parse().unwrap();
    let database = url.rsplit_once('/').unwrap().1;
    let copy = format!(
        "INSERT INTO stock_counter (stock_id, shard, issued) VALUES ('{broken}', 0, 9e18), ('{broken}', 1, 9e18)"
    );
    server::shared().psql(database, &copy).unwrap();
    let ((good, good_told), (bad, bad_told)) = (pre_send(1, &stock_id()), pre_send(2, &broken));
    let (last, last_told) = pre_send(3, &stock_id());
    store.commit(&mut [good, bad, last]).unwrap();
    assert!(matches!(told(&bad_told), Err(StoreError::Backend { .. })));
    assert_eq!((told(&good_told).unwrap(), told(&last_told).unwrap()), (0, 0));
    let kept = [1, 2, 3].map(|number| pre_sent(&store, number).is_some());
    assert_eq!(kept, [true, false, true]);
}

#[test]
fn a_notification_that_cannot_be_written_fails_its_own_job_only() {
    let store = PostgresStore::open(&server::fresh_url(), Options::default()).unwrap();
    put_stock(&store);
    let impossible = job(|unit| {
        let notification = Notification {
            id: "impossible".to_owned(),
            receiver: caller(),
            brand_id: None,
            event_type: "E".into(),
            create_time: now(),
            summary: "texts of PostgreSQL hold no NUL: \0".into(),
            associated_data: "a".into(),
            original_type: "o".into(),
            resource: "{}".into(),
        };
        match unit.insert_notification(&notification) {
            Ok(()) => Verdict::Keep,
            Err(_) => Verdict::Discard,
        }
    });
    let good = |id: &'static str| job(move |unit| issue(unit, id));
    store.commit(&mut [good("before"), impossible, good("after")]).unwrap();
    assert_eq!(issued(&store), (2, 2));
}

#[test]
fn claims_of_a_batch_see_each_other_and_what_they_write_is_there() {
    let store = PostgresStore::open(&server::fresh_url(), Options::default()).unwrap();
    put_stock(&store);
    let pre_sends = [1, 2].map(|number| pre_send(number, &stock_id()).0);
    store.commit(&mut { pre_sends }).unwrap();
    let ((first, first_told), (again, again_told), (other, other_told)) = (claim(1), claim(1), claim(2));
    store.commit(&mut [first, again, other]).unwrap();
    told(&first_told).unwrap();
    told(&again_told).unwrap();
    told(&other_told).unwrap();
    assert_eq!(issued(&store), (2, 2), "a record is claimed once");
    for number in [1, 2] {
        assert_eq!(pre_sent(&store, number).unwrap().claimed, Some(claimed(number)));
    }
}

#[test]
fn a_number_that_somebody_else_used_meanwhile_is_a_conflict_for_its_job_only() {
    let store = PostgresStore::open(&server::fresh_url(), Options::default()).unwrap();
    put_stock(&store);
    // A record under the name of another one: nobody's lock keeps it out.
    let taken = PreSendRecord { id: PreSendId([9; 16]), ..record(1) };
    let put = job(move |unit| {
        unit.insert_pre_send(&taken).unwrap();
        Verdict::Keep
    });
    store.commit(&mut [put]).unwrap();
    let twin = PreSendRecord { id: PreSendId([9; 16]), ..record(2) };
    let outcome: Told = Told::default();
    let tell = Arc::clone(&outcome);
    let twin = job(move |unit| {
        let done = unit.insert_pre_send(&twin).map(|()| 0);
        let verdict = if done.is_ok() { Verdict::Keep } else { Verdict::Discard };
        *tell.lock().unwrap() = vec![done];
        verdict
    });
    let (good, good_told) = pre_send(3, &stock_id());
    store.commit(&mut [twin, good]).unwrap();
    assert!(matches!(told(&outcome), Err(StoreError::Conflict { .. })));
    told(&good_told).unwrap();
    assert!(pre_sent(&store, 3).is_some());
}
