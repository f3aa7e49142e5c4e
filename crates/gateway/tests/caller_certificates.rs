//! Several API certificates of one caller: three at once, each until it expires or is revoked.

use quan_model::clock::Clock;
use quan_model::time::Time;
use quan_platform::caller_certificates::{CallerCertificate, CertificateError, add_certificate};
use quan_testkit::keys::{self, KeyPair};
use quan_testkit::{Answer, MCHID, OTHER_MCHID, TestPlatform};
use serde_json::json;

const ADD: &str = "/_quan/caller-certificates";
const REVOKE: &str = "/_quan/caller-certificates/revoke";
const NOTIFY_CONFIGS: &str = "/v3/marketing/partner/product-coupon/notify-configs";

async fn add(platform: &TestPlatform, caller: &str, pair: &KeyPair) -> Answer {
    let body = json!({ "caller": caller, "certificate": pair.certificate.pem });
    platform.admin(ADD, Some(&body)).await
}

async fn revoke(platform: &TestPlatform, caller: &str, serial_no: &str) -> Answer {
    platform.admin(REVOKE, Some(&json!({ "caller": caller, "serial_no": serial_no }))).await
}

async fn is_let_in(platform: &TestPlatform, pair: KeyPair) -> bool {
    let answer = platform.merchant_with(pair).get(NOTIFY_CONFIGS).await;
    if answer.status == 401 {
        answer.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
        return false;
    }
    answer.refused(404, "NOT_FOUND", 268_578_608);
    true
}

#[tokio::test]
async fn three_are_active_at_once_and_a_fourth_is_refused() {
    let platform = TestPlatform::start().await;
    let caller = format!("mchid:{MCHID}");
    // Two are there from the start; a third that expired counts for nothing.
    let (first, second) = (keys::merchant(), keys::merchant_with_leading_zero());
    let (third, fourth) = (keys::brand(), keys::other_merchant());
    assert!(!is_let_in(&platform, third.clone()).await);
    assert_eq!(add(&platform, &caller, &third).await.status, 200);
    assert_eq!(add(&platform, &caller, &third).await.status, 200, "adding it again changes nothing");
    for pair in [&first, &second, &third] {
        assert!(is_let_in(&platform, pair.clone()).await);
    }
    let refused = add(&platform, &caller, &fourth).await.refused_plainly(409);
    assert!(refused["message"].as_str().unwrap().contains('3'), "{refused}");
    assert!(!is_let_in(&platform, fourth.clone()).await);

    assert_eq!(revoke(&platform, &caller, &second.certificate.serial_no).await.status, 200);
    assert!(!is_let_in(&platform, second.clone()).await);
    assert_eq!(add(&platform, &caller, &fourth).await.status, 200, "the revoked one made room");
    for pair in [first, third, fourth] {
        assert!(is_let_in(&platform, pair).await);
    }
    add(&platform, &caller, &second).await.refused_plainly(409);
}

#[tokio::test]
async fn a_revocation_counts_from_its_second_for_its_caller_only() {
    let platform = TestPlatform::start().await;
    let pair = keys::merchant_with_leading_zero();
    let serial_no = &pair.certificate.serial_no;
    revoke(&platform, &format!("mchid:{OTHER_MCHID}"), serial_no).await.refused_plainly(404);
    revoke(&platform, "brand:120344", serial_no).await.refused_plainly(404);
    assert!(is_let_in(&platform, pair.clone()).await);
    // Serial numbers are compared as numbers here, too.
    let lower = serial_no.trim_start_matches('0').to_lowercase();
    assert_eq!(revoke(&platform, &format!("mchid:{MCHID}"), &lower).await.status, 200);
    assert!(!is_let_in(&platform, pair.clone()).await);
    platform.wire_clock.move_by_seconds(-1);
    assert!(is_let_in(&platform, pair.clone()).await, "a second earlier it was not revoked");
    platform.wire_clock.move_by_seconds(100);
    assert_eq!(revoke(&platform, &format!("mchid:{MCHID}"), serial_no).await.status, 200);
    platform.wire_clock.move_by_seconds(-99);
    assert!(!is_let_in(&platform, pair).await, "revoking it again does not move the time");
    assert!(is_let_in(&platform, keys::merchant()).await);
}

#[tokio::test]
async fn an_expired_certificate_makes_room_and_is_not_taken() {
    let platform = TestPlatform::start().await;
    let now = platform.wire_clock.now();
    let certificate = |serial_no: &str, not_after: Time| CallerCertificate {
        principal: format!("mchid:{MCHID}").parse().unwrap(),
        serial_no: serial_no.to_owned(),
        pem: keys::brand().certificate.pem,
        not_after,
        revoked_at: None,
    };
    let add = async |certificate: CallerCertificate, now: Time| {
        platform.platform.write(move |work| add_certificate(work, &certificate, now)).await
    };
    let expired = add(certificate("11", now.plus_seconds(-1)), now).await;
    assert!(matches!(expired, Err(CertificateError::Expired)), "{expired:?}");
    assert!(add(certificate("12", now), now).await.is_ok(), "its last second counts");
    let fourth = add(certificate("13", now.plus_seconds(100)), now).await;
    assert!(matches!(fourth, Err(CertificateError::TooMany)), "{fourth:?}");
    assert!(add(certificate("13", now.plus_seconds(100)), now.plus_seconds(1)).await.is_ok());
}

#[tokio::test]
async fn what_is_no_certificate_of_anybody_is_refused() {
    let platform = TestPlatform::start().await;
    add(&platform, "mchid:1999999999", &keys::brand()).await.refused_plainly(404);
    add(&platform, "nobody:1", &keys::brand()).await.refused_plainly(400);
    for body in [json!({}), json!({ "caller": "mchid:1900000001", "certificate": "-----BEGIN" })] {
        platform.admin(ADD, Some(&body)).await.refused_plainly(400);
    }
    platform.admin(REVOKE, Some(&json!({}))).await.refused_plainly(400);
    for target in [ADD, REVOKE] {
        platform.post_unsigned(target, &json!({})).await.refused_plainly(401);
    }
}

#[tokio::test]
async fn a_brand_has_certificates_as_well() {
    let platform = TestPlatform::start().await;
    let pair = keys::other_merchant();
    assert_eq!(add(&platform, "brand:120344", &pair).await.status, 200);
    let mut brand = platform.brand();
    brand.serial_no = pair.certificate.serial_no.clone();
    brand.key = pair.key;
    let target = "/brand/marketing/product-coupon/no-such-call";
    let call = || brand.call("GET", target).platform_serial(keys::PUBLIC_KEY_ID).send();
    call().await.refused(404, "NOT_FOUND", 0);
    revoke(&platform, "brand:120344", &pair.certificate.serial_no).await;
    call().await.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
}
