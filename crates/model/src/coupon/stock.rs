//! Stocks and stock bundles (api-product-coupon 3.8, 3.9, 3.11).

use serde::{Deserialize, Serialize};

use super::{ProgressiveBundleRoundRule, ProgressiveBundleUsageRule, SequentialUsageRule, SingleUsageRule};
use crate::display::{CouponDisplayInfo, UsageRuleDisplayInfo};
use crate::enums::{CouponCodeMode, Open, StockState, StoreScope};
use crate::time::Time;

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

/// Where a stock stands in its bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockBundleInfo {
    /// The bundle.
    pub stock_bundle_id: String,
    /// From 0.
    pub stock_bundle_index: i64,
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

/// The writable part of a stock bundle (批次组); every stock of it gets the same but its benefit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockBundleForCreate {
    /// At most 20 characters, for the brand only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Where the codes come from: WECHATPAY or UPLOAD.
    pub coupon_code_mode: CouponCodeMode,
    /// How many may be issued, of each stock.
    pub stock_send_rule: StockSendRule,
    /// The benefits of the chain.
    pub progressive_bundle_usage_rule: ProgressiveBundleUsageRule,
    /// How the coupons are used, in words.
    pub usage_rule_display_info: UsageRuleDisplayInfo,
    /// What the coupons look like.
    pub coupon_display_info: CouponDisplayInfo,
    /// Whose openids notifications carry.
    pub notify_config: NotifyConfig,
    /// In which stores they may be used.
    pub store_scope: StoreScope,
}

/// A stock bundle as it stands in answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockBundle {
    /// Assigned by the platform.
    pub stock_bundle_id: String,
    /// Its stocks, by index.
    pub stock_list: Vec<Stock>,
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
    /// Of a stock in a bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progressive_bundle_usage_rule: Option<ProgressiveBundleRoundRule>,
    /// With usage mode SEQUENTIAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_usage_rule: Option<SequentialUsageRule>,
    /// Of a stock in a bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_bundle_info: Option<StockBundleInfo>,
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
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_request_no: Option<String>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_time: Option<Time>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_reason: Option<String>,
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
