//! get_subsidy_return_receipt 查询商家券营销补差回退单详情.

use quan_coupon::refusal::Refusal;
use quan_model::busifavor::ReturnReceipt;
use quan_model::ids::Principal;

use crate::busifavor::receipts;
use crate::error::Error;
use crate::work::View;

/// The return as it was made.
///
/// # Errors
/// `NotFound`, also for the receipt of another merchant's stock.
pub fn get_subsidy_return_receipt(
    view: &View<'_>,
    principal: &Principal,
    return_receipt_id: &str,
) -> Result<ReturnReceipt, Error> {
    let receipt = view.store.return_receipt(return_receipt_id)?.ok_or(Refusal::NotFound)?;
    let payment = receipts::payment(view.store, principal, &receipt.receipt_id)?;
    Ok(receipts::return_receipt(&payment, receipt))
}
