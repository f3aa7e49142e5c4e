//! What every store promises.

use std::sync::Arc;

use quan_store_postgres::{Options, PostgresStore};

use crate::server;

#[test]
fn the_conformance_suite_passes() {
    quan_store::conformance::check(server::fresh_store);
}

#[test]
fn what_was_committed_is_there_after_opening_again() {
    let url = server::fresh_url();
    quan_store::conformance::check_durability(|| {
        Arc::new(PostgresStore::open(&url, Options::default()).unwrap())
    });
}

#[test]
fn two_handles_on_one_database_race_and_keep_every_promise() {
    quan_store::conformance::racing::check(|| {
        let url = server::fresh_url();
        let open = || Arc::new(PostgresStore::open(&url, Options::default()).unwrap());
        (open(), open())
    });
}
