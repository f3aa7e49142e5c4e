//! Step 3: pre-send in the six call styles of the client, and with a code of the merchant's.

use anyhow::Context;
use http::StatusCode;
use quan_client::{FromReply, Raw, Reply, Trust};
use quan_model::busifavor::{PreSendRequest, PreSendToken};

use crate::demo::offer::Offers;
use crate::demo::story::beginning;
use crate::demo::world::{World, pre_send};

const PATH: &str = "v3/marketing/busifavor/product-coupons/pre-send";

/// What later steps go on with.
pub(crate) struct Tokens {
    /// To be claimed, with what it was asked for.
    pub(crate) first: (PreSendRequest, String),
    /// To grow old.
    pub(crate) spare: String,
}

/// Asks for a token in each style.
pub(crate) async fn tell(world: &mut World, offers: &Offers) -> anyhow::Result<Tokens> {
    world.story.step("Pre-send: a token for a user, in six call styles, and with a code of our own");
    let body = |number: &str| -> anyhow::Result<PreSendRequest> {
        Ok(world.pre_send_body(&offers.single.stock_id, world.openid()?, &world.number(number)))
    };
    let fluent = body("FLUENT")?;
    let token = show(world, "segments, async", &pre_send(&world.client, &fluent).await?, typed)?;
    let first = (fluent, token);
    let reply = world.client.chain(PATH).post(&body("CHAIN")?).await?;
    let spare = show(world, "chain(path), async", &reply, untyped)?;
    let reply = world.client[PATH].post(&body("INDEX")?).await?;
    show(world, "client[path], async", &reply, untyped)?;

    let (client, request) = (world.blocking.clone(), body("FLUENT_BLOCKING")?);
    let reply = tokio::task::spawn_blocking(move || {
        client.v3().marketing().busifavor().product_coupons().pre_send().post(&request).send()
    });
    show(world, "segments, blocking", &reply.await??, typed)?;
    let (client, request) = (world.blocking.clone(), body("CHAIN_BLOCKING")?);
    let reply = tokio::task::spawn_blocking(move || client.chain(PATH).post(&request).send());
    show(world, "chain(path), blocking", &reply.await??, untyped)?;
    let (client, request) = (world.blocking.clone(), body("INDEX_BLOCKING")?);
    let reply = tokio::task::spawn_blocking(move || client[PATH].post(&request).send());
    show(world, "client[path], blocking", &reply.await??, untyped)?;

    let number = world.number("API_ASSIGN");
    let assigned = world.pre_send_body(&offers.api_assign.stock_id, world.openid()?, &number);
    let assigned = assigned.coupon_code(world.number("DEMO-CODE"));
    let reply = pre_send(&world.client, &assigned).await?;
    show(world, "coupon_code on an API_ASSIGN stock", &reply, typed)?;
    world.story.proved("six call styles and the merchant's own code each gave a verified token");
    Ok(Tokens { first, spare })
}

/// Prints one style's answer and gives the token.
fn show<T: FromReply>(
    world: &World,
    style: &str,
    reply: &Reply<T>,
    token_of: fn(&T) -> anyhow::Result<String>,
) -> anyhow::Result<String> {
    let meta = reply.meta();
    let is_verified = matches!(meta.trust, Trust::Verified { .. });
    anyhow::ensure!(is_verified && meta.status == StatusCode::OK, "{style}: not a verified 200");
    let token = token_of(reply)?;
    let meaning = format!("token {} ({style})", beginning(&token));
    world.story.exchange("POST", &format!("/{PATH}"), meta.status, &meaning);
    Ok(token)
}

#[expect(clippy::unnecessary_wraps, reason = "has the shape of its untyped sibling")]
fn typed(answer: &PreSendToken) -> anyhow::Result<String> {
    Ok(answer.token.clone())
}

fn untyped(answer: &Raw) -> anyhow::Result<String> {
    answer.value()?["token"].as_str().map(str::to_owned).context("the answer has no token")
}
