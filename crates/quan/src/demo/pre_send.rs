//! Step 3: the core call, in the six styles of the client.

use anyhow::Context;
use quan_client::{Raw, Reply};
use quan_model::busifavor::{PreSendRequest, PreSendToken};

use crate::demo::catalogue::{Item, Shelf};
use crate::demo::story::Story;
use crate::demo::world::{World, ask, shown};

/// The path of the core call.
pub(super) const PRE_SEND: &str = "/v3/marketing/busifavor/product-coupons/pre-send";
const PATH: &str = "v3/marketing/busifavor/product-coupons/pre-send";

/// The tokens that the claim goes on with.
pub(super) struct Tokens {
    pub(super) single: Sent,
    pub(super) expiring: Sent,
}

/// A pre-send that was answered.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) item: Item,
    pub(super) openid: String,
    pub(super) send_request_no: String,
    pub(super) token: String,
}

/// The request of a pre-send.
pub(super) fn request(world: &World, item: &Item, openid: &str, number: &str) -> PreSendRequest {
    PreSendRequest::new(&item.stock_id, &world.sandbox.appid, number).openid(openid)
}

/// Pre-sends, by fluent segments, without telling it.
pub(super) async fn quietly(world: &World, item: &Item, openid: &str, number: &str) -> anyhow::Result<Sent> {
    let request = request(world, item, openid, number);
    let call = world.client.v3().marketing().busifavor().product_coupons().pre_send().post(&request);
    let token = call.await.with_context(|| format!("the pre-send {number} failed"))?.into_inner().token;
    Ok(Sent { item: item.clone(), openid: openid.to_owned(), send_request_no: number.to_owned(), token })
}

/// Pre-sends in each style; each gives a token.
pub(super) async fn six_styles(world: &World, story: &Story, shelf: &Shelf) -> anyhow::Result<Tokens> {
    let (single, openid) = (&shelf.single, world.openid(0));
    let of = |number: &str| request(world, single, &openid, number);
    let client = &world.client;
    let told = |style: &str, token: &str| {
        story.exchange("POST", PRE_SEND, 200, &format!("{style:<22} {}", shown(token)));
    };

    let fluent =
        client.v3().marketing().busifavor().product_coupons().pre_send().post(&of("DEMO_STYLE_1")).await?;
    told("fluent, async", &fluent.token);
    let chained = client.chain(PATH).post(&of("DEMO_STYLE_2")).decode::<PreSendToken>().await?;
    told("chain(path), async", &chained.token);
    let indexed = client["v3/marketing/busifavor/product-coupons/pre-send"].post(&of("DEMO_STYLE_3")).await?;
    told("client[path], async", &token(&indexed)?);
    let (blocking, requests) =
        (world.blocking.clone(), [of("DEMO_STYLE_4"), of("DEMO_STYLE_5"), of("DEMO_STYLE_6")]);
    let answers = tokio::task::spawn_blocking(move || -> anyhow::Result<[String; 3]> {
        let [fluent, chained, indexed] = &requests;
        let fluent =
            blocking.v3().marketing().busifavor().product_coupons().pre_send().post(fluent).send()?;
        let chained = blocking.chain(PATH).post(chained).decode::<PreSendToken>().send()?;
        let indexed = blocking["v3/marketing/busifavor/product-coupons/pre-send"].post(indexed).send()?;
        Ok([fluent.into_inner().token, chained.into_inner().token, token(&indexed)?])
    });
    for (style, token) in
        ["fluent, blocking", "chain(path), blocking", "client[path], blocking"].iter().zip(answers.await??)
    {
        told(style, &token);
    }

    let with_code = request(world, &shelf.api_assign, &openid, "DEMO_CODE_1").coupon_code("MALL-7Q2X-0001");
    let call = client.v3().marketing().busifavor().product_coupons().pre_send().post(&with_code);
    ask(story, "POST", PRE_SEND, call, |sent| format!("coupon_code MALL-7Q2X-0001  {}", shown(&sent.token)))
        .await?;
    story.found("seven tokens; nothing is issued yet and nothing reserved");
    let sent = |number: &str, token: &str| Sent {
        item: single.clone(),
        openid: openid.clone(),
        send_request_no: number.to_owned(),
        token: token.to_owned(),
    };
    Ok(Tokens { single: sent("DEMO_STYLE_1", &fluent.token), expiring: sent("DEMO_STYLE_2", &chained.token) })
}

fn token(reply: &Reply<Raw>) -> anyhow::Result<String> {
    Ok(reply.json::<PreSendToken>()?.token)
}
