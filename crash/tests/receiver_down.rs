//! The short form of `receiver-down`: what the schedule still tries arrives, whatever the receiver did before.

use std::time::Duration;

use crash::{Plan, Scenario, as_text, run};

#[tokio::test(flavor = "multi_thread")]
async fn notifications_arrive_after_everything_that_a_receiver_can_do() {
    let plan = Plan::quiet(20_260_303, Duration::ZERO);
    let report = run(Scenario::ReceiverDown, &plan).await.unwrap();
    assert!(report.is_clean(), "{}", as_text(&[report]));
    assert!(report.counts.notified >= 210, "{:?}", report.counts);
}
