//! The coupons that users hold (api-busifavor 4.7, 5.18, 5.19).

use serde::{Deserialize, Serialize};

use super::rules::{CouponUseRule, CustomEntrance, DisplayPattern};
use super::words::CouponState;
use crate::enums::{Open, ProductCouponType};
use crate::time::Time;

/// BusiCoupon (用户商家券). A coupon of a product coupon is shown in it too; what this face has no member for
/// is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusiCoupon {
    /// 商家券批次名称.
    pub stock_name: String,
    /// The merchant that owns the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub belong_merchant: Option<String>,
    /// For the merchant only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// 适用商品范围.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goods_name: Option<String>,
    /// 批次类型.
    pub stock_type: Open<ProductCouponType>,
    /// Always false: not open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transferable: Option<bool>,
    /// Always false: not open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shareable: Option<bool>,
    /// 券状态.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_state: Option<Open<CouponState>>,
    /// What the coupon looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_pattern_info: Option<DisplayPattern>,
    /// How and when it is used.
    pub coupon_use_rule: CouponUseRule,
    /// Buttons of the coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_entrance: Option<CustomEntrance>,
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
    /// Its stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_id: Option<String>,
    /// First instant of validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_start_time: Option<Time>,
    /// Last instant of validity, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_time: Option<Time>,
    /// When it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receive_time: Option<Time>,
    /// The number of the send or pre-send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_request_no: Option<String>,
    /// Once used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_request_no: Option<String>,
    /// Once used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_time: Option<Time>,
    /// While an order is associated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associate_out_trade_no: Option<String>,
    /// Once returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_request_no: Option<String>,
    /// Once returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_time: Option<Time>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_request_no: Option<String>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_time: Option<Time>,
    /// Once deactivated, if a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_reason: Option<String>,
}

/// The answer of 5.18 list_user_coupons 根据过滤条件查询用户券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListUserCouponsResponse {
    /// This part of the coupons, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<BusiCoupon>>,
    /// How many coupons fit the filter.
    pub total_count: i64,
    /// The limit in force.
    pub limit: i64,
    /// Where this part begins.
    pub offset: i64,
}
