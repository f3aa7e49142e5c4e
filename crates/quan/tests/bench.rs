//! `quan bench` with as little of everything as it takes: it runs, its answers are right, and its report is whole.

use std::process::Command;

use serde_json::Value;

/// Every number of a report, with where it stands.
fn numbers(value: &Value, at: &str, found: &mut Vec<(String, f64)>) {
    match value {
        Value::Number(number) => found.extend(number.as_f64().map(|number| (at.to_owned(), number))),
        Value::Array(items) => items.iter().for_each(|item| numbers(item, at, found)),
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| numbers(member, &format!("{at}/{name}"), found));
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Notifications come beside the claims or after them, in a tiny run perhaps all at one time; CPU time is counted in
/// hundredths of a second, which a tiny run may stay below.
fn may_be_zero(at: &str) -> bool {
    at.contains("/notification/") || at.contains("_cpu")
}

#[test]
fn a_tiny_run_gives_a_whole_report_and_its_pages() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let run = Command::new(env!("CARGO_BIN_EXE_quan"))
        .args(["bench", "--short", "--json", "--coupons", "50,100", "--rounds", "1", "--calls", "200"])
        .args(["--connections", "16", "--pages"])
        .arg(directory.path().join("pages"))
        .output()
        .expect("the binary runs");
    let messages = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{messages}");
    let report: Value = serde_json::from_slice(&run.stdout).expect("the report is JSON");
    let mut found = Vec::new();
    numbers(&report, "", &mut found);
    for member in [
        "/schema",
        "/machine/cores",
        "/machine/memory_bytes",
        "/machine/disk/sync_p50_us",
        "/machine/disk/sync_p99_us",
        "/limit/sign_us",
        "/limit/verify_us",
        "/limit/pairs_per_second",
        "/stores/bytes",
        "/stores/coupons",
        "/stores/pre_send/per_second",
        "/stores/pre_send/p50_ms",
        "/stores/pre_send/p99_ms",
        "/stores/pre_send/server_cpu_us",
        "/stores/pre_send/load_cpu_us",
        "/stores/pre_send_share_of_limit",
        "/stores/claim/per_second",
        "/stores/claim/p50_ms",
        "/stores/claim/p99_ms",
        "/stores/notification/per_second",
        "/stores/notification/delivered",
        "/cost_of_size/pre_send_time",
        "/cost_of_size/claim_time",
    ] {
        assert!(found.iter().any(|(at, _)| at == member), "the report lacks {member}");
    }
    for (at, number) in &found {
        assert!(*number > 0.0 || may_be_zero(at), "{at} is {number}");
    }
    assert_eq!(report["stores"].as_array().map(Vec::len), Some(2));
    for store in report["stores"].as_array().into_iter().flatten() {
        let delivered = |when: &str| store["notification"][when].as_u64().unwrap_or_default();
        assert_eq!(delivered("delivered") + delivered("delivered_beside_claims"), 200, "{store}");
    }
    assert_eq!(report["short"], true);
    for (page, words) in [("benchmark.md", "share of the limit"), ("benchmark.zh-CN.md", "占上限")] {
        let text =
            std::fs::read_to_string(directory.path().join("pages").join(page)).expect("the page is there");
        assert!(text.contains(words), "{page} lacks {words:?}");
    }
}

#[test]
fn what_cannot_be_measured_is_refused() {
    for (arguments, named) in [
        (&["--coupons", "0"][..], "--coupons"),
        (&["--database", "mysql://h/d"], "--database"),
        (&["--database", "postgres://h/d", "--coupons", "1,2"], "--coupons"),
        (&["--rounds", "0"], "--rounds"),
    ] {
        let run = Command::new(env!("CARGO_BIN_EXE_quan"))
            .arg("bench")
            .args(arguments)
            .output()
            .expect("the binary runs");
        let messages = String::from_utf8_lossy(&run.stderr);
        assert!(!run.status.success() && messages.contains(named), "{arguments:?}: {messages}");
    }
}
