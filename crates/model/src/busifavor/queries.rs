//! The query strings of the busifavor face (api-busifavor 5.8 to 5.10, 5.18, 5.21, 5.23).

use serde::{Deserialize, Serialize};

use super::words::{CodeStatus, CouponState};

/// Query of 5.8 list_coupon_codes 查询预存code列表.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListCouponCodesQuery {
    /// Entries of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Entries before the page; absent means 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    /// The appid under which openids are answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// Only codes in this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CodeStatus>,
}

/// Query of 5.9 get_coupon_code 查询预存code详情.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetCouponCodeQuery {
    /// The appid under which openids are answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
}

/// Query of 5.10 delete_coupon_code 删除预存code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteCouponCodeQuery {
    /// Idempotency key, at most 128 characters.
    pub delete_request_no: String,
}

/// Query of 5.18 list_user_coupons 根据过滤条件查询用户券. At least one of the three merchants is given, and it
/// is the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListUserCouponsQuery {
    /// The appid of the openid in the path.
    pub appid: String,
    /// Only coupons of this stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_id: Option<String>,
    /// Only coupons in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_state: Option<CouponState>,
    /// Only of stocks that the caller created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator_merchant: Option<String>,
    /// Only of stocks that belong to the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub belong_merchant: Option<String>,
    /// Only coupons that the caller sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_merchant: Option<String>,
    /// Coupons before the page; absent means 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    /// Coupons of a page, 1 to 50; absent means 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// Query of 5.21 get_callbacks 查询商家券事件通知地址.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetCallbacksQuery {
    /// The merchant; the caller when absent. Older platforms want it (api-busifavor B10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mchid: Option<String>,
}

/// Query of 5.23 list_subsidy_pay_receipts 查询营销补差付款单列表.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSubsidyPayReceiptsQuery {
    /// The stock of the coupon.
    pub stock_id: String,
    /// The coupon.
    pub coupon_code: String,
    /// Only the payment of this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_subsidy_no: Option<String>,
}
