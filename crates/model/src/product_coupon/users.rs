//! `…/users/{openid}/…`: pre-send, send, and what is done with the coupon of a user.

use serde::{Deserialize, Serialize};

use crate::coupon::{AssociatedOrderInfo, AssociatedPayScoreOrderInfo, CouponTagInfo, UserCoupon};
use crate::enums::UserCouponState;
use crate::time::Time;

/// 5.20 send_user_coupon 向用户发放商品券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendUserCouponRequest {
    /// The product coupon of the stock.
    pub product_coupon_id: String,
    /// The stock to send from.
    pub stock_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
    /// Idempotency key, 6 to 128 characters, in one space with pre-send.
    pub send_request_no: String,
    /// Required with code mode API_ASSIGN, forbidden otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
    /// Returned unchanged in queries and notifications, at most 150 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// A member coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_tag_info: Option<CouponTagInfo>,
    /// The brand that owns the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// 5.22 send_user_coupon_bundle 向用户发放商品券批次组.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendUserCouponBundleRequest {
    /// The product coupon of the bundle.
    pub product_coupon_id: String,
    /// The bundle to send from.
    pub stock_bundle_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
    /// Idempotency key, 6 to 128 characters, in one space with pre-send.
    pub send_request_no: String,
    /// Returned unchanged in queries and notifications, at most 150 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// Member coupons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_tag_info: Option<CouponTagInfo>,
    /// The brand that owns the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// 5.23 pre_send_user_coupon_bundle 向用户预发放商品券批次组.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreSendUserCouponBundleRequest {
    /// The product coupon of the bundle.
    pub product_coupon_id: String,
    /// The bundle to send from.
    pub stock_bundle_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
    /// Idempotency key, 6 to 40 characters.
    pub send_request_no: String,
    /// Returned unchanged in queries and notifications, at most 150 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// The brand that owns the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// 5.28 deactivate_user_coupon_bundle 失效用户商品券组.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeactivateUserCouponBundleRequest {
    /// The product coupon of the bundle.
    pub product_coupon_id: String,
    /// The bundle that the chain was issued from.
    pub stock_bundle_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
    /// Idempotency key, 6 to 40 characters.
    pub out_request_no: String,
    /// At most 150 characters.
    pub deactivate_reason: String,
    /// The brand that owns the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// Query of 5.30 list_user_coupons 指定券状态查询用户商品券列表.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListUserCouponsQuery {
    /// The appid of the openid in the path.
    pub appid: String,
    /// Only coupons of this product coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_coupon_id: Option<String>,
    /// Only coupons of this stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_id: Option<String>,
    /// Only coupons in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_state: Option<UserCouponState>,
    /// Only coupons of this chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_coupon_bundle_id: Option<String>,
    /// 1 to 50; absent means 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<i64>,
    /// Of the page before; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<String>,
    /// The brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// Answer of 5.30.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListUserCouponsResponse {
    /// Coupons that fit, on the first page only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// Leads to the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// Newest first.
    #[serde(default)]
    pub user_coupon_list: Vec<UserCoupon>,
}

/// Query of 5.29 get_user_coupon 查询用户商品券详情.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetUserCouponQuery {
    /// The brand that owns the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
    /// The product coupon of the stock.
    pub product_coupon_id: String,
    /// The stock of the coupon.
    pub stock_id: String,
    /// The appid of the openid in the path.
    pub appid: String,
}
