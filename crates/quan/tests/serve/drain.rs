//! Stopping: not ready first, then no new connections, open requests to their end; a second signal ends at once.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::wire::{connect, get, rest, status};
use crate::world::{PATIENCE, PRE_SEND, Place};

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A request whose body is half sent.
fn half_sent(address: &str) -> TcpStream {
    let mut stream = connect(address);
    write!(stream, "POST /{PRE_SEND} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{").unwrap();
    stream
}

#[test]
fn sigterm_finishes_what_is_open_and_takes_nothing_new() {
    let place = Place::new();
    let mut node = place.start(&["--unready-seconds", "2"]);
    assert_eq!(status(&get(&node.public, "/readyz")), 200);
    let mut open = half_sent(&node.public);
    node.signal("-TERM");
    until("not ready", || status(&get(&node.public, "/readyz")) == 503);
    assert_eq!(status(&get(&node.public, "/healthz")), 200, "still accepting, for balancers that look late");
    assert!(get(&node.operator, "/metrics").contains("quan_ready 0"));
    until("the listener is closed", || TcpStream::connect(&node.public).is_err());
    write!(open, "}}").unwrap();
    let answered = rest(&mut open);
    assert_eq!(status(&answered), 401, "the open request has its answer: {answered}");
    assert!(node.ended(), "and the end is a success: {}", node.log());
    assert!(node.log().contains("stopped"), "{}", node.log());
    // The database was let go of: it can be opened again.
    drop(place.start(&[]));
}

#[test]
fn a_request_that_does_not_end_is_cut_off_after_the_drain() {
    let place = Place::new();
    let mut node =
        place.start(&["--drain-seconds", "1", "--body-seconds", "600", "--request-seconds", "600"]);
    let _open = half_sent(&node.public);
    until("the request is open", || get(&node.operator, "/metrics").contains("quan_http_connections_open 1"));
    node.signal("-TERM");
    assert!(node.ended());
    assert!(node.log().contains("cut off"), "{}", node.log());
}

#[test]
fn a_second_signal_ends_at_once() {
    let place = Place::new();
    let mut node = place.start(&["--unready-seconds", "600"]);
    node.signal("-TERM");
    until("not ready", || status(&get(&node.public, "/readyz")) == 503);
    node.signal("-TERM");
    assert!(!node.ended());
}
