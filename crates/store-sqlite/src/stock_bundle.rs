//! stock_bundle, and the stocks that name one.

use quan_model::ids::StockBundleId;
use quan_store::catalogue::StockRecord;
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::stock_bundle::{StockBundleReader, StockBundleRecord, StockBundleWriter};
use rusqlite::params;

use crate::catalogue::{READ_STOCK, stock_columns, stock_record};
use crate::unit::Unit;

impl StockBundleReader for Unit<'_> {
    fn stock_bundle(&self, id: &StockBundleId) -> Result<Option<StockBundleRecord>, StoreError> {
        let sql = "SELECT product_coupon_id, owner, creator, created_at FROM stock_bundle WHERE stock_bundle_id = ?1";
        let found: Option<(String, String, String, i64)> =
            self.one("read a stock bundle", sql, [id.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let Some((product_coupon_id, owner, creator, created_at)) = found else { return Ok(None) };
        let origin = Origin { table: "stock_bundle", row: id.as_str() };
        Ok(Some(StockBundleRecord {
            stock_bundle_id: id.clone(),
            product_coupon_id: origin.word("product_coupon_id", &product_coupon_id)?,
            owner: origin.word("owner", &owner)?,
            creator: origin.word("creator", &creator)?,
            created_at: time(created_at),
        }))
    }

    fn bundled_stocks(&self, id: &StockBundleId) -> Result<Vec<StockRecord>, StoreError> {
        let sql = format!("{READ_STOCK} WHERE stock_bundle_id = ?1 ORDER BY stock_bundle_index");
        let found = self.all("read the stocks of a bundle", &sql, [id.as_str()], stock_columns)?;
        found.into_iter().map(stock_record).collect()
    }
}

impl StockBundleWriter for Unit<'_> {
    fn insert_stock_bundle(&mut self, bundle: &StockBundleRecord) -> Result<(), StoreError> {
        let id = &bundle.stock_bundle_id;
        let sql = "INSERT INTO stock_bundle (stock_bundle_id, product_coupon_id, owner, creator, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
        let values = params![
            id.as_str(),
            bundle.product_coupon_id.as_str(),
            bundle.owner.to_string(),
            bundle.creator.to_string(),
            bundle.created_at.unix_seconds()
        ];
        self.change_one("write a stock bundle", "stock_bundle", || id.to_string(), sql, values)
    }
}
