//! Notifications signed with a certificate that the client does not know yet.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use quan_client::error::VerificationReason;
use quan_client::notification::NotificationError;
use quan_client::testing::{
    Delivery, FakePlatform, MockTransport, SequenceNonces, closed_after_request, samples,
};
use quan_client::{AutoCertificates, Builder, Client, ProductCouponEvent};

const CERTIFICATES: &str = "v3/certificates";

fn builder(platform: &FakePlatform) -> Builder {
    Client::builder()
        .merchant(platform.merchant())
        .api_v3_key(platform.api_v3_key())
        .expect("32 bytes")
        .trust(platform.certificate())
        .auto_certificates(AutoCertificates::standard())
        .clock(platform.clock())
        .nonces(SequenceNonces::default())
}

/// A delivery that is signed with the next certificate.
fn by_next(platform: &FakePlatform) -> Delivery {
    let sent = platform.notify(&ProductCouponEvent::Sent(Box::new(samples::sent())));
    platform.signed_by(&sent, platform.next_certificate().serial_no())
}

fn both(platform: &FakePlatform) -> MockTransport {
    let list = platform.certificates(&[platform.certificate(), platform.next_certificate()]);
    MockTransport::new(platform).expect(Method::GET, CERTIFICATES).reply(list)
}

fn is_unknown(error: &NotificationError) -> bool {
    matches!(error, NotificationError::Signature(VerificationReason::UnknownKey(_)))
}

#[tokio::test]
async fn an_unknown_certificate_is_fetched_once_by_either_client() {
    let platform = FakePlatform::new();
    platform.clock().advance(Duration::from_secs(60));
    let delivery = by_next(&platform);
    let wire = both(&platform);
    let client = builder(&platform).build_with(Arc::new(wire.clone())).unwrap();
    assert!(is_unknown(&client.notifications().parse(&delivery, &delivery.body).unwrap_err()));
    let opened = client.open_notification(&delivery, &delivery.body).await.unwrap();
    assert_eq!(opened.key_id.as_str(), platform.next_certificate().serial_no());
    assert!(client.notifications().parse(&delivery, &delivery.body).is_ok(), "the parser shares the keys");
    wire.verify_all();

    let wire = both(&platform);
    let blocking = builder(&platform).build_blocking_with(Arc::new(wire.clone())).unwrap();
    assert!(blocking.open_notification(&delivery, &delivery.body).is_ok());
    assert!(blocking.open_notification(&delivery, &delivery.body).is_ok());
    wire.verify_all();
}

#[test]
fn strangers_cause_no_traffic() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform);
    let client = builder(&platform).build_blocking_with(Arc::new(wire.clone())).unwrap();
    let delivery = by_next(&platform);
    let malformed = delivery.clone().with_header("Wechatpay-Serial", "../../etc");
    assert!(is_unknown(&client.open_notification(&malformed, &malformed.body).unwrap_err()));
    let old = delivery.clone().with_header("Wechatpay-Timestamp", "1");
    assert!(!is_unknown(&client.open_notification(&old, &old.body).unwrap_err()));
    let partial = delivery.without_header("Wechatpay-Nonce");
    assert!(!is_unknown(&client.open_notification(&partial, &partial.body).unwrap_err()));
    assert!(wire.requests().is_empty());
}

#[test]
fn a_flood_is_answered_with_one_download_a_minute() {
    let platform = FakePlatform::new();
    let wire =
        MockTransport::new(&platform).expect(Method::GET, CERTIFICATES).then_fail(closed_after_request());
    let client = builder(&platform)
        .retry(quan_client::Retry::none())
        .build_blocking_with(Arc::new(wire.clone()))
        .unwrap();
    let delivery = by_next(&platform);
    for serial in 0..500_u32 {
        let flood = delivery.clone().with_header("Wechatpay-Serial", &format!("{serial:040X}"));
        assert!(is_unknown(&client.open_notification(&flood, &flood.body).unwrap_err()));
    }
    assert_eq!(wire.requests().len(), 1);
    // Known keys still work while the download fails.
    let known = platform.notify(&ProductCouponEvent::Sent(Box::new(samples::sent())));
    let known = platform.signed_by(&known, platform.certificate().serial_no());
    assert!(client.open_notification(&known, &known.body).is_ok());
}
