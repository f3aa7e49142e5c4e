//! The merchant's team uses the console of a running platform, in a real browser.

use anyhow::Result;
use interop::{Platform, browser_scripts, target, told_within};
use std::process::Command;
use std::time::Duration;

/// Some hundred pages, each looked at by axe-core, take two minutes on a machine under load.
const LIMIT: Duration = Duration::from_secs(900);

#[test]
fn the_team_uses_the_console() -> Result<()> {
    let platform = Platform::start()?;
    let mut script = Command::new("node");
    script.current_dir(browser_scripts()?).arg("console.mjs").arg(platform.connection());
    script.env("QUAN_SCREENSHOTS", target()?.join("screenshots"));
    let seen = told_within(&mut script, LIMIT)?;
    assert_eq!(seen["ok"], true, "{seen}\n{}", platform.log());
    assert_eq!(seen["cause"], "The body was left out of the signature", "{seen}");
    assert_eq!(seen["lines"], 5, "the chart has five lines: {seen}");
    assert_eq!(seen["created"], 10, "ten kinds by form: {seen}");
    // Added, refused, already there, twice in the file.
    assert_eq!(seen["uploaded"], serde_json::json!([2998, 1, 2, 1]), "{seen}");
    let listed = |name: &str, text: &str| {
        seen[name].as_array().is_some_and(|list| list.iter().any(|entry| entry == text))
    };
    assert!(listed("timeline", "Received by the user"), "{seen}");
    for action in
        ["pause_stock", "create_console_token", "end_code_upload", "create_product_coupon", "authorise"]
    {
        assert!(listed("audit", action), "{action}: {seen}");
    }
    assert!(seen["without_script"].as_u64().is_some_and(|rows| rows >= 3), "{seen}");
    Ok(())
}
