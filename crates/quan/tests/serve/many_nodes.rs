//! Two nodes on one PostgreSQL database: one stock, one set of keys, one killed.

use quan_postgres_server::PostgresServer;
use serde_json::json;

use crate::wire::{exchange, get, operator, status};
use crate::world::{PATIENCE, PRE_SEND, Place, post, pre_send, quan, refused, stock, succeeds};

#[test]
fn nodes_share_everything_and_outlive_each_other() {
    let server = PostgresServer::start().unwrap();
    let mut place = Place::new();
    place.database = server.create_database().unwrap();
    let said = refused(&place.serve(&[]).output().unwrap());
    assert!(said.contains("quan migrate"), "{said}");
    let said = succeeds(&mut quan(&["migrate", "--database", &place.database]));
    assert!(said.contains("is up to date"), "{said}");

    let (one, other) = (place.start(&["--node-name", "one"]), place.start(&["--node-name", "other"]));
    let client = one.settled(&place);
    let stock_id = stock(&client);
    let token =
        post(&client, PRE_SEND, &pre_send(&stock_id, "NODES_0001"))["token"].as_str().unwrap().to_owned();
    let body = json!({ "token": token }).to_string();
    let claim = |address: &str| {
        exchange(address, "POST", "/claim/v1/receive", "Content-Type: application/json\r\n", &body)
    };
    let claimed = claim(&other.public);
    assert_eq!(status(&claimed), 200, "the other node opens the token: {claimed}");
    assert_eq!(status(&claim(&one.public)), 200, "and it is the same coupon when it is claimed again");
    let issued = |node: &str| {
        let metrics = get(node, "/metrics");
        metrics.lines().any(|line| line == "quan_coupons_issued_total 1")
    };
    assert!(issued(&other.operator) && !issued(&one.operator), "one coupon, issued once");
    assert!(get(&one.operator, "/metrics").contains("quan_lane_waiting{lane=\"3\"}"), "four lanes");

    let turned = operator(&one.operator, "POST", "/_quan/platform-public-keys/rotate", "");
    assert_eq!(status(&turned), 200, "{turned}");
    other.signal("-HUP");
    let keys = |node: &str| {
        operator(node, "GET", "/_quan/platform-keys", "").split_once("\r\n\r\n").unwrap().1.to_owned()
    };
    let begun = std::time::Instant::now();
    while keys(&one.operator) != keys(&other.operator) {
        assert!(begun.elapsed() < PATIENCE, "{}", other.log());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }

    one.signal("-KILL");
    let client = place.merchant(&other.base_url).build_blocking().unwrap();
    let again = post(&client, PRE_SEND, &pre_send(&stock_id, "NODES_0002"));
    assert!(again["token"].is_string(), "{again}");

    let is_ready = |value: u8| get(&other.operator, "/metrics").contains(&format!("\nquan_ready {value}\n"));
    assert!(is_ready(1));
    drop(server);
    assert!(is_ready(0), "a node whose database is gone takes no requests");
}

#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    let mut place = Place::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    place.database = format!("postgres://quan:geheim@{closed}/quan");
    let said = refused(&place.serve(&[]).output().unwrap());
    assert!(said.contains("no PostgreSQL answers"), "{said}");
    assert!(!said.contains("geheim"), "{said}");
}
