//! Step 5: the notification arrives, signed and sealed, and the merchant confirms.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use quan_model::busifavor::PreSendRequest;
use quan_model::enums::UserCouponState;
use quan_model::notification::SendResource;

use crate::demo::receiver::PATH;
use crate::demo::world::{World, coupon_of};

/// Waits for the notification of the claimed coupon and confirms it.
pub(crate) async fn tell(world: &mut World, claimed: &PreSendRequest) -> anyhow::Result<SendResource> {
    world.story.step("The notification: verified, opened, and the coupon confirmed");
    let coupon = arrival(world, &claimed.send_request_no).await?;
    anyhow::ensure!(
        coupon.stock_id == claimed.stock_id && Some(&coupon.openid) == claimed.openid.as_ref(),
        "the notification tells of another coupon"
    );
    forgery(world).await?;
    confirm(world, &coupon).await?;
    world.story.proved("the notification was verified and opened, a forged one was turned away");
    world.story.proved("the confirmed coupon is EFFECTIVE");
    Ok(coupon)
}

/// The coupon of a request number, once its notification has come.
pub(crate) async fn arrival(world: &World, send_request_no: &str) -> anyhow::Result<SendResource> {
    let coupon = world.receiver.coupon(send_request_no).await?;
    let meaning = format!(
        "platform to receiver, PRODUCT_COUPON_SP.SEND: coupon {} by {}",
        coupon.coupon_code, coupon.send_channel
    );
    world.story.exchange("POST", PATH, StatusCode::NO_CONTENT, &meaning);
    Ok(coupon)
}

/// Confirms a coupon, which makes it usable at once in the demo's stocks.
pub(crate) async fn confirm(world: &World, coupon: &SendResource) -> anyhow::Result<()> {
    let confirmation = world.confirmation(coupon);
    let confirmed = world
        .ask(
            |client| coupon_of(client, coupon).confirm().post(&confirmation),
            |confirmed| format!("confirmed, {}", state(&confirmed.coupon_state)),
        )
        .await?;
    anyhow::ensure!(
        confirmed.coupon_state == UserCouponState::Effective,
        "a confirmed coupon is {} instead of EFFECTIVE",
        state(&confirmed.coupon_state)
    );
    Ok(())
}

/// The word of a state.
pub(crate) fn state(state: &quan_model::enums::Open<UserCouponState>) -> &str {
    match state {
        quan_model::enums::Open::Known(state) => state.as_str(),
        quan_model::enums::Open::Unknown(word) => word,
    }
}

/// Posts the delivery once more with one byte changed: the receiver must not believe it.
async fn forgery(world: &World) -> anyhow::Result<()> {
    let (delivered, body) = world.receiver.last_delivery()?;
    let signed = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        name.as_str().starts_with("wechatpay-").then(|| (name.clone(), value.clone()))
    };
    let headers: HeaderMap = delivered.iter().filter_map(signed).collect();
    let mut forged = body.to_vec();
    forged.push(b' ');
    let url = world.receiver.notify_url.as_str();
    let answer = world.plain.exchange(Method::POST, url, headers, Bytes::from(forged)).await?;
    anyhow::ensure!(
        answer.status == StatusCode::UNAUTHORIZED,
        "the receiver answered a forged notification with {}",
        answer.status
    );
    world.story.exchange("POST", PATH, answer.status, "forger to receiver, one byte added: turned away");
    Ok(())
}
