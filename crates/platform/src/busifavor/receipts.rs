//! Subsidy receipts on the wire, and who may see them: whoever operates the stock of the coupon.

use quan_coupon::refusal::Refusal;
use quan_coupon::subsidy;
use quan_model::busifavor::{PayReceipt, ReturnReceipt, ReturnReceiptStatus};
use quan_model::ids::Principal;
use quan_store::backend::Reader;
use quan_store::busifavor_receipts::{PayReceiptRecord, ReturnReceiptRecord};

use crate::busifavor::reach;
use crate::error::Error;

/// A payment that the caller may see.
pub(super) fn payment(
    store: &dyn Reader,
    principal: &Principal,
    receipt_id: &str,
) -> Result<PayReceiptRecord, Error> {
    let receipt = store.pay_receipt(receipt_id)?.ok_or(Refusal::NotFound)?;
    reach::stock(store, principal, &receipt.stock_id)?;
    Ok(receipt)
}

/// A payment as it stands: it succeeded when it was made, and returns change its state.
pub(super) fn pay_receipt(store: &dyn Reader, receipt: PayReceiptRecord) -> Result<PayReceipt, Error> {
    let returned = store.returned_amount(&receipt.receipt_id)?;
    Ok(PayReceipt {
        status: subsidy::status(receipt.amount, returned).into(),
        subsidy_receipt_id: receipt.receipt_id,
        stock_id: receipt.stock_id.to_string(),
        coupon_code: receipt.coupon_code.to_string(),
        transaction_id: receipt.transaction_id,
        payer_merchant: receipt.payer.to_string(),
        payee_merchant: receipt.payee.to_string(),
        amount: receipt.amount.get(),
        description: receipt.description,
        fail_reason: None,
        success_time: Some(receipt.created_at),
        out_subsidy_no: receipt.out_subsidy_no.to_string(),
        create_time: Some(receipt.created_at),
    })
}

/// A return, with the members of its payment.
pub(super) fn return_receipt(payment: &PayReceiptRecord, receipt: ReturnReceiptRecord) -> ReturnReceipt {
    ReturnReceipt {
        subsidy_return_receipt_id: Some(receipt.return_receipt_id),
        stock_id: payment.stock_id.to_string(),
        coupon_code: payment.coupon_code.to_string(),
        transaction_id: payment.transaction_id.clone(),
        refund_id: receipt.refund_id,
        payer_merchant: payment.payer.to_string(),
        payee_merchant: payment.payee.to_string(),
        amount: receipt.amount.get(),
        description: receipt.description,
        status: ReturnReceiptStatus::Success.into(),
        fail_reason: None,
        return_done_time: Some(receipt.created_at),
        subsidy_receipt_id: receipt.receipt_id,
        out_subsidy_return_no: receipt.out_subsidy_return_no.to_string(),
        return_create_time: Some(receipt.created_at),
    }
}
