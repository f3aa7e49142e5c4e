//! get_subsidy_pay_receipt 查询营销补差付款单详情.

use quan_model::busifavor::PayReceipt;
use quan_model::ids::Principal;

use crate::busifavor::receipts;
use crate::error::Error;
use crate::work::View;

/// The payment as it stands.
///
/// # Errors
/// `NotFound`, also for the receipt of another merchant's stock.
pub fn get_subsidy_pay_receipt(
    view: &View<'_>,
    principal: &Principal,
    receipt_id: &str,
) -> Result<PayReceipt, Error> {
    let receipt = receipts::payment(view.store, principal, receipt_id)?;
    receipts::pay_receipt(view.store, receipt)
}
