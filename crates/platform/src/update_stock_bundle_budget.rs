//! update_stock_bundle_budget 修改商品券批次组发放预算: one dimension of the budget of every stock of a bundle.

use quan_coupon::budget::BudgetChange;
use quan_coupon::refusal::Refusal;
use quan_model::coupon::StockBundle;
use quan_model::ids::RequestNo;
use quan_model::product_coupon::UpdateStockBudgetRequest;
use quan_store::lock::Lock;
use serde::Serialize;

use crate::access;
use crate::error::Error;
use crate::once::Once;
use crate::stock_bundle_access::{self, StockBundleAddress};
use crate::update_stock_budget;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateStockBundleBudget {
    /// The bundle.
    pub address: StockBundleAddress,
    /// The idempotency key, within the bundle.
    pub out_request_no: RequestNo,
    /// The dimension, what it is and what it is to be.
    pub change: UpdateStockBudgetRequest,
}

/// Changes the budget of all stocks of the bundle, or of none. A total must be enough for what was issued of
/// each of them.
///
/// # Errors
/// `Invalid` for the fields or for a cap that cannot come into being, `NoAuthority`, `NotFound`,
/// `RequestMismatch`, `StockClosed`, `BudgetStale`, `BudgetLow`.
pub fn update_stock_bundle_budget(
    work: &mut Work<'_>,
    input: &UpdateStockBundleBudget,
) -> Result<StockBundle, Error> {
    let UpdateStockBundleBudget { address, out_request_no, change } = input;
    let change = BudgetChange::parse(change)?;
    access::authorised(work.store, &address.scope)?;
    // As for one stock.
    work.store.lock(Lock::StockBundle(&address.stock_bundle_id))?;
    let members = stock_bundle_access::members(work.store, address)?;
    let target = address.stock_bundle_id.to_string();
    let number = out_request_no.as_str();
    let once = Once::new(&address.scope, "update_stock_bundle_budget", target, number, input);
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        // A refusal takes back what was written for the stocks before it: the use case is one savepoint.
        members.iter().try_for_each(|member| update_stock_budget::apply(work, member, &change))?;
        once.note(work, String::new())?;
    }
    stock_bundle_access::shown(work, address)
}
