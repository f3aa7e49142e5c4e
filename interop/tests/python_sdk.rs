//! The community SDK for Python, unchanged: it pre-sends, opens our notification and confirms the coupon; in
//! certificate mode it downloads the platform certificates and goes on while they are rotated.

use anyhow::Result;
use interop::{Platform, python_with_sdk, repository, told};
use std::path::Path;
use std::process::Command;

/// The walk of a script in `interop/python`.
fn walk(script: &str, connection: &Path) -> Result<serde_json::Value> {
    let script = repository().join("interop/python").join(script);
    told(Command::new(python_with_sdk()?).arg(script).arg(connection))
}

#[test]
fn the_python_sdk_opens_a_notification_and_confirms_the_coupon() -> Result<()> {
    let platform = Platform::start()?;
    let seen = walk("callback.py", &platform.connection())?;
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
    let seen = walk("callback.py", &connection)?;
    assert_eq!(seen["ok"], false, "{seen}");
    assert_eq!(seen["error"], "Unexpected: the SDK refused the notification", "{}", platform.log());
    Ok(())
}

#[test]
fn the_python_sdk_downloads_certificates_and_goes_through_a_rotation() -> Result<()> {
    let platform = Platform::start()?;
    let before = platform.sandbox()?;
    let seen = walk("certificates.py", &platform.connection())?;
    assert_eq!(seen["ok"], true, "{seen}\n{}", platform.log());
    let after = platform.sandbox()?;
    assert_eq!(before["platform"]["certificate_serial_no"], seen["old"]);
    assert_eq!(after["platform"]["certificate_serial_no"], seen["new"]);
    Ok(())
}

/// Without this, the test above would also pass if the certificates were not sealed.
#[test]
fn the_python_sdk_cannot_open_certificates_with_another_key() -> Result<()> {
    let platform = Platform::start()?;
    let connection = platform.connection_with("/merchant/apiv3_key", "00000000000000000000000000000000")?;
    let seen = walk("certificates.py", &connection)?;
    assert_eq!(seen["ok"], false, "{seen}");
    let nothing_opened =
        "Exception: No wechatpay platform certificate, please double check your init params.";
    assert_eq!(seen["error"], nothing_opened, "{}", platform.log());
    Ok(())
}

#[test]
fn the_python_sdk_walks_the_story_of_a_provider() -> Result<()> {
    let platform = Platform::start()?;
    let seen = walk("partner_story.py", &platform.connection())?;
    assert_eq!(seen["ok"], true, "{seen}\n{}", platform.log());
    assert_eq!(seen["states"], serde_json::json!(["EFFECTIVE", "USED", "EFFECTIVE", "EFFECTIVE"]));
    Ok(())
}
