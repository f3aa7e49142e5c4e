//! What a receiver gets: a signature that verifies, a resource that opens, the same body every time.

use quan_apiv3::aead::ApiV3Key;
use quan_apiv3::message::CLOCK_WINDOW_SECONDS;
use quan_apiv3::request_id::RequestId;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_model::ids::Principal;
use quan_model::notification::Envelope;
use quan_model::verification::VerificationMode;
use quan_notify::Round;
use quan_store::outbox::DeliveryState;

use crate::bench::{
    BRAND_KEY, Bench, KEY, SERIAL, WIRE_NOW, brand, merchant, next_certificate, platform_keys,
};
use crate::receiver::{BUSY, Received, Receiver, TAKEN};

fn signature_of(received: &Received) -> SignatureHeaders {
    SignatureHeaders::read(|name| received.header(name)).unwrap()
}

fn verify(received: &Received, receiver: &Principal) {
    let signed = signature_of(received);
    signed
        .verify(
            &platform_keys().by_public_key().key.public_key(),
            WIRE_NOW,
            CLOCK_WINDOW_SECONDS,
            &received.body,
        )
        .unwrap();
    assert_eq!(signed.timestamp, WIRE_NOW.to_string(), "signed by the wire clock, not by the rules' clock");
    assert_eq!(signed.serial, SERIAL);
    assert_eq!(signed.nonce.len(), 32);
    let signature_type = match receiver {
        Principal::Merchant(_) => "WECHATPAY2-SHA256-RSA2048",
        Principal::Brand(_) => "WECHATPAY-BRAND-SHA256-RSA2048",
    };
    assert_eq!(signed.signature_type.as_deref(), Some(signature_type));
}

#[tokio::test]
async fn a_receiver_can_verify_and_open_what_it_gets() {
    for principal in [merchant(), brand()] {
        let bench = Bench::new().await;
        let receiver = Receiver::answering(Some(TAKEN)).await;
        bench.put_url(principal.clone(), &receiver.url()).await;
        let notification = bench.notify("n1", principal.clone()).await;
        let round = bench.sender("s").deliver_due().await.unwrap();
        assert_eq!(round, Round { delivered: 1, ..Round::default() });

        let received = receiver.received();
        assert_eq!(received.len(), 1);
        assert!(received[0].head.starts_with("POST /notify HTTP/1.1\r\n"), "{}", received[0].head);
        assert_eq!(received[0].header("Content-Type"), Some("application/json"));
        let request_id = received[0].header("Request-Id").unwrap();
        let request_id = RequestId::decode(request_id).unwrap();
        assert_eq!((request_id.unix_millis, request_id.suffix), (WIRE_NOW * 1000, 0));
        verify(&received[0], &principal);

        let envelope: Envelope = serde_json::from_slice(&received[0].body).unwrap();
        assert_eq!((envelope.id.as_str(), envelope.create_time), ("n1", notification.create_time));
        let sealed = envelope.resource;
        let key = match &principal {
            Principal::Merchant(_) => ApiV3Key::new(KEY).unwrap(),
            Principal::Brand(_) => ApiV3Key::new(BRAND_KEY).unwrap(),
        };
        let opened = key.open(&sealed.nonce, &sealed.associated_data, &sealed.ciphertext).unwrap();
        assert_eq!(opened, notification.resource.as_bytes());

        let (state, attempts) = bench.delivery("n1");
        assert_eq!(state, DeliveryState::Delivered);
        assert_eq!((attempts[0].status, attempts[0].outcome.as_str()), (Some(204), "delivered"));
    }
}

#[tokio::test]
async fn every_attempt_has_the_same_body_and_a_new_signature() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(BUSY)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    // The second attempt is made by another sender, as after a restart.
    bench.sender("first").deliver_due().await.unwrap();
    bench.clock.advance(60);
    let sender = bench.sender("second");
    sender.deliver_due().await.unwrap();
    bench.clock.advance(60);
    sender.deliver_due().await.unwrap();

    let received = receiver.received();
    assert_eq!(received.len(), 3);
    for request in &received {
        assert_eq!(request.body, received[0].body);
        verify(request, &merchant());
    }
    let signatures = [signature_of(&received[1]), signature_of(&received[2])];
    assert_ne!(signatures[0].nonce, signatures[1].nonce);
    assert_ne!(signatures[0].signature, signatures[1].signature);
    assert_ne!(received[1].header("Request-Id"), received[2].header("Request-Id"));
}

#[tokio::test]
async fn the_key_is_one_that_the_receiver_knows_at_every_stage_of_a_rotation() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    let sender = bench.sender("s");
    let keys = platform_keys();
    let (old, new) = (keys.certificates.signing().clone(), next_certificate());
    let stages = [
        (VerificationMode::PublicKey, None, SERIAL.to_owned()),
        (VerificationMode::Both, None, SERIAL.to_owned()),
        (VerificationMode::PlatformCertificate, None, old.certificate.serial_no.clone()),
        (VerificationMode::PlatformCertificate, Some("added"), old.certificate.serial_no.clone()),
        (VerificationMode::PlatformCertificate, Some("switched"), new.certificate.serial_no.clone()),
    ];
    for (mode, step, serial) in stages {
        bench.put_merchant(Some(KEY), mode).await;
        let mut keys = (*bench.platform_keys.now()).clone();
        keys.certificates = match step {
            None => keys.certificates,
            Some("added") => keys.certificates.added(new.clone()).unwrap(),
            Some(_) => keys.certificates.switched().unwrap(),
        };
        bench.platform_keys.replace(keys);
        bench.notify(&format!("{mode}{step:?}"), merchant()).await;
        assert_eq!(sender.deliver_due().await.unwrap().delivered, 1);
        let received = receiver.received().pop().unwrap();
        let signed = signature_of(&received);
        assert_eq!(signed.serial, serial, "{mode} {step:?}");
        let keys = bench.platform_keys.now();
        let key = if serial == SERIAL { keys.by_public_key() } else { keys.by_certificate() };
        signed.verify(&key.key.public_key(), WIRE_NOW, CLOCK_WINDOW_SECONDS, &received.body).unwrap();
    }
}

#[tokio::test]
async fn merchant_coupons_go_to_the_callback_and_everything_else_to_the_notify_url() {
    let bench = Bench::new().await;
    let (notify_url, callback) =
        (Receiver::answering(Some(TAKEN)).await, Receiver::answering(Some(TAKEN)).await);
    bench.put_url(merchant(), &notify_url.url()).await;
    bench.notify_of("n1", merchant(), "COUPON.SEND").await;
    bench.sender("s").deliver_due().await.unwrap();
    assert_eq!(bench.outcome("n1"), "the receiver has set no notify URL");
    assert_eq!(notify_url.received().len(), 0, "a notify URL is not for merchant coupons");
    bench.put_callback(&callback.url()).await;
    bench.notify_of("n2", merchant(), "COUPON.SEND").await;
    bench.notify_of("n3", merchant(), "PRODUCT_COUPON_SP.SEND").await;
    let round = bench.sender("s").deliver_due().await.unwrap();
    assert_eq!(round, Round { delivered: 2, ..Round::default() });
    assert_eq!((callback.received().len(), notify_url.received().len()), (1, 1));
    verify(&callback.received()[0], &merchant());
}
