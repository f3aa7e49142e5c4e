//! The sender that runs by itself: woken, caught up, stopped.

use std::sync::Arc;

use quan_store::outbox::DeliveryState;
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, merchant};
use crate::receiver::{BUSY, Receiver, TAKEN};

#[tokio::test]
async fn it_delivers_what_is_committed_and_what_falls_due_when_woken() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(BUSY)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    let (sender, stop) = (bench.sender("s"), CancellationToken::new());
    let waker = sender.waker();
    let running = tokio::spawn(Arc::clone(&sender).run(stop.clone()));
    receiver.arrival().await;
    // Recorded before the clock moves on, so that the minute counts from here.
    while bench.delivery("n1").1.is_empty() {
        tokio::task::yield_now().await;
    }
    receiver.answer_from_now_on(TAKEN);
    bench.clock.advance(60);
    bench.notify("n2", merchant()).await;
    waker.notify_one();
    receiver.arrival().await;
    receiver.arrival().await;
    stop.cancel();
    running.await.unwrap();
    let counts = bench.counts();
    assert_eq!((counts.waiting, counts.delivered, counts.dead), (0, 2, 0));
}

#[tokio::test]
async fn it_looks_by_itself_when_nobody_wakes_it() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    let (sender, stop) = (bench.sender("s"), CancellationToken::new());
    let running = tokio::spawn(Arc::clone(&sender).run(stop.clone()));
    tokio::task::yield_now().await;
    bench.notify("n1", merchant()).await;
    receiver.arrival().await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(bench.delivery("n1").0, DeliveryState::Delivered);
}

#[tokio::test]
async fn it_works_off_more_than_it_can_post_at_once() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    for number in 0..150 {
        bench.notify(&format!("n{number}"), merchant()).await;
    }
    let (sender, stop) = (bench.sender("s"), CancellationToken::new());
    let running = tokio::spawn(Arc::clone(&sender).run(stop.clone()));
    for _ in 0..150 {
        receiver.arrival().await;
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!((bench.counts().delivered, receiver.received().len()), (150, 150));
}

#[tokio::test]
async fn stopping_finishes_the_attempt_under_way_and_begins_no_other() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(None).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    let (sender, stop) = (bench.sender("s"), CancellationToken::new());
    let running = tokio::spawn(Arc::clone(&sender).run(stop.clone()));
    receiver.arrival().await;
    stop.cancel();
    bench.notify("n2", merchant()).await;
    // From here on nothing happens but time, so time may pass at once.
    tokio::time::pause();
    running.await.unwrap();
    let (state, attempts) = bench.delivery("n1");
    assert_eq!((state, attempts.len()), (DeliveryState::Waiting, 1));
    assert_eq!(bench.delivery("n2").1.len(), 0);
}
