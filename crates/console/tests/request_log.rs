//! The request log as a developer reads it: what was called, what came of it, and why a signature failed.

#![expect(clippy::unwrap_used, reason = "a broken set-up should stop the test")]

use axum::http::StatusCode;
use quan_platform::console::Role;
use quan_testkit::{APPID, OPENID, PRE_SEND, PUBLIC_URL, TeamMember, TestPlatform};
use serde_json::json;

const UNKNOWN_STOCK: &str = "9999999999999999";

fn body(stock_id: &str, number: &str) -> serde_json::Value {
    json!({ "stock_id": stock_id, "appid": APPID, "openid": OPENID, "send_request_no": number })
}

async fn started() -> (TestPlatform, TeamMember) {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let member = platform.team_member(Role::Viewer).await;
    (platform, member)
}

/// The address of the newest call.
async fn newest(member: &TeamMember) -> String {
    member.calls_are_logged().await;
    let list = member.get("/console/requests").await.text;
    let start = list.find("<a href=\"/console/requests/").unwrap() + "<a href=\"".len();
    list[start..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_refused_call_is_shown_with_its_reason_and_found_by_its_number() {
    let (platform, member) = started().await;
    platform.merchant().post(PRE_SEND, &body(UNKNOWN_STOCK, "LOGGED_0001")).await;
    let page = member.get(&newest(&member).await).await;
    for part in
        ["pre_send_product_coupon", "404", "LOGGED_0001", UNKNOWN_STOCK, "mchid:1900000001", "Request-ID"]
    {
        assert!(page.text.contains(part), "{part} in\n{}", page.text);
    }
    assert!(page.text.contains("the product coupon or stock is unknown to the caller"));
    assert!(
        page.text.contains("<dt>Accept</dt>"),
        "what a handler refused has the headers of its request: {}",
        page.text
    );
    assert!(page.text.contains("quan call POST") && page.text.contains("$AUTHORIZATION"));
    let found = member.get("/console/requests?q=LOGGED_0001").await.text;
    assert!(found.contains(PRE_SEND));
    assert!(!member.get("/console/requests?q=LOGGED_0002").await.text.contains(PRE_SEND));
    assert!(!member.get("/console/requests?outcome=done").await.text.contains(PRE_SEND));
    assert!(member.get("/console/requests?outcome=refused&caller=1900000001").await.text.contains(PRE_SEND));
    assert!(member.get("/console/requests/export.csv").await.text.contains("pre_send_product_coupon"));
}

#[tokio::test]
async fn a_signature_over_another_body_is_explained_byte_by_byte() {
    let (platform, member) = started().await;
    let sent = body(UNKNOWN_STOCK, "LOGGED_0001").to_string();
    let merchant = platform.merchant();
    merchant.call("POST", PRE_SEND).body(sent.clone()).signing("").send().await;
    let page = member.get(&newest(&member).await).await.text;
    assert!(page.contains("The body was left out of the signature"), "{page}");
    assert!(page.contains("50 4f 53 54 0a"), "POST and its line feed in hexadecimal");
    assert!(page.contains("claimed, not proved") && page.contains("nonce_str"));
    merchant.call("POST", PRE_SEND).body(sent).signing("{\"other\":true}").send().await;
    let page = member.get(&newest(&member).await).await.text;
    assert!(page.contains("The private key does not belong to serial_no"), "{page}");
}

#[tokio::test]
async fn other_failures_of_a_signature_say_what_to_look_at() {
    let (platform, member) = started().await;
    let merchant = platform.merchant();
    let table = [
        (merchant.call("GET", "/v3/certificates").authorization(None), "there is no Authorization header"),
        (merchant.call("GET", "/v3/certificates").authorization(Some("x")), "cannot be read"),
        (merchant.call("GET", "/v3/certificates").signed_seconds_off(-400), "<strong>400</strong>"),
        (
            merchant.call("GET", "/brand/marketing/product-coupon/notify-configs"),
            "The scheme does not belong",
        ),
    ];
    for (call, wanted) in table {
        call.send().await;
        let page = member.get(&newest(&member).await).await.text;
        assert!(page.contains(wanted), "{wanted} in\n{page}");
    }
    platform.merchant_expired().get("/v3/certificates").await;
    assert!(member.get(&newest(&member).await).await.text.contains("No active certificate"));
}

#[tokio::test]
async fn no_secret_reaches_the_log() {
    let (platform, member) = started().await;
    let offer = platform.single_offer(|_| {}).await;
    let answer = platform.merchant().post(PRE_SEND, &body(&offer.stock_id, "LOGGED_0001")).await.ok();
    let token = answer["token"].as_str().unwrap().to_owned();
    let page = member.get(&newest(&member).await).await.text;
    assert!(page.contains("***") && !page.contains(&token), "{page}");
    assert!(!page.contains("signature=&#34;") || page.contains('…'));
}

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let (platform, member) = started().await;
    let hostile = "<script>alert(1)</script>\"'&";
    let target = format!("/v3/x?stock_id={}", "%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    platform.merchant().call("POST", &target).body(json!({ "stock_id": hostile }).to_string()).send().await;
    let list = member
        .get("/console/requests?q=%3Cscript%3Ealert(1)%3C/script%3E%22'&caller=%22%3E%3Cb%3E")
        .await
        .text;
    let page = member.get(&newest(&member).await).await.text;
    for text in [list, page] {
        assert!(!text.contains("<script>alert") && !text.contains("\"><b>"), "{text}");
    }
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    let (platform, member) = started().await;
    for _ in 0..51 {
        platform.merchant().get("/v3/certificates").await;
    }
    member.calls_are_logged().await;
    let first = member.get("/console/requests").await.text;
    let start =
        first.find("/console/requests?&amp;before=").or_else(|| first.find("/console/requests?&#38;before="));
    let older =
        first[start.unwrap()..].split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
    let second = member.get(&older).await;
    let rows = |text: &str| text.matches("<a href=\"/console/requests/").count();
    assert_eq!((second.status, rows(&first), rows(&second.text)), (StatusCode::OK, 50, 1));
    assert!(!second.text.contains("data-live="), "older pages stand still");
}
