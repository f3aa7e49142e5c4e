//! The extractors of axum and actix-web: the same deliveries, the same answers.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::test as actix_test;
use actix_web::web::Data;
use axum::Router;
use axum::body::Body;
use axum::routing::post;
use quan_client::ProductCouponEvent;
use quan_client::notification::{
    BODY_BYTES_MAX, NotificationParser, NotificationReply, VerifiedNotification,
};
use quan_client::testing::{Delivery, FakePlatform, samples};
use tower::ServiceExt as _;

const ACCEPTED: (u16, &str) = (204, "");
const UNVERIFIED: (u16, &str) = (401, r#"{"code":"FAIL","message":"验签失败"}"#);
const MALFORMED: (u16, &str) = (400, r#"{"code":"FAIL","message":"报文格式错误"}"#);
const FAILED: (u16, &str) = (500, r#"{"code":"FAIL","message":"处理失败"}"#);

fn is_sent(notification: &VerifiedNotification) -> bool {
    matches!(&notification.event, ProductCouponEvent::Sent(resource) if resource.coupon_code == "Code_123456")
}

async fn on_axum(notification: VerifiedNotification) -> NotificationReply {
    if is_sent(&notification) { NotificationReply::accepted() } else { NotificationReply::failed() }
}

async fn on_actix(notification: VerifiedNotification) -> NotificationReply {
    if is_sent(&notification) { NotificationReply::accepted() } else { NotificationReply::failed() }
}

/// Deliveries and what each must be answered with.
fn deliveries(platform: &FakePlatform) -> Vec<(Delivery, (u16, &'static str))> {
    let sent = || platform.notify(&ProductCouponEvent::Sent(Box::new(samples::sent())));
    let mut huge = sent();
    huge.body = vec![b' '; BODY_BYTES_MAX + 1];
    let largest = platform.notify_raw(vec![b' '; BODY_BYTES_MAX]);
    let mut unsigned = sent();
    unsigned.headers.clear();
    let other = platform.notify(&ProductCouponEvent::Used(Box::new(samples::used())));
    vec![
        (sent(), ACCEPTED),
        (platform.redeliver(&sent()), ACCEPTED),
        (sent().probe(), UNVERIFIED),
        (sent().tampered(), UNVERIFIED),
        (unsigned, UNVERIFIED),
        (sent().with_header("Wechatpay-Serial", "00"), UNVERIFIED),
        (platform.notify_raw("{}"), MALFORMED),
        (largest, MALFORMED),
        (huge, MALFORMED),
        (other, FAILED),
    ]
}

#[tokio::test]
async fn axum_answers_as_the_parser_says() {
    let platform = FakePlatform::new();
    let router = Router::new().route("/notify", post(on_axum)).with_state(platform.notification_parser());
    for (delivery, expected) in deliveries(&platform) {
        let mut request = http::Request::post("/notify").body(Body::from(delivery.body.clone())).unwrap();
        request.headers_mut().extend(delivery.header_map());
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1000).await.unwrap();
        assert_eq!((parts.status.as_u16(), std::str::from_utf8(&body).unwrap()), expected);
        assert_eq!(parts.headers.contains_key("content-type"), !body.is_empty());
    }
}

fn at_work(
    router_has_parser: Option<NotificationParser>,
    deliveries: Vec<Delivery>,
) -> Vec<(u16, String, bool)> {
    actix_web::rt::System::new().block_on(async move {
        let app = App::new().route("/notify", actix_web::web::post().to(on_actix));
        let app = match router_has_parser {
            Some(parser) => app.app_data(Data::new(parser)),
            None => app,
        };
        let app = actix_test::init_service(app).await;
        let mut answers = Vec::new();
        for delivery in deliveries {
            let mut request =
                actix_test::TestRequest::post().uri("/notify").set_payload(delivery.body.clone());
            for (name, value) in &delivery.headers {
                request = request.append_header((name.as_str(), value.as_str()));
            }
            let response: ServiceResponse = actix_test::call_service(&app, request.to_request()).await;
            let has_type = response.headers().contains_key("content-type");
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body()).await.unwrap();
            answers.push((status, String::from_utf8(body.to_vec()).unwrap(), has_type));
        }
        answers
    })
}

#[test]
fn actix_web_answers_as_the_parser_says() {
    let platform = FakePlatform::new();
    let (posted, expected): (Vec<_>, Vec<_>) = deliveries(&platform).into_iter().unzip();
    let answers = at_work(Some(platform.notification_parser()), posted);
    assert_eq!(answers.len(), expected.len());
    for ((status, body, has_type), expected) in answers.iter().zip(expected) {
        assert_eq!((*status, body.as_str()), expected);
        assert_eq!(*has_type, !body.is_empty());
    }
}

#[test]
fn actix_web_without_a_parser_fails_so_that_nothing_is_lost() {
    let platform = FakePlatform::new();
    let (delivery, _) = deliveries(&platform).remove(0);
    let answers = at_work(None, vec![delivery]);
    assert_eq!((answers[0].0, answers[0].1.as_str()), FAILED);
}
