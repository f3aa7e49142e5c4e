//! 营销补差: receipts of a payment between merchants for a used coupon, and of its return (api-busifavor 5.22
//! to 5.26). The platform keeps them as facts; no money moves.

use serde::{Deserialize, Serialize};

use super::words::{PayReceiptStatus, ReturnReceiptStatus};
use crate::enums::Open;
use crate::time::Time;

/// 5.22 subsidy_pay 营销补差付款.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubsidyPayRequest {
    /// The stock of the coupon; not of type EXCHANGE.
    pub stock_id: String,
    /// A used coupon.
    pub coupon_code: String,
    /// The paid order, 28 to 32 characters.
    pub transaction_id: String,
    /// Creator or owner of the coupon.
    pub payer_merchant: String,
    /// Who gets the money.
    pub payee_merchant: String,
    /// Fen, 1 to 500,000, at most the benefit of the coupon.
    pub amount: i64,
    /// 1 to 1024 characters.
    pub description: String,
    /// Idempotency key, at most 128 characters.
    pub out_subsidy_no: String,
}

/// PayReceipt (补差付款单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayReceipt {
    /// Assigned by the platform.
    pub subsidy_receipt_id: String,
    /// The stock of the coupon.
    pub stock_id: String,
    /// The coupon.
    pub coupon_code: String,
    /// The paid order.
    pub transaction_id: String,
    /// Who pays.
    pub payer_merchant: String,
    /// Who gets the money.
    pub payee_merchant: String,
    /// Fen.
    pub amount: i64,
    /// As it was given.
    pub description: String,
    /// 补差付款单状态.
    pub status: Open<PayReceiptStatus>,
    /// With status FAIL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_reason: Option<String>,
    /// Once it succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_time: Option<Time>,
    /// The number of the request.
    pub out_subsidy_no: String,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<Time>,
}

/// The answer of 5.23 list_subsidy_pay_receipts 查询营销补差付款单列表.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayReceiptList {
    /// In the order they were made; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_receipt_list: Option<Vec<PayReceipt>>,
}

/// 5.25 subsidy_return 营销补差回退.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubsidyReturnRequest {
    /// The stock of the coupon.
    pub stock_id: String,
    /// The coupon.
    pub coupon_code: String,
    /// The paid order.
    pub transaction_id: String,
    /// The refund of the order, 28 to 32 characters.
    pub refund_id: String,
    /// Who paid.
    pub payer_merchant: String,
    /// Who got the money.
    pub payee_merchant: String,
    /// Fen; all returns together at most what was paid.
    pub amount: i64,
    /// 1 to 1024 characters.
    pub description: String,
    /// Idempotency key, at most 128 characters.
    pub out_subsidy_return_no: String,
}

/// ReturnReceipt (补差回退单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnReceipt {
    /// Assigned by the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subsidy_return_receipt_id: Option<String>,
    /// The stock of the coupon.
    pub stock_id: String,
    /// The coupon.
    pub coupon_code: String,
    /// The paid order.
    pub transaction_id: String,
    /// The refund of the order.
    pub refund_id: String,
    /// Who paid.
    pub payer_merchant: String,
    /// Who got the money.
    pub payee_merchant: String,
    /// Fen.
    pub amount: i64,
    /// As it was given.
    pub description: String,
    /// 补差回退单状态.
    pub status: Open<ReturnReceiptStatus>,
    /// With status FAIL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_reason: Option<String>,
    /// Once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_done_time: Option<Time>,
    /// The payment that was returned.
    pub subsidy_receipt_id: String,
    /// The number of the request.
    pub out_subsidy_return_no: String,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_create_time: Option<Time>,
}
