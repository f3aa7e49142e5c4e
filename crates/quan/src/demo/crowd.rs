//! Step 7: two hundred users, one hundred coupons.

use std::sync::Arc;

use anyhow::Context;
use serde_json::Value;
use tokio::sync::Barrier;

use crate::demo::catalogue::{SCARCE_COUNT, Shelf};
use crate::demo::plain_http;
use crate::demo::pre_send::{self, PRE_SEND};
use crate::demo::story::Story;
use crate::demo::world::World;

const USERS: usize = 200;

/// Every user pre-sends, then all claim at once.
pub(super) async fn rush(world: &World, story: &Story, shelf: &Shelf) -> anyhow::Result<()> {
    let mut tokens = Vec::with_capacity(USERS);
    for user in 0..USERS {
        let (openid, number) = (format!("oCrowd{user:022}"), format!("DEMO_CROWD_{user:03}"));
        let sent = pre_send::quietly(world, &shelf.scarce, &openid, &number).await?;
        tokens.push(sent.token);
    }
    story.exchange("POST", PRE_SEND, 200, &format!("× {USERS}: {USERS} users hold a token"));
    let (mut issued, mut refused) = (0, 0);
    for (status, answer) in claim_at_once(world, tokens).await? {
        match (status, answer["first_time"].as_bool(), answer["reason"].as_str()) {
            (200, Some(true), _) => issued += 1,
            (409, _, Some("NOTENOUGH")) => refused += 1,
            _ => anyhow::bail!("a claim gave {status} {answer}"),
        }
    }
    story.exchange("POST", "/claim/v1/receive", 200, &format!("× {issued}: coupons issued"));
    story.exchange(
        "POST",
        "/claim/v1/receive",
        409,
        &format!("× {refused}: UNAVAILABLE, sold out (NOTENOUGH)"),
    );
    let hundred = usize::try_from(SCARCE_COUNT)?;
    anyhow::ensure!(issued == hundred && refused == USERS - hundred, "{issued} issued, {refused} refused");
    let partner = world.client.v3().marketing().partner().product_coupon();
    let node = partner.product_coupons().product_coupon_id(&shelf.scarce.product_coupon_id);
    let call =
        node.stocks().stock_id(&shelf.scarce.stock_id).get().query("brand_id", &world.sandbox.brand.brand_id);
    let stock = call.await.context("the stock cannot be read")?.into_inner();
    anyhow::ensure!(
        stock.sent_count_info.total_count == i64::from(SCARCE_COUNT),
        "the stock counted otherwise"
    );
    story.found("exactly one hundred coupons, one hundred refusals, and the stock counts one hundred");
    Ok(())
}

/// Every claim starts when all are ready.
async fn claim_at_once(world: &World, tokens: Vec<String>) -> anyhow::Result<Vec<(u16, Value)>> {
    let start = Arc::new(Barrier::new(tokens.len()));
    let base_url: Arc<str> = world.sandbox.base_url.as_str().into();
    let claims: Vec<_> = tokens
        .into_iter()
        .map(|token| {
            let (start, base_url) = (start.clone(), base_url.clone());
            tokio::spawn(async move {
                start.wait().await;
                let body = serde_json::json!({ "token": token });
                plain_http::post(&base_url, "/claim/v1/receive", None, &body).await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(claims.len());
    for claim in claims {
        answers.push(claim.await??);
    }
    Ok(answers)
}
