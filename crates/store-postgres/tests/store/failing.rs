//! The server kills a session, is restarted, fails over; a statement fails; somebody else holds a lock.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use quan_model::ids::{Mchid, Principal};
use quan_postgres_server::{PostgresServer, Stop};
use quan_store::backend::{Backend, UnitOfWork, Verdict};
use quan_store::lock::Lock;
use quan_store::parties::Merchant;
use quan_store_postgres::{Options, PostgresStore};

use crate::jobs::{exists, issue, issued, issuing, job, put_stock, stock_id};
use crate::server;

fn store_on(url: &str) -> PostgresStore {
    PostgresStore::open(url, Options::default()).unwrap()
}

fn database(url: &str) -> &str {
    url.rsplit_once('/').unwrap().1
}

#[test]
fn a_session_that_is_killed_in_a_batch_is_replaced_and_nothing_is_doubled() {
    let url = server::fresh_url();
    let store = store_on(&url);
    put_stock(&store);
    let (first, first_runs) = issuing("first");
    let name = database(&url).to_owned();
    let mut kills_left = 2;
    let killer = job(move |unit| {
        if kills_left > 0 {
            kills_left -= 1;
            let kill = format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = '{name}' AND application_name = 'quan' AND state = 'idle in transaction'"
            );
            assert_eq!(server::shared().psql("postgres", &kill).unwrap(), "t", "the batch has a session");
        }
        issue(unit, "killer")
    });
    let (last, last_runs) = issuing("last");
    store.commit(&mut [first, killer, last]).unwrap();
    assert_eq!(first_runs.load(Ordering::SeqCst), 3, "the whole batch is repeated");
    assert!(last_runs.load(Ordering::SeqCst) >= 1);
    assert_eq!(issued(&store), (3, 3));
}

#[test]
fn a_session_that_is_killed_in_a_view_is_replaced_and_the_view_shown_anew() {
    let url = server::fresh_url();
    let store = store_on(&url);
    let store: &dyn Backend = &store;
    put_stock(store);
    let kill = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = '{}' AND application_name = 'quan' AND state = 'idle in transaction'",
        database(&url)
    );
    let mut views = 0;
    let seen = store.snapshot(|reader| {
        views += 1;
        let before = reader.stock(&stock_id()).map(|stock| stock.is_some());
        if views == 1 {
            assert_eq!(server::shared().psql("postgres", &kill).unwrap(), "t", "the view has a session");
        }
        (before, reader.stock(&stock_id()).map(|stock| stock.is_some()))
    });
    let (before, after) = seen.unwrap();
    assert_eq!((views, before.unwrap(), after.unwrap()), (2, true, true));
}

/// Commits from several threads until told to stop, and gives the ids that were acknowledged.
fn load<T>(store: &PostgresStore, meanwhile: impl FnOnce(&dyn Fn(u64)) -> T) -> (BTreeSet<String>, T) {
    let (stop, acknowledged) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let (stop, acknowledged) = (&stop, &acknowledged);
        let work = move |thread: u32| {
            let mut ids = BTreeSet::new();
            let mut number = 0;
            while !stop.load(Ordering::SeqCst) {
                let batch: Vec<String> = (0..3).map(|job| format!("{thread}-{number}-{job}")).collect();
                number += 1;
                let mut jobs: Vec<_> = batch.iter().map(|id| issuing(id).0).collect();
                store.commit(&mut jobs).unwrap();
                acknowledged.fetch_add(1, Ordering::SeqCst);
                ids.extend(batch);
            }
            ids
        };
        let threads: Vec<_> = (0..3).map(|thread| scope.spawn(move || work(thread))).collect();
        let wait_for = |more: u64| {
            let goal = acknowledged.load(Ordering::SeqCst) + more;
            while acknowledged.load(Ordering::SeqCst) < goal
                && threads.iter().all(|thread| !thread.is_finished())
            {
                std::thread::yield_now();
            }
        };
        let told = meanwhile(&wait_for);
        stop.store(true, Ordering::SeqCst);
        let ids = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        (ids, told)
    })
}

#[test]
fn a_server_that_is_restarted_under_load_keeps_every_acknowledged_job_once() {
    let server = PostgresServer::start().unwrap();
    let url = server.create_database().unwrap();
    let store = PostgresStore::open(&url, server::migrating()).unwrap();
    put_stock(&store);
    let (ids, ()) = load(&store, |wait_for| {
        wait_for(10);
        for end in [|server: &PostgresServer| server.stop(Stop::Immediate), PostgresServer::kill] {
            end(&server).unwrap();
            server.start_again().unwrap();
            wait_for(10);
        }
    });
    let count = u64::try_from(ids.len()).unwrap();
    assert_eq!(issued(&store), (count, count), "all were acknowledged, so all are there once");
    assert!(ids.iter().all(|id| exists(&store, id)));
}

#[test]
fn a_replica_that_is_promoted_goes_on_with_every_acknowledged_job() {
    let primary = PostgresServer::start_with(&[("fsync", "off")]).unwrap();
    primary.psql("postgres", "CREATE DATABASE quan").unwrap();
    let replica = primary.replica().unwrap();
    // Acknowledged is what the replica has, too.
    primary.psql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'").unwrap();
    primary.psql("postgres", "SELECT pg_reload_conf()").unwrap();
    server::wait_for(&primary, "SELECT sync_state FROM pg_stat_replication", "sync");
    let both = format!("127.0.0.1:{},127.0.0.1:{}", replica.port(), primary.port());
    let url = primary.url("quan").replace(&format!("127.0.0.1:{}", primary.port()), &both);
    let store = PostgresStore::open(&url, server::migrating()).unwrap();
    put_stock(&store);
    let (ids, ()) = load(&store, |wait_for| {
        wait_for(10);
        primary.kill().unwrap();
        replica.promote().unwrap();
        wait_for(10);
    });
    let count = u64::try_from(ids.len()).unwrap();
    assert_eq!(issued(&store), (count, count));
    assert!(ids.iter().all(|id| exists(&store, id)));
}

#[test]
fn a_server_that_is_away_for_too_long_fails_the_batch_and_is_found_again_later() {
    let server = PostgresServer::start_with(&[("fsync", "off")]).unwrap();
    let url = server.create_database().unwrap();
    let options = Options { commit_patience: Duration::from_millis(200), ..server::migrating() };
    let store = PostgresStore::open(&url, options).unwrap();
    let store: &dyn Backend = &store;
    put_stock(store);
    server.stop(Stop::Fast).unwrap();
    store.commit(&mut [issuing("lost").0]).unwrap_err();
    store.snapshot(|_| ()).unwrap_err();
    server.start_again().unwrap();
    store.commit(&mut [issuing("kept").0]).unwrap();
    assert_eq!(issued(store), (1, 1));
    assert!(exists(store, "kept") && !exists(store, "lost"));
}

/// A look that PostgreSQL refuses: its texts hold no NUL.
fn impossible_look(unit: &mut dyn UnitOfWork) {
    let principal: Principal = "mchid:1900000001".parse().unwrap();
    unit.certificate(&principal, "\0").unwrap_err();
}

#[test]
fn a_statement_that_fails_takes_only_its_own_job_along() {
    let store = store_on(&server::fresh_url());
    put_stock(&store);
    let (before, _) = issuing("before");
    let reading = job(|unit| {
        impossible_look(unit);
        Verdict::Discard
    });
    let writing = job(|unit| {
        assert_eq!(issue(unit, "undone"), Verdict::Keep);
        impossible_look(unit);
        Verdict::Discard
    });
    let (after, _) = issuing("after");
    store.commit(&mut [before, reading, writing, after]).unwrap();
    assert_eq!(issued(&store), (2, 2));
    assert!(exists(&store, "before") && exists(&store, "after") && !exists(&store, "undone"));
}

#[test]
fn a_job_that_goes_on_after_a_failed_statement_is_not_believed() {
    let store = store_on(&server::fresh_url());
    put_stock(&store);
    let (neighbour, _) = issuing("neighbour");
    let careless = job(|unit| {
        impossible_look(unit);
        Verdict::Keep
    });
    store.commit(&mut [neighbour, careless]).unwrap_err();
    assert_eq!(issued(&store), (0, 0));
    store.commit(&mut [issuing("next").0]).unwrap();
    assert_eq!(issued(&store), (1, 1), "the connection is in order again");
}

#[test]
fn what_is_written_at_once_by_two_is_a_conflict_for_one() {
    let url = server::fresh_url();
    let store = store_on(&url);
    let key = quan_store::parties::TokenKey {
        key_id: 1,
        key: [7; 32],
        created_at: quan_model::time::Time::from_unix_seconds(1),
    };
    let again = key.clone();
    let put = job(move |unit| {
        unit.put_token_key(&key).unwrap();
        Verdict::Keep
    });
    let (told, tells) = mpsc::channel();
    let put_again = job(move |unit| {
        told.send(unit.put_token_key(&again).unwrap_err()).unwrap();
        Verdict::Discard
    });
    store.commit(&mut [put, put_again]).unwrap();
    let error = tells.recv().unwrap();
    assert!(matches!(error, quan_store::error::StoreError::Conflict { .. }), "{error:?}");
}

#[test]
fn who_waits_too_long_for_a_lock_fails_and_may_try_again() {
    let url = server::fresh_url();
    let holder = Arc::new(store_on(&url));
    put_stock(&*holder);
    let waits = Options {
        lock_timeout: Duration::from_millis(30),
        commit_patience: Duration::from_millis(300),
        ..Options::default()
    };
    let waiter = PostgresStore::open(&url, waits).unwrap();
    let (holds, held) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let holding = {
        let holder = Arc::clone(&holder);
        std::thread::spawn(move || {
            let mut batch = [job(move |unit| {
                unit.lock(Lock::Stock(&stock_id())).unwrap();
                holds.send(()).unwrap();
                let _ = wait.recv();
                issue(unit, "holder")
            })];
            holder.commit(&mut batch).unwrap();
        })
    };
    held.recv().unwrap();
    let lock_and_issue = || {
        job(|unit| match unit.lock(Lock::Stock(&stock_id())) {
            Ok(()) => issue(unit, "waiter"),
            Err(_) => Verdict::Discard,
        })
    };
    waiter.commit(&mut [lock_and_issue()]).unwrap_err();
    assert_eq!(issued(&waiter), (0, 0), "readers do not wait");
    drop(go_on);
    holding.join().unwrap();
    waiter.commit(&mut [lock_and_issue()]).unwrap();
    assert_eq!(issued(&*holder), (2, 2));
}

#[test]
fn readers_beyond_the_most_wait_for_a_bounded_time() {
    // Long enough to make a connection on a busy machine.
    let options = Options { readers_max: 1, read_wait: Duration::from_secs(3), ..Options::default() };
    let store = PostgresStore::open(&server::fresh_url(), options).unwrap();
    let store: &dyn Backend = &store;
    let inner = store.snapshot(|_| store.snapshot(|_| ())).unwrap();
    assert!(inner.is_err(), "the only connection is lent");
    store.snapshot(|_| ()).unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.snapshot(|_| std::panic::resume_unwind(Box::new("a view that breaks down")))
    }));
    assert!(panicked.is_err());
    let merchant = Mchid::parse("1").unwrap();
    let found = store.snapshot(|reader| reader.merchant(&merchant).unwrap()).unwrap();
    assert_eq!(found, None::<Merchant>, "its place was given back");
}
