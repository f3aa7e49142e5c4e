//! subsidy_return 营销补差回退: keeps the receipt of a return. No money moves.

use quan_coupon::refusal::Refusal;
use quan_coupon::subsidy;
use quan_model::busifavor::ReturnReceipt;
use quan_model::ids::{CouponCode, Mchid, Principal, RequestNumber, StockId};
use quan_store::busifavor_receipts::{PayReceiptRecord, ReturnReceiptRecord};
use quan_store::error::StoreError;
use serde::Serialize;

use crate::busifavor::{reach, receipts};
use crate::error::Error;
use crate::minting;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct SubsidyReturn {
    /// The stock of the coupon.
    pub stock_id: StockId,
    /// The coupon.
    pub coupon_code: CouponCode,
    /// The order of the payment.
    pub transaction_id: String,
    /// The refund of the order; whether it exists is not asked.
    pub refund_id: String,
    /// As in the payment.
    pub payer_merchant: Mchid,
    /// As in the payment.
    pub payee_merchant: Mchid,
    /// Fen.
    pub amount: i64,
    /// As it was given.
    pub description: String,
    /// The idempotency key.
    pub out_subsidy_return_no: RequestNumber,
}

/// Notes the return of a payment; it is done at once. The payment is the one with the same order and merchants:
/// the oldest that has enough left, or the oldest.
///
/// # Errors
/// `NotFound`, also when there is no such payment; `CouponNotFound`, `RequestMismatch`, `Invalid` for an amount
/// above what is left of the payment or a stock of a product coupon.
pub fn subsidy_return(
    work: &mut Work<'_>,
    principal: &Principal,
    input: &SubsidyReturn,
) -> Result<ReturnReceipt, Error> {
    reach::coupon(work.store, principal, &input.stock_id, &input.coupon_code)?;
    let number = input.out_subsidy_return_no.as_str();
    let once = Once::new(&reach::own(principal), "busifavor_subsidy_return", String::new(), number, input);
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        return kept(work, principal, &replay.answer);
    }
    let (payment, amount) = payment(work, input)?;
    let receipt = ReturnReceiptRecord {
        return_receipt_id: minting::subsidy_return_receipt_id(work.entropy),
        receipt_id: payment.receipt_id.clone(),
        refund_id: input.refund_id.clone(),
        amount,
        description: input.description.clone(),
        out_subsidy_return_no: input.out_subsidy_return_no.clone(),
        created_at: work.now,
    };
    work.store.insert_return_receipt(&receipt)?;
    once.note(work, receipt.return_receipt_id.clone())?;
    Ok(receipts::return_receipt(&payment, receipt))
}

fn payment(
    work: &Work<'_>,
    input: &SubsidyReturn,
) -> Result<(PayReceiptRecord, quan_coupon::benefit::Fen), Error> {
    let mut refusal = Refusal::NotFound;
    let mut is_first = true;
    for payment in work.store.pay_receipts(&input.stock_id, &input.coupon_code)? {
        let fits = payment.transaction_id == input.transaction_id
            && payment.payer == input.payer_merchant
            && payment.payee == input.payee_merchant;
        if !fits {
            continue;
        }
        let returned = work.store.returned_amount(&payment.receipt_id)?;
        match subsidy::give_back(payment.amount, returned, input.amount) {
            Ok(amount) => return Ok((payment, amount)),
            Err(found) if is_first => {
                refusal = found;
                is_first = false;
            }
            Err(_) => {}
        }
    }
    Err(refusal.into())
}

fn kept(work: &Work<'_>, principal: &Principal, id: &str) -> Result<ReturnReceipt, Error> {
    let missing = || StoreError::Inconsistent {
        table: "subsidy_return_receipt",
        column: "return_receipt_id",
        row: id.to_owned(),
    };
    let receipt = work.store.return_receipt(id)?.ok_or_else(missing)?;
    let payment = receipts::payment(work.store, principal, &receipt.receipt_id)?;
    Ok(receipts::return_receipt(&payment, receipt))
}
