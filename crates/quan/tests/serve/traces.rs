//! Spans arrive at a receiver of OTLP over HTTP, under the caller's trace, and hold nobody's id.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::Value;

use crate::wire::{exchange, get, status};
use crate::world::{OPENID, Place};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Takes one message and answers 200. Gives its path and body.
fn received(listener: &TcpListener) -> (String, Value) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut message = String::new();
    let mut piece = [0; 8192];
    loop {
        let read = stream.read(&mut piece).unwrap();
        message.push_str(std::str::from_utf8(&piece[..read]).unwrap());
        let Some((head, body)) = message.split_once("\r\n\r\n") else { continue };
        let lower = head.to_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            break;
        }
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().to_owned(), serde_json::from_str(body).unwrap())
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
