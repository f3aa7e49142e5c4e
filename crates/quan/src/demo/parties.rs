//! Step 1: who is there.

use std::path::Path;

use anyhow::Context;
use http::StatusCode;
use serde_json::Value;

use crate::demo::world::World;

/// Shows the parties of the fresh sandbox.
pub(crate) async fn tell(world: &mut World, data: &Path) -> anyhow::Result<()> {
    world.story.step("A merchant, a brand, an appid and users, with freshly made keys");
    let sandbox = &world.sandbox;
    let story = &world.story;
    story.say(&format!("platform   {}  (process {})", sandbox.base_url, world.platform.id()));
    story.say(&format!("           its database and sandbox.json are in {}", data.display()));
    story.say(&format!("           signs with {}", sandbox.platform.public_key_id));
    story.say(&format!("merchant   {}, certificate {}", sandbox.merchant.mchid, sandbox.merchant.serial_no));
    story.say(&format!("brand      {}, has authorised the merchant", sandbox.brand.brand_id));
    story.say(&format!("appid      {}, bound to both", sandbox.appid));
    story.say(&format!("users      {}", sandbox.openids.join(" ")));
    story.say(&format!("receiver   {}  (the merchant's, in this process)", world.receiver.notify_url));
    let health = world.plain.get("/_quan/health").await?;
    let health: Value = health.success().context("the platform is not well")?;
    let status = health["status"].as_str().unwrap_or_default();
    story.exchange("GET", "/_quan/health", StatusCode::OK, &format!("status {status}"));
    world.story.proved("a platform with keys of its own runs on a database file, nothing was configured");
    Ok(())
}
