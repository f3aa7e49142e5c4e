//! idempotency.

use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::idempotency::{
    Fingerprint, IdempotencyKey, IdempotencyReader, IdempotencyRecord, IdempotencyWriter,
};
use rusqlite::params;

use crate::unit::Unit;

impl IdempotencyReader for Unit<'_> {
    fn idempotency_record(&self, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, StoreError> {
        let sql = "SELECT fingerprint, answer, created_at FROM idempotency
                   WHERE principal = ?1 AND owner = ?2 AND operation = ?3 AND target = ?4 AND request_no = ?5";
        let values = params![
            key.principal.to_string(),
            key.owner.to_string(),
            key.operation,
            key.target,
            key.request_no
        ];
        let found: Option<(Vec<u8>, String, i64)> =
            self.one("read a request number", sql, values, |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
        let record = |(fingerprint, answer, created_at): (Vec<u8>, String, i64)| {
            let origin = Origin { table: "idempotency", row: &key.request_no };
            let fingerprint = Fingerprint(origin.bytes("fingerprint", &fingerprint)?);
            Ok(IdempotencyRecord { fingerprint, answer, created_at: time(created_at) })
        };
        found.map(record).transpose()
    }
}

impl IdempotencyWriter for Unit<'_> {
    fn insert_idempotency_record(
        &mut self,
        key: &IdempotencyKey,
        record: &IdempotencyRecord,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO idempotency
                     (principal, owner, operation, target, request_no, fingerprint, answer, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
        let values = params![
            key.principal.to_string(),
            key.owner.to_string(),
            key.operation,
            key.target,
            key.request_no,
            record.fingerprint.0.as_slice(),
            record.answer,
            record.created_at.unix_seconds()
        ];
        self.change_one("write a request number", "idempotency", || key.request_no.clone(), sql, values)
    }
}
