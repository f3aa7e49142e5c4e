//! The short form of `node-killed`: a node on SQLite that is killed again and again loses nothing.

use std::time::Duration;

use crash::{Plan, Scenario, as_text, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_loses_nothing_and_issues_nothing_twice() {
    let plan = Plan::quiet(20_260_301, Duration::from_secs(8));
    let report = run(Scenario::NodeKilled, &plan).await.unwrap();
    assert!(report.is_clean(), "{}", as_text(&[report]));
    let counts = &report.counts;
    assert!(counts.kills >= 2 && counts.unknown > 0 && counts.retried > 0, "{counts:?}");
    assert!(counts.acknowledged > 50 && counts.audited > 20 && counts.notified > 10, "{counts:?}");
}
