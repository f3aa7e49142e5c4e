//! Product coupons by stock alone: pre-send, the core call, and send (api-busifavor 3, 5.2).

use serde::{Deserialize, Serialize};

use super::words::CouponType;

/// 3.1 pre_send_product_coupon 向用户预发放商品券: the core call.
///
/// The public data set also lists `brand_id` and `product_coupon_id` as required without defining
/// them; that is a copy error (api-busifavor B1), and a server ignores them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreSendRequest {
    /// The stock; it alone names product coupon and brand.
    pub stock_id: String,
    /// Required with code mode API_ASSIGN, forbidden otherwise; at most 40 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
    /// The appid of the openid.
    pub appid: String,
    /// The user the token is for. Optional on the wire; refused when absent unless the platform
    /// allows unbound tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// Idempotency key, 6 to 40 characters of `[0-9A-Za-z_-]`.
    pub send_request_no: String,
}

impl PreSendRequest {
    /// The three members that are always required; set the others as needed.
    pub fn new(
        stock_id: impl Into<String>,
        appid: impl Into<String>,
        send_request_no: impl Into<String>,
    ) -> Self {
        Self {
            stock_id: stock_id.into(),
            coupon_code: None,
            appid: appid.into(),
            openid: None,
            send_request_no: send_request_no.into(),
        }
    }

    /// The user the token is for.
    #[must_use]
    pub fn openid(mut self, openid: impl Into<String>) -> Self {
        self.openid = Some(openid.into());
        self
    }

    /// The code to issue, with code mode API_ASSIGN only.
    #[must_use]
    pub fn coupon_code(mut self, coupon_code: impl Into<String>) -> Self {
        self.coupon_code = Some(coupon_code.into());
        self
    }
}

/// The answer of every pre-send. The token is a bearer secret for 300 seconds: keep it out of logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreSendToken {
    /// Opaque, URL-safe, at most 512 characters.
    pub token: String,
}

impl std::fmt::Debug for PreSendToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreSendToken").field("token", &"***").finish()
    }
}

/// 5.2 send_product_coupon 向用户发放商品券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendProductCouponRequest {
    /// Who gets the coupon.
    pub openid: String,
    /// The appid of the openid.
    pub appid: String,
    /// The stock.
    pub stock_id: String,
    /// Idempotency key, unique per stock and user; at most 128 characters.
    pub out_request_no: String,
    /// Required with code mode MERCHANT_API, forbidden otherwise; at most 32 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
    /// What kind of coupon it becomes.
    pub coupon_type: CouponType,
    /// Required with coupon type MEMBER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_card_id: Option<String>,
}

/// The answer of 5.2, flat (api-busifavor B2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendProductCouponResponse {
    /// The stock.
    pub stock_id: String,
    /// The code of the coupon.
    pub coupon_code: String,
    /// The number of the request.
    pub out_request_no: String,
}
