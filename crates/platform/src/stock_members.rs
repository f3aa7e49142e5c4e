//! What the creator of a stock wrote, and putting a changed version of it into force.

use quan_model::coupon::StockForCreate;
use quan_store::catalogue::{ProductCouponStock, StockDefinition};
use quan_store::error::StoreError;

use crate::access::ReachedStock;
use crate::error::Error;
use crate::work::Work;

/// Puts the members of a stock into force as a new revision, changed by `change`; members that come out as
/// they were are no new revision. Coupons already issued keep the revision they were issued under.
pub(crate) fn change(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    change: impl FnOnce(&StockForCreate) -> StockForCreate,
) -> Result<(), Error> {
    let record = &reached.record;
    let written = record.definition.product_coupon().ok_or_else(|| StoreError::Inconsistent {
        table: "stock",
        column: "definition",
        row: record.stock_id.to_string(),
    })?;
    let members = change(&written.members);
    if members != written.members {
        let definition = StockDefinition::ProductCoupon(ProductCouponStock { members, ..written.clone() });
        work.store.revise_stock(&record.stock_id, record.revision, &definition)?;
    }
    Ok(())
}
