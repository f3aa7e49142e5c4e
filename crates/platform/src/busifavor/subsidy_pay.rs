//! subsidy_pay 营销补差付款: keeps the receipt of a payment between merchants. No money moves.

use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_coupon::subsidy;
use quan_model::busifavor::PayReceipt;
use quan_model::ids::{CouponCode, Mchid, Principal, RequestNumber, StockId};
use quan_store::busifavor_receipts::PayReceiptRecord;
use quan_store::error::StoreError;
use serde::Serialize;

use crate::access::ReachedStock;
use crate::busifavor::{reach, receipts};
use crate::error::Error;
use crate::minting;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct SubsidyPay {
    /// The stock of the coupon.
    pub stock_id: StockId,
    /// The coupon.
    pub coupon_code: CouponCode,
    /// The paid order; whether it exists is not asked.
    pub transaction_id: String,
    /// Creator or owner of the coupon.
    pub payer_merchant: Mchid,
    /// A merchant that the platform knows.
    pub payee_merchant: Mchid,
    /// Fen.
    pub amount: i64,
    /// As it was given.
    pub description: String,
    /// The idempotency key.
    pub out_subsidy_no: RequestNumber,
}

/// Notes the payment; it has succeeded at once. A replay answers the receipt as it stands.
///
/// # Errors
/// `NotFound`, `CouponNotFound`, `RequestMismatch`, `WrongState` for a coupon that is not used, `MerchantUnknown`
/// for the payee, `Invalid` for the amount, the payer, an EXCHANGE stock or a stock of a product coupon.
pub fn subsidy_pay(
    work: &mut Work<'_>,
    principal: &Principal,
    input: &SubsidyPay,
) -> Result<PayReceipt, Error> {
    let reached = reach::coupon(work.store, principal, &input.stock_id, &input.coupon_code)?;
    let number = input.out_subsidy_no.as_str();
    let once = Once::new(&reach::own(principal), "busifavor_subsidy_pay", String::new(), number, input);
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        let receipt = receipts::payment(work.store, principal, &replay.answer)?;
        return receipts::pay_receipt(work.store, receipt);
    }
    check_parties(work, &reached.stock, input)?;
    let missing = || StoreError::Inconsistent {
        table: "stock_revision",
        column: "definition",
        row: input.stock_id.to_string(),
    };
    let benefit = reached.stock.stock.terms.benefits.first().ok_or_else(missing)?;
    let amount = subsidy::pay(benefit, reached.record.coupon.state(work.now), input.amount)?;
    let receipt = PayReceiptRecord {
        receipt_id: minting::subsidy_receipt_id(work.entropy),
        stock_id: input.stock_id.clone(),
        coupon_code: input.coupon_code.clone(),
        transaction_id: input.transaction_id.clone(),
        payer: input.payer_merchant.clone(),
        payee: input.payee_merchant.clone(),
        amount,
        description: input.description.clone(),
        out_subsidy_no: input.out_subsidy_no.clone(),
        created_at: work.now,
    };
    work.store.insert_pay_receipt(&receipt)?;
    once.note(work, receipt.receipt_id.clone())?;
    receipts::pay_receipt(work.store, receipt)
}

/// The payer has to do with the stock. The payee may be another merchant of the same chain, and chains are not
/// known here: it must be a merchant at all.
fn check_parties(work: &Work<'_>, stock: &ReachedStock, input: &SubsidyPay) -> Result<(), Error> {
    let payer = Principal::Merchant(input.payer_merchant.clone());
    if payer != stock.record.creator && payer != stock.record.owner {
        let issue = "付款方应为券的创建商户或归属商户";
        return Err(Violation::new("/payer_merchant", ViolationKind::Rule, issue).into());
    }
    if work.store.merchant(&input.payee_merchant)?.is_none() {
        return Err(Refusal::MerchantUnknown { field: "payee_merchant" }.into());
    }
    Ok(())
}
