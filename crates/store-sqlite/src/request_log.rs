//! logged_request and logged_request_name.

use quan_store::error::StoreError;
use quan_store::request_log::{
    LoggedRequest, RequestFilter, RequestHead, RequestLogReader, RequestLogWriter,
};
use rusqlite::types::Value;
use rusqlite::{Row, params, params_from_iter};

use crate::unit::Unit;
use quan_store::column::{Origin, to_json};

const HEAD: &str =
    "seq, request_id, at_ms, duration_us, method, target, caller, operation, status, outcome, code, reason";
/// Where the columns after those stand.
const AFTER_HEAD: usize = 12;

/// The light half of a row, as SQLite gives it.
struct HeadColumns {
    numbers: [i64; 4],
    texts: [String; 6],
    code: Option<String>,
    reason: Option<String>,
}

fn head_columns(row: &Row<'_>) -> Result<HeadColumns, rusqlite::Error> {
    Ok(HeadColumns {
        numbers: [row.get(0)?, row.get(2)?, row.get(3)?, row.get(8)?],
        texts: [row.get(1)?, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?, row.get(9)?],
        code: row.get(10)?,
        reason: row.get(11)?,
    })
}

fn head(columns: HeadColumns) -> Result<(u64, RequestHead), StoreError> {
    let [seq, at_ms, duration_us, status] = columns.numbers;
    let [request_id, method, target, caller, operation, outcome] = columns.texts;
    let origin = Origin { table: "logged_request", row: &request_id };
    let (seq, status) = (origin.number("seq", seq)?, origin.number("status", status)?);
    let duration_us = origin.number("duration_us", duration_us)?;
    let outcome = outcome.parse().map_err(|_| origin.impossible("outcome"))?;
    let (code, reason) = (columns.code, columns.reason);
    Ok((
        seq,
        RequestHead {
            request_id,
            at_ms,
            duration_us,
            method,
            target,
            caller,
            operation,
            status,
            outcome,
            code,
            reason,
        },
    ))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl RequestLogReader for Unit<'_> {
    fn logged_requests(
        &self,
        filter: &RequestFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, RequestHead)>, StoreError> {
        let sql = format!(
            "SELECT {HEAD} FROM logged_request
             WHERE (?1 IS NULL OR caller = ?1) AND (?2 IS NULL OR operation = ?2) AND (?3 IS NULL OR outcome = ?3)
               AND (?4 IS NULL OR request_id = ?4
                    OR seq IN (SELECT seq FROM logged_request_name WHERE value = ?4))
               AND seq < ?5
             ORDER BY seq DESC LIMIT ?6"
        );
        let values = params![
            filter.caller,
            filter.operation,
            filter.outcome.map(quan_store::request_log::Outcome::as_str),
            filter.named,
            before.map_or(i64::MAX, signed),
            i64::try_from(limit).unwrap_or(i64::MAX)
        ];
        self.all("read the request log", &sql, values, head_columns)?.into_iter().map(head).collect()
    }

    fn logged_request(&self, seq: u64) -> Result<Option<LoggedRequest>, StoreError> {
        let sql = format!("SELECT {HEAD}, detail FROM logged_request WHERE seq = ?1");
        let found: Option<(HeadColumns, String)> =
            self.one("read a logged request", &sql, [signed(seq)], |row| {
                Ok((head_columns(row)?, row.get(AFTER_HEAD)?))
            })?;
        let Some((columns, detail)) = found else { return Ok(None) };
        let (_, head) = head(columns)?;
        let detail = Origin { table: "logged_request", row: &head.request_id }.json("detail", &detail)?;
        let sql = "SELECT name, value FROM logged_request_name WHERE seq = ?1 ORDER BY name, value";
        let names = self
            .all("read the names of a request", sql, [signed(seq)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Some(LoggedRequest { head, detail, names }))
    }

    fn requests_naming(
        &self,
        names: &[(&str, &str)],
        limit: usize,
    ) -> Result<Vec<(u64, RequestHead)>, StoreError> {
        let naming = " AND seq IN (SELECT seq FROM logged_request_name WHERE value = ? AND name = ?)";
        let sql = format!(
            "SELECT {HEAD} FROM logged_request WHERE 1{} ORDER BY seq LIMIT ?",
            naming.repeat(names.len())
        );
        let mut values: Vec<Value> = Vec::with_capacity(names.len() * 2 + 1);
        for (name, value) in names {
            values.push(Value::Text((*value).to_owned()));
            values.push(Value::Text((*name).to_owned()));
        }
        values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        let rows = self.all("read requests by name", &sql, params_from_iter(values), head_columns)?;
        rows.into_iter().map(head).collect()
    }
}

impl RequestLogWriter for Unit<'_> {
    fn insert_logged_request(&mut self, request: &LoggedRequest) -> Result<(), StoreError> {
        let sql = "INSERT INTO logged_request (request_id, at_ms, duration_us, method, target, caller, operation, status,
                     outcome, code, reason, detail)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) RETURNING seq";
        let head = &request.head;
        let values = params![
            head.request_id,
            head.at_ms,
            signed(head.duration_us),
            head.method,
            head.target,
            head.caller,
            head.operation,
            head.status,
            head.outcome.as_str(),
            head.code,
            head.reason,
            to_json(&request.detail)?
        ];
        let seq: Option<i64> = self.one("log a request", sql, values, |row| row.get(0))?;
        let sql =
            "INSERT INTO logged_request_name (value, name, seq) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        for (name, value) in &request.names {
            self.change("log what a request names", sql, params![value, name, seq])?;
        }
        Ok(())
    }

    fn delete_old_requests(&mut self, before_ms: i64, keep: u64) -> Result<usize, StoreError> {
        // Numbers grow with time, so the last one that has to go tells all of them.
        let sql = "SELECT max(coalesce((SELECT max(seq) FROM logged_request WHERE at_ms < ?1), 0),
                              coalesce((SELECT seq FROM logged_request ORDER BY seq DESC LIMIT 1 OFFSET ?2), 0))";
        let last: Option<i64> =
            self.one("look for old requests", sql, params![before_ms, signed(keep)], |row| row.get(0))?;
        let last = last.unwrap_or(0);
        self.change(
            "delete names of old requests",
            "DELETE FROM logged_request_name WHERE seq <= ?1",
            [last],
        )?;
        self.change("delete old requests", "DELETE FROM logged_request WHERE seq <= ?1", [last])
    }
}
