//! The short form of `disk-full`: writes fail with the documented error, and with room again the node goes on.

use std::time::Duration;

use crash::{Plan, Scenario, as_text, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_and_the_node_goes_on_with_room() {
    let plan = Plan::quiet(20_260_302, Duration::from_secs(4));
    let report = run(Scenario::DiskFull, &plan).await.unwrap();
    assert!(report.is_clean(), "{}", as_text(&[report]));
    let counts = &report.counts;
    assert!(counts.unknown > 0 && counts.retried > 0 && counts.acknowledged > 50, "{counts:?}");
}
