//! audit_entry.

use quan_store::audit_log::{AuditEntry, AuditFilter, AuditLogReader, AuditLogWriter, KeptAuditEntry};
use quan_store::error::StoreError;
use rusqlite::params;

use crate::unit::Unit;
use quan_store::column::{Origin, time};

impl AuditLogReader for Unit<'_> {
    fn audit_entries(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<KeptAuditEntry>, StoreError> {
        let sql = "SELECT seq, at, token_id, token_name, role, action, target, request_no, before, after
                   FROM audit_entry
                   WHERE (?1 IS NULL OR action = ?1) AND (?2 IS NULL OR target = ?2) AND (?3 IS NULL OR token_id = ?3)
                     AND seq < ?4
                   ORDER BY seq DESC LIMIT ?5";
        let values = params![
            filter.action,
            filter.target,
            filter.token_id,
            before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX),
            i64::try_from(limit).unwrap_or(i64::MAX)
        ];
        type Columns = ((i64, i64), [String; 5], [Option<String>; 3]);
        let rows: Vec<Columns> = self.all("read the audit log", sql, values, |row| {
            let texts = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?];
            Ok(((row.get(0)?, row.get(1)?), texts, [row.get(7)?, row.get(8)?, row.get(9)?]))
        })?;
        let kept = |((seq, at), texts, optional): Columns| {
            let row = seq.to_string();
            let origin = Origin { table: "audit_entry", row: &row };
            let [token_id, token_name, role, action, target] = texts;
            let [request_no, before, after] = optional;
            let role = role.parse().map_err(|_| origin.impossible("role"))?;
            let at = time(at);
            let entry =
                AuditEntry { at, token_id, token_name, role, action, target, request_no, before, after };
            Ok(KeptAuditEntry { seq: origin.number("seq", seq)?, entry })
        };
        rows.into_iter().map(kept).collect()
    }
}

impl AuditLogWriter for Unit<'_> {
    fn insert_audit_entry(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let sql = "INSERT INTO audit_entry (at, token_id, token_name, role, action, target, request_no, before, after)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let values = params![
            entry.at.unix_seconds(),
            entry.token_id,
            entry.token_name,
            entry.role.as_str(),
            entry.action,
            entry.target,
            entry.request_no,
            entry.before,
            entry.after
        ];
        self.change("write the audit log", sql, values).map(|_| ())
    }
}
