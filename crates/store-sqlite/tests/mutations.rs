//! The histories bite: a store that breaks one promise is caught, whichever promise it is.
//!
//! A promise is broken inside the store, by a trigger that undoes or falsifies what a use case wrote in the same
//! transaction, so that neither the use cases nor the audit know of it.

#![expect(clippy::unwrap_used, reason = "a broken set-up should stop the test")]

use std::path::Path;
use std::sync::Arc;

use quan_histories::{Coverage, Manner, Plan, Store, run_one};
use quan_store::lane::WriteLane;
use quan_store_sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;

/// Histories in which a broken promise must show.
const HISTORIES: u64 = 25;

/// What is broken, and how. Some break at every turn, some at one in three.
const MUTATIONS: [(&str, &str); 17] = [
    (
        "the day is counted wrong",
        "CREATE TRIGGER broken AFTER UPDATE ON stock_day WHEN NEW.issued % 2 = 0
         BEGIN UPDATE stock_day SET issued = issued - 1 WHERE stock_id = NEW.stock_id AND day = NEW.day; END",
    ),
    (
        "the total is not counted",
        "CREATE TRIGGER broken AFTER UPDATE OF issued ON stock WHEN NEW.issued = 3
         BEGIN UPDATE stock SET issued = 2 WHERE stock_id = NEW.stock_id; END",
    ),
    (
        "the person is not counted",
        "CREATE TRIGGER broken AFTER INSERT ON stock_person
         BEGIN UPDATE stock_person SET issued = 0 WHERE stock_id = NEW.stock_id AND person_id = NEW.person_id; END",
    ),
    (
        "a pool code is given twice",
        "CREATE TRIGGER broken AFTER UPDATE OF dispatched_at ON pool_code WHEN NEW.shuffle % 3 = 0
         BEGIN UPDATE pool_code SET dispatched_at = NULL
           WHERE stock_id = NEW.stock_id AND coupon_code = NEW.coupon_code; END",
    ),
    (
        "an uploaded code is lost",
        "CREATE TRIGGER broken AFTER INSERT ON pool_code WHEN NEW.shuffle % 3 = 0
         BEGIN DELETE FROM pool_code WHERE stock_id = NEW.stock_id AND coupon_code = NEW.coupon_code; END",
    ),
    (
        "an outbox row is dropped",
        "CREATE TRIGGER broken AFTER INSERT ON notification WHEN NEW.notification_id < '4'
         BEGIN DELETE FROM notification WHERE notification_id = NEW.notification_id; END",
    ),
    (
        "a notification tells of another coupon",
        "CREATE TRIGGER broken AFTER INSERT ON notification WHEN NEW.notification_id < '4'
         BEGIN UPDATE notification SET resource = json_set(resource, '$.coupon_code', 'another')
           WHERE notification_id = NEW.notification_id; END",
    ),
    (
        "a round is skipped",
        "CREATE TRIGGER broken AFTER INSERT ON round WHEN NEW.round_index = 1 AND NEW.use_time IS NULL
         BEGIN UPDATE round SET round_index = 2 WHERE stock_id = NEW.stock_id
           AND coupon_code = NEW.coupon_code AND round_index = 1; END",
    ),
    (
        "a round opens too early",
        "CREATE TRIGGER broken AFTER INSERT ON round WHEN NEW.round_index = 1 AND NEW.use_time IS NULL
         BEGIN UPDATE round SET begins_at = begins_at - 1 WHERE stock_id = NEW.stock_id
           AND coupon_code = NEW.coupon_code AND round_index = 1; END",
    ),
    (
        "a claim is forgotten",
        "CREATE TRIGGER broken AFTER UPDATE OF claimed_code ON pre_send
         BEGIN UPDATE pre_send SET claimed_code = NULL, claimed_at = NULL WHERE pre_send_id = NEW.pre_send_id; END",
    ),
    (
        "a used number is forgotten",
        "CREATE TRIGGER broken AFTER INSERT ON idempotency WHEN NEW.operation = 'use_user_coupon'
         BEGIN DELETE FROM idempotency WHERE operation = NEW.operation AND request_no = NEW.request_no; END",
    ),
    (
        "every number of a kind looks like a replay",
        "CREATE TRIGGER broken AFTER INSERT ON idempotency WHEN NEW.operation = 'confirm_user_coupon'
         BEGIN UPDATE idempotency SET fingerprint = zeroblob(32)
           WHERE operation = NEW.operation AND request_no = NEW.request_no; END",
    ),
    (
        "a validity ends a second too early",
        "CREATE TRIGGER broken AFTER INSERT ON user_coupon WHEN NEW.valid_end > NEW.valid_begin
         BEGIN UPDATE user_coupon SET valid_end = valid_end - 1
           WHERE stock_id = NEW.stock_id AND coupon_code = NEW.coupon_code; END",
    ),
    (
        "a waiting coupon of a chain is forgotten",
        "CREATE TRIGGER broken AFTER UPDATE ON user_coupon_bundle WHEN NEW.queued_index IS NOT NULL
         BEGIN UPDATE user_coupon_bundle SET queued_stock_id = NULL, queued_index = NULL, queued_use_time = NULL,
           queued_at = NULL WHERE user_coupon_bundle_id = NEW.user_coupon_bundle_id; END",
    ),
    (
        "a deactivation is forgotten",
        "CREATE TRIGGER broken AFTER UPDATE OF deactivate_time ON user_coupon WHEN NEW.deactivate_time IS NOT NULL
         BEGIN UPDATE user_coupon SET deactivate_time = NULL, deactivate_request_no = NULL, deactivate_reason = NULL
           WHERE stock_id = NEW.stock_id AND coupon_code = NEW.coupon_code; END",
    ),
    (
        "a stock goes on after its deactivation",
        "CREATE TRIGGER broken AFTER UPDATE OF deactivated_at ON stock
         BEGIN UPDATE stock SET deactivated_at = NULL, deactivate_request_no = NULL, deactivate_reason = NULL
           WHERE stock_id = NEW.stock_id; END",
    ),
    (
        "a withdrawn authorisation stands",
        "CREATE TRIGGER broken AFTER UPDATE ON authorisation WHEN NEW.granted = 0
         BEGIN UPDATE authorisation SET granted = 1 WHERE brand_id = NEW.brand_id AND mchid = NEW.mchid; END",
    ),
];

fn broken_store(file: &Path, trigger: &str) -> Store {
    // The schema is there before the trigger comes.
    drop(SqliteStore::open(file).unwrap());
    Connection::open(file).unwrap().execute_batch(trigger).unwrap();
    let store = Arc::new(SqliteStore::open(file).unwrap());
    let lane = Arc::new(WriteLane::start(store.clone()));
    Store { backend: store.clone(), audit: Some(store), lane }
}

/// How many histories it took until the promise was caught.
fn caught_after(trigger: &str, manner: Manner) -> Option<u64> {
    let directory = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    let mut files = 0;
    let mut open = || {
        files += 1;
        broken_store(&directory.path().join(format!("{files}.db")), trigger)
    };
    let plan = Plan {
        seed: 0,
        histories: HISTORIES,
        commands: 150,
        manner,
        audit_every: 25,
        shortens: false,
        command_line: "",
    };
    (1..=HISTORIES).find(|seed| {
        let Err(failure) = run_one(&plan, *seed, &mut open, &mut Coverage::default()) else { return false };
        // SQLite looks for the columns of a trigger when it fires. One that cannot fire breaks every write and no promise.
        assert!(!failure.what.contains("no such "), "the trigger itself is broken: {}", failure.what);
        true
    })
}

fn escaped(manner: Manner) -> Vec<&'static str> {
    let (mut escaped, mut log) = (Vec::new(), String::new());
    for (promise, trigger) in MUTATIONS {
        match caught_after(trigger, manner) {
            Some(histories) => log += &format!("{promise}: caught in history {histories}\n"),
            None => escaped.push(promise),
        }
    }
    println!("{log}");
    escaped
}

#[test]
#[should_panic(expected = "the trigger itself is broken")]
fn a_trigger_that_cannot_fire_proves_nothing() {
    let trigger = "CREATE TRIGGER broken AFTER UPDATE ON stock_day BEGIN UPDATE stock_day SET gone = 1; END";
    caught_after(trigger, Manner::OneByOne);
}

#[test]
fn every_broken_promise_is_caught_one_by_one() {
    assert_eq!(escaped(Manner::OneByOne), Vec::<&str>::new());
}

#[test]
fn every_broken_promise_is_caught_at_once() {
    assert_eq!(escaped(Manner::AtOnce), Vec::<&str>::new());
}
