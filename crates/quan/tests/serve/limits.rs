//! Both sides of the limits of connections, heads, bodies and times.

use std::io::Write;
use std::time::Instant;

use crate::wire::{connect, exchange, get, rest, status};
use crate::world::{PATIENCE, PRE_SEND, Place};

#[test]
fn connections_beyond_the_limit_are_told_so_and_there_is_room_again() {
    let place = Place::new();
    let node = place.start(&["--connections-max", "2"]);
    let held = [connect(&node.public), connect(&node.public)];
    // Accepted in the order of their coming, so the third finds no room.
    let mut third = connect(&node.public);
    let refused = rest(&mut third);
    assert_eq!(status(&refused), 503, "{refused}");
    assert!(refused.contains("Retry-After: 1"), "{refused}");
    assert!(get(&node.operator, "/metrics").contains("quan_http_connections_refused_total 1"));
    drop(held);
    let begun = Instant::now();
    while status(&get(&node.public, "/healthz")) != 200 {
        assert!(begun.elapsed() < PATIENCE);
    }
}

#[test]
fn a_head_may_have_so_many_bytes() {
    let place = Place::new();
    let node = place.start(&["--header-bytes-max", "8192"]);
    let header = |bytes: usize| format!("X-Long: {}\r\n", "x".repeat(bytes));
    assert_eq!(status(&exchange(&node.public, "GET", "/healthz", &header(7000), "")), 200);
    assert_eq!(status(&exchange(&node.public, "GET", "/healthz", &header(9000), "")), 431);
}

#[test]
fn a_body_may_have_so_many_bytes() {
    let place = Place::new();
    let node = place.start(&["--body-bytes-max", "65536"]);
    let path = format!("/{PRE_SEND}");
    assert_eq!(
        status(&exchange(&node.public, "POST", &path, "", &"x".repeat(65_536))),
        401,
        "read, and unsigned"
    );
    let large = exchange(&node.public, "POST", &path, "", &"x".repeat(65_537));
    assert_eq!(status(&large), 413, "{large}");
    assert!(large.contains("65536"), "{large}");
}

#[test]
fn what_is_slow_is_cut_off() {
    let place = Place::new();
    let node = place.start(&[
        "--head-seconds",
        "1",
        "--body-seconds",
        "1",
        "--idle-seconds",
        "2",
        "--request-seconds",
        "3",
    ]);
    // Each head begins its second when it is connected, so it is written at once.
    let begun = |head: &str| {
        let mut stream = connect(&node.public);
        write!(stream, "{head}").unwrap();
        stream
    };
    let post = |path: &str| format!("POST /{path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{{");
    let mut head = begun("GET /healthz HTTP/1.1\r\nHost: a");
    let (mut body, mut claim) = (begun(&post(PRE_SEND)), begun(&post("claim/v1/open")));
    let mut idle = begun("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(rest(&mut head), "", "a slow head has no answer");
    let slow = rest(&mut body);
    assert_eq!(status(&slow), 408, "{slow}");
    assert!(status(&rest(&mut claim)) >= 400);
    let answered = rest(&mut idle);
    assert_eq!(status(&answered), 200, "an idle connection is closed after its answer: {answered}");
    let metrics = get(&node.operator, "/metrics");
    assert!(metrics.contains("quan_http_connections_timed_out_total 1"), "the head: {metrics}");
}

#[test]
fn the_address_of_a_claim_is_told_by_trusted_proxies_only() {
    let place = Place::new();
    let claim = |address: &str, forwarded: &str| {
        let headers = format!("Content-Type: application/json\r\nX-Forwarded-For: {forwarded}\r\n");
        status(&exchange(address, "POST", "/claim/v1/open", &headers, "{}"))
    };
    // Six hundred a minute, of which ten come back each second.
    let is_limited = |address: &str, forwarded: &dyn Fn(u32) -> String| {
        (0..1200).any(|call| claim(address, &forwarded(call)) == 429)
    };
    let node = place.start(&["--trusted-proxies", "127.0.0.1"]);
    assert!(is_limited(&node.public, &|call| format!("198.51.100.{}, 203.0.113.1", call % 200)));
    assert_ne!(claim(&node.public, "203.0.113.2"), 429, "somebody else behind the same proxy");
    drop(node);
    let node = place.start(&[]);
    assert!(is_limited(&node.public, &|call| format!("203.0.113.{}", call % 200)), "nobody is believed");
}
