//! Stocks: create, get, modify, modify the budget (api-busifavor 4.6, 5.3 to 5.6).

use serde::{Deserialize, Serialize};

use super::rules::{CouponUseRule, CustomEntrance, DisplayPattern, NotifyConfig, StockSendRule};
use super::words::{MerchantCodeMode, RunningState, UseMethod};
use crate::enums::{Open, ProductCouponType};
use crate::time::Time;

/// 5.3 create_stock 创建商家券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateStockRequest {
    /// 1 to 21 characters.
    pub stock_name: String,
    /// The merchant that owns the stock, 8 to 15 digits.
    pub belong_merchant: String,
    /// At most 20 characters, for the merchant only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// 1 to 15 characters.
    pub goods_name: String,
    /// 批次类型.
    pub stock_type: ProductCouponType,
    /// How and when the coupons are used.
    pub coupon_use_rule: CouponUseRule,
    /// How many may be issued.
    pub stock_send_rule: StockSendRule,
    /// Idempotency key, at most 128 characters.
    pub out_request_no: String,
    /// Buttons of the coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_entrance: Option<CustomEntrance>,
    /// What the coupon looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_pattern_info: Option<DisplayPattern>,
    /// Where the codes come from.
    pub coupon_code_mode: MerchantCodeMode,
    /// Whose openids notifications carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_config: Option<NotifyConfig>,
}

impl CreateStockRequest {
    /// What is kept of it: everything but the owner and the number.
    #[must_use]
    pub fn members(self) -> StockMembers {
        StockMembers {
            stock_name: self.stock_name,
            comment: self.comment,
            goods_name: self.goods_name,
            stock_type: self.stock_type,
            coupon_use_rule: self.coupon_use_rule.gathered(),
            stock_send_rule: self.stock_send_rule,
            custom_entrance: self.custom_entrance,
            display_pattern_info: self.display_pattern_info,
            coupon_code_mode: self.coupon_code_mode,
            notify_config: self.notify_config,
        }
    }
}

/// The writable part of a stock, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockMembers {
    /// 1 to 21 characters.
    pub stock_name: String,
    /// At most 20 characters, for the merchant only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// 1 to 15 characters.
    pub goods_name: String,
    /// 批次类型.
    pub stock_type: ProductCouponType,
    /// How and when the coupons are used.
    pub coupon_use_rule: CouponUseRule,
    /// How many may be issued.
    pub stock_send_rule: StockSendRule,
    /// Buttons of the coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_entrance: Option<CustomEntrance>,
    /// What the coupon looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_pattern_info: Option<DisplayPattern>,
    /// Where the codes come from.
    pub coupon_code_mode: MerchantCodeMode,
    /// Whose openids notifications carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_config: Option<NotifyConfig>,
}

/// The answer of 5.3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateStockResponse {
    /// Assigned by the platform, globally unique.
    pub stock_id: String,
    /// When the stock was created.
    pub create_time: Time,
}

/// BusiStock (商家券批次). A stock of a product coupon is shown in it too; what this face has no member for
/// is left out, never invented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusiStock {
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
    /// How and when the coupons are used.
    pub coupon_use_rule: CouponUseRule,
    /// How many may be issued.
    pub stock_send_rule: StockSendRule,
    /// Buttons of the coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_entrance: Option<CustomEntrance>,
    /// What the coupon looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_pattern_info: Option<DisplayPattern>,
    /// Where the codes come from.
    pub coupon_code_mode: Open<MerchantCodeMode>,
    /// Whose openids notifications carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_config: Option<NotifyConfig>,
    /// 批次状态.
    pub stock_state: Open<RunningState>,
    /// Globally unique.
    pub stock_id: String,
    /// Only with code mode MERCHANT_UPLOAD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code_count: Option<CodeCount>,
    /// How many were issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_count_information: Option<SendCountInformation>,
}

/// The pool of uploaded codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeCount {
    /// Uploaded, less deleted.
    pub total_count: i64,
    /// Not yet given out.
    pub available_count: i64,
}

/// Coupons issued from a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendCountInformation {
    /// In all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_send_num: Option<i64>,
    /// On the current day of UTC+08:00.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today_send_num: Option<i64>,
}

/// 5.5 modify_stock 修改商家券基本信息; an object that is given replaces the stored one, what is absent stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModifyStockRequest {
    /// Idempotency key, at most 128 characters.
    pub out_request_no: String,
    /// Buttons of the coupon; its `store_id` cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_entrance: Option<CustomEntrance>,
    /// At most 20 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// 1 to 15 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goods_name: Option<String>,
    /// What the coupon looks like; logo and name of the merchant cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_pattern_info: Option<DisplayPattern>,
    /// How the coupons are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_use_rule: Option<ModifyUseRule>,
    /// Of it `prevent_api_abuse` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_send_rule: Option<StockSendRule>,
    /// Whose openids notifications carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_config: Option<NotifyConfig>,
}

/// The part of a use rule that can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModifyUseRule {
    /// How the coupons are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_method: Option<UseMethod>,
    /// With use method MINI_PROGRAMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_programs_appid: Option<String>,
    /// With use method MINI_PROGRAMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_programs_path: Option<String>,
}

/// 5.6 modify_stock_budget 修改批次预算: one of the two targets, with the current value beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModifyStockBudgetRequest {
    /// The new total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_max_coupons: Option<i64>,
    /// The new daily cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_max_coupons_by_day: Option<i64>,
    /// The total as it is; required with its target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_max_coupons: Option<i64>,
    /// The daily cap as it is; required with its target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_max_coupons_by_day: Option<i64>,
    /// Idempotency key, at most 128 characters.
    pub modify_budget_request_no: String,
}

/// The answer of 5.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModifyStockBudgetResponse {
    /// The total.
    pub max_coupons: i64,
    /// The daily cap, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_coupons_by_day: Option<i64>,
}
