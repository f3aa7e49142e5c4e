//! Whatever is posted to a notify URL: an error with a name, never a panic, and no memory that grows.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

use std::sync::Arc;

use proptest::prelude::*;
use quan_client::ProductCouponEvent;
use quan_client::error::VerificationReason;
use quan_client::notification::{BODY_BYTES_MAX, NotificationError, NotificationParser, RecentNonces};
use quan_client::testing::{Delivery, FakePlatform, samples};
use serde_json::{Value, json};

fn sent(platform: &FakePlatform) -> Delivery {
    platform.notify(&ProductCouponEvent::Sent(Box::new(samples::sent())))
}

fn reason(parser: &NotificationParser, delivery: &Delivery) -> VerificationReason {
    match parser.parse(delivery, &delivery.body).unwrap_err() {
        NotificationError::Signature(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_edges_of_time_and_size() {
    let platform = FakePlatform::new();
    let parser = platform.notification_parser();
    for timestamp in ["-9223372036854775808", "9223372036854775808", "", "1e9", "１７６０００００００"]
    {
        let delivery = sent(&platform).with_header("Wechatpay-Timestamp", timestamp);
        assert_eq!(reason(&parser, &delivery), VerificationReason::InvalidTimestamp, "{timestamp}");
    }
    let far = sent(&platform).with_header("Wechatpay-Timestamp", "9223372036854775807");
    assert!(matches!(reason(&parser, &far), VerificationReason::Stale { server: i64::MAX, .. }));
    let delivery = sent(&platform);
    for now in
        [i64::MIN / 1000, i64::MAX / 1000, FakePlatform::STARTS_AT - 301, FakePlatform::STARTS_AT + 301]
    {
        platform.clock().set(now);
        assert!(matches!(reason(&parser, &delivery), VerificationReason::Stale { .. }), "{now}");
    }
    for now in [FakePlatform::STARTS_AT - 300, FakePlatform::STARTS_AT + 300] {
        platform.clock().set(now);
        assert!(parser.parse(&delivery, &delivery.body).is_ok(), "{now}");
    }
    let huge = platform.notify_raw(vec![b'['; BODY_BYTES_MAX + 1]);
    let error = parser.parse(&huge, &huge.body).unwrap_err();
    assert!(matches!(&error, NotificationError::TooLarge { .. }) && error.reply().status() == 400);
    // As large as allowed, and nested as deep as it is long.
    let deep = platform.notify_raw(vec![b'['; BODY_BYTES_MAX]);
    assert!(matches!(parser.parse(&deep, &deep.body), Err(NotificationError::Envelope(_))));
}

#[test]
fn a_flood_of_unknown_keys_costs_no_memory_and_no_signature() {
    let platform = FakePlatform::new();
    let guard = Arc::new(RecentNonces::new(8));
    let parser = platform.notification_parser().replay_guard(Arc::clone(&guard));
    let delivery = sent(&platform);
    for serial in 0..20_000_u32 {
        let flood = delivery.clone().with_header("Wechatpay-Serial", &format!("{serial:040X}"));
        let error = parser.parse(&flood, &flood.body).unwrap_err();
        assert_eq!(error.reply().status(), 401);
        assert!(matches!(error, NotificationError::Signature(VerificationReason::UnknownKey(_))));
    }
    assert!(guard.is_empty());
    // A flood of good ones is the platform's alone to make, and bounded as well.
    for _ in 0..20 {
        let repeated = platform.redeliver(&delivery);
        assert!(parser.parse(&repeated, &repeated.body).is_ok());
    }
    assert_eq!(guard.len(), 8);
}

#[test]
fn a_probe_has_its_own_name_and_the_real_one_follows() {
    let platform = FakePlatform::new();
    let parser = platform.notification_parser().replay_guard(RecentNonces::default());
    let delivery = sent(&platform);
    let probe = delivery.clone().probe();
    let error = parser.parse(&probe, &probe.body).unwrap_err();
    assert!(error.is_probe() && error.reply().status() == 401);
    assert!(parser.parse(&delivery, &delivery.body).is_ok(), "the probe has not used up the nonce");
    let tampered = delivery.clone().tampered();
    let error = parser.parse(&tampered, &tampered.body).unwrap_err();
    assert!(!error.is_probe());
    let untyped = sent(&platform).without_signature_type();
    assert!(parser.parse(&untyped, &untyped.body).is_ok());
}

fn parsed(alter: impl FnOnce(&mut quan_model::notification::Envelope)) -> NotificationError {
    let platform = FakePlatform::new();
    let resource = serde_json::to_value(samples::sent()).unwrap();
    let delivery = platform.notify_altered("PRODUCT_COUPON_SP.SEND", &resource, alter);
    platform.notification_parser().parse(&delivery, &delivery.body).unwrap_err()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_truncated_ciphertext_is_refused(kept in 0_usize..600) {
        let error = parsed(|envelope| {
            let length = envelope.resource.ciphertext.len();
            envelope.resource.ciphertext.truncate(kept.min(length - 1));
        });
        prop_assert!(matches!(error, NotificationError::Decryption(_)), "{:?}", error);
    }

    #[test]
    fn any_sealed_member_may_be_anything(ciphertext: String, nonce: String, associated_data: String) {
        let error = parsed(|envelope| {
            envelope.resource.ciphertext = ciphertext;
            envelope.resource.nonce = nonce;
            envelope.resource.associated_data = associated_data;
        });
        prop_assert!(matches!(error.reply().status().as_u16(), 400 | 500));
    }

    #[test]
    fn any_well_sealed_resource_is_read_or_named(event_type in "(PRODUCT_COUPON_SP|PRODUCT_COUPON|COUPON|.{0,9})\\.?(SEND|USE|RETURN|IMAGE_GENERATION|.{0,9})", resource in json_value()) {
        let platform = FakePlatform::new();
        let delivery = platform.notify_as(&event_type, &resource);
        match platform.notification_parser().parse(&delivery, &delivery.body) {
            Ok(notification) => prop_assert_eq!(notification.event_type, event_type),
            Err(error) => prop_assert!(matches!(error, NotificationError::Resource(_)), "{:?}", error),
        }
    }

    #[test]
    fn one_changed_byte_is_noticed(at in 0_usize..2000, flip in 1_u8..=255) {
        let platform = FakePlatform::new();
        let mut delivery = sent(&platform);
        let at = at % delivery.body.len();
        delivery.body[at] ^= flip;
        let parser = platform.notification_parser();
        prop_assert_eq!(reason(&parser, &delivery), VerificationReason::BadSignature);
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!("2025-10-09T16:53:20+08:00")),
    ];
    let names = "coupon_code|stock_id|task_id|send_time|brand_id|use_request_no|associated_order_info|.{0,5}";
    leaf.prop_recursive(3, 24, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(names, inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
