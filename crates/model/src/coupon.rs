//! The shared entities of product coupons: benefit rules, product coupon, stock, user coupon
//! (api-product-coupon 3). Members stand in the order of the official examples.

use serde::{Deserialize, Serialize};

use crate::display::{CouponDisplayInfo, ProductCouponDisplayInfo, UsageRuleDisplayInfo};
use crate::enums::{
    CouponCodeMode, Open, ProductCouponScope, ProductCouponState, ProductCouponType, RoundState,
    SequentialUsageType, StockState, StoreScope, UsageMode, UserCouponState,
};
use crate::period::CouponAvailablePeriod;
use crate::time::Time;

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

/// A product coupon as it stands in answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductCoupon {
    /// Assigned by the platform.
    pub product_coupon_id: String,
    /// 优惠范围.
    pub scope: Open<ProductCouponScope>,
    /// 券类型.
    #[serde(rename = "type")]
    pub kind: Open<ProductCouponType>,
    /// 使用模式.
    pub usage_mode: Open<UsageMode>,
    /// With usage mode SINGLE and scope ALL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_usage_info: Option<SingleUsageInfo>,
    /// With usage mode SEQUENTIAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_usage_info: Option<SequentialUsageInfo>,
    /// What it looks like.
    pub display_info: ProductCouponDisplayInfo,
    /// The caller's product number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_product_no: Option<String>,
    /// 商品券状态.
    pub state: Open<ProductCouponState>,
    /// Only on the partner face.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// A product coupon with the stock that its creation made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductCouponWithStock {
    /// The product coupon's members, at top level.
    #[serde(flatten)]
    pub product_coupon: ProductCoupon,
    /// The first stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock: Option<Stock>,
}

/// StockSendRule (发放规则).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockSendRule {
    /// Coupons in all, 1 to 100,000,000.
    pub max_count: i64,
    /// Coupons on one day of UTC+08:00, 1 to 100,000,000; absent for no daily cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_count_per_day: Option<i64>,
    /// Coupons to one person, 1 to 100, unconfirmed ones included.
    pub max_count_per_user: i64,
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

/// The appid whose openids the notifications carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyConfig {
    /// Must be bound to the brand or the provider.
    pub notify_appid: String,
}

/// The writable part of a stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockForCreate {
    /// At most 20 characters, for the brand only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Where the codes come from.
    pub coupon_code_mode: CouponCodeMode,
    /// How many may be issued.
    pub stock_send_rule: StockSendRule,
    /// With usage mode SINGLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_usage_rule: Option<SingleUsageRule>,
    /// With usage mode SEQUENTIAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_usage_rule: Option<SequentialUsageRule>,
    /// How the coupon is used, in words.
    pub usage_rule_display_info: UsageRuleDisplayInfo,
    /// What the coupon looks like.
    pub coupon_display_info: CouponDisplayInfo,
    /// Whose openids notifications carry.
    pub notify_config: NotifyConfig,
    /// In which stores it may be used.
    pub store_scope: StoreScope,
}

/// A stock as it stands in answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// The product coupon it belongs to.
    pub product_coupon_id: String,
    /// Globally unique.
    pub stock_id: String,
    /// For the brand only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Where the codes come from.
    pub coupon_code_mode: Open<CouponCodeMode>,
    /// Only with mode UPLOAD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code_count_info: Option<CouponCodeCountInfo>,
    /// How many may be issued.
    pub stock_send_rule: StockSendRule,
    /// With usage mode SINGLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_usage_rule: Option<SingleUsageRule>,
    /// With usage mode SEQUENTIAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_usage_rule: Option<SequentialUsageRule>,
    /// How the coupon is used, in words.
    pub usage_rule_display_info: UsageRuleDisplayInfo,
    /// What the coupon looks like.
    pub coupon_display_info: CouponDisplayInfo,
    /// Whose openids notifications carry.
    pub notify_config: NotifyConfig,
    /// In which stores it may be used.
    pub store_scope: Open<StoreScope>,
    /// How many were issued.
    pub sent_count_info: SentCountInfo,
    /// 批次状态.
    pub state: Open<StockState>,
    /// Only on the partner face.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// The pool of uploaded codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponCodeCountInfo {
    /// Uploaded, less deleted.
    pub total_count: i64,
    /// Not yet given out.
    pub available_count: i64,
}

/// Coupons issued from a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCountInfo {
    /// In all.
    pub total_count: i64,
    /// On the current day of UTC+08:00.
    pub today_count: i64,
}

/// A user coupon as it stands in answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCoupon {
    /// 券Code.
    pub coupon_code: String,
    /// 用户商品券状态.
    pub coupon_state: Open<UserCouponState>,
    /// First instant of validity.
    pub valid_begin_time: Time,
    /// Last instant of validity, inclusive.
    pub valid_end_time: Time,
    /// When it was issued.
    pub receive_time: Time,
    /// The number of the send or pre-send.
    pub send_request_no: String,
    /// 发券渠道; an open set of words.
    pub send_channel: String,
    /// Once confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_request_no: Option<String>,
    /// Once confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_time: Option<Time>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_request_no: Option<String>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_time: Option<Time>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_reason: Option<String>,
    /// Usage mode SINGLE, once used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_usage_detail: Option<CouponUsageDetail>,
    /// Usage mode SEQUENTIAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_usage_detail: Option<SequentialUsageDetail>,
    /// The product coupon as it was when this coupon was issued.
    pub product_coupon: ProductCoupon,
    /// The stock as it was when this coupon was issued, with today's counts and state.
    pub stock: Stock,
    /// What the send or pre-send attached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// Only on the partner face.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// One use and its return.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponUsageDetail {
    /// Number of the use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_request_no: Option<String>,
    /// When the coupon was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_time: Option<Time>,
    /// The paid order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_order_info: Option<AssociatedOrderInfo>,
    /// The pay-score order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_pay_score_order_info: Option<AssociatedPayScoreOrderInfo>,
    /// Fen actually saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_amount: Option<i64>,
    /// Once returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_request_no: Option<String>,
    /// Once returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_time: Option<Time>,
}

/// The rounds of a sequential coupon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequentialUsageDetail {
    /// Rounds in all.
    pub total_count: i64,
    /// Rounds used.
    pub used_count: i64,
    /// The rounds issued so far; position is the round's index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detail_item_list: Vec<SequentialUsageDetailItem>,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequentialUsageDetailItem {
    /// State of the round.
    pub detail_state: Open<RoundState>,
    /// First instant it may be used.
    pub valid_begin_time: Time,
    /// Last instant it may be used, inclusive.
    pub valid_end_time: Time,
    /// Its use and return.
    #[serde(flatten)]
    pub usage: CouponUsageDetail,
    /// When the user deleted the coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_time: Option<Time>,
}

/// AssociatedOrderInfo: `transaction_id`, or `out_trade_no` with `mchid`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociatedOrderInfo {
    /// WeChat Pay's order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The merchant's order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<String>,
    /// The merchant of `out_trade_no`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mchid: Option<String>,
    /// The sub-merchant of an order placed by a provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_mchid: Option<String>,
}

/// AssociatedPayScoreOrderInfo: `order_id`, or `out_order_no` with `mchid`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociatedPayScoreOrderInfo {
    /// WeChat Pay's number of the pay-score order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The merchant's number.
    #[serde(alias = "out_trade_no", skip_serializing_if = "Option::is_none")]
    pub out_order_no: Option<String>,
    /// The merchant of `out_order_no`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mchid: Option<String>,
    /// The sub-merchant of an order placed by a provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_mchid: Option<String>,
}
