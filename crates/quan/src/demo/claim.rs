//! Step 4: what a user does with a token.

use serde_json::Value;

use crate::demo::catalogue::Shelf;
use crate::demo::pre_send::{self, PRE_SEND, Sent, Tokens};
use crate::demo::story::Story;
use crate::demo::world::{World, shown};

/// A second more than a token lives.
const PAST_TOKEN_LIFE_SECONDS: i64 = 301;

/// Opens, claims, taps twice, pre-sends again, lets a token die.
pub(super) async fn claim(
    world: &World,
    story: &Story,
    shelf: &Shelf,
    tokens: &Tokens,
) -> anyhow::Result<Sent> {
    let sent = &tokens.single;
    let offer = open(world, story, &sent.token, "CLAIMABLE").await?;
    story.note(&format!(
        "        on offer: {} · {} · 满{}元减{}元",
        text(&offer, "brand_name"),
        text(&offer, "name"),
        offer["benefits"][0]["threshold"].as_i64().unwrap_or(0) / 100,
        offer["benefits"][0]["discount_amount"].as_i64().unwrap_or(0) / 100,
    ));
    let first = receive(world, story, &sent.token, "领取: the coupon is issued").await?;
    anyhow::ensure!(first["first_time"] == true, "the first tap did not issue the coupon: {first}");
    let second =
        receive(world, story, &sent.token, "a second tap: already received, nothing more issued").await?;
    anyhow::ensure!(second["first_time"] == false, "the second tap issued again: {second}");
    let again = pre_send::quietly(world, &shelf.single, &sent.openid, &sent.send_request_no).await?;
    story.exchange(
        "POST",
        PRE_SEND,
        200,
        &format!("the same parameters again: a new {}", shown(&again.token)),
    );
    open(world, story, &again.token, "CLAIMED").await?;
    world.advance(story, PAST_TOKEN_LIFE_SECONDS).await?;
    let (status, answer) = world.claim("receive", &tokens.expiring.token).await?;
    anyhow::ensure!(
        status == 410 && answer["code"] == "TOKEN_EXPIRED",
        "a dead token gave {status} {answer}"
    );
    story.exchange("POST", "/claim/v1/receive", status, "TOKEN_EXPIRED: tokens live 300 s");
    Ok(sent.clone())
}

async fn open(world: &World, story: &Story, token: &str, expected: &str) -> anyhow::Result<Value> {
    let (status, answer) = world.claim("open", token).await?;
    anyhow::ensure!(status == 200 && answer["status"] == expected, "open gave {status} {answer}");
    story.exchange("POST", "/claim/v1/open", status, &format!("the page shows {expected}"));
    Ok(answer["coupon"].clone())
}

async fn receive(world: &World, story: &Story, token: &str, meaning: &str) -> anyhow::Result<Value> {
    let (status, answer) = world.claim("receive", token).await?;
    anyhow::ensure!(status == 200 && answer["status"] == "CLAIMED", "receive gave {status} {answer}");
    story.exchange("POST", "/claim/v1/receive", status, meaning);
    Ok(answer)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or("?")
}
