//! Benefit rules and where they stand (api-product-coupon 3.4 to 3.6, 3.10, 3.11, 3.18).

use serde::{Deserialize, Serialize};

use crate::enums::SequentialUsageType;
use crate::period::CouponAvailablePeriod;

/// NormalCouponRule (满减); both in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NormalCouponRule {
    /// Minimum spend, 0 for none.
    pub threshold: i64,
    /// At least 1; at most the threshold when there is one.
    pub discount_amount: i64,
}

/// DiscountCouponRule (折扣).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountCouponRule {
    /// Minimum spend in fen, 0 for none.
    pub threshold: i64,
    /// Per cent taken off, 1 to 99: 30 means the customer pays 70 %.
    pub percent_off: i64,
}

/// ExchangeCouponRule (兑换); both in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeCouponRule {
    /// Minimum spend, 0 for none.
    pub threshold: i64,
    /// What the customer pays, 0 for nothing.
    pub exchange_price: i64,
}

/// SingleUsageInfo: the benefit of a single-use coupon with scope ALL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SingleUsageInfo {
    /// With type NORMAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal_coupon: Option<NormalCouponRule>,
    /// With type DISCOUNT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_coupon: Option<DiscountCouponRule>,
}

/// sequential_usage_info: how many rounds, how far apart (api-product-coupon 3.18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequentialUsageInfo {
    /// Whether the benefits differ by round.
    #[serde(rename = "type")]
    pub kind: SequentialUsageType,
    /// Rounds, 3 to 15.
    pub count: i64,
    /// Validity of the whole coupon in days, 3 to 365.
    pub available_days: i64,
    /// Days from one round to the next, 0 to 7; absent means 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_days: Option<i64>,
}

/// ProgressiveBundleUsageInfo (多次优惠模式信息): how many coupons the chain has, how far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressiveBundleUsageInfo {
    /// Coupons of the chain, 3 to 15: every bundle has exactly this many stocks.
    pub count: i64,
    /// Days from one use to the next coupon, 0 to 7; absent means 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_days: Option<i64>,
}

/// SingleUsageRule (单券使用规则).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SingleUsageRule {
    /// When the coupon may be used.
    pub coupon_available_period: CouponAvailablePeriod,
    /// With scope SINGLE and type NORMAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal_coupon: Option<NormalCouponRule>,
    /// With scope SINGLE and type DISCOUNT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_coupon: Option<DiscountCouponRule>,
    /// With scope SINGLE and type EXCHANGE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange_coupon: Option<ExchangeCouponRule>,
}

/// sequential_usage_rule: exactly the list that matches the type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequentialUsageRule {
    /// When the coupon may be used; without `available_days`, which `sequential_usage_info` holds.
    pub coupon_available_period: CouponAvailablePeriod,
    /// With type NORMAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal_coupon_list: Option<Vec<NormalCouponRule>>,
    /// With type DISCOUNT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_coupon_list: Option<Vec<DiscountCouponRule>>,
    /// With type EXCHANGE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange_coupon_list: Option<Vec<ExchangeCouponRule>>,
    /// 首笔特惠: the first round has its own benefit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub special_first: Option<bool>,
}

/// ProgressiveBundleRule in requests: one benefit per coupon of the chain, in the list of the type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressiveBundleUsageRule {
    /// When the coupons may be used; shared by the whole chain.
    pub coupon_available_period: CouponAvailablePeriod,
    /// With type NORMAL; as many as the chain has coupons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal_coupon_list: Option<Vec<NormalCouponRule>>,
    /// With type DISCOUNT; as many as the chain has coupons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_coupon_list: Option<Vec<DiscountCouponRule>>,
    /// With type EXCHANGE; as many as the chain has coupons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange_coupon_list: Option<Vec<ExchangeCouponRule>>,
}

/// progressive_bundle_usage_rule of one stock in answers: the benefit of its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressiveBundleRoundRule {
    /// When the coupon may be used.
    pub coupon_available_period: CouponAvailablePeriod,
    /// With type NORMAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal_coupon: Option<NormalCouponRule>,
    /// With type DISCOUNT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_coupon: Option<DiscountCouponRule>,
    /// With type EXCHANGE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange_coupon: Option<ExchangeCouponRule>,
}
