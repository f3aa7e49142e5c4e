//! Looking for rows that break an invariant of the store.
//!
//! Each check is one query that gives the key of a broken row and what is wrong with it. They read what the rest of
//! this crate writes, in other ways: counts are compared with the coupons, never with another count.

mod coupons;
mod limits;
mod readable;
mod records;

use quan_store::audit::{Audit, FINDINGS_MAX, Finding, Invariant};
use quan_store::error::StoreError;

use crate::store::PostgresStore;
use crate::unit::Unit;

/// One way to break an invariant.
pub(crate) struct Check {
    invariant: Invariant,
    table: &'static str,
    /// Gives the key of each broken row and what is wrong with it.
    sql: &'static str,
}

/// Stocks and days with the sums of their counters, under the names of their tables, so that the checks need not know
/// into how many counters a stock is split.
const SUMS: &str = "WITH stock AS (
    SELECT stock.*, (SELECT coalesce(sum(issued), 0)::bigint FROM stock_counter
                     WHERE stock_counter.stock_id = stock.stock_id) AS issued
    FROM stock
  ), stock_day AS (
    SELECT stock_id, day, sum(issued)::bigint AS issued FROM stock_day GROUP BY stock_id, day
  )";

impl Audit for PostgresStore {
    fn audit(
        &self,
        invariants: &[Invariant],
        begun: &mut dyn FnMut(Invariant),
    ) -> Result<Vec<Finding>, StoreError> {
        let mut found = Ok(Vec::new());
        self.view(&mut |unit| found = audit(unit, invariants, begun))?;
        found
    }
}

/// Looks in one view.
fn audit(
    unit: &Unit<'_>,
    invariants: &[Invariant],
    begun: &mut dyn FnMut(Invariant),
) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    for invariant in invariants {
        begun(*invariant);
        for check in limits::CHECKS.iter().chain(coupons::CHECKS).chain(records::CHECKS) {
            if check.invariant == *invariant {
                found.extend(check.run(unit)?);
            }
        }
        if *invariant == Invariant::Readable {
            found.extend(readable::findings(unit)?);
        }
    }
    Ok(found)
}

impl Check {
    fn run(&self, unit: &Unit<'_>) -> Result<Vec<Finding>, StoreError> {
        let limited = format!("{SUMS} SELECT * FROM ({}) AS broken LIMIT {FINDINGS_MAX}", self.sql);
        unit.all("check an invariant", &limited, &[], |row| {
            Ok(Finding {
                invariant: self.invariant,
                table: self.table.to_owned(),
                row: row.try_get(0)?,
                what: row.try_get(1)?,
            })
        })
    }
}
