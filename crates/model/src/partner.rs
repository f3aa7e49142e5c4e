//! Requests and answers of the partner face, `/v3/marketing/partner/product-coupon/…`
//! (api-product-coupon 5). Path parameters are not part of the bodies.

use serde::{Deserialize, Serialize};

use crate::coupon::{
    AssociatedOrderInfo, AssociatedPayScoreOrderInfo, SequentialUsageInfo, SingleUsageInfo, StockForCreate,
};
use crate::display::ProductCouponDisplayInfo;
use crate::enums::{ProductCouponScope, ProductCouponType, UsageMode};
use crate::time::Time;

/// 5.1 create_product_coupon 创建商品券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateProductCouponRequest {
    /// The brand that owns the product coupon.
    pub brand_id: String,
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
}

/// 5.5 create_stock 添加商品券批次.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateStockRequest {
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// The stock.
    pub stock: StockForCreate,
    /// The brand that owns the product coupon.
    pub brand_id: String,
}

/// 5.14 upload_coupon_codes 预上传券Code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadCouponCodesRequest {
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// 1 to 200 codes of 1 to 40 characters.
    pub code_list: Vec<String>,
    /// The brand that owns the stock.
    pub brand_id: String,
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

/// 5.21 pre_send_user_coupon 向用户预发放商品券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreSendUserCouponRequest {
    /// The product coupon of the stock.
    pub product_coupon_id: String,
    /// The stock to send from.
    pub stock_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
    /// Idempotency key, 6 to 40 characters.
    pub send_request_no: String,
    /// Required with code mode API_ASSIGN, forbidden otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
    /// Returned unchanged in queries and notifications, at most 150 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// The brand that owns the stock.
    pub brand_id: String,
}

/// 5.24 confirm_user_coupon 确认发放用户商品券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmUserCouponRequest {
    /// Of the notification.
    pub product_coupon_id: String,
    /// Of the notification.
    pub stock_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// The brand that owns the stock.
    pub brand_id: String,
}

/// 5.25 use_user_coupon 核销用户商品券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseUserCouponRequest {
    /// The product coupon of the stock.
    pub product_coupon_id: String,
    /// The stock of the coupon.
    pub stock_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
    /// When the coupon was used.
    pub use_time: Time,
    /// Idempotency key, 6 to 40 characters; keep it constant per coupon and round.
    pub out_request_no: String,
    /// Required with usage mode SEQUENTIAL, forbidden otherwise; from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_coupon_index: Option<i64>,
    /// The store where it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    /// Exactly one of the two order objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_order_info: Option<AssociatedOrderInfo>,
    /// Exactly one of the two order objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_pay_score_order_info: Option<AssociatedPayScoreOrderInfo>,
    /// Fen actually saved, at least 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_amount: Option<i64>,
    /// The brand that owns the stock.
    pub brand_id: String,
}

/// 5.26 return_user_coupon 退券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnUserCouponRequest {
    /// The product coupon of the stock.
    pub product_coupon_id: String,
    /// The stock of the coupon.
    pub stock_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// Required with usage mode SEQUENTIAL, forbidden otherwise; from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_coupon_index: Option<i64>,
    /// The brand that owns the stock.
    pub brand_id: String,
}

/// 5.27 deactivate_user_coupon 失效用户商品券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeactivateUserCouponRequest {
    /// The product coupon of the stock.
    pub product_coupon_id: String,
    /// The stock of the coupon.
    pub stock_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// At most 150 characters.
    pub deactivate_reason: String,
    /// The brand that owns the stock.
    pub brand_id: String,
}

/// Query of 5.29 get_user_coupon 查询用户商品券详情.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetUserCouponQuery {
    /// The brand that owns the stock.
    pub brand_id: String,
    /// The product coupon of the stock.
    pub product_coupon_id: String,
    /// The stock of the coupon.
    pub stock_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
}

/// 5.31 set_notify_config 设置商品券事件通知地址.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetNotifyConfigRequest {
    /// HTTPS, public, with a path, without a query, at most 256 characters.
    pub notify_url: String,
}

/// Answer of 5.31 and 5.32.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyConfigResponse {
    /// The URL in force.
    pub notify_url: String,
    /// When it was set.
    pub update_time: Time,
}
