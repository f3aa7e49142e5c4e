//! From the declaration of a merchant to a claimed coupon, and what logs and metrics say of it.

use serde_json::{Value, json};

use crate::wire::{exchange, get, operator, status};
use crate::world::{ADMIN_TOKEN, APIV3_KEY, OPENID, PRE_SEND, Place, post, pre_send, stock};

/// The value of a line of the metrics.
fn metric(metrics: &str, name: &str) -> Option<f64> {
    let line =
        metrics.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[test]
fn a_coupon_is_issued_over_the_signed_wire_and_counted() {
    let place = Place::new();
    let node = place.start(&["--log-format", "json", "--log", "debug"]);
    let client = node.settled(&place);
    let stock_id = stock(&client);
    let token =
        post(&client, PRE_SEND, &pre_send(&stock_id, "STORY_1"))["token"].as_str().unwrap().to_owned();
    let body = json!({ "token": token }).to_string();
    let claimed =
        exchange(&node.public, "POST", "/claim/v1/receive", "Content-Type: application/json\r\n", &body);
    assert_eq!(status(&claimed), 200, "{claimed}");
    let kept = rusqlite::Connection::open(place.path("quan.db")).unwrap();
    let code: String = kept.query_row("SELECT coupon_code FROM user_coupon", [], |row| row.get(0)).unwrap();
    let path = format!("v3/marketing/partner/product-coupon/users/{OPENID}/coupons/{code}");
    let _shown = client
        .chain(path.as_str())
        .request(http::Method::GET)
        .empty()
        .query("brand_id", crate::world::BRAND_ID)
        .query("appid", crate::world::APPID)
        .query("product_coupon_id", "1")
        .query("stock_id", &stock_id)
        .send();
    let unsigned = exchange(&node.public, "POST", &format!("/{PRE_SEND}"), "", "{}");
    assert_eq!(status(&unsigned), 401);

    let metrics = get(&node.operator, "/metrics");
    for (name, at_least) in [
        (
            "quan_http_requests_total{face=\"busifavor\",operation=\"pre_send_product_coupon\",status_class=\"2xx\"}",
            1.0,
        ),
        (
            "quan_http_requests_total{face=\"busifavor\",operation=\"pre_send_product_coupon\",status_class=\"4xx\"}",
            1.0,
        ),
        ("quan_http_requests_total{face=\"claim\",operation=\"receive\",status_class=\"2xx\"}", 1.0),
        ("quan_http_request_duration_seconds_count{face=\"claim\",operation=\"receive\"}", 1.0),
        ("quan_signature_failures_total{reason=\"malformed\"}", 1.0),
        ("quan_coupons_issued_total", 1.0),
        ("quan_lane_batch_jobs_count{lane=\"0\"}", 4.0),
        ("quan_lane_commit_seconds_count{lane=\"0\"}", 4.0),
        ("quan_notifications_waiting", 1.0),
        ("quan_build_info{version=\"0.1.0\"}", 1.0),
        ("quan_ready", 1.0),
    ] {
        let value = metric(&metrics, name);
        assert!(value.is_some_and(|value| value >= at_least), "{name} is {value:?}: {metrics}");
    }
    assert_eq!(metric(&metrics, "quan_coupons_issued_total"), Some(1.0));
    assert_eq!(metric(&metrics, "quan_store_errors_total{operation=\"commit\"}"), Some(0.0));
    for hidden in [OPENID, code.as_str(), stock_id.as_str()] {
        assert!(!metrics.contains(hidden), "{hidden} is in the metrics");
    }

    let log = node.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered =
        |line: &&Value| line["message"] == "answered" && line["route"] == format!("/{PRE_SEND}").as_str();
    let line = lines.iter().find(answered).unwrap();
    assert!(line["request_id"].as_str().unwrap().len() > 20, "{line}");
    for hidden in [OPENID, code.as_str(), token.as_str(), ADMIN_TOKEN, APIV3_KEY, "PRIVATE KEY"] {
        assert!(!log.contains(hidden), "{hidden} is in the log");
    }
}

#[test]
fn the_public_listener_has_none_of_the_operators_calls_and_nothing_moves_the_clock() {
    let place = Place::new();
    let node = place.start(&[]);
    for path in [
        "/metrics",
        "/_quan/parties",
        "/_quan/platform-keys",
        "/_quan/clock",
        "/_quan/samples/logo.svg",
        "/_quan/health",
    ] {
        assert_eq!(status(&operator(&node.public, "GET", path, "")), 404, "{path}");
    }
    for path in ["/healthz", "/readyz", "/claim", "/openapi.json"] {
        assert_eq!(status(&get(&node.public, path)), 200, "{path}");
    }
    for path in ["/metrics", "/healthz", "/readyz"] {
        assert_eq!(status(&get(&node.operator, path)), 200, "{path}");
    }
    for (method, path) in
        [("GET", "/_quan/clock"), ("POST", "/_quan/clock"), ("GET", "/claim"), ("GET", "/v3/certificates")]
    {
        assert_eq!(status(&operator(&node.operator, method, path, "{\"advance_seconds\":1}")), 404, "{path}");
    }
    assert_eq!(status(&get(&node.operator, "/_quan/parties")), 401, "the token is asked for");
    assert_eq!(status(&operator(&node.operator, "GET", "/_quan/parties", "")), 200);
}

#[test]
fn a_receiver_in_the_own_network_is_refused_unless_it_is_allowed() {
    let place = Place::new();
    let config = "v3/marketing/partner/product-coupon/notify-configs";
    let node = place.start(&[]);
    let client = node.settled(&place);
    for url in [
        "http://shop.example.com/notify",
        "https://127.0.0.1/notify",
        "https://10.0.0.8/notify",
        "https://db.internal/notify",
    ] {
        let set = client.chain(config).request(http::Method::POST).json(&json!({ "notify_url": url })).send();
        let error = format!("{:?}", set.err().unwrap());
        assert!(error.contains("ParamError"), "{url}: {error}");
    }
    drop(node);
    let node = place.start(&["--private-receivers", "on"]);
    let client = place.merchant(&node.base_url).build_blocking().unwrap();
    post(&client, config, &json!({ "notify_url": "http://127.0.0.1:9/notify" }));
    drop(node);
    // What was allowed before is refused when it is sent: the policy has become stricter since.
    let mut node = place.start(&["--log", "debug"]);
    let client = place.merchant(&node.base_url).build_blocking().unwrap();
    let stock_id = stock(&client);
    let token =
        post(&client, PRE_SEND, &pre_send(&stock_id, "PRIVATE_1"))["token"].as_str().unwrap().to_owned();
    let body = json!({ "token": token }).to_string();
    let claimed =
        exchange(&node.public, "POST", "/claim/v1/receive", "Content-Type: application/json\r\n", &body);
    assert_eq!(status(&claimed), 200, "{claimed}");
    let begun = std::time::Instant::now();
    while metric(&get(&node.operator, "/metrics"), "quan_notification_attempts_total{outcome=\"failed\"}")
        != Some(1.0)
    {
        assert!(begun.elapsed() < crate::world::PATIENCE, "{}", node.log());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    node.signal("-TERM");
    assert!(node.ended());
}
