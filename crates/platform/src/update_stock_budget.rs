//! update_stock_budget 修改商品券批次发放预算: one dimension of a stock's budget.

use quan_coupon::budget::BudgetChange;
use quan_coupon::definition::Limits;
use quan_coupon::refusal::Refusal;
use quan_model::coupon::{Stock, StockForCreate, StockSendRule};
use quan_model::ids::RequestNo;
use quan_model::product_coupon::UpdateStockBudgetRequest;
use quan_store::lock::Lock;
use serde::Serialize;

use crate::access::{self, ReachedStock, StockAddress};
use crate::counter_shards;
use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::stock_members;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateStockBudget {
    /// The stock.
    pub address: StockAddress,
    /// The idempotency key, within the stock.
    pub out_request_no: RequestNo,
    /// The dimension, what it is and what it is to be.
    pub change: UpdateStockBudgetRequest,
}

/// Changes the budget. Issuing runs in the same lane, so that no issue falls between the look at what was
/// issued and the change.
///
/// # Errors
/// `Invalid` for the fields, for a cap that cannot come into being, or for a stock of a bundle, `NoAuthority`,
/// `NotFound`, `RequestMismatch`, `StockClosed`, `BudgetStale`, `BudgetLow`.
pub fn update_stock_budget(work: &mut Work<'_>, input: &UpdateStockBudget) -> Result<Stock, Error> {
    let UpdateStockBudget { address, out_request_no, change } = input;
    let change = BudgetChange::parse(change)?;
    access::authorised(work.store, &address.scope)?;
    // What was issued decides, and nothing is issued under the old limits once this is answered.
    work.store.lock(Lock::Stock(&address.stock_id))?;
    let reached = access::stock(work.store, address)?;
    let target = address.stock_id.to_string();
    let once = Once::new(&address.scope, "update_stock_budget", target, out_request_no.as_str(), input);
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        reached.stock.ensure_alone()?;
        apply(work, &reached, &change)?;
        once.note(work, String::new())?;
    }
    let reached = access::stock(work.store, address)?;
    Viewer::new(work.store, &address.scope, work.now).stock(&reached)
}

/// Changes the budget of one stock.
pub(crate) fn apply(work: &mut Work<'_>, reached: &ReachedStock, change: &BudgetChange) -> Result<(), Error> {
    reached.stock.ensure_editable(work.now)?;
    let issued = work.store.counts(&reached.record.stock_id, work.now.date(), None)?.total;
    let limits = change.apply(&reached.stock.terms.limits, issued)?;
    stock_members::change(work, reached, |members| with_limits(members, &limits))?;
    counter_shards::fit(work, &reached.record.stock_id)
}

fn with_limits(members: &StockForCreate, limits: &Limits) -> StockForCreate {
    // Limits are at most 100,000,000.
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let stock_send_rule = StockSendRule {
        max_count: number(limits.max_count),
        max_count_per_day: limits.max_count_per_day.map(number),
        ..members.stock_send_rule
    };
    StockForCreate { stock_send_rule, ..members.clone() }
}
