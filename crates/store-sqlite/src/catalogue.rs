//! product_coupon, stock, their revisions, and the counters stock.issued, stock_day and stock_person.

use jiff::civil::Date;
use quan_coupon::definition::Limits;
use quan_coupon::stock::{Counts, StockBundlePlace};
use quan_coupon::user_coupon::Deactivation;
use quan_model::ids::{ProductCouponId, StockId};
use quan_model::time::Time;
use quan_store::catalogue::{
    CatalogueReader, CatalogueWriter, Counted, ProductCouponDefinition, ProductCouponRecord, StockDefinition,
    StockRecord,
};
use quan_store::column::{Origin, time, to_json};
use quan_store::error::StoreError;
use quan_store::parties::PersonId;
use rusqlite::{Row, params};

use crate::unit::Unit;

/// Every column that makes a stock, to be followed by a condition.
pub(crate) const READ_STOCK: &str =
    "SELECT stock_id, product_coupon_id, owner, creator, definition, revision, created_at, paused,
    deactivate_request_no, deactivated_at, deactivate_reason, stock_bundle_id, stock_bundle_index
  FROM stock JOIN stock_revision USING (stock_id, revision)";

/// A stock row as SQLite gives it.
pub(crate) struct StockColumns {
    texts: [String; 5],
    numbers: (i64, i64, bool),
    deactivated: DeactivationColumns,
    bundle: (Option<String>, Option<i64>),
}

type DeactivationColumns = (Option<String>, Option<i64>, Option<String>);

pub(crate) fn stock_columns(row: &Row<'_>) -> Result<StockColumns, rusqlite::Error> {
    Ok(StockColumns {
        texts: [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?],
        numbers: (row.get(5)?, row.get(6)?, row.get(7)?),
        deactivated: (row.get(8)?, row.get(9)?, row.get(10)?),
        bundle: (row.get(11)?, row.get(12)?),
    })
}

pub(crate) fn stock_record(columns: StockColumns) -> Result<StockRecord, StoreError> {
    let [stock_id, product_coupon_id, owner, creator, definition] = columns.texts;
    let (revision, created_at, paused) = columns.numbers;
    let origin = Origin { table: "stock", row: &stock_id };
    let bundle = match columns.bundle {
        (Some(id), Some(index)) => Some(StockBundlePlace {
            stock_bundle_id: origin.word("stock_bundle_id", &id)?,
            index: origin.number("stock_bundle_index", index)?,
        }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(origin.impossible("stock_bundle_index")),
    };
    Ok(StockRecord {
        stock_id: origin.word("stock_id", &stock_id)?,
        product_coupon_id: origin.word("product_coupon_id", &product_coupon_id)?,
        owner: origin.word("owner", &owner)?,
        creator: origin.word("creator", &creator)?,
        bundle,
        definition: origin.json("definition", &definition)?,
        revision: origin.number("revision", revision)?,
        created_at: time(created_at),
        paused,
        deactivated: deactivation(&origin, columns.deactivated)?,
    })
}

fn deactivation(
    origin: &Origin<'_>,
    columns: DeactivationColumns,
) -> Result<Option<Deactivation>, StoreError> {
    match columns {
        (Some(number), Some(at), Some(reason)) => {
            let request_no = origin.word("deactivate_request_no", &number)?;
            Ok(Some(Deactivation { request_no, time: time(at), reason }))
        }
        (None, None, None) => Ok(None),
        (_, _, _) => Err(origin.impossible("deactivated_at")),
    }
}

fn deactivation_values<'v>(id: &'v str, deactivation: &'v Deactivation) -> (&'v str, &'v str, i64, &'v str) {
    let Deactivation { request_no, time, reason } = deactivation;
    (id, request_no.as_str(), time.unix_seconds(), reason)
}

impl CatalogueReader for Unit<'_> {
    fn product_coupon(&self, id: &ProductCouponId) -> Result<Option<ProductCouponRecord>, StoreError> {
        self.memo(|memo, read| memo.product_coupon(id, read), || self.read_product_coupon(id))
    }

    fn stock(&self, id: &StockId) -> Result<Option<StockRecord>, StoreError> {
        self.memo(|memo, read| memo.stock(id, read), || self.read_stock(id))
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

    fn stock_definition(&self, id: &StockId, revision: u32) -> Result<Option<StockDefinition>, StoreError> {
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
        self.changes_memo();
        let id = &product_coupon.product_coupon_id;
        let sql = "INSERT INTO product_coupon (product_coupon_id, owner, creator, revision, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
        let values = params![
            id.as_str(),
            product_coupon.owner.to_string(),
            product_coupon.creator.to_string(),
            product_coupon.revision,
            product_coupon.created_at.unix_seconds()
        ];
        self.change_one("write a product coupon", "product_coupon", || id.to_string(), sql, values)?;
        self.write_product_coupon_definition(id, product_coupon.revision, &product_coupon.definition)?;
        match &product_coupon.deactivated {
            Some(deactivation) => self.deactivate_product_coupon(id, deactivation),
            None => Ok(()),
        }
    }

    fn insert_stock(&mut self, stock: &StockRecord) -> Result<(), StoreError> {
        self.changes_memo();
        let id = &stock.stock_id;
        let sql =
            "INSERT INTO stock (stock_id, product_coupon_id, owner, creator, revision, created_at, paused, issued,
                     stock_bundle_id, stock_bundle_index, ends_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10) ON CONFLICT DO NOTHING";
        let values = params![
            id.as_str(),
            stock.product_coupon_id.as_str(),
            stock.owner.to_string(),
            stock.creator.to_string(),
            stock.revision,
            stock.created_at.unix_seconds(),
            stock.paused,
            stock.bundle.as_ref().map(|place| place.stock_bundle_id.as_str()),
            stock.bundle.as_ref().map(|place| place.index),
            stock.definition.ends_at().map(Time::unix_seconds)
        ];
        self.change_one("write a stock", "stock", || id.to_string(), sql, values)?;
        self.write_stock_definition(id, stock.revision, &stock.definition)?;
        match &stock.deactivated {
            Some(deactivation) => self.deactivate_stock(id, deactivation),
            None => Ok(()),
        }
    }

    fn revise_product_coupon(
        &mut self,
        id: &ProductCouponId,
        from: u32,
        definition: &ProductCouponDefinition,
    ) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "UPDATE product_coupon SET revision = revision + 1 WHERE product_coupon_id = ?1 AND revision = ?2";
        let values = params![id.as_str(), from];
        self.change_one("revise a product coupon", "product_coupon", || id.to_string(), sql, values)?;
        self.write_product_coupon_definition(id, from.saturating_add(1), definition)
    }

    fn deactivate_product_coupon(
        &mut self,
        id: &ProductCouponId,
        deactivation: &Deactivation,
    ) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "UPDATE product_coupon SET deactivate_request_no = ?2, deactivated_at = ?3, deactivate_reason = ?4
                   WHERE product_coupon_id = ?1 AND deactivated_at IS NULL";
        let values = deactivation_values(id.as_str(), deactivation);
        self.change_one("deactivate a product coupon", "product_coupon", || id.to_string(), sql, values)
    }

    fn revise_stock(
        &mut self,
        id: &StockId,
        from: u32,
        definition: &StockDefinition,
    ) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "UPDATE stock SET revision = revision + 1 WHERE stock_id = ?1 AND revision = ?2";
        self.change_one("revise a stock", "stock", || id.to_string(), sql, params![id.as_str(), from])?;
        self.write_stock_definition(id, from.saturating_add(1), definition)
    }

    fn deactivate_stock(&mut self, id: &StockId, deactivation: &Deactivation) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "UPDATE stock SET deactivate_request_no = ?2, deactivated_at = ?3, deactivate_reason = ?4
                   WHERE stock_id = ?1 AND deactivated_at IS NULL";
        let values = deactivation_values(id.as_str(), deactivation);
        self.change_one("deactivate a stock", "stock", || id.to_string(), sql, values)
    }

    fn set_stock_paused(&mut self, id: &StockId, paused: bool) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "UPDATE stock SET paused = ?2 WHERE stock_id = ?1
                   OR stock_bundle_id = (SELECT stock_bundle_id FROM stock WHERE stock_id = ?1)";
        match self.change("pause a stock", sql, params![id.as_str(), paused])? {
            0 => Err(StoreError::Conflict { table: "stock", row: id.to_string() }),
            _ => Ok(()),
        }
    }

    fn count_issue(
        &mut self,
        stock: &StockId,
        day: Date,
        person: &PersonId,
        limits: &Limits,
    ) -> Result<Counted, StoreError> {
        let (id, date) = (stock.as_str(), day.to_string());
        let total = "UPDATE stock SET issued = issued + 1 WHERE stock_id = ?1 AND issued < ?2";
        if self.change("count an issue", total, params![id, bound(limits.max_count)])? == 0 {
            return Ok(Counted::StockOut);
        }
        let of_day = "INSERT INTO stock_day (stock_id, day, issued) VALUES (?1, ?2, 1)
                      ON CONFLICT (stock_id, day) DO UPDATE SET issued = issued + 1 WHERE issued < ?3";
        let cap = bound(limits.max_count_per_day.unwrap_or(u64::MAX));
        if self.change("count an issue", of_day, params![id, date, cap])? == 0 {
            self.uncount(id, None)?;
            return Ok(Counted::DayOut);
        }
        let of_person = "INSERT INTO stock_person (stock_id, person_id, issued) VALUES (?1, ?2, 1)
                         ON CONFLICT (stock_id, person_id) DO UPDATE SET issued = issued + 1 WHERE issued < ?3";
        let cap = bound(limits.max_count_per_user);
        if self.change("count an issue", of_person, params![id, person, cap])? == 0 {
            self.uncount(id, Some(&date))?;
            return Ok(Counted::UserLimit);
        }
        Ok(Counted::Yes)
    }
}

fn bound(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl Unit<'_> {
    fn read_product_coupon(&self, id: &ProductCouponId) -> Result<Option<ProductCouponRecord>, StoreError> {
        let sql =
            "SELECT owner, creator, definition, revision, created_at, deactivate_request_no, deactivated_at,
                     deactivate_reason
                   FROM product_coupon JOIN product_coupon_revision USING (product_coupon_id, revision)
                   WHERE product_coupon_id = ?1";
        let found = self.one("read a product coupon", sql, [id.as_str()], |row| {
            let texts: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let numbers: (i64, i64) = (row.get(3)?, row.get(4)?);
            Ok((texts, numbers, (row.get(5)?, row.get(6)?, row.get(7)?)))
        })?;
        let Some(((owner, creator, definition), (revision, created_at), deactivated)) = found else {
            return Ok(None);
        };
        let origin = Origin { table: "product_coupon", row: id.as_str() };
        Ok(Some(ProductCouponRecord {
            product_coupon_id: id.clone(),
            owner: origin.word("owner", &owner)?,
            creator: origin.word("creator", &creator)?,
            definition: origin.json("definition", &definition)?,
            revision: origin.number("revision", revision)?,
            created_at: time(created_at),
            deactivated: deactivation(&origin, deactivated)?,
        }))
    }

    fn read_stock(&self, id: &StockId) -> Result<Option<StockRecord>, StoreError> {
        let sql = format!("{READ_STOCK} WHERE stock_id = ?1");
        self.one("read a stock", &sql, [id.as_str()], stock_columns)?.map(stock_record).transpose()
    }

    fn write_product_coupon_definition(
        &self,
        id: &ProductCouponId,
        revision: u32,
        definition: &ProductCouponDefinition,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO product_coupon_revision (product_coupon_id, revision, definition) VALUES (?1, ?2, ?3)";
        self.change("write a definition", sql, params![id.as_str(), revision, to_json(definition)?]).map(drop)
    }

    fn write_stock_definition(
        &self,
        id: &StockId,
        revision: u32,
        definition: &StockDefinition,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO stock_revision (stock_id, revision, definition) VALUES (?1, ?2, ?3)";
        self.change("write a definition", sql, params![id.as_str(), revision, to_json(definition)?]).map(drop)
    }

    /// Takes back what was counted before a later count refused: of the stock, and of its day. There is one
    /// writer, so this is as good as a savepoint around the three, and only refusals pay for it.
    fn uncount(&self, stock: &str, day: Option<&str>) -> Result<(), StoreError> {
        let row = || stock.to_owned();
        let of_stock = "UPDATE stock SET issued = issued - 1 WHERE stock_id = ?1";
        self.change_one("take an issue back", "stock", row, of_stock, [stock])?;
        let Some(day) = day else { return Ok(()) };
        let of_day = "UPDATE stock_day SET issued = issued - 1 WHERE stock_id = ?1 AND day = ?2";
        self.change_one("take an issue back", "stock_day", row, of_day, [stock, day])
    }
}
