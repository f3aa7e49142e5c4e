//! What is never sent: nothing to a receiver without a key, nothing to a provider without authorisation.

use quan_notify::Round;
use quan_store::outbox::DeliveryState;
use quan_store::parties::Grant;

use crate::bench::{Bench, KEY, brand, merchant};
use crate::receiver::{Receiver, TAKEN};

const DEAD: Round = Round { delivered: 0, retrying: 0, dead: 1, unrecorded: 0 };

#[tokio::test]
async fn without_a_key_nothing_is_sent_and_the_reason_is_kept() {
    for principal in [merchant(), brand()] {
        let bench = Bench::new().await;
        let receiver = Receiver::answering(Some(TAKEN)).await;
        bench.put_url(principal.clone(), &receiver.url()).await;
        bench.put_merchant_key(None).await;
        bench.put_brand_key(None).await;
        bench.notify("n1", principal.clone()).await;
        let sender = bench.probing_sender("s");
        assert_eq!(sender.deliver_due().await.unwrap(), DEAD, "{principal}");
        assert_eq!(bench.delivery("n1").0, DeliveryState::DeadLetter);
        assert_eq!(bench.outcome("n1"), "not sent: the receiver has set no APIv3 key");
        // A key that is set later is for later notifications.
        bench.put_merchant_key(Some(KEY)).await;
        bench.put_brand_key(Some(KEY)).await;
        bench.clock.advance(100_000);
        assert_eq!(sender.deliver_due().await.unwrap(), Round::default());
        assert_eq!(receiver.received().len(), 0);
    }
}

#[tokio::test]
async fn a_provider_without_authorisation_is_told_nothing_more() {
    let bench = Bench::new().await;
    let receiver = Receiver::answering(Some(TAKEN)).await;
    for principal in [merchant(), brand()] {
        bench.put_url(principal, &receiver.url()).await;
    }
    bench.put_authorisation(Grant::Withdrawn).await;
    bench.notify("for the provider", merchant()).await;
    bench.notify("for the brand itself", brand()).await;
    let sender = bench.sender("s");
    let round = sender.deliver_due().await.unwrap();
    assert_eq!(round, Round { delivered: 1, dead: 1, ..Round::default() });
    assert_eq!(bench.outcome("for the provider"), "not sent: the brand has withdrawn its authorisation");
    assert_eq!(bench.outcome("for the brand itself"), "delivered");
    bench.put_authorisation(Grant::Given).await;
    bench.notify("after it was given again", merchant()).await;
    assert_eq!(sender.deliver_due().await.unwrap(), Round { delivered: 1, ..Round::default() });
    assert_eq!(receiver.received().len(), 2);
}
