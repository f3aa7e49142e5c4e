//! USE and RETURN notifications. The official page lists SEND alone, so they are off unless a deployment turns
//! them on (semantics 9.1); their resource is that of api-product-coupon 7.5.

use quan_coupon::redemption::Redemption;
use quan_coupon::user_coupon::{Usage, UserCoupon};
use quan_model::ids::Principal;
use quan_model::notification::{
    EVENT_BRAND_RETURN, EVENT_BRAND_USE, EVENT_PARTNER_RETURN, EVENT_PARTNER_USE, UsageResource,
};

use crate::access::ReachedStock;
use crate::entity;
use crate::error::Error;
use crate::issuing::{self, Event};
use crate::work::Work;

/// What happened to a redemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Used,
    Returned,
}

impl Happened {
    fn event(self) -> Event {
        let (partner, brand, summary) = match self {
            Self::Used => (EVENT_PARTNER_USE, EVENT_BRAND_USE, "商品券核销通知"),
            Self::Returned => (EVENT_PARTNER_RETURN, EVENT_BRAND_RETURN, "商品券退券通知"),
        };
        Event { partner, brand, summary }
    }
}

/// Tells the creator of the stock, if the deployment wants it told. `index` is the round of a sequential coupon.
pub(crate) fn tell(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    coupon: &UserCoupon,
    index: Option<u32>,
    happened: Happened,
) -> Result<(), Error> {
    if !work.settings.notify_use_return {
        return Ok(());
    }
    let Some(redemption) = redemption(coupon, index) else { return Ok(()) };
    let (appid, openid) = issuing::notified_user(work, reached, coupon)?;
    let brand_id = match &reached.record.creator {
        Principal::Merchant(_) => coupon.owner.brand_id().map(ToString::to_string),
        Principal::Brand(_) => None,
    };
    let resource = UsageResource {
        brand_id,
        coupon_code: coupon.coupon_code.to_string(),
        product_coupon_id: Some(coupon.product_coupon_id.to_string()),
        stock_id: Some(coupon.stock_id.to_string()),
        stock_bundle_id: reached.record.bundle.as_ref().map(|place| place.stock_bundle_id.to_string()),
        user_coupon_bundle_id: coupon.bundle.as_ref().map(|place| place.user_coupon_bundle_id.to_string()),
        appid: Some(appid.to_string()),
        openid: Some(openid.to_string()),
        unionid: None,
        usage: entity::usage_detail(redemption),
        sequential_coupon_index: index.map(i64::from),
    };
    let notification = issuing::notification(work, reached, &happened.event(), work.now, &resource)?;
    Ok(work.tell(&notification)?)
}

/// The redemption of a coupon, or of the round of a sequential one; returned ones too.
pub(crate) fn redemption(coupon: &UserCoupon, index: Option<u32>) -> Option<&Redemption> {
    match &coupon.usage {
        Usage::Single(redemption) => redemption.as_ref(),
        Usage::Sequential(rounds) => {
            let index = usize::try_from(index?).ok()?;
            rounds.rounds.get(index)?.redemption.as_ref()
        }
    }
}
