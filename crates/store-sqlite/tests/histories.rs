//! Random histories on this store, held against the reference model. Longer: `QUAN_HISTORIES=100` runs a hundred
//! times as many; `QUAN_SEED` repeats one.

use std::path::Path;
use std::sync::Arc;

use quan_histories::{Manner, Plan, Store, check};
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
        Store { backend: store.clone(), audit: store, lane }
    }
}

fn wanted(plan: Plan) -> Plan {
    let read = |name| std::env::var(name).ok();
    plan.wanted(read("QUAN_SEED").as_deref(), read("QUAN_HISTORIES").as_deref())
}

/// In memory where there is such a directory: what these tests look for does not hang on the disk.
fn directory() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

fn run(plan: Plan) {
    let directory = directory();
    let is_whole = std::env::var_os("QUAN_SEED").is_none();
    match check(&wanted(plan), &mut opener(directory.path())) {
        Ok(coverage) => {
            println!("{coverage}");
            let missing = coverage.missing();
            assert!(!is_whole || missing.is_empty(), "the histories never reached {missing:?}");
        }
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn one_command_after_another() {
    run(Plan {
        seed: 1,
        histories: 40,
        commands: 200,
        manner: Manner::OneByOne,
        audit_every: 5,
        shortens: true,
        command_line: "cargo test -p quan-store-sqlite --test histories one_command_after_another",
    });
}

#[test]
fn many_at_once() {
    run(Plan {
        seed: 1_000_000,
        histories: 40,
        commands: 200,
        manner: Manner::AtOnce,
        audit_every: 1,
        shortens: true,
        command_line: "cargo test -p quan-store-sqlite --test histories many_at_once",
    });
}
