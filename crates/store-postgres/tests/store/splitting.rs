//! A split stock on the first issues of a day, while others have all its counters in their hands.

use std::sync::mpsc;
use std::time::Duration;

use quan_coupon::counter_shards::CounterShards;
use quan_model::time::Time;
use quan_store::backend::{Backend, Job, Verdict};
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

#[test]
fn whoever_waits_for_a_counter_sees_that_the_day_has_begun_meanwhile() {
    let url = server::fresh_url();
    let database = url.rsplit_once('/').unwrap().1;
    // Nobody gives up while the test arranges them.
    let patient = Duration::from_mins(2);
    let options = Options {
        lock_timeout: patient,
        statement_timeout: patient,
        idle_transaction_timeout: patient,
        ..Options::default()
    };
    let store = PostgresStore::open(&url, options).unwrap();
    put_stock(&store);
    let split = job(|unit| {
        let shards = CounterShards::parse("", 2).unwrap();
        unit.spread_counters(&stock_id(), shards, Time::from_unix_seconds(0).date()).unwrap();
        Verdict::Keep
    });
    store.commit(&mut [split]).unwrap();
    let waiting = |sessions: &str| {
        let sql = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}' AND wait_event_type = 'Lock'"
        );
        server::wait_for(server::shared(), &sql, sessions);
    };
    let (holds, held) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
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
