//! Random histories on PostgreSQL, held against the reference model. Longer: `TEST_HISTORIES=100` runs a hundred times
//! as many; `TEST_SEED` repeats one.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use quan_histories::{Manner, Plan, Refused, Store, check};
use quan_store::lane::WriteLane;
use quan_store_postgres::{Options, PostgresStore};

use crate::server;

/// Lanes of the node: calls meet in the database, not only in one queue.
const LANES: NonZeroUsize = NonZeroUsize::new(4).unwrap();

fn open() -> Store {
    // The whole state is read in one view, which takes longer than any use case's reading.
    let options = Options { read_wait: Duration::from_secs(120), ..Options::default() };
    let backend = Arc::new(PostgresStore::open(&server::fresh_url(), options).unwrap());
    let lane = WriteLane::start_many(backend.clone(), LANES).into();
    Store { backend: backend.clone(), audit: Some(backend), lane }
}

#[expect(clippy::disallowed_methods, reason = "who runs a test says which seed it runs")]
fn wanted(plan: Plan) -> Plan {
    let read = |name| std::env::var(name).ok();
    plan.wanted(read("TEST_SEED").as_deref(), read("TEST_HISTORIES").as_deref())
}

/// Runs the histories. Few as they are, they must do these commands and meet these refusals, or they show nothing.
#[expect(clippy::disallowed_methods, reason = "who runs a test says which seed it runs")]
fn run(plan: Plan, done: &[&str], refused: &[Refused]) {
    let coverage = check(&wanted(plan), &mut open).unwrap_or_else(|failure| panic!("{failure}"));
    println!("{coverage}");
    let missing = coverage.unreached(done, refused);
    // One seed reaches what it reaches.
    let is_whole = std::env::var_os("TEST_SEED").is_none();
    assert!(!is_whole || missing.is_empty(), "the histories never reached {missing:?}");
}

#[test]
fn one_command_after_another() {
    let plan = Plan {
        seed: 1,
        histories: 2,
        commands: 100,
        manner: Manner::OneByOne,
        audit_every: 10,
        shortens: true,
        command_line: "cargo test -p quan-store-postgres --test store one_command_after_another",
    };
    let done = ["claim", "confirm", "pre_send", "return", "send", "update_budget", "upload_codes", "use"];
    run(plan, &done, &[Refused::StockOut, Refused::DayOut, Refused::Mismatch, Refused::Expired]);
}

#[test]
fn many_at_once() {
    let plan = Plan {
        seed: 1_000_000,
        histories: 3,
        commands: 100,
        manner: Manner::AtOnce,
        audit_every: 1,
        shortens: false,
        command_line: "cargo test -p quan-store-postgres --test store many_at_once",
    };
    // Which calls meet is up to the threads; what they do and race for must be there all the same.
    let done = ["claim", "confirm", "pre_send", "send", "upload_codes", "use"];
    run(plan, &done, &[Refused::StockOut, Refused::PoolEmpty]);
}
