//! One server for all tests of this process, and databases on it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use quan_postgres_server::PostgresServer;
use quan_store::backend::Backend;
use quan_store_postgres::{Options, PostgresStore, Schema};

/// Bounds for tests, and a schema that is made.
pub(crate) fn migrating() -> Options {
    Options { schema: Schema::Migrate, ..Options::default() }
}

/// The shared server. It ends with the process, and what is on it with it: nothing is gained by waiting for the disk.
pub(crate) fn shared() -> &'static PostgresServer {
    static SERVER: OnceLock<PostgresServer> = OnceLock::new();
    SERVER.get_or_init(|| PostgresServer::start_with(&[("fsync", "off")]).unwrap())
}

/// The URL of a database with an empty, current schema.
pub(crate) fn fresh_url() -> String {
    static MIGRATED: OnceLock<()> = OnceLock::new();
    MIGRATED.get_or_init(|| {
        shared().psql("postgres", "CREATE DATABASE migrated").unwrap();
        drop(PostgresStore::open(&shared().url("migrated"), migrating()).unwrap());
        // A template must have no sessions, and the server ends the last one after its client.
        let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'migrated'";
        wait_for(shared(), busy, "0");
    });
    shared().create_database_like("migrated").unwrap()
}

/// A store with nothing in it.
pub(crate) fn fresh_store() -> Arc<dyn Backend> {
    Arc::new(PostgresStore::open(&fresh_url(), Options::default()).unwrap())
}

/// Asks until the answer comes, for what a server does in its own time.
pub(crate) fn wait_for(server: &PostgresServer, sql: &str, answer: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let got = server.psql("postgres", sql).unwrap();
        if got == answer {
            return;
        }
        assert!(Instant::now() < deadline, "{sql}: {got} instead of {answer}; {}", server.log());
        std::thread::yield_now();
    }
}
