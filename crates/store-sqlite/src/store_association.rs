//! brand_store with its states, and stock_store.

use quan_model::enums::StoreState;
use quan_model::ids::{BrandId, StockId, StoreId};
use quan_store::column::Origin;
use quan_store::error::StoreError;
use quan_store::store_association::{AssociatedStore, StoreAssociationReader, StoreAssociationWriter};
use rusqlite::params;

use crate::unit::Unit;

impl StoreAssociationReader for Unit<'_> {
    fn store_state(&self, brand_id: &BrandId, store: &StoreId) -> Result<Option<StoreState>, StoreError> {
        let sql = "SELECT state FROM brand_store WHERE brand_id = ?1 AND store_id = ?2";
        let keys = [brand_id.as_str(), store.as_str()];
        let state: Option<String> = self.one("read a store", sql, keys, |row| row.get(0))?;
        Origin { table: "brand_store", row: store.as_str() }.optional("state", state.as_deref())
    }

    fn is_store_associated(&self, stock: &StockId, store: &StoreId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM stock_store WHERE stock_id = ?1 AND store_id = ?2";
        let found = self.one("read a store of a stock", sql, [stock.as_str(), store.as_str()], |_| Ok(()))?;
        Ok(found.is_some())
    }

    fn associated_store_count(&self, stock: &StockId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM stock_store WHERE stock_id = ?1";
        let count: Option<i64> =
            self.one("count the stores of a stock", sql, [stock.as_str()], |row| row.get(0))?;
        Origin { table: "stock_store", row: stock.as_str() }.number("(count)", count.unwrap_or(0))
    }

    fn associated_stores(
        &self,
        stock: &StockId,
        after: Option<u64>,
        count_max: u32,
    ) -> Result<Vec<AssociatedStore>, StoreError> {
        let sql = "SELECT store_id, position FROM stock_store WHERE stock_id = ?1 AND position > ?2
                   ORDER BY position LIMIT ?3";
        let after = i64::try_from(after.unwrap_or(0)).unwrap_or(i64::MAX);
        let rows: Vec<(String, i64)> =
            self.all("list the stores of a stock", sql, params![stock.as_str(), after, count_max], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let store = |(store_id, position): (String, i64)| {
            let origin = Origin { table: "stock_store", row: stock.as_str() };
            Ok(AssociatedStore {
                store_id: origin.word("store_id", &store_id)?,
                position: origin.number("position", position)?,
            })
        };
        rows.into_iter().map(store).collect()
    }
}

impl StoreAssociationWriter for Unit<'_> {
    fn put_store_state(
        &mut self,
        brand_id: &BrandId,
        store: &StoreId,
        state: StoreState,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO brand_store (brand_id, store_id, state) VALUES (?1, ?2, ?3)
                   ON CONFLICT (brand_id, store_id) DO UPDATE SET state = excluded.state";
        self.change_party("write a store", sql, [brand_id.as_str(), store.as_str(), state.as_str()])
    }

    fn associate_store(&mut self, stock: &StockId, store: &StoreId) -> Result<(), StoreError> {
        // Positions begin at 1, so that 0 stands before all of them.
        let sql = "INSERT INTO stock_store (stock_id, store_id, position)
                   SELECT ?1, ?2, coalesce(max(position), 0) + 1 FROM stock_store WHERE stock_id = ?1
                   ON CONFLICT (stock_id, store_id) DO NOTHING";
        self.change("associate a store", sql, [stock.as_str(), store.as_str()]).map(drop)
    }

    fn disassociate_store(&mut self, stock: &StockId, store: &StoreId) -> Result<(), StoreError> {
        let sql = "DELETE FROM stock_store WHERE stock_id = ?1 AND store_id = ?2";
        self.change("disassociate a store", sql, [stock.as_str(), store.as_str()]).map(drop)
    }
}
