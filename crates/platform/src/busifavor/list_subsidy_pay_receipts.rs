//! list_subsidy_pay_receipts 查询营销补差付款单列表: the payments for one coupon.

use quan_coupon::refusal::Refusal;
use quan_model::busifavor::PayReceiptList;
use quan_model::ids::{CouponCode, Principal, RequestNumber, StockId};

use crate::busifavor::{reach, receipts};
use crate::error::Error;
use crate::work::View;

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct ListSubsidyPayReceipts {
    /// Who calls.
    pub principal: Principal,
    /// The stock of the coupon.
    pub stock_id: StockId,
    /// The coupon.
    pub coupon_code: CouponCode,
    /// With this number only.
    pub out_subsidy_no: Option<RequestNumber>,
}

/// The payments, the oldest first.
///
/// # Errors
/// `NotFound`, `CouponNotFound`, `Invalid` for a stock of a product coupon.
pub fn list_subsidy_pay_receipts(
    view: &View<'_>,
    input: &ListSubsidyPayReceipts,
) -> Result<PayReceiptList, Error> {
    reach::stock(view.store, &input.principal, &input.stock_id)?;
    view.store.user_coupon(&input.stock_id, &input.coupon_code)?.ok_or(Refusal::CouponNotFound)?;
    let mut list = Vec::new();
    for receipt in view.store.pay_receipts(&input.stock_id, &input.coupon_code)? {
        if input.out_subsidy_no.as_ref().is_none_or(|number| *number == receipt.out_subsidy_no) {
            list.push(receipts::pay_receipt(view.store, receipt)?);
        }
    }
    Ok(PayReceiptList { pay_receipt_list: (!list.is_empty()).then_some(list) })
}
