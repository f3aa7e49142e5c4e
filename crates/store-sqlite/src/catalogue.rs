//! product_coupon, stock, their revisions, and the counters stock.issued, stock_day and stock_person.

use jiff::civil::Date;
use quan_coupon::definition::Limits;
use quan_coupon::stock::Counts;
use quan_model::coupon::StockForCreate;
use quan_model::ids::{ProductCouponId, StockId};
use quan_model::time::Time;
use quan_store::catalogue::{
    CatalogueReader, CatalogueWriter, Counted, ProductCouponDefinition, ProductCouponRecord, StockRecord,
};
use quan_store::error::StoreError;
use quan_store::parties::PersonId;
use rusqlite::params;

use crate::column::{Origin, time, to_json};
use crate::unit::Unit;

impl CatalogueReader for Unit<'_> {
    fn product_coupon(&self, id: &ProductCouponId) -> Result<Option<ProductCouponRecord>, StoreError> {
        let sql = "SELECT brand_id, creator, revision, created_at, deactivated_at, definition
                   FROM product_coupon JOIN product_coupon_revision USING (product_coupon_id, revision)
                   WHERE product_coupon_id = ?1";
        let found = self.one("read a product coupon", sql, [id.as_str()], |row| {
            let texts: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(5)?);
            let numbers: (i64, i64, Option<i64>) = (row.get(2)?, row.get(3)?, row.get(4)?);
            Ok((texts, numbers))
        })?;
        let Some(((brand_id, creator, definition), (revision, created_at, deactivated_at))) = found else {
            return Ok(None);
        };
        let origin = Origin { table: "product_coupon", row: id.as_str() };
        Ok(Some(ProductCouponRecord {
            product_coupon_id: id.clone(),
            brand_id: origin.word("brand_id", &brand_id)?,
            creator: origin.word("creator", &creator)?,
            definition: origin.json("definition", &definition)?,
            revision: origin.number("revision", revision)?,
            created_at: time(created_at),
            deactivated_at: deactivated_at.map(time),
        }))
    }

    fn stock(&self, id: &StockId) -> Result<Option<StockRecord>, StoreError> {
        let sql = "SELECT product_coupon_id, brand_id, creator, definition, revision, created_at, paused, deactivated_at
                   FROM stock JOIN stock_revision USING (stock_id, revision) WHERE stock_id = ?1";
        let found = self.one("read a stock", sql, [id.as_str()], |row| {
            let texts: (String, String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            let numbers: (i64, i64, bool, Option<i64>) = (row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?);
            Ok((texts, numbers))
        })?;
        let Some((texts, (revision, created_at, paused, deactivated_at))) = found else { return Ok(None) };
        let (product_coupon_id, brand_id, creator, definition) = texts;
        let origin = Origin { table: "stock", row: id.as_str() };
        Ok(Some(StockRecord {
            stock_id: id.clone(),
            product_coupon_id: origin.word("product_coupon_id", &product_coupon_id)?,
            brand_id: origin.word("brand_id", &brand_id)?,
            creator: origin.word("creator", &creator)?,
            definition: origin.json("definition", &definition)?,
            revision: origin.number("revision", revision)?,
            created_at: time(created_at),
            paused,
            deactivated_at: deactivated_at.map(time),
        }))
    }

    fn product_coupon_definition(
        &self,
        id: &ProductCouponId,
        revision: u32,
    ) -> Result<Option<ProductCouponDefinition>, StoreError> {
        let sql =
            "SELECT definition FROM product_coupon_revision WHERE product_coupon_id = ?1 AND revision = ?2";
        let values = params![id.as_str(), revision];
        let definition: Option<String> = self.one("read a definition", sql, values, |row| row.get(0))?;
        let origin = Origin { table: "product_coupon_revision", row: id.as_str() };
        definition.map(|definition| origin.json("definition", &definition)).transpose()
    }

    fn stock_definition(&self, id: &StockId, revision: u32) -> Result<Option<StockForCreate>, StoreError> {
        let sql = "SELECT definition FROM stock_revision WHERE stock_id = ?1 AND revision = ?2";
        let values = params![id.as_str(), revision];
        let definition: Option<String> = self.one("read a definition", sql, values, |row| row.get(0))?;
        let origin = Origin { table: "stock_revision", row: id.as_str() };
        definition.map(|definition| origin.json("definition", &definition)).transpose()
    }

    fn counts(&self, stock: &StockId, day: Date, person: Option<&PersonId>) -> Result<Counts, StoreError> {
        let sql = "SELECT coalesce((SELECT issued FROM stock WHERE stock_id = ?1), 0),
                          coalesce((SELECT issued FROM stock_day WHERE stock_id = ?1 AND day = ?2), 0),
                          coalesce((SELECT issued FROM stock_person WHERE stock_id = ?1 AND person_id = ?3), 0)";
        let values = params![stock.as_str(), day.to_string(), person];
        let counts: Option<(i64, i64, i64)> =
            self.one("read the counters", sql, values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let (total, today, of_person) = counts.unwrap_or_default();
        let origin = Origin { table: "stock", row: stock.as_str() };
        Ok(Counts {
            total: origin.number("issued", total)?,
            today: origin.number("issued", today)?,
            person: origin.number("issued", of_person)?,
        })
    }

    fn live_stock_count(&self, id: &ProductCouponId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM stock WHERE product_coupon_id = ?1 AND deactivated_at IS NULL";
        let count: Option<i64> = self.one("count the stocks", sql, [id.as_str()], |row| row.get(0))?;
        Origin { table: "stock", row: id.as_str() }.number("(count)", count.unwrap_or(0))
    }
}

impl CatalogueWriter for Unit<'_> {
    fn insert_product_coupon(&mut self, product_coupon: &ProductCouponRecord) -> Result<(), StoreError> {
        let id = &product_coupon.product_coupon_id;
        let sql = "INSERT INTO product_coupon (product_coupon_id, brand_id, creator, revision, created_at, deactivated_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        let values = params![
            id.as_str(),
            product_coupon.brand_id.as_str(),
            product_coupon.creator.to_string(),
            product_coupon.revision,
            product_coupon.created_at.unix_seconds(),
            product_coupon.deactivated_at.map(Time::unix_seconds)
        ];
        self.change_one("write a product coupon", "product_coupon", || id.to_string(), sql, values)?;
        let sql = "INSERT INTO product_coupon_revision (product_coupon_id, revision, definition) VALUES (?1, ?2, ?3)";
        let values = params![id.as_str(), product_coupon.revision, to_json(&product_coupon.definition)?];
        self.change("write a definition", sql, values).map(drop)
    }

    fn insert_stock(&mut self, stock: &StockRecord) -> Result<(), StoreError> {
        let id = &stock.stock_id;
        let sql =
            "INSERT INTO stock (stock_id, product_coupon_id, brand_id, creator, revision, created_at, paused,
                     deactivated_at, issued)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0) ON CONFLICT DO NOTHING";
        let values = params![
            id.as_str(),
            stock.product_coupon_id.as_str(),
            stock.brand_id.as_str(),
            stock.creator.to_string(),
            stock.revision,
            stock.created_at.unix_seconds(),
            stock.paused,
            stock.deactivated_at.map(Time::unix_seconds)
        ];
        self.change_one("write a stock", "stock", || id.to_string(), sql, values)?;
        let sql = "INSERT INTO stock_revision (stock_id, revision, definition) VALUES (?1, ?2, ?3)";
        let values = params![id.as_str(), stock.revision, to_json(&stock.definition)?];
        self.change("write a definition", sql, values).map(drop)
    }

    fn count_issue(
        &mut self,
        stock: &StockId,
        day: Date,
        person: &PersonId,
        limits: &Limits,
    ) -> Result<Counted, StoreError> {
        self.all_or_none(|| {
            let total = "UPDATE stock SET issued = issued + 1 WHERE stock_id = ?1 AND issued < ?2";
            if self.change("count an issue", total, params![stock.as_str(), bound(limits.max_count)])? == 0 {
                return Ok(Counted::StockOut);
            }
            let of_day = "INSERT INTO stock_day (stock_id, day, issued) VALUES (?1, ?2, 1)
                          ON CONFLICT (stock_id, day) DO UPDATE SET issued = issued + 1 WHERE issued < ?3";
            let cap = bound(limits.max_count_per_day.unwrap_or(u64::MAX));
            if self.change("count an issue", of_day, params![stock.as_str(), day.to_string(), cap])? == 0 {
                return Ok(Counted::DayOut);
            }
            let of_person = "INSERT INTO stock_person (stock_id, person_id, issued) VALUES (?1, ?2, 1)
                             ON CONFLICT (stock_id, person_id) DO UPDATE SET issued = issued + 1 WHERE issued < ?3";
            let cap = bound(limits.max_count_per_user);
            if self.change("count an issue", of_person, params![stock.as_str(), person, cap])? == 0 {
                return Ok(Counted::UserLimit);
            }
            Ok(Counted::Yes)
        })
    }
}

fn bound(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl Unit<'_> {
    /// Keeps the counting when it went through, and takes back what was counted when it did not.
    fn all_or_none(
        &self,
        count: impl FnOnce() -> Result<Counted, StoreError>,
    ) -> Result<Counted, StoreError> {
        self.statement("SAVEPOINT count_issue")?;
        let counted = count();
        if !matches!(counted, Ok(Counted::Yes)) {
            self.statement("ROLLBACK TO count_issue")?;
        }
        self.statement("RELEASE count_issue")?;
        counted
    }

    fn statement(&self, sql: &str) -> Result<(), StoreError> {
        self.one("set a savepoint", sql, [], |_| Ok(())).map(drop)
    }
}
