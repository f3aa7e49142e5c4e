//! modify_stock_budget 修改批次预算.

use quan_coupon::definition::busifavor::budget;
use quan_coupon::refusal::Refusal;
use quan_model::busifavor::{ModifyStockBudgetRequest, ModifyStockBudgetResponse, StockMembers};
use quan_model::ids::{Principal, RequestNumber, StockId};
use quan_store::catalogue::StockDefinition;
use quan_store::error::StoreError;
use quan_store::lock::Lock;

use crate::busifavor::reach;
use crate::counter_shards;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct ModifyStockBudget {
    /// Who calls.
    pub principal: Principal,
    /// The stock.
    pub stock_id: StockId,
    /// The idempotency key.
    pub modify_budget_request_no: RequestNumber,
    /// The change.
    pub request: ModifyStockBudgetRequest,
}

/// Changes the total or the daily cap, and answers both as they are now.
///
/// # Errors
/// `NotFound`, `RequestMismatch`, `StockClosed`, `Invalid` for the targets or a stock of a product coupon,
/// `BudgetStale`, `BudgetLow`.
pub fn modify_stock_budget(
    work: &mut Work<'_>,
    input: &ModifyStockBudget,
) -> Result<ModifyStockBudgetResponse, Error> {
    // What was issued decides, and nothing is issued under the old limits once this is answered.
    work.store.lock(Lock::Stock(&input.stock_id))?;
    let (_, reached) = reach::stock(work.store, &input.principal, &input.stock_id)?;
    let stored = reached.record.definition.busifavor().ok_or(Refusal::NotFound)?;
    let once = Once::new(
        &reach::own(&input.principal),
        "busifavor_modify_stock_budget",
        input.stock_id.to_string(),
        input.modify_budget_request_no.as_str(),
        &input.request,
    );
    let mut rule = stored.stock_send_rule;
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        reached.stock.ensure_editable(work.now)?;
        let counts = work.store.counts(&input.stock_id, work.now.date(), None)?;
        rule = budget::change(&rule, &input.request, counts.total)?;
        let after = StockMembers { stock_send_rule: rule, ..stored.clone() };
        let definition = StockDefinition::Busifavor(after);
        work.store.revise_stock(&input.stock_id, reached.record.revision, &definition)?;
        counter_shards::fit(work, &input.stock_id)?;
        once.note(work, String::new())?;
    }
    let missing = || StoreError::Inconsistent {
        table: "stock_revision",
        column: "definition",
        row: input.stock_id.to_string(),
    };
    Ok(ModifyStockBudgetResponse {
        max_coupons: rule.max_coupons.ok_or_else(missing)?,
        max_coupons_by_day: rule.max_coupons_by_day,
    })
}
