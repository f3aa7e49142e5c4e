//! The short forms of the scenarios on PostgreSQL: killed and started again, promoted, and two nodes on one of it.

#![expect(clippy::unwrap_used, reason = "a scenario that cannot run fails its test")]

use std::time::Duration;

use crash::{Counts, Plan, Scenario, as_text, run};

/// Runs a scenario that must find nothing.
async fn clean(scenario: Scenario, seed: u64, time: Duration) -> Counts {
    let report = run(scenario, &Plan::quiet(seed, time)).await.unwrap();
    assert!(report.is_clean(), "{}", as_text(&[report]));
    assert!(report.counts.acknowledged > 50 && report.counts.audited > 20, "{:?}", report.counts);
    report.counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_loses_nothing_and_the_node_goes_on() {
    let counts = clean(Scenario::PostgresKilled, 20_260_304, Duration::from_secs(3)).await;
    assert!(counts.kills >= 1 && counts.notified > 10, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promoted_replica_has_everything() {
    let counts = clean(Scenario::PostgresPromoted, 20_260_305, Duration::ZERO).await;
    assert!(counts.kills == 1 && counts.notified > 10, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_issue_exactly_what_there_is() {
    let counts = clean(Scenario::TwoNodes, 20_260_306, Duration::from_secs(4)).await;
    assert!(counts.kills >= 2 && counts.notified > 80, "{counts:?}");
}
