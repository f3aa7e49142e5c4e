//! The server of a shop whose mini program has the claim component (`miniprogram/sample`): gives tokens to people
//! who are signed in, and confirms what they claimed.
//!
//! Run it: `cargo run -p quan-client --example mini_program_server`
//!
//! Beside the data directory of a running `quan dev` (`quan-data`) it serves the sample mini program on
//! 127.0.0.1:3000. Elsewhere it plays one claim against the fake platform and ends.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::Method;
use quan_client::notification::{
    NotificationParser, NotificationReply, SeenEvents, Sighting, VerifiedNotification,
};
use quan_client::testing::{FakePlatform, MockTransport, samples};
use quan_client::{Client, Merchant, ProductCouponEvent, PublicKey};
use quan_model::busifavor::PreSendRequest;
use quan_model::notification::SendResource;
use quan_model::product_coupon::ConfirmUserCouponRequest;
use serde_json::{Value, json};

/// The connection file that `quan dev` writes.
const CONNECTION: &str = "quan-data/sandbox.json";
const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";
const CONFIRM: &str = "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}/confirm";
const NOTIFY_CONFIGS: &str = "v3/marketing/partner/product-coupon/notify-configs";

/// What the handlers share.
#[derive(Clone)]
struct Shop {
    client: Client,
    parser: NotificationParser,
    seen: SeenEvents,
    stock_id: String,
    appid: String,
    openid: String,
    /// The request number of each person's coupon. In a real shop a table: written before the first call, so that
    /// a second tap, or a second server, asks for the same coupon.
    numbers: Arc<Mutex<HashMap<String, String>>>,
}

impl FromRef<Shop> for NotificationParser {
    fn from_ref(shop: &Shop) -> Self {
        shop.parser.clone()
    }
}

impl Shop {
    /// Who a login code belongs to. A real shop asks WeChat (`jscode2session`) and keeps a session of its own; it
    /// never takes an openid from the mini program.
    fn openid_of(&self, code: &str) -> Option<String> {
        (!code.is_empty()).then(|| self.openid.clone())
    }

    /// The number of a person's coupon, the same however often it is asked for.
    fn number_of(&self, openid: &str) -> String {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = format!("MINI_{:06}", numbers.len() + 1);
        numbers.entry(openid.to_owned()).or_insert(next).clone()
    }

    async fn confirm(&self, coupon: SendResource) -> Result<(), quan_client::Error> {
        let confirm = ConfirmUserCouponRequest {
            // One coupon is confirmed once: its code makes the number.
            out_request_no: format!("CONFIRM_{}", coupon.coupon_code),
            product_coupon_id: coupon.product_coupon_id,
            stock_id: coupon.stock_id,
            appid: coupon.appid,
            brand_id: coupon.brand_id,
        };
        let users = self.client.v3().marketing().partner().product_coupon().users();
        let coupon = users.openid(&coupon.openid).coupons().coupon_code(&coupon.coupon_code);
        coupon.confirm().post(&confirm).await?;
        Ok(())
    }
}

/// `POST /coupon-token {"code": "…"}` → `{"token": "…"}`, for `openClaim`.
async fn coupon_token(State(shop): State<Shop>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(openid) = body["code"].as_str().and_then(|code| shop.openid_of(code)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let number = shop.number_of(&openid);
    let request = PreSendRequest::new(&shop.stock_id, &shop.appid, &number).openid(openid);
    let users = shop.client.v3().marketing().busifavor().product_coupons();
    match users.pre_send().post(&request).await {
        // A bearer secret for 300 seconds: into the answer, never into a log.
        Ok(sent) => json!({ "token": sent.token }).to_string().into_response(),
        Err(error) => {
            eprintln!("no token for {number}: {error}");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// `POST /notify`: a coupon was claimed; confirm it, after which it can be used.
async fn notify(State(shop): State<Shop>, notification: VerifiedNotification) -> NotificationReply {
    let handling = match shop.seen.begin(&notification) {
        Sighting::First(handling) => handling,
        Sighting::InHand => return NotificationReply::failed(),
        Sighting::Done => return NotificationReply::accepted(),
    };
    if let ProductCouponEvent::Sent(coupon) = &notification.event
        && let Err(error) = shop.confirm((**coupon).clone()).await
    {
        // The platform sends it again in a minute.
        eprintln!("not confirmed: {error}");
        return NotificationReply::failed();
    }
    handling.done();
    NotificationReply::accepted()
}

fn routes(shop: Shop) -> Router {
    Router::new().route("/coupon-token", post(coupon_token)).route("/notify", post(notify)).with_state(shop)
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    match std::fs::read_to_string(CONNECTION) {
        Ok(connection) => serve(&serde_json::from_str(&connection)?).await,
        Err(_) => play().await,
    }
}

/// Serves the sample mini program against a running `quan dev`.
async fn serve(sandbox: &Value) -> Result<(), Box<dyn Error>> {
    let text = |at: &str| sandbox.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let pem = |at: &str| std::fs::read_to_string(text(at));
    let key_file = pem("/merchant/private_key_file")?;
    let client = Client::builder()
        .merchant(Merchant::new(text("/merchant/mchid"), text("/merchant/serial_no"), key_file)?)
        .api_v3_key(text("/merchant/apiv3_key"))?
        .trust(PublicKey::new(text("/platform/public_key_id"), pem("/platform/public_key_file")?)?)
        .base_urls([text("/base_url")])
        .build()?;
    let url = json!({ "notify_url": "http://127.0.0.1:3000/notify" });
    client.chain(NOTIFY_CONFIGS).post(&url).await?;
    let shop = Shop {
        parser: client.notifications(),
        client,
        seen: SeenEvents::default(),
        stock_id: text("/stocks/single"),
        appid: text("/appid"),
        openid: text("/openids/0"),
        numbers: Arc::default(),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    println!("the shop listens on http://127.0.0.1:3000");
    Ok(axum::serve(listener, routes(shop)).await?)
}

/// One claim against the fake platform: two taps, one coupon, confirmed.
async fn play() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let coupon = include_str!("../../../fixtures/examples/partner/get-user-coupon.response.json");
    let coupon: Value = serde_json::from_str(coupon)?;
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, PRE_SEND)
        .reply_json(200, json!({ "token": "FIRST" }))
        .expect(Method::POST, PRE_SEND)
        .reply_json(200, json!({ "token": "SECOND" }))
        .expect(Method::POST, CONFIRM)
        .reply_json(200, coupon["body"].clone());
    let shop = Shop {
        client: platform.client(&wire),
        parser: platform.notification_parser(),
        seen: SeenEvents::default(),
        stock_id: "1000000013001".to_owned(),
        appid: "wx233544546545989".to_owned(),
        openid: samples::sent().openid,
        numbers: Arc::default(),
    };
    let mut tokens = Vec::new();
    for body in [r#"{"code":"LOGIN"}"#, r#"{"code":"LOGIN"}"#] {
        let answer = coupon_token(State(shop.clone()), Bytes::from(body)).await;
        assert_eq!(answer.status(), 200);
        let answer = axum::body::to_bytes(answer.into_body(), 1024).await?;
        tokens.push(serde_json::from_slice::<Value>(&answer)?["token"].clone());
    }
    assert_eq!(tokens, [json!("FIRST"), json!("SECOND")]);
    let numbers = shop.numbers.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!(numbers.into_values().collect::<Vec<_>>(), ["MINI_000001"], "two taps are one coupon");
    let stranger = coupon_token(State(shop.clone()), Bytes::from("{}")).await;
    assert_eq!(stranger.status(), 401);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move { axum::serve(listener, routes(shop)).await });
    let sent = platform.notify(&ProductCouponEvent::Sent(Box::new(samples::sent())));
    let repeated = platform.redeliver(&sent);
    for delivery in [sent, repeated] {
        let status = tokio::task::spawn_blocking(move || delivery.post(address, "/notify")).await??;
        assert_eq!(status, 204);
    }
    println!("claimed once, notified twice, confirmed once");
    server.abort();
    wire.verify_all();
    Ok(())
}
