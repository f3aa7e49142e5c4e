//! The schedule at work: a minute between attempts, and an end to them.

use quan_model::clock::Clock;
use quan_notify::Round;
use quan_store::outbox::DeliveryState;

use crate::bench::{Bench, merchant};
use crate::receiver::{BUSY, Receiver, TAKEN};

#[tokio::test]
async fn a_failed_attempt_is_repeated_after_sixty_seconds_and_not_before() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(BUSY)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    let sender = bench.sender("s");
    assert_eq!(sender.deliver_due().await.unwrap(), Round { retrying: 1, ..Round::default() });
    let (state, attempts) = bench.delivery("n1");
    assert_eq!(state, DeliveryState::Waiting);
    assert_eq!((attempts[0].status, attempts[0].started_at), (Some(500), bench.clock.now()));
    assert_eq!(attempts[0].outcome, r#"the receiver answered 500: {"code":"FAIL"}"#);
    assert_eq!(bench.next_due().unwrap(), Some(bench.clock.now().plus_seconds(60)));

    bench.clock.advance(59);
    assert_eq!(sender.deliver_due().await.unwrap(), Round::default());
    bench.clock.advance(1);
    receiver.answer_from_now_on(TAKEN);
    assert_eq!(sender.deliver_due().await.unwrap(), Round { delivered: 1, ..Round::default() });
    assert_eq!(bench.next_due().unwrap(), None);
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn the_last_failed_attempt_makes_a_dead_letter() {
    for (event_type, attempts_max) in
        [("PRODUCT_COUPON_SP.SEND", 12), ("PRODUCT_COUPON.SEND", 12), ("COUPON.SEND", 11)]
    {
        let bench = Bench::new().await;
        let receiver = Receiver::answering(Some(BUSY)).await;
        bench.put_url(merchant(), &receiver.url()).await;
        bench.put_callback(&receiver.url()).await;
        bench.notify_of("n1", merchant(), event_type).await;
        let sender = bench.sender("s");
        for _ in 1..attempts_max {
            assert_eq!(sender.deliver_due().await.unwrap().retrying, 1);
            bench.clock.advance(60);
        }
        assert_eq!(sender.deliver_due().await.unwrap(), Round { dead: 1, ..Round::default() });
        let (state, attempts) = bench.delivery("n1");
        assert_eq!((state, attempts.len()), (DeliveryState::DeadLetter, attempts_max), "{event_type}");
        bench.clock.advance(100_000);
        assert_eq!(sender.deliver_due().await.unwrap(), Round::default());
        assert_eq!(receiver.received().len(), attempts_max);
    }
}
