//! Every row read into the value that it stands for.

use quan_store::audit::readable::{KeyColumn, TABLES, Table};
use quan_store::audit::{FINDINGS_MAX, Finding};
use quan_store::error::StoreError;
use rusqlite::Connection;

use crate::unit::Unit;

/// Rows that cannot be read.
pub(super) fn findings(view: &Connection) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    for table in TABLES {
        read_all(table, view, &mut found)?;
    }
    Ok(found)
}

fn as_text(column: &KeyColumn) -> String {
    match column {
        KeyColumn::Text(name) => (*name).to_owned(),
        KeyColumn::Number(name) => format!("CAST({name} AS TEXT)"),
        KeyColumn::Bytes(name) => format!("hex({name})"),
    }
}

fn read_all(table: &Table, view: &Connection, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    let failed = |cause| StoreError::backend("list rows to read", cause);
    let unit = Unit::reading(view);
    let columns: Vec<_> = table.key.iter().map(as_text).collect();
    let sql = format!("SELECT {} FROM {}", columns.join(", "), table.name);
    let mut query = view.prepare_cached(&sql).map_err(failed)?;
    let mut rows = query.query([]).map_err(failed)?;
    let before = found.len();
    while let Some(row) = rows.next().map_err(failed)? {
        if found.len() - before >= FINDINGS_MAX {
            break;
        }
        let key: Vec<String> =
            (0..columns.len()).map(|at| row.get(at)).collect::<Result<_, _>>().map_err(failed)?;
        found.extend(match table.finding(&unit, &key) {
            // A column may hold a value of any type here.
            Err(StoreError::Backend { cause, .. }) => {
                Some(table.unreadable(&key, format!("cannot be read: {cause}")))
            }
            outcome => outcome?,
        });
    }
    Ok(())
}
