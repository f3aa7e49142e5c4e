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
use rusqlite::Connection;

use crate::store::SqliteStore;

/// One way to break an invariant.
pub(crate) struct Check {
    invariant: Invariant,
    table: &'static str,
    /// Gives the key of each broken row and what is wrong with it.
    sql: &'static str,
}

impl Audit for SqliteStore {
    fn audit(
        &self,
        invariants: &[Invariant],
        begun: &mut dyn FnMut(Invariant),
    ) -> Result<Vec<Finding>, StoreError> {
        self.on_reader(|connection| audit(connection, invariants, begun))?
    }
}

/// Looks in one transaction.
pub(crate) fn audit(
    connection: &mut Connection,
    invariants: &[Invariant],
    begun: &mut dyn FnMut(Invariant),
) -> Result<Vec<Finding>, StoreError> {
    let view = connection.transaction().map_err(|cause| StoreError::backend("begin reading", cause))?;
    let mut found = Vec::new();
    for invariant in invariants {
        begun(*invariant);
        for check in limits::CHECKS.iter().chain(coupons::CHECKS).chain(records::CHECKS) {
            if check.invariant == *invariant {
                found.extend(check.run(&view)?);
            }
        }
        if *invariant == Invariant::Readable {
            found.extend(readable::findings(&view)?);
        }
    }
    Ok(found)
}

impl Check {
    fn run(&self, view: &Connection) -> Result<Vec<Finding>, StoreError> {
        let failed = |cause| StoreError::backend("check an invariant", cause);
        let limited = format!("SELECT * FROM ({}) LIMIT {FINDINGS_MAX}", self.sql);
        let mut query = view.prepare_cached(&limited).map_err(failed)?;
        let rows = query
            .query_map([], |row| {
                Ok(Finding {
                    invariant: self.invariant,
                    table: self.table.to_owned(),
                    row: row.get(0)?,
                    what: row.get(1)?,
                })
            })
            .map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }
}
