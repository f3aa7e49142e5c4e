//! What an operator asks: the parties as a whole, what waits, and the nodes.

use quan_model::time::Time;
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::operations::{Backlog, NodeRecord, OperationsReader, OperationsWriter, Roster};
use quan_store::parties::{Brand, Merchant};
use rusqlite::params;

use crate::unit::Unit;

impl OperationsReader for Unit<'_> {
    fn roster(&self) -> Result<Roster, StoreError> {
        let persons: Option<i64> =
            self.one("count persons", "SELECT count(*) FROM person", [], |row| row.get(0))?;
        Ok(Roster {
            merchants: self.merchants()?,
            brands: self.brands()?,
            authorisations: self.pairs(
                "authorisation",
                "SELECT brand_id, mchid FROM authorisation WHERE granted = 1 ORDER BY brand_id, mchid",
            )?,
            appids: self
                .pairs("appid_binding", "SELECT appid, owner FROM appid_binding ORDER BY appid, owner")?,
            stores: self.pairs(
                "brand_store",
                "SELECT brand_id, store_id FROM brand_store WHERE state = 'OPEN' ORDER BY brand_id, store_id",
            )?,
            persons: u64::try_from(persons.unwrap_or_default()).unwrap_or_default(),
        })
    }

    fn backlog(&self) -> Result<Backlog, StoreError> {
        let sql = "SELECT count(*), min(create_time) FROM notification WHERE state = 'waiting'";
        let found: Option<(i64, Option<i64>)> =
            self.one("count what waits", sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (waiting, oldest) = found.unwrap_or_default();
        Ok(Backlog { waiting: u64::try_from(waiting).unwrap_or_default(), oldest: oldest.map(time) })
    }

    fn nodes(&self) -> Result<Vec<NodeRecord>, StoreError> {
        let sql = "SELECT name, started_at, seen_at FROM node ORDER BY seen_at DESC, name";
        self.all("read the nodes", sql, [], |row| {
            Ok(NodeRecord { name: row.get(0)?, started_at: time(row.get(1)?), seen_at: time(row.get(2)?) })
        })
    }

    /// The writer sets all that SQLite has for itself when it is opened.
    fn unsafe_settings(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

impl Unit<'_> {
    fn merchants(&self) -> Result<Vec<Merchant>, StoreError> {
        let sql = "SELECT mchid, name, apiv3_key, verification_mode FROM merchant ORDER BY mchid";
        let rows: Vec<(String, String, Option<String>, String)> =
            self.all("read the merchants", sql, [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let merchant = |(mchid, name, apiv3_key, mode): (String, String, Option<String>, String)| {
            let origin = Origin { table: "merchant", row: &mchid };
            let verification_mode = origin.word("verification_mode", &mode)?;
            Ok(Merchant { mchid: origin.word("mchid", &mchid)?, name, apiv3_key, verification_mode })
        };
        rows.into_iter().map(merchant).collect()
    }

    fn brands(&self) -> Result<Vec<Brand>, StoreError> {
        let sql = "SELECT brand_id, name, logo_url, api_key FROM brand ORDER BY brand_id";
        let rows: Vec<(String, String, Option<String>, Option<String>)> =
            self.all("read the brands", sql, [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let brand =
            |(brand_id, name, logo_url, api_key): (String, String, Option<String>, Option<String>)| {
                let origin = Origin { table: "brand", row: &brand_id };
                Ok(Brand { brand_id: origin.word("brand_id", &brand_id)?, name, logo_url, api_key })
            };
        rows.into_iter().map(brand).collect()
    }

    /// Rows of two ids.
    fn pairs<A: std::str::FromStr, B: std::str::FromStr>(
        &self,
        table: &'static str,
        sql: &str,
    ) -> Result<Vec<(A, B)>, StoreError> {
        let rows: Vec<(String, String)> =
            self.all("read the roster", sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let pair = |(one, other): (String, String)| {
            let origin = Origin { table, row: &one };
            Ok((origin.word("(first)", &one)?, origin.word("(second)", &other)?))
        };
        rows.into_iter().map(pair).collect()
    }
}

impl OperationsWriter for Unit<'_> {
    fn put_node(&mut self, node: &NodeRecord, forget_before: Time) -> Result<(), StoreError> {
        let sql = "INSERT INTO node (name, started_at, seen_at) VALUES (?1, ?2, ?3)
                   ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at";
        let values = params![node.name, node.started_at.unix_seconds(), node.seen_at.unix_seconds()];
        self.change("write a node", sql, values)?;
        let sql = "DELETE FROM node WHERE seen_at < ?1";
        self.change("forget nodes", sql, [forget_before.unix_seconds()]).map(drop)
    }
}
