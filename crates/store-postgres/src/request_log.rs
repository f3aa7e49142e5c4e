//! logged_request and logged_request_name.

use quan_store::column::{Origin, to_json};
use quan_store::error::StoreError;
use quan_store::request_log::{
    LoggedRequest, RequestFilter, RequestHead, RequestLogReader, RequestLogWriter,
};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::unit::Unit;
use crate::write_behind::{Later, borrowed};
use crate::{Values, params, values};

const HEAD: &str =
    "seq, request_id, at_ms, duration_us, method, target, caller, operation, status, outcome, code, reason";
/// Where the columns after those stand.
const AFTER_HEAD: usize = 12;

/// The light half of a row, as PostgreSQL gives it.
struct HeadColumns {
    numbers: [i64; 4],
    texts: [String; 6],
    code: Option<String>,
    reason: Option<String>,
}

fn head_columns(row: &Row) -> Result<HeadColumns, tokio_postgres::Error> {
    Ok(HeadColumns {
        numbers: [row.try_get(0)?, row.try_get(2)?, row.try_get(3)?, row.try_get(8)?],
        texts: [
            row.try_get(1)?,
            row.try_get(4)?,
            row.try_get(5)?,
            row.try_get(6)?,
            row.try_get(7)?,
            row.try_get(9)?,
        ],
        code: row.try_get(10)?,
        reason: row.try_get(11)?,
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
             WHERE ($1::text IS NULL OR caller = $1) AND ($2::text IS NULL OR operation = $2) AND ($3::text IS NULL OR outcome = $3)
               AND ($4::text IS NULL OR request_id = $4
                    OR seq IN (SELECT seq FROM logged_request_name WHERE value = $4))
               AND seq < $5
             ORDER BY seq DESC LIMIT $6"
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
        let sql = format!("SELECT {HEAD}, detail FROM logged_request WHERE seq = $1");
        let found: Option<(HeadColumns, String)> =
            self.one("read a logged request", &sql, params![signed(seq)], |row| {
                Ok((head_columns(row)?, row.try_get(AFTER_HEAD)?))
            })?;
        let Some((columns, detail)) = found else { return Ok(None) };
        let (_, head) = head(columns)?;
        let detail = Origin { table: "logged_request", row: &head.request_id }.json("detail", &detail)?;
        let sql = "SELECT name, value FROM logged_request_name WHERE seq = $1 ORDER BY name, value";
        let names = self.all("read the names of a request", sql, params![signed(seq)], |row| {
            Ok((row.try_get(0)?, row.try_get(1)?))
        })?;
        Ok(Some(LoggedRequest { head, detail, names }))
    }

    fn requests_naming(
        &self,
        names: &[(&str, &str)],
        limit: usize,
    ) -> Result<Vec<(u64, RequestHead)>, StoreError> {
        let naming = |at: usize| {
            let (value, name) = (2 * at + 1, 2 * at + 2);
            format!(
                " AND seq IN (SELECT seq FROM logged_request_name WHERE value = ${value} AND name = ${name})"
            )
        };
        let conditions: String = (0..names.len()).map(naming).collect();
        let last = 2 * names.len() + 1;
        let sql =
            format!("SELECT {HEAD} FROM logged_request WHERE true{conditions} ORDER BY seq LIMIT ${last}");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut values: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(last);
        for (name, value) in names {
            values.push(value);
            values.push(name);
        }
        values.push(&limit);
        let rows = self.all("read requests by name", &sql, &values, head_columns)?;
        rows.into_iter().map(head).collect()
    }
}

/// Adds an entry and the names in it.
pub(crate) const INSERT: &str = "WITH entry AS (
    INSERT INTO logged_request (request_id, at_ms, duration_us, method, target, caller, operation, status, outcome, code,
      reason, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING seq
  ), named AS (
    INSERT INTO logged_request_name (value, name, seq)
    SELECT given.value, given.name, seq FROM entry, unnest($13::text[], $14::text[]) AS given (value, name)
    ON CONFLICT DO NOTHING
  ) SELECT 1 FROM entry";

/// The values of [`INSERT`].
pub(crate) fn insert_values(request: &LoggedRequest) -> Result<Values<'_>, StoreError> {
    let head = &request.head;
    let (names, values): (Vec<&str>, Vec<&str>) =
        request.names.iter().map(|(name, value)| (name.as_str(), value.as_str())).unzip();
    Ok(values![
        head.request_id.as_str(),
        head.at_ms,
        signed(head.duration_us),
        head.method.as_str(),
        head.target.as_str(),
        head.caller.as_str(),
        head.operation.as_str(),
        i64::from(head.status),
        head.outcome.as_str(),
        head.code.as_deref(),
        head.reason.as_deref(),
        to_json(&request.detail)?,
        values,
        names
    ])
}

impl RequestLogWriter for Unit<'_> {
    fn insert_logged_request(&mut self, request: &LoggedRequest) -> Result<(), StoreError> {
        if let Some(writing) = self.transaction()
            && writing.keeps_back()
        {
            writing.behind.push(Later::LoggedRequest(Box::new(request.clone())));
            return Ok(());
        }
        let values = insert_values(request)?;
        let row = || request.head.request_id.clone();
        self.change_one("log a request", "logged_request", row, INSERT, &borrowed(&values))
    }

    fn delete_old_requests(&mut self, before_ms: i64, keep: u64) -> Result<usize, StoreError> {
        // Numbers grow with time, so the last one that has to go tells all of them.
        let sql = "SELECT greatest(coalesce((SELECT max(seq) FROM logged_request WHERE at_ms < $1), 0),
                              coalesce((SELECT seq FROM logged_request ORDER BY seq DESC LIMIT 1 OFFSET $2), 0))";
        let last: Option<i64> =
            self.one("look for old requests", sql, params![before_ms, signed(keep)], |row| row.try_get(0))?;
        let last = last.unwrap_or(0);
        self.change(
            "delete names of old requests",
            "DELETE FROM logged_request_name WHERE seq <= $1",
            params![last],
        )?;
        let deleted =
            self.change("delete old requests", "DELETE FROM logged_request WHERE seq <= $1", params![last])?;
        Ok(usize::try_from(deleted).unwrap_or(usize::MAX))
    }
}
