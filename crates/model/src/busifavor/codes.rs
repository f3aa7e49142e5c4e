//! Uploaded codes: upload, list, get, delete (api-busifavor 5.7 to 5.10).

use serde::{Deserialize, Serialize};

use super::users::BusiCoupon;
use super::words::CodeStatus;
use crate::enums::Open;
use crate::time::Time;

/// 5.7 upload_coupon_codes 上传预存code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadCouponCodesRequest {
    /// 1 to 200 codes, each of 1 to 32 letters, digits, spaces and `- _ \ / = |`.
    pub coupon_code_list: Vec<String>,
    /// Idempotency key, at most 128 characters.
    pub upload_request_no: String,
}

/// The answer of 5.7. The four lists are disjoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadCouponCodesResponse {
    /// The stock.
    pub stock_id: String,
    /// Distinct codes of the request, illegal ones included.
    pub total_count: i64,
    /// How many codes `success_codes` lists.
    pub success_count: i64,
    /// New codes given once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_codes: Option<Vec<String>>,
    /// When they were put into the pool.
    pub success_time: Time,
    /// How many codes `fail_codes` lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_count: Option<i64>,
    /// Illegal codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_codes: Option<Vec<FailedCode>>,
    /// Codes the pool had before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exist_codes: Option<Vec<String>>,
    /// New codes given more than once; they are in the pool too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_codes: Option<Vec<String>>,
}

/// An illegal code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedCode {
    /// As it was given.
    pub coupon_code: String,
    /// The word of the error.
    pub code: String,
    /// What is wrong with it.
    pub message: String,
}

/// The answer of 5.8 list_coupon_codes 查询预存code列表.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListCouponCodesResponse {
    /// The stock.
    pub stock_id: String,
    /// How many codes fit the filter.
    pub total_count: i64,
    /// This part of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<CodeEntity>>,
    /// Where this part begins.
    pub offset: i64,
    /// How many entries this part has.
    pub limit: i64,
}

/// One uploaded code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeEntity {
    /// The code.
    pub code: String,
    /// 预存code状态.
    pub code_status: Open<CodeStatus>,
    /// When it was put into the pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_time: Option<Time>,
    /// When it was given out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatched_time: Option<Time>,
    /// Who holds its coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// The holder across appids, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
    /// The code of its coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
}

/// The answer of 5.9 get_coupon_code 查询预存code详情.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeInformation {
    /// The code.
    pub code_information: CodeEntity,
    /// Its coupon, once it was given out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_information: Option<BusiCoupon>,
}

/// The answer of 5.10 delete_coupon_code 删除预存code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteCouponCodeResponse {
    /// The stock.
    pub stock_id: String,
    /// When the code was deleted.
    pub delete_time: Time,
}
