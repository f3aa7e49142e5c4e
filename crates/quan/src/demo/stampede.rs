//! Step 7: two hundred users claim at once from a stock of one hundred.

use anyhow::Context;
use http::StatusCode;
use quan_model::claim::{ClaimError, ReceiveResponse, UnavailableReason};
use quan_model::coupon::Stock;
use quan_model::enums::UserCouponState;

use crate::demo::offer::{Offer, Offers};
use crate::demo::plain::{Plain, RECEIVE};
use crate::demo::receiver::PATH;
use crate::demo::world::{World, all, pre_send};

/// The size of the stock.
pub(crate) const STOCK_COUNT: usize = 100;
/// Users who want one each.
const USERS: usize = 200;

/// How one claim ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    Issued,
    SoldOut,
}

/// Lets everybody claim at once and counts.
pub(crate) async fn tell(world: &mut World, offers: &Offers) -> anyhow::Result<()> {
    world.story.step("Two hundred users at once, one hundred coupons");
    let stock_id = &offers.scarce.stock_id;
    let calls = (0..USERS).map(|user| {
        let number = world.number(&format!("STAMPEDE_{user:03}"));
        let request = world.pre_send_body(stock_id, &world.guest("Rush", user), &number);
        let call = pre_send(&world.client, &request);
        async move { Ok(call.await?.into_inner().token) }
    });
    let tokens = all(calls).await?;
    let path = "/v3/marketing/busifavor/product-coupons/pre-send";
    world.story.burst(tokens.len(), "POST", path, StatusCode::OK, "a token for each of the users, at once");

    let claims = all(tokens.into_iter().map(|token| claim(world.plain.clone(), token))).await?;
    let count = |ending| claims.iter().filter(|claim| **claim == ending).count();
    let (issued, sold_out) = (count(Claim::Issued), count(Claim::SoldOut));
    world.story.burst(issued, "POST", RECEIVE, StatusCode::OK, "first_time true: a coupon each");
    world.story.burst(sold_out, "POST", RECEIVE, StatusCode::CONFLICT, "UNAVAILABLE, NOTENOUGH: sold out");
    anyhow::ensure!(
        issued == STOCK_COUNT && sold_out == USERS - STOCK_COUNT,
        "{issued} coupons were issued from a stock of {STOCK_COUNT}"
    );
    let stock = get_stock(world, &offers.scarce).await?;
    anyhow::ensure!(
        usize::try_from(stock.sent_count_info.total_count)? == STOCK_COUNT,
        "the stock counts {}",
        stock.sent_count_info.total_count
    );
    confirm_all_of(world, stock_id, STOCK_COUNT).await?;
    world.story.proved("200 users at once on a stock of 100: exactly 100 coupons and 100 refusals");
    Ok(())
}

async fn claim(plain: Plain, token: String) -> anyhow::Result<Claim> {
    let answer = plain.claim(RECEIVE, &token).await?;
    if answer.status == StatusCode::CONFLICT {
        let refusal: ClaimError = answer.json()?;
        let is_sold_out =
            refusal.code == "UNAVAILABLE" && refusal.reason == Some(UnavailableReason::NotEnough);
        anyhow::ensure!(is_sold_out, "a claim was refused with {} {:?}", refusal.code, refusal.reason);
        return Ok(Claim::SoldOut);
    }
    let received: ReceiveResponse = answer.success()?;
    anyhow::ensure!(received.first_time, "a token of one user was claimed before");
    Ok(Claim::Issued)
}

/// A stock with its counts.
pub(crate) async fn get_stock(world: &World, offer: &Offer) -> anyhow::Result<Stock> {
    let brand_id = &world.sandbox.brand.brand_id;
    let describe = |client: &quan_client::Client| {
        let product_coupons = client.v3().marketing().partner().product_coupon().product_coupons();
        let stocks = product_coupons.product_coupon_id(&offer.product_coupon_id).stocks();
        stocks.stock_id(&offer.stock_id).get().query("brand_id", brand_id)
    };
    let meaning = |stock: &Stock| {
        let (sent, max) = (stock.sent_count_info.total_count, stock.stock_send_rule.max_count);
        format!("{sent} of {max} coupons issued")
    };
    world.ask(describe, meaning).await
}

/// Waits for the notifications of all coupons of a stock and confirms each.
pub(crate) async fn confirm_all_of(world: &World, stock_id: &str, count: usize) -> anyhow::Result<()> {
    let coupons = world.receiver.coupons(stock_id, count).await?;
    let meaning = "platform to receiver, one for each coupon, verified and opened";
    world.story.burst(coupons.len(), "POST", PATH, StatusCode::NO_CONTENT, meaning);
    let confirmed = world.confirm_all(&coupons).await?;
    let effective = confirmed.iter().filter(|coupon| coupon.coupon_state == UserCouponState::Effective);
    let effective = effective.count();
    let path = "/v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}/confirm";
    world.story.burst(effective, "POST", path, StatusCode::OK, "confirmed, EFFECTIVE");
    (effective == count).then_some(()).context("some confirmed coupons are not EFFECTIVE")
}
