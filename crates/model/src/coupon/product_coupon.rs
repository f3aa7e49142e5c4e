//! The product coupon (api-product-coupon 3.3).

use serde::{Deserialize, Serialize};

use super::{ProgressiveBundleUsageInfo, SequentialUsageInfo, SingleUsageInfo, Stock, StockBundle};
use crate::display::ProductCouponDisplayInfo;
use crate::enums::{Open, ProductCouponScope, ProductCouponState, ProductCouponType, UsageMode};
use crate::time::Time;

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
    /// With usage mode PROGRESSIVE_BUNDLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progressive_bundle_usage_info: Option<ProgressiveBundleUsageInfo>,
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
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_request_no: Option<String>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_time: Option<Time>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_reason: Option<String>,
}

/// A product coupon with the stock that its creation made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductCouponWithStock {
    /// The product coupon's members, at top level.
    #[serde(flatten)]
    pub product_coupon: ProductCoupon,
    /// The first stock, with usage mode SINGLE or SEQUENTIAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock: Option<Stock>,
    /// The first stock bundle, with usage mode PROGRESSIVE_BUNDLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_bundle: Option<StockBundle>,
}
