//! Step 4: the claim calls: what a token offers, 领取, the second tap, and a token that grew old.

use http::StatusCode;
use quan_model::busifavor::PreSendRequest;
use quan_model::claim::{ClaimError, ClaimStatus, OpenResponse, ReceiveResponse};

use crate::demo::plain::{OPEN, RECEIVE};
use crate::demo::pre_send::Tokens;
use crate::demo::story::beginning;
use crate::demo::world::{World, pre_send};

/// Seconds after which a token is dead: it lives for 300 (semantics 7).
const PAST_TOKEN_LIFE_SECONDS: i64 = 301;

/// Claims the first token and lets the spare one grow old. Gives what the claimed one was asked for.
pub(crate) async fn tell(world: &mut World, tokens: Tokens) -> anyhow::Result<PreSendRequest> {
    world.story.step("The claim: the user opens the token and taps 领取");
    let (request, token) = tokens.first;
    let offered = open(world, &token).await?;
    anyhow::ensure!(offered.status == ClaimStatus::Claimable, "a fresh token is not claimable");
    receive(world, &token, FirstTime::Yes).await?;
    receive(world, &token, FirstTime::No).await?;
    let again = world
        .ask(
            |client| pre_send(client, &request),
            |answer| format!("token {} for the same parameters", beginning(&answer.token)),
        )
        .await?;
    let known = open(world, &again.token).await?;
    anyhow::ensure!(known.status == ClaimStatus::Claimed, "the same parameters did not lead to 已领取");
    world.story.proved("a token issues one coupon, and every further way leads to 'already received'");

    world.advance(PAST_TOKEN_LIFE_SECONDS, "tokens live for 300 s").await?;
    expired(world, OPEN, &tokens.spare).await?;
    expired(world, RECEIVE, &tokens.spare).await?;
    world.story.proved("a token of more than 300 s is refused");
    Ok(request)
}

/// Opens a token and tells what is on offer.
pub(crate) async fn open(world: &World, token: &str) -> anyhow::Result<OpenResponse> {
    let answer = world.plain.claim(OPEN, token).await?;
    let offered: OpenResponse = answer.success()?;
    let meaning = match offered.status {
        ClaimStatus::Claimable => format!(
            "CLAIMABLE: “{}” of {}, until {}",
            offered.coupon.name, offered.coupon.brand_name, offered.expires_at
        ),
        ClaimStatus::Claimed => format!("CLAIMED: “{}” was received before", offered.coupon.name),
        ClaimStatus::Unavailable => "UNAVAILABLE".to_owned(),
    };
    world.story.exchange("POST", OPEN, answer.status, &meaning);
    Ok(offered)
}

/// Whether a claim should issue the coupon or find it issued.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstTime {
    Yes,
    No,
}

/// Claims, and checks whether this very call issued the coupon.
pub(crate) async fn receive(world: &World, token: &str, expected: FirstTime) -> anyhow::Result<()> {
    let answer = world.plain.claim(RECEIVE, token).await?;
    let received: ReceiveResponse = answer.success()?;
    anyhow::ensure!(
        received.first_time == (expected == FirstTime::Yes) && received.status == ClaimStatus::Claimed,
        "the claim answered first_time {}",
        received.first_time
    );
    let state = received.coupon.coupon_state.map_or("?", |state| state.as_str());
    let meaning = match expected {
        FirstTime::Yes => format!("first_time true: the coupon is issued, {state}"),
        FirstTime::No => format!("first_time false: already received, still {state}"),
    };
    world.story.exchange("POST", RECEIVE, answer.status, &meaning);
    Ok(())
}

async fn expired(world: &World, path: &str, token: &str) -> anyhow::Result<()> {
    let answer = world.plain.claim(path, token).await?;
    anyhow::ensure!(answer.status == StatusCode::GONE, "an old token was answered with {}", answer.status);
    let refusal: ClaimError = answer.json()?;
    anyhow::ensure!(refusal.code == "TOKEN_EXPIRED", "an old token was refused with {}", refusal.code);
    let meaning = format!("{} “{}”", refusal.code, refusal.message);
    world.story.exchange("POST", path, answer.status, &meaning);
    Ok(())
}
