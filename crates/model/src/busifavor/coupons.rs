//! Commands on coupons: send, use, return, deactivate, associate, disassociate (api-busifavor 5.11, 5.13
//! to 5.17).

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// 5.11 send_coupon 向用户发券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendCouponRequest {
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
}

/// The answer of 5.11, nested as the official SDK has it. The data set has it flat; both are read, the nested
/// form is written (api-busifavor B2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "EitherForm")]
pub struct SendCouponResponse {
    /// The coupon.
    pub send_coupon_result: SendCouponResult,
}

/// The two forms of the answer of 5.11.
#[derive(Deserialize)]
#[serde(untagged)]
enum EitherForm {
    Nested { send_coupon_result: SendCouponResult },
    Flat(SendCouponResult),
}

impl From<EitherForm> for SendCouponResponse {
    fn from(form: EitherForm) -> Self {
        match form {
            EitherForm::Nested { send_coupon_result } | EitherForm::Flat(send_coupon_result) => {
                Self { send_coupon_result }
            }
        }
    }
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendCouponResult {
    /// The stock.
    pub stock_id: String,
    /// The number of the request.
    pub out_request_no: String,
    /// The code of the coupon.
    pub coupon_code: String,
}

/// 5.13 use_coupon 核销用户券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseCouponRequest {
    /// The coupon.
    pub coupon_code: String,
    /// Required unless the platform made the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_id: Option<String>,
    /// The answer's openid is computed under it.
    pub appid: String,
    /// When the coupon was used.
    pub use_time: Time,
    /// Idempotency key, at most 128 characters.
    pub use_request_no: String,
    /// Who holds the coupon, as a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// WeChat Pay's order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The merchant's order number; together with `mch_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<String>,
    /// The merchant of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mch_id: Option<String>,
}

/// The answer of 5.13.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseCouponResponse {
    /// The stock of the coupon.
    pub stock_id: String,
    /// Who held it, under the appid of the request.
    pub openid: String,
    /// When the platform took the use.
    pub wechatpay_use_time: Time,
}

/// 5.14 return_coupon 申请退券.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnCouponRequest {
    /// The coupon.
    pub coupon_code: String,
    /// Its stock.
    pub stock_id: String,
    /// Idempotency key, at most 128 characters.
    pub return_request_no: String,
}

/// The answer of 5.14.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnCouponResponse {
    /// When the platform took the return.
    pub wechatpay_return_time: Time,
}

/// 5.15 deactivate_coupon 使券失效.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeactivateCouponRequest {
    /// The coupon.
    pub coupon_code: String,
    /// Its stock.
    pub stock_id: String,
    /// Idempotency key, at most 128 characters.
    pub deactivate_request_no: String,
    /// At most 64 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_reason: Option<String>,
}

/// The answer of 5.15.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeactivateCouponResponse {
    /// When the platform took the deactivation.
    pub wechatpay_deactivate_time: Time,
}

/// 5.16 associate_trade_info 关联订单信息 and 5.17 disassociate_trade_info 取消关联订单信息.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociateTradeInfoRequest {
    /// The stock of the coupon.
    pub stock_id: String,
    /// The coupon.
    pub coupon_code: String,
    /// The merchant's order number, 1 to 32 characters.
    pub out_trade_no: String,
    /// Idempotency key, at most 128 characters.
    pub out_request_no: String,
}

/// The answer of 5.16.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociateTradeInfoResponse {
    /// When the platform took the association.
    pub wechatpay_associate_time: Time,
}

/// The answer of 5.17.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisassociateTradeInfoResponse {
    /// When the platform took it back.
    pub wechatpay_disassociate_time: Time,
}
