//! Random histories on this store, held against the reference model. Longer: `TEST_HISTORIES=100` runs a hundred
//! times as many; `TEST_SEED` repeats one.

#![expect(clippy::unwrap_used, reason = "a broken set-up should stop the test")]

use std::path::Path;
use std::sync::Arc;

use quan_histories::{Coverage, Manner, Plan, Refused, Store, check};
use quan_store::lane::WriteLane;
use quan_store_sqlite::SqliteStore;
use tempfile::TempDir;

/// Opens empty stores, one file each.
fn opener(directory: &Path) -> impl FnMut() -> Store {
    let mut number = 0;
    move || {
        number += 1;
        let store = SqliteStore::open(directory.join(format!("{number}.db"))).unwrap();
        let store = Arc::new(store);
        let lane = Arc::new(WriteLane::start(store.clone()));
        Store { backend: store.clone(), audit: Some(store), lane }
    }
}

#[expect(clippy::disallowed_methods, reason = "who runs a test says which seed it runs")]
fn wanted(plan: Plan) -> Plan {
    let read = |name| std::env::var(name).ok();
    plan.wanted(read("TEST_SEED").as_deref(), read("TEST_HISTORIES").as_deref())
}

/// In memory where there is such a directory: what these tests look for does not hang on the disk.
fn directory() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

fn run(plan: Plan) -> Coverage {
    let directory = directory();
    match check(&wanted(plan), &mut opener(directory.path())) {
        Ok(coverage) => {
            println!("{coverage}");
            coverage
        }
        Err(failure) => panic!("{failure}"),
    }
}

/// One seed reaches what it reaches.
#[expect(clippy::disallowed_methods, reason = "who runs a test says which seed it runs")]
fn is_whole() -> bool {
    std::env::var_os("TEST_SEED").is_none()
}

#[test]
fn one_command_after_another() {
    let coverage = run(Plan {
        seed: 1,
        histories: 40,
        commands: 200,
        manner: Manner::OneByOne,
        audit_every: 5,
        shortens: true,
        command_line: "cargo test -p quan-store-sqlite --test histories one_command_after_another",
    });
    let missing = coverage.missing();
    assert!(!is_whole() || missing.is_empty(), "the histories never reached {missing:?}");
}

#[test]
fn many_at_once() {
    let coverage = run(Plan {
        seed: 1_000_000,
        histories: 40,
        commands: 200,
        manner: Manner::AtOnce,
        audit_every: 1,
        shortens: true,
        command_line: "cargo test -p quan-store-sqlite --test histories many_at_once",
    });
    // Which calls meet is up to the threads; what they race for must be hit all the same.
    let raced_for =
        [Refused::StockOut, Refused::DayOut, Refused::UserLimit, Refused::PoolEmpty, Refused::Mismatch];
    let missing = coverage.unreached(&[], &raced_for);
    assert!(!is_whole() || missing.is_empty(), "the histories never reached {missing:?}");
}
