//! Step 6, first half: a coupon of single mode is used, cannot be used again, and is returned.

use quan_model::coupon::AssociatedOrderInfo;
use quan_model::enums::UserCouponState;
use quan_model::notification::SendResource;
use quan_model::product_coupon::{ReturnUserCouponRequest, UseUserCouponRequest};
use quan_model::time::Time;

use crate::demo::notification::state;
use crate::demo::world::{World, coupon_of};

/// The number of a use under another order (semantics 0.2 R-USED).
const USED: u64 = 272_756_745;

/// Uses, uses again, returns.
pub(crate) async fn tell(world: &mut World, coupon: &SendResource) -> anyhow::Result<()> {
    world.story.step("Use and return, in single mode and in multi-use mode");
    let now = world.now().await?;
    let using = use_body(world, coupon, now, &world.number("USE"), None);
    let used = world
        .ask(
            |client| coupon_of(client, coupon).use_().post(&using),
            |used| format!("used, {}", state(&used.coupon_state)),
        )
        .await?;
    anyhow::ensure!(used.coupon_state == UserCouponState::Used, "a used coupon is not USED");
    let other = use_body(world, coupon, now, &world.number("USE_OTHER_ORDER"), None);
    let meaning = "one coupon, one order";
    world.refused(|client| coupon_of(client, coupon).use_().post(&other), USED, meaning).await?;
    let returning = ReturnUserCouponRequest {
        product_coupon_id: coupon.product_coupon_id.clone(),
        stock_id: coupon.stock_id.clone(),
        appid: coupon.appid.clone(),
        out_request_no: world.number("RETURN"),
        sequential_coupon_index: None,
        brand_id: Some(world.sandbox.brand.brand_id.clone()),
    };
    let returned = world
        .ask(
            |client| coupon_of(client, coupon).return_().post(&returning),
            |returned| format!("returned, {}", state(&returned.coupon_state)),
        )
        .await?;
    anyhow::ensure!(returned.coupon_state == UserCouponState::Effective, "a returned coupon cannot be used");
    world.story.proved("single mode: used once, refused to a second order, usable again after the return");
    Ok(())
}

/// A use for an order; `index` names the round of a multi-use coupon.
pub(crate) fn use_body(
    world: &World,
    coupon: &SendResource,
    use_time: Time,
    number: &str,
    index: Option<i64>,
) -> UseUserCouponRequest {
    UseUserCouponRequest {
        product_coupon_id: coupon.product_coupon_id.clone(),
        stock_id: coupon.stock_id.clone(),
        appid: coupon.appid.clone(),
        use_time,
        out_request_no: number.to_owned(),
        sequential_coupon_index: index,
        store_id: None,
        associated_order_info: Some(AssociatedOrderInfo {
            transaction_id: Some("4200000000202501010000000001".to_owned()),
            ..AssociatedOrderInfo::default()
        }),
        associated_pay_score_order_info: None,
        saved_amount: None,
        brand_id: Some(world.sandbox.brand.brand_id.clone()),
    }
}
