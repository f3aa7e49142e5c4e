//! The dashboard asks for what is exported, and no label grows without bound.

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;

/// The names in the text format, those of histograms and of the process included.
fn exported() -> BTreeSet<String> {
    let metrics = Metrics::new().unwrap();
    metrics.answered(&Exchange {
        method: "POST",
        route: "/claim/v1/open",
        face: "claim",
        operation: "open",
        status: 200,
        took: Duration::ZERO,
        request_id: None,
        traceparent: None,
    });
    let text = metrics.text();
    let names =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(['{', ' ']).next());
    names.map(str::to_owned).collect()
}

/// Names of ours in a query.
fn asked(query: &str) -> Vec<String> {
    let words = query.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    words
        .filter(|word| word.starts_with("quan_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

fn expressions(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(text) if name == "expr" => found.push(text.to_owned()),
                    _ => expressions(member, found),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        _ => {}
    }
}

fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn every_metric_of_the_dashboard_is_exported() {
    let dashboard: serde_json::Value = serde_json::from_str(&file("dashboards/grafana.json")).unwrap();
    let mut queries = Vec::new();
    expressions(&dashboard, &mut queries);
    let exported = exported();
    let asked: Vec<String> = queries.iter().flat_map(|query| asked(query)).collect();
    assert!(asked.len() > 10, "{asked:?}");
    let unknown: Vec<&String> = asked.iter().filter(|name| !exported.contains(*name)).collect();
    assert!(unknown.is_empty(), "{unknown:?} of {exported:?}");
}

#[test]
fn every_metric_of_the_operations_pages_is_exported() {
    let exported = exported();
    for page in ["docs/operations.md", "docs/operations.zh-CN.md"] {
        let text = file(page);
        let names =
            asked(&text).into_iter().filter(|name| name.contains('_') && text.contains(&format!("`{name}")));
        // A page may name a histogram as a whole.
        let is_exported =
            |name: &String| exported.contains(name) || exported.contains(&format!("{name}_bucket"));
        let unknown: Vec<String> = names.filter(|name| !is_exported(name)).collect();
        assert!(unknown.is_empty(), "{page}: {unknown:?}");
    }
}

#[test]
fn names_follow_the_conventions() {
    for name in exported() {
        assert!(name.starts_with("quan_") || name.starts_with("process_"), "{name}");
        assert!(!name.ends_with("_ms"), "{name}: seconds");
    }
}
