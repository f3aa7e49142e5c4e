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
use tokio_postgres::Row;

use crate::params;
use crate::unit::Unit;

/// Every column that makes a stock, to be followed by a condition.
pub(crate) const READ_STOCK: &str =
    "SELECT stock_id, product_coupon_id, owner, creator, definition, revision, created_at, paused,
    deactivate_request_no, deactivated_at, deactivate_reason, stock_bundle_id, stock_bundle_index,
    counter_shards
  FROM stock JOIN stock_revision USING (stock_id, revision)";

/// Where the number of counters stands after those columns.
const COUNTER_SHARDS: usize = 13;

/// A stock row as PostgreSQL gives it.
pub(crate) struct StockColumns {
    texts: [String; 5],
    numbers: (i64, i64, bool),
    deactivated: DeactivationColumns,
    bundle: (Option<String>, Option<i64>),
}

type DeactivationColumns = (Option<String>, Option<i64>, Option<String>);

pub(crate) fn stock_columns(row: &Row) -> Result<StockColumns, tokio_postgres::Error> {
    Ok(StockColumns {
        texts: [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?],
        numbers: (row.try_get(5)?, row.try_get(6)?, row.try_get(7)?),
        deactivated: (row.try_get(8)?, row.try_get(9)?, row.try_get(10)?),
        bundle: (row.try_get(11)?, row.try_get(12)?),
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
            "SELECT definition FROM product_coupon_revision WHERE product_coupon_id = $1 AND revision = $2";
        let values = params![id.as_str(), i64::from(revision)];
        let definition: Option<String> = self.one("read a definition", sql, values, |row| row.try_get(0))?;
        let origin = Origin { table: "product_coupon_revision", row: id.as_str() };
        definition.map(|definition| origin.json("definition", &definition)).transpose()
    }

    fn stock_definition(&self, id: &StockId, revision: u32) -> Result<Option<StockDefinition>, StoreError> {
        let sql = "SELECT definition FROM stock_revision WHERE stock_id = $1 AND revision = $2";
        let values = params![id.as_str(), i64::from(revision)];
        let definition: Option<String> = self.one("read a definition", sql, values, |row| row.try_get(0))?;
        let origin = Origin { table: "stock_revision", row: id.as_str() };
        definition.map(|definition| origin.json("definition", &definition)).transpose()
    }

    fn counts(&self, stock: &StockId, day: Date, person: Option<&PersonId>) -> Result<Counts, StoreError> {
        let ahead = self.transaction().zip(person);
        match ahead.and_then(|(writing, person)| writing.ahead.take_counts(stock, day, person)) {
            Some(counts) => Ok(counts),
            None => self.stock_counts(stock, day, person),
        }
    }

    fn live_stock_count(&self, id: &ProductCouponId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM stock WHERE product_coupon_id = $1 AND deactivated_at IS NULL";
        let count: Option<i64> =
            self.one("count the stocks", sql, params![id.as_str()], |row| row.try_get(0))?;
        Origin { table: "stock", row: id.as_str() }.number("(count)", count.unwrap_or(0))
    }
}

impl CatalogueWriter for Unit<'_> {
    fn insert_product_coupon(&mut self, product_coupon: &ProductCouponRecord) -> Result<(), StoreError> {
        self.changes_memo();
        let id = &product_coupon.product_coupon_id;
        let sql = "INSERT INTO product_coupon (product_coupon_id, owner, creator, revision, created_at)
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let values = params![
            id.as_str(),
            product_coupon.owner.to_string(),
            product_coupon.creator.to_string(),
            i64::from(product_coupon.revision),
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
        let sql = "WITH made AS (
                     INSERT INTO stock (stock_id, product_coupon_id, owner, creator, revision, created_at, paused,
                       stock_bundle_id, stock_bundle_index, ends_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING stock_id)
                   INSERT INTO stock_counter (stock_id, shard, issued) SELECT stock_id, 0, 0 FROM made";
        let values = params![
            id.as_str(),
            stock.product_coupon_id.as_str(),
            stock.owner.to_string(),
            stock.creator.to_string(),
            i64::from(stock.revision),
            stock.created_at.unix_seconds(),
            stock.paused,
            stock.bundle.as_ref().map(|place| place.stock_bundle_id.as_str()),
            stock.bundle.as_ref().map(|place| i64::from(place.index)),
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
        let sql = "UPDATE product_coupon SET revision = revision + 1 WHERE product_coupon_id = $1 AND revision = $2";
        let values = params![id.as_str(), i64::from(from)];
        self.change_one("revise a product coupon", "product_coupon", || id.to_string(), sql, values)?;
        self.write_product_coupon_definition(id, from.saturating_add(1), definition)
    }

    fn deactivate_product_coupon(
        &mut self,
        id: &ProductCouponId,
        deactivation: &Deactivation,
    ) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "UPDATE product_coupon SET deactivate_request_no = $2, deactivated_at = $3, deactivate_reason = $4
                   WHERE product_coupon_id = $1 AND deactivated_at IS NULL";
        let Deactivation { request_no, time, reason } = deactivation;
        let values = params![id.as_str(), request_no.as_str(), time.unix_seconds(), reason];
        self.change_one("deactivate a product coupon", "product_coupon", || id.to_string(), sql, values)
    }

    fn revise_stock(
        &mut self,
        id: &StockId,
        from: u32,
        definition: &StockDefinition,
    ) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "UPDATE stock SET revision = revision + 1 WHERE stock_id = $1 AND revision = $2";
        self.change_one(
            "revise a stock",
            "stock",
            || id.to_string(),
            sql,
            params![id.as_str(), i64::from(from)],
        )?;
        self.write_stock_definition(id, from.saturating_add(1), definition)
    }

    fn deactivate_stock(&mut self, id: &StockId, deactivation: &Deactivation) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "UPDATE stock SET deactivate_request_no = $2, deactivated_at = $3, deactivate_reason = $4
                   WHERE stock_id = $1 AND deactivated_at IS NULL";
        let Deactivation { request_no, time, reason } = deactivation;
        let values = params![id.as_str(), request_no.as_str(), time.unix_seconds(), reason];
        self.change_one("deactivate a stock", "stock", || id.to_string(), sql, values)
    }

    fn set_stock_paused(&mut self, id: &StockId, paused: bool) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "UPDATE stock SET paused = $2 WHERE stock_id IN (
                     SELECT $1::text UNION ALL
                     SELECT other.stock_id FROM stock AS one JOIN stock AS other USING (stock_bundle_id)
                     WHERE one.stock_id = $1)";
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
        self.count_stock_issue(stock, day, person, limits)
    }
}

impl Unit<'_> {
    fn read_product_coupon(&self, id: &ProductCouponId) -> Result<Option<ProductCouponRecord>, StoreError> {
        let sql =
            "SELECT owner, creator, definition, revision, created_at, deactivate_request_no, deactivated_at,
                     deactivate_reason
                   FROM product_coupon JOIN product_coupon_revision USING (product_coupon_id, revision)
                   WHERE product_coupon_id = $1";
        let lock = "SELECT 1 FROM product_coupon WHERE product_coupon_id = $1 FOR KEY SHARE";
        let lock = (format!("product_coupon {id}"), lock);
        let found = self.all_shared("read a product coupon", lock, sql, params![id.as_str()], |row| {
            let texts: (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let numbers: (i64, i64) = (row.try_get(3)?, row.try_get(4)?);
            Ok((texts, numbers, (row.try_get(5)?, row.try_get(6)?, row.try_get(7)?)))
        })?;
        let found = found.into_iter().next();
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
        let sql = format!("{READ_STOCK} WHERE stock_id = $1");
        let lock = "SELECT 1 FROM stock WHERE stock_id = $1 FOR KEY SHARE";
        let lock = (format!("stock {id}"), lock);
        let found = self.all_shared("read a stock", lock, &sql, params![id.as_str()], |row| {
            Ok((stock_columns(row)?, row.try_get(COUNTER_SHARDS)?))
        })?;
        let Some((columns, counter_shards)) = found.into_iter().next() else { return Ok(None) };
        self.note_split(id, counter_shards);
        stock_record(columns).map(Some)
    }

    fn write_product_coupon_definition(
        &self,
        id: &ProductCouponId,
        revision: u32,
        definition: &ProductCouponDefinition,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO product_coupon_revision (product_coupon_id, revision, definition) VALUES ($1, $2, $3)";
        self.change(
            "write a definition",
            sql,
            params![id.as_str(), i64::from(revision), to_json(definition)?],
        )
        .map(drop)
    }

    fn write_stock_definition(
        &self,
        id: &StockId,
        revision: u32,
        definition: &StockDefinition,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO stock_revision (stock_id, revision, definition) VALUES ($1, $2, $3)";
        self.change(
            "write a definition",
            sql,
            params![id.as_str(), i64::from(revision), to_json(definition)?],
        )
        .map(drop)
    }
}
