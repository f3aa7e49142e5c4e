//! Every row read into the value that it stands for.

use quan_store::audit::readable::{KeyColumn, TABLES, Table};
use quan_store::audit::{FINDINGS_MAX, Finding};
use quan_store::error::StoreError;

use crate::unit::Unit;

/// Keys that are in memory at once: a table may have millions.
const KEYS_AT_ONCE: usize = 1000;

/// Rows that cannot be read.
pub(super) fn findings(unit: &Unit<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    for table in TABLES {
        read_all(table, unit, &mut found)?;
    }
    Ok(found)
}

fn as_text(column: &KeyColumn) -> String {
    match column {
        KeyColumn::Text(name) => (*name).to_owned(),
        KeyColumn::Number(name) => format!("{name}::text"),
        KeyColumn::Bytes(name) => format!("encode({name}, 'hex')"),
    }
}

/// Reads a table by a cursor, which ends at the latest with the view.
fn read_all(table: &Table, unit: &Unit<'_>, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    let doing = "list rows to read";
    let cursor = format!("keys_of_{}", table.name);
    let columns: Vec<_> = table.key.iter().map(as_text).collect();
    let keys = format!("SELECT {} FROM {}", columns.join(", "), table.name);
    unit.change(doing, &format!("DECLARE {cursor} NO SCROLL CURSOR FOR {keys}"), &[])?;
    let fetch = format!("FETCH {KEYS_AT_ONCE} FROM {cursor}");
    let before = found.len();
    loop {
        let page: Vec<Vec<String>> =
            unit.all(doing, &fetch, &[], |row| (0..row.len()).map(|at| row.try_get(at)).collect())?;
        let is_last = page.len() < KEYS_AT_ONCE;
        for key in page {
            // A row that cannot be understood is a finding; after a failure the view is of no use any more.
            found.extend(table.finding(unit, &key)?);
            if found.len() - before >= FINDINGS_MAX {
                return Ok(());
            }
        }
        if is_last {
            return Ok(());
        }
    }
}
