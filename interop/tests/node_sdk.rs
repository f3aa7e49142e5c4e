//! The community SDK for Node.js, unchanged, in its three call styles.

use anyhow::Result;
use interop::{Platform, node_scripts, told};
use std::path::Path;
use std::process::Command;

/// The walk of a script in `interop/node`.
fn walk(script: &str, connection: &Path) -> Result<serde_json::Value> {
    told(Command::new("node").current_dir(node_scripts()?).arg(script).arg(connection))
}

#[test]
fn the_node_sdk_pre_sends_and_understands_refusals() -> Result<()> {
    let platform = Platform::start()?;
    let seen = walk("pre_send.mjs", &platform.connection())?;
    assert_eq!(seen["ok"], true, "{seen}\n{}", platform.log());
    for style in ["chained", "chain", "index", "by_public_key"] {
        assert_eq!(seen[style]["status"], 200, "{style} in {seen}");
    }
    assert_eq!(seen["unknown_stock"]["code"], "RESOURCE_NOT_EXISTS");
    assert_eq!(seen["wrong_key"]["code"], "SIGN_ERROR");
    Ok(())
}

/// Without this, the test above would also pass for an SDK that verifies nothing.
#[test]
fn the_node_sdk_refuses_an_answer_signed_with_another_key() -> Result<()> {
    let platform = Platform::start()?;
    let sandbox = platform.sandbox()?;
    let other = sandbox["brand"]["certificate_file"].as_str().unwrap_or_default();
    let seen = walk("pre_send.mjs", &platform.connection_with("/platform/certificate_file", other)?)?;
    assert_eq!(seen["ok"], false, "{seen}");
    let error = seen["error"].as_str().unwrap_or_default();
    assert!(error.starts_with("Verify the response's data"), "{seen}");
    Ok(())
}

#[test]
fn the_node_sdk_walks_the_story_of_a_provider_and_a_chain() -> Result<()> {
    let platform = Platform::start()?;
    let seen = walk("partner_story.mjs", &platform.connection())?;
    assert_eq!(seen["ok"], true, "{seen}\n{}", platform.log());
    let states = ["CONFIRMING", "EFFECTIVE", "USED", "EFFECTIVE", "USED", "USED"];
    assert_eq!(seen["states"], serde_json::json!(states));
    assert_eq!(seen["chain"], serde_json::json!([1, 2, 3]), "each use issues the next coupon");
    Ok(())
}
