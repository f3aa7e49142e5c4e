//! A user claims: the claim page of a running platform, in a real browser.

use anyhow::{Context, Result};
use interop::{Platform, browser_scripts, target, told};
use std::process::Command;

#[test]
fn a_user_claims_a_pre_sent_coupon() -> Result<()> {
    let platform = Platform::start()?;
    let token = platform.pre_send("INTEROP_CLAIM_01")?;
    let sandbox = platform.sandbox()?;
    let base_url = sandbox["base_url"].as_str().context("a base URL")?;
    let mut script = Command::new("node");
    script.current_dir(browser_scripts()?).arg("e2e.mjs");
    script.arg(format!("{base_url}/claim#token={token}")).arg(target()?.join("screenshots"));
    let seen = told(&mut script)?;
    assert_eq!(seen["ok"], true, "{seen}\n{}", platform.log());
    assert_eq!(seen["claimed"]["title"], "已领取", "{seen}");
    Ok(())
}
