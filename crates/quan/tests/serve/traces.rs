//! Spans arrive at a receiver of OTLP over HTTP, under the caller's trace, and hold nobody's id.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::wire::{exchange, get, status};
use crate::world::{OPENID, PATIENCE, Place};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// The next connection. That none comes is a failure, not a wait without end.
fn accepted(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let begun = Instant::now();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                return stream;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
        }
        assert!(begun.elapsed() < PATIENCE, "nobody sends spans");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Takes one message and answers 200. Gives its path and body.
fn received(listener: &TcpListener) -> (String, Value) {
    let mut stream = accepted(listener);
    let mut message = Vec::new();
    let mut piece = [0; 8192];
    let (head, body) = loop {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "cut off after {}", String::from_utf8_lossy(&message));
        message.extend_from_slice(&piece[..read]);
        let Some(end) = message.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(message[..end].to_vec()).unwrap();
        let lower = head.to_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let body = &message[end + 4..];
        if body.len() == length.parse::<usize>().unwrap() {
            break (head, serde_json::from_slice(body).unwrap());
        }
    };
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
    (head.split(' ').nth(1).unwrap().to_owned(), body)
}

#[test]
fn spans_are_sent_under_the_callers_trace() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let node = place.start(&["--otlp-endpoint", &endpoint, "--node-name", "node-7"]);
    let path = format!("/v3/marketing/partner/product-coupon/users/{OPENID}/coupons");
    let parent = format!("traceparent: 00-{TRACE}-{PARENT}-01\r\n");
    assert_eq!(status(&exchange(&node.public, "GET", &path, &parent, "")), 401);
    let (path, message) = received(&listener);
    assert_eq!(path, "/v1/traces");
    let spans = message["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap();
    let span = spans.iter().find(|span| span["traceId"] == TRACE).unwrap();
    assert_eq!(span["parentSpanId"], PARENT);
    assert_eq!(span["name"], "GET /v3/marketing/partner/product-coupon/users/{openid}/coupons");
    assert!(span["spanId"].as_str().unwrap().len() == 16);
    let nanos = |member: &str| span[member].as_str().unwrap().parse::<u128>().unwrap();
    assert!(nanos("startTimeUnixNano") <= nanos("endTimeUnixNano"));
    let text = message.to_string();
    assert!(
        text.contains("node-7") && text.contains("list_user_coupons") && text.contains("\"401\""),
        "{text}"
    );
    assert!(!text.contains(OPENID), "{text}");
}

#[test]
fn a_receiver_that_is_away_costs_nothing_but_the_spans() {
    let place = Place::new();
    let away = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut node = place.start(&["--otlp-endpoint", &format!("http://{away}")]);
    assert_eq!(status(&get(&node.public, "/healthz")), 200);
    node.signal("-TERM");
    assert!(node.ended());
    assert!(node.log().contains("traces are not taken and dropped"), "{}", node.log());
}
