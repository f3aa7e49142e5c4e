//! Several senders, and senders that die.

use quan_model::clock::Clock;
use quan_notify::{LEASE_SECONDS, POSTS_MAX, Round};
use quan_store::lane::LaneKey;
use quan_store::outbox::DeliveryState;

use crate::bench::{Bench, merchant};
use crate::receiver::{Receiver, TAKEN};

/// Leases what is due and does nothing with it, as a sender that crashed.
async fn lease_and_die(bench: &Bench, name: &'static str) -> usize {
    let now = bench.clock.now();
    let until = now.plus_seconds(LEASE_SECONDS);
    let leased = bench
        .lane
        .run(LaneKey::NONE, move |unit| unit.lease_notifications(name, now, until, POSTS_MAX))
        .await;
    leased.unwrap().unwrap().len()
}

#[tokio::test]
async fn what_a_dead_sender_held_is_delivered_by_another_when_the_lease_ends() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    assert_eq!(lease_and_die(&bench, "dead").await, 1);

    let sender = bench.sender("alive");
    bench.clock.advance(LEASE_SECONDS - 1);
    assert_eq!(sender.deliver_due().await.unwrap(), Round::default());
    bench.clock.advance(1);
    assert_eq!(sender.deliver_due().await.unwrap(), Round { delivered: 1, ..Round::default() });
}

#[tokio::test]
async fn who_lost_its_lease_records_nothing() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(None).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    let slow = bench.sender("slow");
    let taken_over = async {
        receiver.arrival().await;
        bench.clock.advance(LEASE_SECONDS);
        assert_eq!(lease_and_die(&bench, "other").await, 1);
        tokio::time::pause();
    };
    let (round, ()) = tokio::join!(slow.deliver_due(), taken_over);
    assert_eq!(round.unwrap(), Round { unrecorded: 1, ..Round::default() });
    let (state, attempts) = bench.delivery("n1");
    assert_eq!((state, attempts.len()), (DeliveryState::Waiting, 0));
}

#[tokio::test]
async fn a_clock_that_jumps_past_the_lease_does_not_make_a_sender_post_twice() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(None).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    let sender = bench.sender("s");
    let jump = async {
        receiver.arrival().await;
        bench.clock.advance(86_400);
        assert_eq!(sender.deliver_due().await.unwrap(), Round::default());
        tokio::time::pause();
    };
    let (round, ()) = tokio::join!(sender.deliver_due(), jump);
    assert_eq!(round.unwrap(), Round { retrying: 1, ..Round::default() });
    assert_eq!(bench.delivery("n1").1.len(), 1);
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn two_senders_at_once_share_the_work() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    for number in 0..40 {
        bench.notify(&format!("n{number}"), merchant()).await;
    }
    let (one, two) = (bench.sender("one"), bench.sender("two"));
    let (one, two) = tokio::join!(one.deliver_due(), two.deliver_due());
    assert_eq!(one.unwrap().delivered + two.unwrap().delivered, 40);
    assert_eq!(receiver.received().len(), 40);
    assert_eq!(bench.counts().delivered, 40);
}

#[tokio::test]
async fn a_round_is_bounded() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    for number in 0..=POSTS_MAX {
        bench.notify(&format!("n{number}"), merchant()).await;
    }
    let sender = bench.sender("s");
    assert_eq!(sender.deliver_due().await.unwrap().delivered, POSTS_MAX);
    assert_eq!(sender.deliver_due().await.unwrap().delivered, 1);
}
