//! Searches over product_coupon, stock and stock_bundle.

use quan_model::enums::StockState;
use quan_model::ids::{ProductCouponId, StockBundleId, StockId};
use quan_store::catalogue::{CatalogueReader, ProductCouponRecord, StockRecord};
use quan_store::catalogue_search::{CatalogueSearchReader, StockSearch};
use quan_store::error::StoreError;
use quan_store::stock_bundle::{StockBundleReader, StockBundleRecord};
use rusqlite::params;

use crate::catalogue::{READ_STOCK, stock_columns, stock_record};
use crate::unit::Unit;
use quan_store::column::Origin;

/// The name of the product coupon that a row names.
const NAME: &str = "(SELECT json_extract(naming.definition, '$.display_info.name')
    FROM product_coupon AS named JOIN product_coupon_revision AS naming USING (product_coupon_id, revision)
    WHERE named.product_coupon_id = ";

/// ?1 text, ?2 state, ?3 now, ?4 product coupon. The states are those of `stock_list`.
const FITS: &str = "(?2 IS NULL OR ?2 = CASE
      WHEN stock.deactivated_at IS NOT NULL OR EXISTS (
        SELECT 1 FROM product_coupon AS of
        WHERE of.product_coupon_id = stock.product_coupon_id AND of.deactivated_at IS NOT NULL) THEN 'DEACTIVATED'
      WHEN ?3 > stock.ends_at THEN 'STOPPED'
      WHEN ?3 < stock.created_at THEN 'AUDITING'
      WHEN stock.paused THEN 'PAUSED'
      ELSE 'SENDING' END)
    AND (?4 IS NULL OR stock.product_coupon_id = ?4)
    AND (?1 IS NULL OR stock.stock_id = ?1 OR stock.product_coupon_id = ?1
      OR instr(lower(coalesce(json_extract(definition, '$.product_coupon.remark'), '')), lower(?1))
      OR instr(lower(coalesce(json_extract(definition, '$.busifavor.stock_name'), '')), lower(?1))";

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl CatalogueSearchReader for Unit<'_> {
    fn search_product_coupons(
        &self,
        text: Option<&str>,
        after: Option<&ProductCouponId>,
        limit: usize,
    ) -> Result<Vec<ProductCouponRecord>, StoreError> {
        let sql = "SELECT product_coupon_id
            FROM product_coupon JOIN product_coupon_revision USING (product_coupon_id, revision)
            WHERE EXISTS (SELECT 1 FROM stock JOIN stock_revision USING (stock_id, revision)
                WHERE stock.product_coupon_id = product_coupon.product_coupon_id
                  AND json_extract(stock_revision.definition, '$.busifavor') IS NULL)
              AND (?1 IS NULL OR product_coupon_id = ?1 OR json_extract(definition, '$.out_product_no') = ?1
                OR instr(lower(json_extract(definition, '$.display_info.name')), lower(?1)))
              AND (?2 IS NULL OR (created_at, product_coupon_id) <
                (SELECT created_at, product_coupon_id FROM product_coupon AS last WHERE last.product_coupon_id = ?2))
            ORDER BY created_at DESC, product_coupon_id DESC LIMIT ?3";
        let values = params![text, after.map(ProductCouponId::as_str), most(limit)];
        let ids: Vec<String> = self.all("search product coupons", sql, values, |row| row.get(0))?;
        let read = |id: String| {
            let origin = Origin { table: "product_coupon", row: &id };
            let found = self.product_coupon(&origin.word("product_coupon_id", &id)?)?;
            found.ok_or_else(|| origin.impossible("product_coupon_id"))
        };
        ids.into_iter().map(read).collect()
    }

    fn search_stocks(
        &self,
        search: &StockSearch,
        after: Option<&StockId>,
        limit: usize,
    ) -> Result<Vec<StockRecord>, StoreError> {
        let sql = format!(
            "{READ_STOCK} WHERE {FITS} OR instr(lower(coalesce({NAME} stock.product_coupon_id), '')), lower(?1)))
               AND (?5 IS NULL OR (created_at, stock_id) <
                 (SELECT created_at, stock_id FROM stock AS last WHERE last.stock_id = ?5))
             ORDER BY created_at DESC, stock_id DESC LIMIT ?6"
        );
        let values = params![
            search.text,
            search.state.map(StockState::as_str),
            search.now.unix_seconds(),
            search.product_coupon_id.as_ref().map(ProductCouponId::as_str),
            after.map(StockId::as_str),
            most(limit)
        ];
        self.all("search stocks", &sql, values, stock_columns)?.into_iter().map(stock_record).collect()
    }

    fn search_stock_bundles(
        &self,
        text: Option<&str>,
        after: Option<&StockBundleId>,
        limit: usize,
    ) -> Result<Vec<StockBundleRecord>, StoreError> {
        let sql = format!(
            "SELECT stock_bundle_id FROM stock_bundle
             WHERE (?1 IS NULL OR stock_bundle_id = ?1 OR product_coupon_id = ?1
                 OR instr(lower(coalesce({NAME} stock_bundle.product_coupon_id), '')), lower(?1)))
               AND (?2 IS NULL OR (created_at, stock_bundle_id) <
                 (SELECT created_at, stock_bundle_id FROM stock_bundle AS last WHERE last.stock_bundle_id = ?2))
             ORDER BY created_at DESC, stock_bundle_id DESC LIMIT ?3"
        );
        let values = params![text, after.map(StockBundleId::as_str), most(limit)];
        let ids: Vec<String> = self.all("search stock bundles", &sql, values, |row| row.get(0))?;
        let read = |id: String| {
            let origin = Origin { table: "stock_bundle", row: &id };
            let found = self.stock_bundle(&origin.word("stock_bundle_id", &id)?)?;
            found.ok_or_else(|| origin.impossible("stock_bundle_id"))
        };
        ids.into_iter().map(read).collect()
    }
}
