//! pool_code.

use quan_model::coupon::CouponCodeCountInfo;
use quan_model::ids::{CouponCode, StockId};
use quan_model::time::Time;
use quan_store::code_pool::{CodePoolReader, CodePoolWriter, PoolCode, PoolPage};
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use rusqlite::{Row, params};

use crate::unit::Unit;

const COLUMNS: &str = "coupon_code, uploaded_at, dispatched_at, deleted_at";

type Columns = (String, i64, Option<i64>, Option<i64>);

fn columns(row: &Row<'_>) -> Result<Columns, rusqlite::Error> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn pool_code((code, uploaded_at, dispatched_at, deleted_at): Columns) -> Result<PoolCode, StoreError> {
    Ok(PoolCode {
        code: Origin { table: "pool_code", row: &code }.word("coupon_code", &code)?,
        uploaded_at: time(uploaded_at),
        dispatched_at: dispatched_at.map(time),
        deleted_at: deleted_at.map(time),
    })
}

impl CodePoolReader for Unit<'_> {
    fn has_code(&self, stock: &StockId, code: &CouponCode) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM pool_code WHERE stock_id = ?1 AND coupon_code = ?2 AND deleted_at IS NULL";
        let found = self.one("look for a code", sql, [stock.as_str(), code.as_str()], |_| Ok(()))?;
        Ok(found.is_some())
    }

    fn has_free_code(&self, stock: &StockId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM pool_code
                   WHERE stock_id = ?1 AND dispatched_at IS NULL AND deleted_at IS NULL LIMIT 1";
        Ok(self.one("look for a free code", sql, [stock.as_str()], |_| Ok(()))?.is_some())
    }

    fn code_counts(&self, stock: &StockId) -> Result<CouponCodeCountInfo, StoreError> {
        let sql = "SELECT count(*), count(*) FILTER (WHERE dispatched_at IS NULL) FROM pool_code
                   WHERE stock_id = ?1 AND deleted_at IS NULL";
        let counts = self.one("count the codes", sql, [stock.as_str()], |row| {
            Ok(CouponCodeCountInfo { total_count: row.get(0)?, available_count: row.get(1)? })
        })?;
        Ok(counts.unwrap_or(CouponCodeCountInfo { total_count: 0, available_count: 0 }))
    }

    fn pool_code(&self, stock: &StockId, code: &CouponCode) -> Result<Option<PoolCode>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM pool_code WHERE stock_id = ?1 AND coupon_code = ?2");
        self.one("read a code", &sql, [stock.as_str(), code.as_str()], columns)?.map(pool_code).transpose()
    }

    fn pool_codes(
        &self,
        stock: &StockId,
        dispatched: Option<bool>,
        offset: u64,
        limit: u64,
    ) -> Result<PoolPage, StoreError> {
        let condition =
            "stock_id = ?1 AND deleted_at IS NULL AND (?2 IS NULL OR (dispatched_at IS NOT NULL) = ?2)";
        let sql = format!("SELECT count(*) FROM pool_code WHERE {condition}");
        let values = params![stock.as_str(), dispatched];
        let total: Option<i64> = self.one("count the codes", &sql, values, |row| row.get(0))?;
        let sql = format!(
            "SELECT {COLUMNS} FROM pool_code WHERE {condition}
             ORDER BY uploaded_at, coupon_code LIMIT ?3 OFFSET ?4"
        );
        let bound = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let values = params![stock.as_str(), dispatched, bound(limit), bound(offset)];
        let rows = self.all("read codes", &sql, values, columns)?;
        Ok(PoolPage {
            total_count: Origin { table: "pool_code", row: stock.as_str() }
                .number("(count)", total.unwrap_or(0))?,
            codes: rows.into_iter().map(pool_code).collect::<Result<_, _>>()?,
        })
    }
}

impl CodePoolWriter for Unit<'_> {
    fn add_code(
        &mut self,
        stock: &StockId,
        code: &CouponCode,
        shuffle: u32,
        now: Time,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO pool_code (stock_id, coupon_code, shuffle, uploaded_at)
                   VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (stock_id, coupon_code) DO UPDATE SET
                     shuffle = excluded.shuffle, uploaded_at = excluded.uploaded_at, deleted_at = NULL
                   WHERE deleted_at IS NOT NULL";
        let values = params![stock.as_str(), code.as_str(), shuffle, now.unix_seconds()];
        self.change_one("add a code", "pool_code", || code.to_string(), sql, values)
    }

    fn take_code(&mut self, stock: &StockId, now: Time) -> Result<Option<CouponCode>, StoreError> {
        let sql = "UPDATE pool_code SET dispatched_at = ?2
                   WHERE stock_id = ?1 AND dispatched_at IS NULL AND coupon_code =
                     (SELECT coupon_code FROM pool_code
                      WHERE stock_id = ?1 AND dispatched_at IS NULL AND deleted_at IS NULL
                      ORDER BY shuffle LIMIT 1)
                   RETURNING coupon_code";
        let values = params![stock.as_str(), now.unix_seconds()];
        let code: Option<String> = self.one("take a code", sql, values, |row| row.get(0))?;
        Origin { table: "pool_code", row: stock.as_str() }.optional("coupon_code", code.as_deref())
    }

    fn delete_code(&mut self, stock: &StockId, code: &CouponCode, now: Time) -> Result<(), StoreError> {
        let sql = "UPDATE pool_code SET deleted_at = ?3
                   WHERE stock_id = ?1 AND coupon_code = ?2 AND dispatched_at IS NULL AND deleted_at IS NULL";
        let values = params![stock.as_str(), code.as_str(), now.unix_seconds()];
        self.change_one("delete a code", "pool_code", || code.to_string(), sql, values)
    }
}
