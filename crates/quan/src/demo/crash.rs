//! Step 8: SIGKILL in the middle of a burst, the same file again, and an audit of everything that was answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use quan_client::{Client, Error, Retry};
use quan_model::busifavor::PreSendRequest;
use serde_json::json;
use tokio::task::JoinSet;

use crate::demo::catalogue::{Item, Shelf};
use crate::demo::lifecycle::NOTIFICATION_LIMIT;
use crate::demo::plain_http;
use crate::demo::pre_send::{self, PRE_SEND};
use crate::demo::story::Story;
use crate::demo::world::World;

/// Users that pre-send and claim side by side.
const WRITERS: usize = 16;
/// Answered claims after which the platform is killed.
const KILL_AFTER: usize = 60;
/// A writer stops here at the latest, should the kill not come.
const CALLS_MAX: usize = 200;
/// The number of a request number used with other data.
const MISMATCH: u64 = 268_578_927;
/// A lease of the killed process ends after 30 s, and a refused delivery is repeated after 60 s.
const PAST_LEASE_SECONDS: i64 = 61;

/// What a writer was told before the platform died.
struct Answered {
    openid: String,
    send_request_no: String,
    claimed: bool,
}

/// Runs the burst, kills, starts again, audits.
pub(super) async fn kill_and_audit(world: &mut World, story: &Story, shelf: &Shelf) -> anyhow::Result<()> {
    let claims = Arc::new(AtomicUsize::new(0));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(Writer::new(world, &shelf.plenty, writer), claims.clone()));
    }
    while claims.load(Ordering::Relaxed) < KILL_AFTER {
        anyhow::ensure!(!writers.is_empty(), "the burst ended before the kill");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    world.platform.kill().await?;
    story.note(&format!("SIGKILL, with {WRITERS} users in the middle of their calls"));
    let mut answered = Vec::new();
    while let Some(of_writer) = writers.join_next().await {
        answered.extend(of_writer?);
    }
    let claimed = answered.iter().filter(|one| one.claimed).count();
    story.note(&format!("answered until then: {} pre-sends, {claimed} claims", answered.len()));
    world.restart().await?;
    story.note(&format!("started again on the same file, at {}", world.sandbox.base_url));
    audit_writes(world, story, &shelf.plenty, &answered).await?;
    audit_notifications(world, story, &shelf.plenty, &answered).await
}

/// One of the users of the burst.
struct Writer {
    client: Client,
    base_url: String,
    stock_id: String,
    appid: String,
    openid: String,
    number: usize,
}

impl Writer {
    fn new(world: &World, item: &Item, number: usize) -> Self {
        Self {
            client: world.client.clone(),
            base_url: world.sandbox.base_url.clone(),
            stock_id: item.stock_id.clone(),
            appid: world.sandbox.appid.clone(),
            openid: String::new(),
            number,
        }
    }
}

/// Pre-sends and claims until the platform is gone; remembers only what was answered.
async fn write(mut writer: Writer, claims: Arc<AtomicUsize>) -> Vec<Answered> {
    let mut answered = Vec::new();
    for call in 0..CALLS_MAX {
        writer.openid = format!("oBurst{:02}x{call:019}", writer.number);
        let send_request_no = format!("DEMO_BURST_{:02}_{call:04}", writer.number);
        let request =
            PreSendRequest::new(&writer.stock_id, &writer.appid, &send_request_no).openid(&writer.openid);
        let call = writer.client.v3().marketing().busifavor().product_coupons().pre_send().post(&request);
        let Ok(sent) = call.retry(Retry::none()).await else { break };
        let body = json!({ "token": sent.into_inner().token });
        let claim = plain_http::post(&writer.base_url, "/claim/v1/receive", None, &body).await;
        let claimed = claim.is_ok_and(|(status, _)| status == 200);
        answered.push(Answered { openid: writer.openid.clone(), send_request_no, claimed });
        if !claimed {
            break;
        }
        claims.fetch_add(1, Ordering::Relaxed);
    }
    answered
}

/// Every answered pre-send knows its number, and every answered claim its coupon.
async fn audit_writes(
    world: &World,
    story: &Story,
    item: &Item,
    answered: &[Answered],
) -> anyhow::Result<()> {
    for one in answered {
        let again = pre_send::quietly(world, item, &one.openid, &one.send_request_no).await?;
        let (status, page) = world.claim("open", &again.token).await?;
        anyhow::ensure!(status == 200, "{} opens with {status} {page}", one.send_request_no);
        let is_claimed = page["status"] == "CLAIMED";
        anyhow::ensure!(
            is_claimed || !one.claimed,
            "the claim of {} was answered and is lost",
            one.send_request_no
        );
        let other = pre_send::request(world, item, "oSomebodyElse", &one.send_request_no);
        let call = world.client.v3().marketing().busifavor().product_coupons().pre_send().post(&other);
        match call.await {
            Err(Error::Api(refusal)) if refusal.detail_code == Some(MISMATCH) => {}
            Err(error) => return Err(error).context("a known number was not refused as one"),
            Ok(_) => anyhow::bail!("the pre-send {} was answered and is lost", one.send_request_no),
        }
    }
    let count = answered.len();
    story.exchange("POST", PRE_SEND, 200, &format!("× {count}: every answered pre-send is there"));
    story.exchange(
        "POST",
        PRE_SEND,
        400,
        &format!("× {count}: {MISMATCH}, its number with other data is refused"),
    );
    story.exchange(
        "POST",
        "/claim/v1/open",
        200,
        &format!("× {count}: every answered claim shows its coupon"),
    );
    Ok(())
}

/// Every claimed coupon's notification arrives, also those that the dead process had taken in hand.
async fn audit_notifications(
    world: &World,
    story: &Story,
    item: &Item,
    answered: &[Answered],
) -> anyhow::Result<()> {
    world.advance(story, PAST_LEASE_SECONDS).await?;
    let claimed: Vec<_> = answered.iter().filter(|one| one.claimed).collect();
    for one in &claimed {
        world.receiver.wait_for(&item.stock_id, &one.send_request_no, NOTIFICATION_LIMIT).await?;
    }
    story.exchange(
        "POST",
        "(receiver) /notify",
        204,
        &format!("× {}: every notification arrived", claimed.len()),
    );
    story.found("nothing that was answered is lost");
    Ok(())
}
