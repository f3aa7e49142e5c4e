//! Probes: a wrong signature before the first attempt, and what is said of receivers that take it.

use quan_apiv3::key::{PROBE_PREFIX, SignatureError};
use quan_apiv3::message::CLOCK_WINDOW_SECONDS;
use quan_apiv3::signature_headers::{SignatureHeaders, VerifyError};
use quan_notify::Round;
use quan_store::outbox::DeliveryState;

use crate::bench::{Bench, WIRE_NOW, merchant, platform_keys};
use crate::receiver::{BUSY, Received, Receiver, TAKEN};

fn verified(received: &Received) -> Result<(), VerifyError> {
    let signed = SignatureHeaders::read(|name| received.header(name)).unwrap();
    assert_eq!(signed.signature.len(), 344);
    let key = platform_keys().by_public_key().key.public_key();
    signed.verify(&key, WIRE_NOW, CLOCK_WINDOW_SECONDS, &received.body)
}

#[tokio::test]
async fn a_receiver_that_takes_a_probe_is_found_out_and_still_told() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    let round = bench.probing_sender("s").deliver_due().await.unwrap();
    assert_eq!(round, Round { delivered: 1, ..Round::default() });
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    assert!(received[0].header("Wechatpay-Signature").unwrap().starts_with(PROBE_PREFIX));
    assert_eq!(verified(&received[0]), Err(VerifyError::Signature(SignatureError::Probe)));
    assert_eq!(verified(&received[1]), Ok(()));
    assert_eq!(received[0].body, received[1].body);
    let outcome = "delivered; it had answered 204 to a wrong signature: it does not verify";
    assert_eq!(bench.outcome("n1"), outcome, "the probe is no attempt of its own");
}

#[tokio::test]
async fn a_receiver_that_refuses_a_probe_gets_the_right_signature_and_no_remark() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(BUSY)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    let sender = bench.probing_sender("s");
    assert_eq!(sender.deliver_due().await.unwrap(), Round { retrying: 1, ..Round::default() });
    let received = receiver.received();
    assert_eq!((received.len(), verified(&received[1])), (2, Ok(())));
    assert_eq!(bench.outcome("n1"), r#"the receiver answered 500: {"code":"FAIL"}"#);
    // Only a first attempt is probed.
    receiver.answer_from_now_on(TAKEN);
    bench.clock.advance(60);
    assert_eq!(sender.deliver_due().await.unwrap(), Round { delivered: 1, ..Round::default() });
    assert_eq!((receiver.received().len(), bench.delivery("n1").1.len()), (3, 2));
}

#[tokio::test]
async fn probes_take_nothing_from_the_attempts() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(BUSY)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    let sender = bench.probing_sender("s");
    for _ in 0..12 {
        sender.deliver_due().await.unwrap();
        bench.clock.advance(60);
    }
    let (state, attempts) = bench.delivery("n1");
    assert_eq!((state, attempts.len(), receiver.received().len()), (DeliveryState::DeadLetter, 12, 13));
}

#[tokio::test]
async fn without_a_share_nothing_is_probed() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    bench.sender("s").deliver_due().await.unwrap();
    assert_eq!((receiver.received().len(), bench.outcome("n1").as_str()), (1, "delivered"));
}
