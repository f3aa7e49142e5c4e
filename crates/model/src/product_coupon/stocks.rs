//! `…/stocks` and `…/stock-bundles`: creation, edits, budgets, uploaded codes, lists.

use serde::{Deserialize, Serialize};

use crate::coupon::{NotifyConfig, Stock, StockBundleForCreate, StockForCreate};
use crate::display::{CouponDisplayInfo, UsageRuleDisplayInfo};
use crate::enums::{StockState, StoreScope, UpdateBudgetMode};

/// 5.5 create_stock 添加商品券批次.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateStockRequest {
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// The stock.
    pub stock: StockForCreate,
    /// The brand that owns the product coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// Query of 5.6 list_stocks 查询商品券批次列表.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListStocksQuery {
    /// Only stocks in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StockState>,
    /// Only stocks of this bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_bundle_id: Option<String>,
    /// 1 to 50; absent means 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<i64>,
    /// Of the page before; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<String>,
    /// The brand that owns the product coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// Answer of 5.6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListStocksResponse {
    /// Stocks that fit, on the first page only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// Leads to the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// Newest first.
    #[serde(default)]
    pub stock_list: Vec<Stock>,
}

/// 5.8 update_stock 修改商品券指定批次 and 5.16 update_stock_bundle 修改商品券批次组: a member that is there
/// replaces the stored one as a whole, an absent one stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateStockRequest {
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// At most 20 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// How the coupon is used, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_rule_display_info: Option<UsageRuleDisplayInfo>,
    /// What the coupon looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_display_info: Option<CouponDisplayInfo>,
    /// Whose openids notifications carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_config: Option<NotifyConfig>,
    /// In which stores it may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_scope: Option<StoreScope>,
    /// The brand that owns the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// 5.9 update_stock_budget 修改商品券批次发放预算 and 5.17 for a bundle: one dimension a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateStockBudgetRequest {
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// Which of the two budgets.
    pub update_mode: UpdateBudgetMode,
    /// The total in force; with MAX_COUNT only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_max_count: Option<i64>,
    /// The total wanted, 1 to 100,000,000; with MAX_COUNT only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_max_count: Option<i64>,
    /// The daily cap in force; with MAX_COUNT_PER_DAY only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_max_count_per_day: Option<i64>,
    /// The daily cap wanted, 1 to 100,000,000; with MAX_COUNT_PER_DAY only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_max_count_per_day: Option<i64>,
    /// The brand that owns the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// 5.14 upload_coupon_codes 预上传券Code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadCouponCodesRequest {
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// 1 to 200 codes of 1 to 40 characters.
    pub code_list: Vec<String>,
    /// The brand that owns the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// Answer of upload_coupon_codes; the four lists are disjoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadCouponCodesResponse {
    /// Distinct codes of the request.
    pub total_count: i64,
    /// Now in the pool.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub success_code_list: Vec<String>,
    /// Refused, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_code_list: Vec<FailedCode>,
    /// In the pool before this call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub already_exist_code_list: Vec<String>,
    /// Given more than once in this call; each is uploaded once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicate_code_list: Vec<String>,
}

/// A code that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedCode {
    /// As it was given.
    pub coupon_code: String,
    /// The error word.
    pub code: String,
    /// Why, in Chinese.
    pub message: String,
}

/// 5.15 create_stock_bundle 添加商品券批次组.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateStockBundleRequest {
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// The bundle.
    pub stock_bundle: StockBundleForCreate,
    /// The brand that owns the product coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}
