//! How a store opens, and every way in which it does not.

use std::error::Error;

use quan_postgres_server::PostgresServer;
use quan_store_postgres::{OpenError, Options, PostgresStore, SCHEMA_VERSION};

use crate::server;

/// What opening without leave to migrate is refused with, after what holds for every refusal was checked.
fn refusal(url: &str) -> OpenError {
    refusal_with(url, Options::default())
}

fn refusal_with(url: &str, options: Options) -> OpenError {
    let error = PostgresStore::open(url, options).map(drop).unwrap_err();
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    for secret in ["secret", "geheim"] {
        assert!(!format!("{words} {error:?}").contains(secret), "{words} {error:?}");
    }
    error
}

fn name(url: &str) -> &str {
    url.rsplit_once('/').unwrap().1
}

#[test]
fn a_database_is_migrated_when_asked_and_opened_from_then_on() {
    let url = server::shared().create_database().unwrap();
    let empty = refusal(&url);
    assert!(matches!(empty, OpenError::Empty { .. }), "{empty:?}");
    assert!(empty.to_string().contains("quan migrate"), "{empty}");
    // Several nodes at once.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(PostgresStore::open(&url, server::migrating()).unwrap()));
        }
    });
    drop(PostgresStore::open(&url, Options::default()).unwrap());
    let newest = server::shared().psql(name(&url), "SELECT max(version) FROM schema_version").unwrap();
    assert_eq!(newest, SCHEMA_VERSION.to_string());
}

#[test]
fn a_server_that_does_not_wait_for_its_disk_is_made_to_or_told_of() {
    let server =
        PostgresServer::start_with(&[("synchronous_commit", "off"), ("full_page_writes", "off")]).unwrap();
    let url = server.create_database().unwrap();
    assert_eq!(server.psql(name(&url), "SHOW synchronous_commit").unwrap(), "off");
    let store = PostgresStore::open(&url, server::migrating()).unwrap();
    let store: &dyn quan_store::backend::Backend = &store;
    let unsafe_settings = store.snapshot(|reader| reader.unsafe_settings().unwrap()).unwrap();
    assert_eq!(unsafe_settings, ["full_page_writes"], "the sessions wait for the disk all the same");
}

#[test]
fn another_version_of_the_schema_is_refused() {
    let url = server::fresh_url();
    let run = |sql: &str| server::shared().psql(name(&url), sql).unwrap();
    run(&format!("INSERT INTO schema_version (version) VALUES ({})", SCHEMA_VERSION + 1));
    for options in [Options::default(), server::migrating()] {
        let newer = refusal_with(&url, options);
        assert!(matches!(newer, OpenError::Newer { found, .. } if found == SCHEMA_VERSION + 1), "{newer:?}");
    }
    run("DELETE FROM schema_version WHERE version > 60");
    let older = refusal(&url);
    assert!(matches!(older, OpenError::Older { found: 60, .. }), "{older:?}");
    assert!(older.to_string().contains("quan migrate"), "{older}");
}

#[test]
fn rows_of_the_first_schema_are_carried_over() {
    let url = server::shared().create_database().unwrap();
    let run = |sql: &str| server::shared().psql(name(&url), sql).unwrap();
    run("CREATE TABLE schema_version (version bigint PRIMARY KEY, program text NOT NULL DEFAULT 'quan',
           applied_at timestamptz NOT NULL DEFAULT now())");
    run(include_str!("../../migrations/0060_initial.sql"));
    run("INSERT INTO schema_version (version) VALUES (60);
         INSERT INTO stock (stock_id, product_coupon_id, owner, creator, revision, created_at, paused, issued)
         VALUES ('3000000000000001', '2', 'brand:1', 'brand:1', 1, 0, false, 7);
         INSERT INTO stock_day (stock_id, day, issued) VALUES ('3000000000000001', '2025-10-09', 5)");
    let store = PostgresStore::open(&url, server::migrating()).unwrap();
    let day = quan_model::time::Time::from_unix_seconds(1_760_000_000).date();
    let store: &dyn quan_store::backend::Backend = &store;
    let counts =
        store.snapshot(|reader| reader.counts(&crate::jobs::stock_id(), day, None).unwrap()).unwrap();
    assert_eq!((counts.total, counts.today), (7, 5));
}

#[test]
fn somebody_elses_tables_are_refused_untouched() {
    for table in ["merchant", "orders", "schema_version"] {
        let url = server::shared().create_database().unwrap();
        server::shared().psql(name(&url), &format!("CREATE TABLE {table} (version text)")).unwrap();
        let error = refusal_with(&url, server::migrating());
        assert!(matches!(&error, OpenError::Foreign { table: found, .. } if found == table), "{error:?}");
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(server::shared().psql(name(&url), tables).unwrap(), "1");
    }
}

#[test]
fn a_schema_of_its_own_is_chosen_by_the_url() {
    let url = server::shared().create_database().unwrap();
    let own = format!("{url}?options=-csearch_path%3Down");
    let missing = refusal_with(&own, server::migrating());
    assert!(matches!(missing, OpenError::NoSchema { .. }), "{missing:?}");
    let run = |sql: &str| server::shared().psql(name(&url), sql).unwrap();
    run("CREATE TABLE somebody_elses (n int); CREATE SCHEMA own");
    drop(PostgresStore::open(&own, server::migrating()).unwrap());
    drop(PostgresStore::open(&own, Options::default()).unwrap());
    let where_it_is = "SELECT schemaname FROM pg_tables WHERE tablename = 'user_coupon'";
    assert_eq!(run(where_it_is), "own");
}

#[test]
fn who_may_not_is_told_what_is_missing() {
    let url = server::fresh_url();
    let run = |sql: &str| server::shared().psql(name(&url), sql).unwrap();
    run(&format!("CREATE ROLE guest_{} LOGIN PASSWORD 'geheim'", name(&url)));
    let as_guest = |url: &str| {
        let (_, host) = url.split_once('@').unwrap();
        format!("postgresql://guest_{}:geheim@{host}", name(url))
    };
    let no_rights = refusal(&as_guest(&url));
    assert!(matches!(no_rights, OpenError::NoRights { .. }), "{no_rights:?}");
    run(&format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest_{}", name(&url)));
    let only_reads = refusal(&as_guest(&url));
    assert!(matches!(only_reads, OpenError::NoRights { .. }), "{only_reads:?}");
    run(&format!("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest_{}", name(&url)));
    drop(PostgresStore::open(&as_guest(&url), Options::default()).unwrap());
    run(&format!("DELETE FROM schema_version WHERE version = {SCHEMA_VERSION}"));
    let may_not_migrate = refusal_with(&as_guest(&url), server::migrating());
    assert!(matches!(may_not_migrate, OpenError::NoRights { .. }), "{may_not_migrate:?}");
    run(&format!("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", name(&url)));
    let no_entry = refusal(&as_guest(&url));
    assert!(matches!(no_entry, OpenError::NoRights { .. }), "{no_entry:?}");
}

#[test]
fn a_wrong_url_is_told_what_is_wrong_with_it() {
    let url = server::shared().url("quan_nowhere");
    let no_database = refusal(&url);
    assert!(matches!(&no_database, OpenError::NoDatabase { database, .. } if database == "quan_nowhere"));
    let (_, host) = url.split_once('@').unwrap();
    for user in ["quan:geheim", "nobody:geheim", "quan"] {
        let wrong = refusal(&format!("postgresql://{user}@{host}"));
        assert!(matches!(wrong, OpenError::Credentials { .. }), "{user}: {wrong:?}");
    }
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = refusal(&format!("postgresql://quan:geheim@127.0.0.1:{port}/quan"));
    assert!(matches!(nobody, OpenError::Unreachable { .. }), "{nobody:?}");
    assert!(nobody.to_string().contains(&format!("127.0.0.1:{port}/quan")), "{nobody}");
    let unknown = refusal("postgresql://quan:geheim@no-such-host.invalid/quan");
    assert!(matches!(unknown, OpenError::Unreachable { .. }), "{unknown:?}");
}

#[test]
fn a_server_that_does_not_answer_is_not_waited_for_for_ever() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgresql://quan:geheim@127.0.0.1:{}/quan", silent.local_addr().unwrap().port());
    let options = Options { connect_timeout: std::time::Duration::from_millis(50), ..Options::default() };
    let error = refusal_with(&url, options);
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
}

#[test]
fn a_database_in_another_encoding_is_refused() {
    let make = "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0";
    server::shared().psql("postgres", make).unwrap();
    let error = refusal_with(&server::shared().url("latin"), server::migrating());
    assert!(matches!(&error, OpenError::Encoding { found, .. } if found == "LATIN1"), "{error:?}");
}

#[test]
fn a_server_without_room_and_a_replica_are_told_apart_from_others() {
    let server = PostgresServer::start_with(&[
        ("fsync", "off"),
        ("max_connections", "6"),
        ("superuser_reserved_connections", "3"),
    ])
    .unwrap();
    let url = server.create_database().unwrap();
    drop(PostgresStore::open(&url, server::migrating()).unwrap());
    let replica = server.replica().unwrap();
    let read_only = refusal(&replica.url(name(&url)));
    assert!(matches!(read_only, OpenError::ReadOnly { .. }), "{read_only:?}");
    drop(replica);
    server
        .psql(
            name(&url),
            "ALTER DATABASE fresh_0 CONNECTION LIMIT 0; CREATE ROLE guest LOGIN PASSWORD 'geheim'",
        )
        .unwrap();
    let (_, host) = url.split_once('@').unwrap();
    let full = refusal(&format!("postgresql://guest:geheim@{host}"));
    assert!(matches!(full, OpenError::Full { .. }), "{full:?}");
}
