//! `…/product-coupons` and one of them.

use serde::{Deserialize, Serialize};

use crate::coupon::{
    ProgressiveBundleUsageInfo, SequentialUsageInfo, SingleUsageInfo, StockBundleForCreate, StockForCreate,
};
use crate::display::ProductCouponDisplayInfo;
use crate::enums::{ProductCouponScope, ProductCouponType, UsageMode};

/// 5.1 create_product_coupon 创建商品券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateProductCouponRequest {
    /// The brand that owns the product coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// 优惠范围.
    pub scope: ProductCouponScope,
    /// 券类型.
    #[serde(rename = "type")]
    pub kind: ProductCouponType,
    /// 使用模式.
    pub usage_mode: UsageMode,
    /// With usage mode SINGLE and scope ALL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_usage_info: Option<SingleUsageInfo>,
    /// With usage mode PROGRESSIVE_BUNDLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progressive_bundle_usage_info: Option<ProgressiveBundleUsageInfo>,
    /// With usage mode SEQUENTIAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_usage_info: Option<SequentialUsageInfo>,
    /// What it looks like.
    pub display_info: ProductCouponDisplayInfo,
    /// The caller's product number, at most 40 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_product_no: Option<String>,
    /// The first stock; required with SINGLE and SEQUENTIAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock: Option<StockForCreate>,
    /// The first stock bundle; required with PROGRESSIVE_BUNDLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_bundle: Option<StockBundleForCreate>,
}

/// 5.3 update_product_coupon 修改商品券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateProductCouponRequest {
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// The whole object; it replaces the one in force.
    pub display_info: ProductCouponDisplayInfo,
    /// The brand that owns the product coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// 5.4 deactivate_product_coupon 失效商品券 and 5.10 deactivate_stock 失效商品券批次.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeactivateRequest {
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// At most 150 characters.
    pub deactivate_reason: String,
    /// The brand that owns the product coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}
