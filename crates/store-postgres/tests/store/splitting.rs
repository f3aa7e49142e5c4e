//! A split stock whose counters others have in their hands: on the first issues of a day, and while they fill.

use std::sync::mpsc;
use std::thread::{self, Scope};
use std::time::Duration;

use quan_coupon::counter_shards::CounterShards;
use quan_coupon::definition::Limits;
use quan_model::time::Time;
use quan_store::backend::{Backend, Job, UnitOfWork, Verdict};
use quan_store::catalogue::Counted;
use quan_store_postgres::{Options, PostgresStore};

use crate::jobs::{issue, issued, job, put_stock, stock_id};
use crate::server;

/// A job that knows that its stock is split, as every use case does, and issues.
fn issuing(id: &'static str, then: impl Fn() + Send + 'static) -> Box<dyn Job> {
    job(move |unit| {
        unit.stock(&stock_id()).unwrap();
        let verdict = issue(unit, id);
        then();
        verdict
    })
}

/// Nobody gives up while the test arranges them.
fn patient_store(url: &str) -> PostgresStore {
    let patient = Duration::from_secs(120);
    let options = Options {
        lock_timeout: patient,
        statement_timeout: patient,
        idle_transaction_timeout: patient,
        ..Options::default()
    };
    PostgresStore::open(url, options).unwrap()
}

/// Splits what was issued into two counters, evenly.
fn split(store: &PostgresStore) {
    let split = job(|unit| {
        let shards = CounterShards::parse("", 2).unwrap();
        unit.spread_counters(&stock_id(), shards, Time::from_unix_seconds(0).date()).unwrap();
        Verdict::Keep
    });
    store.commit(&mut [split]).unwrap();
}

/// Asks how many sessions of a database wait for a lock.
fn sessions_that_wait(url: &str) -> String {
    let database = url.rsplit_once('/').unwrap().1;
    format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}' AND wait_event_type = 'Lock'")
}

#[test]
fn whoever_waits_for_a_counter_sees_that_the_day_has_begun_meanwhile() {
    let url = server::fresh_url();
    let store = patient_store(&url);
    put_stock(&store);
    split(&store);
    let waiting = |sessions: &str| server::wait_for(server::shared(), &sessions_that_wait(&url), sessions);
    let (holds, held) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let commit = |job: Box<dyn Job>| store.commit(&mut [job]).unwrap();
        // The first begins the day and keeps one counter; the second has the other one and waits for the day; the third
        // waits for either of them.
        scope.spawn(move || {
            commit(issuing("first", move || {
                let _ = holds.send(());
                let _ = wait.recv();
            }));
        });
        held.recv().unwrap();
        scope.spawn(move || commit(issuing("second", || {})));
        waiting("1");
        scope.spawn(move || commit(issuing("third", || {})));
        waiting("2");
        drop(go_on);
    });
    assert_eq!(issued(&store), (3, 3), "nobody was told that the day is sold out");
}

/// What each of the two counters may have.
const SHARE: u64 = 20;
const MANY: u64 = 1_000_000;

fn day() -> jiff::civil::Date {
    Time::from_unix_seconds(1_760_000_000).date()
}

fn count(unit: &mut dyn UnitOfWork, limits: &Limits) -> Counted {
    unit.stock(&stock_id()).unwrap();
    unit.count_issue(&stock_id(), day(), &"person".to_owned(), limits).unwrap()
}

/// A job that issues so often, and holds the counters until `then` returns.
fn counting(times: u64, limits: Limits, then: impl Fn() + Send + 'static) -> Box<dyn Job> {
    job(move |unit| {
        for _ in 0..times {
            assert_eq!(count(unit, &limits), Counted::Yes);
        }
        then();
        Verdict::Keep
    })
}

/// What became of a grant while somebody holds a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Granted {
    AtOnce,
    Waits,
}

/// Lets chains be granted, each from a session of its own, until one of them fares so: which counter a session begins with
/// is up to chance. Gives how many were granted or wait.
fn grant_until<'scope>(scope: &'scope Scope<'scope, '_>, url: &str, limits: Limits, wanted: Granted) -> u64 {
    let mut waiting: u64 = 0;
    for granted in 1..SHARE {
        let store = patient_store(url);
        let granting = scope.spawn(move || {
            let grant = job(move |unit| {
                unit.stock(&stock_id()).unwrap();
                unit.count_granted(&stock_id(), day(), &"chain".to_owned(), &limits).unwrap();
                Verdict::Keep
            });
            store.commit(&mut [grant]).unwrap();
        });
        let fared = loop {
            if granting.is_finished() {
                break Granted::AtOnce;
            }
            let waits = server::shared().psql("postgres", &sessions_that_wait(url)).unwrap();
            if waits == (waiting + 1).to_string() {
                break Granted::Waits;
            }
            thread::yield_now();
        };
        if fared == wanted {
            return granted;
        }
        waiting += u64::from(fared == Granted::Waits);
    }
    panic!("no session of {SHARE} fares so: {wanted:?}")
}

/// Splits a stock whose day has begun, with one counted in each counter; then somebody counts `times` more in one of them and
/// holds it until a grant beside him fares as wanted. Gives the store, and how many were granted.
fn granted_beside_a_holder(limits: Limits, times: u64, wanted: Granted) -> (PostgresStore, u64) {
    let url = server::fresh_url();
    let store = patient_store(&url);
    put_stock(&store);
    store.commit(&mut [counting(2, limits, || {})]).unwrap();
    split(&store);
    let (holds, held) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let (holder, url) = (&store, &url);
    // What it owns goes first when it panics, so that the holder lets go.
    let granted = thread::scope(move |scope| {
        scope.spawn(move || {
            let filling = counting(times, limits, move || {
                let _ = holds.send(());
                let _ = wait.recv();
            });
            holder.commit(&mut [filling]).unwrap();
        });
        held.recv().unwrap();
        let granted = grant_until(scope, url, limits, wanted);
        drop(go_on);
        granted
    });
    (store, granted)
}

#[test]
fn a_grant_waits_for_no_counter_but_its_own() {
    let limits = Limits { max_count: MANY, max_count_per_day: Some(MANY), max_count_per_user: MANY };
    let (store, granted) = granted_beside_a_holder(limits, 1, Granted::AtOnce);
    let store: &dyn Backend = &store;
    let counts = store.snapshot(|reader| reader.counts(&stock_id(), day(), None)).unwrap().unwrap();
    assert_eq!((counts.total, counts.today), (3 + granted, 3 + granted));
}

/// A chain waits for a counter while its last room is taken. The other counter has room, so it has to count there:
/// otherwise that room would be given to somebody else as well.
fn a_grant_that_waited_takes_what_has_room(limits: Limits, refused: Counted) {
    let (store, granted) = granted_beside_a_holder(limits, SHARE - 1, Granted::Waits);
    let left = 2 * SHARE - (SHARE + 1) - granted;
    store.commit(&mut [counting(left, limits, || {})]).unwrap();
    let last = job(move |unit| {
        assert_eq!(count(unit, &limits), refused, "more than the limit is issued");
        Verdict::Discard
    });
    store.commit(&mut [last]).unwrap();
}

#[test]
fn a_chain_that_waited_for_a_counter_is_counted_where_the_total_has_room() {
    let limits = Limits { max_count: 2 * SHARE, max_count_per_day: None, max_count_per_user: MANY };
    a_grant_that_waited_takes_what_has_room(limits, Counted::StockOut);
}

#[test]
fn a_chain_that_waited_for_a_counter_is_counted_where_the_day_has_room() {
    let limits = Limits { max_count: MANY, max_count_per_day: Some(2 * SHARE), max_count_per_user: MANY };
    a_grant_that_waited_takes_what_has_room(limits, Counted::DayOut);
}
