//! The private server does what its methods say, and leaves nothing behind.

use quan_postgres_server::{PostgresServer, ServerError, Stop};

/// A way for a server to end.
type End = fn(&PostgresServer) -> Result<(), ServerError>;

#[test]
fn a_server_keeps_what_was_committed_through_every_kind_of_end() {
    let server = PostgresServer::start().unwrap();
    server.psql("postgres", "CREATE TABLE kept (number int)").unwrap();
    let ends: [(&str, End); 3] = [
        ("fast", |server| server.stop(Stop::Fast)),
        ("immediate", |server| server.stop(Stop::Immediate)),
        ("kill", PostgresServer::kill),
    ];
    for (number, (name, end)) in ends.into_iter().enumerate() {
        server.psql("postgres", &format!("INSERT INTO kept VALUES ({number})")).unwrap();
        end(&server).unwrap();
        assert!(server.psql("postgres", "SELECT 1").is_err(), "{name}: it is down");
        server.start_again().unwrap();
        let count = server.psql("postgres", "SELECT count(*) FROM kept").unwrap();
        assert_eq!(count, (number + 1).to_string(), "{name}");
    }
    assert_eq!(server.psql("postgres", "SHOW fsync").unwrap(), "on");
    let data = server.data();
    assert!(data.exists());
    drop(server);
    assert!(!data.exists(), "nothing is left behind");
}

#[test]
fn a_replica_follows_and_takes_writes_once_promoted() {
    let server = PostgresServer::start_with(&[("fsync", "off")]).unwrap();
    assert_eq!(server.psql("postgres", "SHOW fsync").unwrap(), "off");
    let url = server.create_database().unwrap();
    assert!(url.ends_with("/fresh_0") && url.contains(&format!(":{}", server.port())));
    let replica = server.replica().unwrap();
    assert!(replica.psql("fresh_0", "CREATE TABLE t (n int)").is_err(), "a replica takes no writes");
    server.stop(Stop::Immediate).unwrap();
    replica.promote().unwrap();
    replica.psql("fresh_0", "CREATE TABLE t (n int)").unwrap();
}

#[test]
fn a_server_does_not_outlive_a_panic() {
    let told = std::sync::Mutex::new(None);
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let server = PostgresServer::start().unwrap();
        *told.lock().unwrap() = Some((server.data(), server.port()));
        std::panic::resume_unwind(Box::new("a test that fails"));
    }));
    assert!(unwound.is_err());
    let (data, port) = told.into_inner().unwrap().unwrap();
    assert!(!data.exists());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}
