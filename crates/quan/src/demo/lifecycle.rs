//! Steps 5 and 6: notification, confirm, use, return; in single mode and in rounds.

use std::time::Duration;

use anyhow::Context;
use quan_client::Async;
use quan_client::v3::CouponCode;
use quan_model::coupon::{AssociatedOrderInfo, UserCoupon};
use quan_model::enums::{RoundState, UserCouponState};
use quan_model::partner::{ConfirmUserCouponRequest, ReturnUserCouponRequest, UseUserCouponRequest};
use quan_model::time::Time;

use crate::demo::catalogue::Shelf;
use crate::demo::pre_send::{self, Sent};
use crate::demo::story::Story;
use crate::demo::world::{World, ask, refused};

/// How long a notification may take on this machine.
pub(super) const NOTIFICATION_LIMIT: Duration = Duration::from_secs(8);
const COUPON: &str = "/v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}";
/// The number of 'already used'.
const ALREADY_USED: u64 = 272_756_745;
/// The number of 'outside the validity'.
const OUTSIDE_VALIDITY: u64 = 272_755_715;

/// Waits for the notification and confirms the coupon it tells of.
pub(super) async fn confirm(world: &World, story: &Story, sent: &Sent) -> anyhow::Result<UserCoupon> {
    let arrived =
        world.receiver.wait_for(&sent.item.stock_id, &sent.send_request_no, NOTIFICATION_LIMIT).await?;
    let meaning =
        format!("PRODUCT_COUPON_SP.SEND verified and opened: coupon …{}", tail(&arrived.coupon_code));
    story.exchange("POST", "(receiver) /notify", 204, &meaning);
    let held = Held { world, sent, code: arrived.coupon_code.clone() };
    let request = ConfirmUserCouponRequest {
        product_coupon_id: arrived.product_coupon_id.clone(),
        stock_id: arrived.stock_id.clone(),
        appid: arrived.appid.clone(),
        out_request_no: format!("CONF_{}", sent.send_request_no),
        brand_id: world.sandbox.brand.brand_id.clone(),
    };
    let path = format!("{COUPON}/confirm");
    let confirmed = ask(story, "POST", &path, held.node().confirm().post(&request), state).await?;
    anyhow::ensure!(confirmed.coupon_state == UserCouponState::Effective, "the coupon is not EFFECTIVE");
    Ok(confirmed)
}

/// Use, use again, return.
pub(super) async fn single(world: &World, story: &Story, sent: &Sent) -> anyhow::Result<()> {
    story.note("single mode (单券):");
    let code = code_of(world, sent)?;
    let held = Held { world, sent, code };
    let now = world.now().await?;
    let path = format!("{COUPON}/use");
    let used = ask(story, "POST", &path, held.use_call("DEMO_USE_1", now, None), state).await?;
    anyhow::ensure!(used.coupon_state == UserCouponState::Used, "the coupon is not USED");
    refused(story, &path, held.use_call("DEMO_USE_2", now, None), ALREADY_USED).await?;
    let path = format!("{COUPON}/return");
    let returned = ask(story, "POST", &path, held.return_call("DEMO_RETURN_1"), state).await?;
    anyhow::ensure!(returned.coupon_state == UserCouponState::Effective, "the coupon is not EFFECTIVE again");
    Ok(())
}

/// Three rounds, a day apart.
pub(super) async fn sequential(world: &World, story: &Story, shelf: &Shelf) -> anyhow::Result<()> {
    story.note("multi-use mode (多次优惠), three rounds a day apart:");
    let sent = pre_send::quietly(world, &shelf.sequential, &world.openid(1), "DEMO_ROUNDS_1").await?;
    let (status, claimed) = world.claim("receive", &sent.token).await?;
    anyhow::ensure!(status == 200, "the claim gave {status} {claimed}");
    story.exchange("POST", "/claim/v1/receive", status, "one coupon, three rounds, none used");
    confirm(world, story, &sent).await?;
    let held = Held { world, sent: &sent, code: code_of(world, &sent)? };
    let path = format!("{COUPON}/use");
    let now = world.now().await?;
    let coupon = ask(story, "POST", &path, held.use_call("DEMO_ROUND_0", now, Some(0)), rounds).await?;
    let opens_at = opening_of(&coupon, 1)?;
    anyhow::ensure!(
        opens_at == now.start_of_day_after(1),
        "round 1 opens at {opens_at}, not at the next midnight"
    );
    story.found(&format!("round 1 is issued, PENDING until {opens_at}"));
    refused(story, &path, held.use_call("DEMO_ROUND_1_EARLY", now, Some(1)), OUTSIDE_VALIDITY).await?;
    let now = world.advance(story, opens_at.seconds_since(world.now().await?).max(0) + 1).await?;
    let coupon = ask(story, "POST", &path, held.use_call("DEMO_ROUND_1", now, Some(1)), rounds).await?;
    let opens_at = opening_of(&coupon, 2)?;
    let now = world.advance(story, opens_at.seconds_since(world.now().await?).max(0) + 1).await?;
    let coupon = ask(story, "POST", &path, held.use_call("DEMO_ROUND_2", now, Some(2)), rounds).await?;
    anyhow::ensure!(
        coupon.coupon_state == UserCouponState::Used,
        "the coupon is not USED after its last round"
    );
    story.found("three rounds used in order: the coupon is USED");
    Ok(())
}

/// A coupon in a user's hands, on the way to calls about it.
struct Held<'w> {
    world: &'w World,
    sent: &'w Sent,
    code: String,
}

impl<'w> Held<'w> {
    fn node(&self) -> CouponCode<'w, Async> {
        let partner = self.world.client.v3().marketing().partner().product_coupon();
        partner.users().openid(&self.sent.openid).coupons().coupon_code(&self.code)
    }

    fn use_call(
        &self,
        number: &str,
        use_time: Time,
        index: Option<i64>,
    ) -> quan_client::Call<Async, UserCoupon> {
        let order = AssociatedOrderInfo {
            transaction_id: Some("4200001234202609207788990011".to_owned()),
            ..AssociatedOrderInfo::default()
        };
        self.node().use_().post(&UseUserCouponRequest {
            product_coupon_id: self.sent.item.product_coupon_id.clone(),
            stock_id: self.sent.item.stock_id.clone(),
            appid: self.world.sandbox.appid.clone(),
            use_time,
            out_request_no: number.to_owned(),
            sequential_coupon_index: index,
            store_id: None,
            associated_order_info: Some(order),
            associated_pay_score_order_info: None,
            saved_amount: None,
            brand_id: self.world.sandbox.brand.brand_id.clone(),
        })
    }

    fn return_call(&self, number: &str) -> quan_client::Call<Async, UserCoupon> {
        self.node().return_().post(&ReturnUserCouponRequest {
            product_coupon_id: self.sent.item.product_coupon_id.clone(),
            stock_id: self.sent.item.stock_id.clone(),
            appid: self.world.sandbox.appid.clone(),
            out_request_no: number.to_owned(),
            sequential_coupon_index: None,
            brand_id: self.world.sandbox.brand.brand_id.clone(),
        })
    }
}

fn code_of(world: &World, sent: &Sent) -> anyhow::Result<String> {
    let arrived = world.receiver.of_request(&sent.item.stock_id, &sent.send_request_no);
    Ok(arrived.context("the coupon's notification is gone")?.coupon_code)
}

fn opening_of(coupon: &UserCoupon, index: usize) -> anyhow::Result<Time> {
    let rounds = coupon.sequential_usage_detail.as_ref().context("the coupon has no rounds")?;
    let round =
        rounds.detail_item_list.get(index).with_context(|| format!("round {index} was not issued"))?;
    anyhow::ensure!(round.detail_state == RoundState::Pending, "round {index} is not PENDING");
    Ok(round.valid_begin_time)
}

fn state(coupon: &UserCoupon) -> String {
    format!("coupon …{} is {}", tail(&coupon.coupon_code), word(&coupon.coupon_state))
}

fn rounds(coupon: &UserCoupon) -> String {
    let used = coupon.sequential_usage_detail.as_ref().map_or(0, |detail| detail.used_count);
    format!("{used} of 3 rounds used, the coupon is {}", word(&coupon.coupon_state))
}

fn word(state: &quan_model::enums::Open<UserCouponState>) -> String {
    match state {
        quan_model::enums::Open::Known(state) => state.to_string(),
        quan_model::enums::Open::Unknown(word) => word.clone(),
    }
}

fn tail(code: &str) -> String {
    let skipped = code.chars().count().saturating_sub(4);
    code.chars().skip(skipped).collect()
}
