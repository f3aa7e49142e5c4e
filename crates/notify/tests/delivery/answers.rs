//! What counts as taken, and what happens when nothing can be posted.

use quan_notify::{AddressPolicy, Round};
use quan_store::outbox::DeliveryState;

use crate::bench::{Bench, KEY, merchant};
use crate::receiver::{Receiver, TAKEN};

const RETRYING: Round = Round { delivered: 0, retrying: 1, dead: 0, unrecorded: 0 };

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let bench = Bench::new().await;
    let target = Receiver::answering(Some(TAKEN)).await;
    let redirect = format!("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", target.url());
    let receiver = Receiver::answering(Some(&redirect)).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    assert_eq!(bench.sender("s").deliver_due().await.unwrap(), RETRYING);
    assert_eq!(bench.delivery("n1").1[0].status, Some(302));
    assert_eq!(bench.outcome("n1"), "the receiver redirected with 302; redirects are not followed");
    assert_eq!(target.received().len(), 0);
}

#[tokio::test]
async fn ten_megabytes_in_answer_are_taken_without_being_read() {
    let bench = Bench::new().await;
    let body = "x".repeat(10 << 20);
    for (id, status, round) in
        [("taken", "200 OK", Round { delivered: 1, ..Round::default() }), ("refused", "503 Busy", RETRYING)]
    {
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let receiver = Receiver::answering(Some(&answer)).await;
        bench.put_url(merchant(), &receiver.url()).await;
        bench.notify(id, merchant()).await;
        assert_eq!(bench.sender("s").deliver_due().await.unwrap(), round, "{id}");
        assert!(bench.outcome(id).len() < 300);
    }
}

#[tokio::test]
async fn five_seconds_without_an_answer_are_a_failure() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(None).await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.notify("n1", merchant()).await;
    let sender = bench.sender("s");
    let silence = async {
        receiver.arrival().await;
        // From here on nothing happens but time, so time may pass at once.
        tokio::time::pause();
    };
    let (round, ()) = tokio::join!(sender.deliver_due(), silence);
    assert_eq!(round.unwrap(), RETRYING);
    let outcome = "the receiver took longer than 5 seconds, while waiting for its answer";
    assert_eq!(bench.outcome("n1"), outcome);
    assert_eq!(bench.delivery("n1").1[0].status, None);
}

#[tokio::test]
async fn what_the_receiver_has_not_set_yet_fails_the_attempt_and_is_tried_again() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    let sender = bench.sender("s");
    bench.notify("n1", merchant()).await;
    let unset = async |expected: &str| {
        assert_eq!(sender.deliver_due().await.unwrap(), RETRYING, "{expected}");
        let (state, attempts) = bench.delivery("n1");
        assert_eq!(state, DeliveryState::Waiting);
        assert_eq!(attempts.last().unwrap().outcome, expected);
        bench.clock.advance(60);
    };
    unset("the receiver has set no notify URL").await;
    bench.put_url(merchant(), "ftp://shop.example.com/notify").await;
    unset("the notify URL cannot be used: the notify URL does not begin with https://").await;
    bench.put_url(merchant(), &receiver.url()).await;
    bench.put_merchant_key(Some("sixteen bytes...")).await;
    unset(
        "the resource cannot be sealed with the receiver's APIv3 key: \
         the APIv3 key has 16 bytes instead of 32",
    )
    .await;
    assert_eq!(receiver.received().len(), 0);
    bench.put_merchant_key(Some(KEY)).await;
    assert_eq!(sender.deliver_due().await.unwrap().delivered, 1);
    assert_eq!(bench.delivery("n1").1.len(), 4);
}

#[tokio::test]
async fn an_unknown_receiver_fails_the_attempt() {
    let bench = Bench::new().await;
    bench.notify("n1", "mchid:1900000099".parse().unwrap()).await;
    assert_eq!(bench.sender("s").deliver_due().await.unwrap(), RETRYING);
    assert_eq!(bench.outcome("n1"), "the receiver is unknown");
}

#[tokio::test]
async fn the_public_policy_posts_nothing_to_loopback() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    let sender = bench.sender_under("s", AddressPolicy::PublicOnly);
    for (id, url, outcome) in [
        (
            "plain",
            receiver.url(),
            "the notify URL cannot be used: the notify URL does not begin with https://",
        ),
        (
            "tls",
            receiver.url().replace("http", "https"),
            "the notify URL cannot be used: the host of the notify URL is not public",
        ),
    ] {
        bench.put_url(merchant(), &url).await;
        bench.notify(id, merchant()).await;
        assert_eq!(sender.deliver_due().await.unwrap(), RETRYING, "{id}");
        assert_eq!(bench.outcome(id), outcome);
    }
    assert_eq!(receiver.received().len(), 0);
}
