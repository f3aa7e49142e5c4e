//! The community SDK for Python, unchanged: it pre-sends, opens our notification and confirms the coupon.

use anyhow::Result;
use interop::{Platform, python_with_sdk, repository, told};
use std::path::Path;
use std::process::Command;

/// The walk of `interop/python/callback.py`.
fn walk(connection: &Path) -> Result<serde_json::Value> {
    let script = repository().join("interop/python/callback.py");
    told(Command::new(python_with_sdk()?).arg(script).arg(connection))
}

#[test]
fn the_python_sdk_opens_a_notification_and_confirms_the_coupon() -> Result<()> {
    let platform = Platform::start()?;
    let seen = walk(&platform.connection())?;
    assert_eq!(seen["ok"], true, "{seen}\n{}", platform.log());
    assert_eq!(seen["event_type"], "PRODUCT_COUPON_SP.SEND");
    let state = seen["coupon_state"].as_str().unwrap_or_default();
    assert!(["EFFECTIVE", "PENDING"].contains(&state), "{seen}");
    Ok(())
}

/// Without this, the test above would also pass if the notification were not sealed with the merchant's key.
#[test]
fn the_python_sdk_cannot_open_a_notification_with_another_key() -> Result<()> {
    let platform = Platform::start()?;
    let connection = platform.connection_with("/merchant/apiv3_key", "00000000000000000000000000000000")?;
    let seen = walk(&connection)?;
    assert_eq!(seen["ok"], false, "{seen}");
    assert_eq!(seen["error"], "Unexpected: the SDK refused the notification", "{}", platform.log());
    Ok(())
}
