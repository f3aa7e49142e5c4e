//! user_coupon_bundle, and the coupons that name one.

use quan_coupon::user_coupon::Deactivation;
use quan_model::ids::{StockId, UserCouponBundleId};
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::user_coupon::{UserCouponReader, UserCouponRecord};
use quan_store::user_coupon_bundle::{
    QueuedIssue, UserCouponBundleReader, UserCouponBundleRecord, UserCouponBundleWriter,
};
use rusqlite::{Params, Row, params};

use crate::unit::Unit;

/// A user_coupon_bundle row as SQLite gives it.
struct Columns {
    texts: [String; 5],
    numbers: [i64; 3],
    queued: (Option<String>, Option<i64>, Option<i64>, Option<i64>),
    deactivated: (Option<String>, Option<i64>, Option<String>),
}

const READ: &str =
    "SELECT user_coupon_bundle_id, stock_bundle_id, product_coupon_id, owner, person_id, total_count,
    created_at, revision, queued_stock_id, queued_index, queued_use_time, queued_at, deactivate_request_no,
    deactivate_time, deactivate_reason
  FROM user_coupon_bundle";

fn columns(row: &Row<'_>) -> Result<Columns, rusqlite::Error> {
    Ok(Columns {
        texts: [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?],
        numbers: [row.get(5)?, row.get(6)?, row.get(7)?],
        queued: (row.get(8)?, row.get(9)?, row.get(10)?, row.get(11)?),
        deactivated: (row.get(12)?, row.get(13)?, row.get(14)?),
    })
}

fn record(columns: Columns) -> Result<UserCouponBundleRecord, StoreError> {
    let [id, stock_bundle_id, product_coupon_id, owner, person_id] = columns.texts;
    let [total_count, created_at, revision] = columns.numbers;
    let origin = Origin { table: "user_coupon_bundle", row: &id };
    let queued = match columns.queued {
        (Some(stock), Some(index), Some(use_time), Some(queued_at)) => Some(QueuedIssue {
            stock_id: origin.word("queued_stock_id", &stock)?,
            index: origin.number("queued_index", index)?,
            use_time: time(use_time),
            queued_at: time(queued_at),
        }),
        (None, None, None, None) => None,
        (_, _, _, _) => return Err(origin.impossible("queued_at")),
    };
    let deactivated = match columns.deactivated {
        (Some(number), Some(at), Some(reason)) => {
            let request_no = origin.word("deactivate_request_no", &number)?;
            Some(Deactivation { request_no, time: time(at), reason })
        }
        (None, None, None) => None,
        (_, _, _) => return Err(origin.impossible("deactivate_time")),
    };
    Ok(UserCouponBundleRecord {
        user_coupon_bundle_id: origin.word("user_coupon_bundle_id", &id)?,
        stock_bundle_id: origin.word("stock_bundle_id", &stock_bundle_id)?,
        product_coupon_id: origin.word("product_coupon_id", &product_coupon_id)?,
        owner: origin.word("owner", &owner)?,
        person_id,
        total_count: origin.number("total_count", total_count)?,
        created_at: time(created_at),
        queued,
        deactivated,
        revision: origin.number("revision", revision)?,
    })
}

impl UserCouponBundleReader for Unit<'_> {
    fn user_coupon_bundle(
        &self,
        id: &UserCouponBundleId,
    ) -> Result<Option<UserCouponBundleRecord>, StoreError> {
        self.user_coupon_bundle_where("WHERE user_coupon_bundle_id = ?1", [id.as_str()])
    }

    fn coupons_of_bundle(&self, id: &UserCouponBundleId) -> Result<Vec<UserCouponRecord>, StoreError> {
        let sql = "SELECT stock_id, coupon_code FROM user_coupon WHERE user_coupon_bundle_id = ?1
                   ORDER BY user_coupon_bundle_index, receive_time, coupon_code";
        let keys: Vec<(String, String)> =
            self.all("read the coupons of a chain", sql, [id.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let origin = Origin { table: "user_coupon", row: id.as_str() };
        let coupon = |(stock, code): (String, String)| {
            let found =
                self.user_coupon(&origin.word("stock_id", &stock)?, &origin.word("coupon_code", &code)?)?;
            found.ok_or_else(|| origin.impossible("coupon_code"))
        };
        keys.into_iter().map(coupon).collect()
    }

    fn first_queued(&self, stock: &StockId) -> Result<Option<UserCouponBundleRecord>, StoreError> {
        let rest = "WHERE queued_stock_id = ?1 ORDER BY queued_at, user_coupon_bundle_id LIMIT 1";
        self.user_coupon_bundle_where(rest, [stock.as_str()])
    }
}

impl UserCouponBundleWriter for Unit<'_> {
    fn insert_user_coupon_bundle(&mut self, bundle: &UserCouponBundleRecord) -> Result<(), StoreError> {
        let id = &bundle.user_coupon_bundle_id;
        let sql = "INSERT INTO user_coupon_bundle (user_coupon_bundle_id, revision, stock_bundle_id, product_coupon_id,
                     owner, person_id, total_count, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
        let values = params![
            id.as_str(),
            bundle.revision,
            bundle.stock_bundle_id.as_str(),
            bundle.product_coupon_id.as_str(),
            bundle.owner.to_string(),
            bundle.person_id,
            bundle.total_count,
            bundle.created_at.unix_seconds()
        ];
        self.change_one("write a chain", "user_coupon_bundle", || id.to_string(), sql, values)?;
        self.write_chain_facts(bundle)
    }

    fn update_user_coupon_bundle(&mut self, bundle: &UserCouponBundleRecord) -> Result<(), StoreError> {
        let id = &bundle.user_coupon_bundle_id;
        let sql = "UPDATE user_coupon_bundle SET revision = revision + 1
                   WHERE user_coupon_bundle_id = ?1 AND revision = ?2";
        let values = params![id.as_str(), bundle.revision];
        self.change_one("change a chain", "user_coupon_bundle", || id.to_string(), sql, values)?;
        self.write_chain_facts(bundle)
    }
}

impl Unit<'_> {
    fn user_coupon_bundle_where(
        &self,
        rest: &str,
        values: impl Params,
    ) -> Result<Option<UserCouponBundleRecord>, StoreError> {
        self.one("read a chain", &format!("{READ} {rest}"), values, columns)?.map(record).transpose()
    }

    /// Writes everything about a chain that commands change.
    fn write_chain_facts(&self, bundle: &UserCouponBundleRecord) -> Result<(), StoreError> {
        let (queued, deactivated) = (bundle.queued.as_ref(), bundle.deactivated.as_ref());
        let sql =
            "UPDATE user_coupon_bundle SET queued_stock_id = ?2, queued_index = ?3, queued_use_time = ?4,
                     queued_at = ?5, deactivate_request_no = ?6, deactivate_time = ?7, deactivate_reason = ?8
                   WHERE user_coupon_bundle_id = ?1";
        let values = params![
            bundle.user_coupon_bundle_id.as_str(),
            queued.map(|queued| queued.stock_id.as_str()),
            queued.map(|queued| queued.index),
            queued.map(|queued| queued.use_time.unix_seconds()),
            queued.map(|queued| queued.queued_at.unix_seconds()),
            deactivated.map(|ended| ended.request_no.as_str()),
            deactivated.map(|ended| ended.time.unix_seconds()),
            deactivated.map(|ended| ended.reason.as_str())
        ];
        self.change("write the facts of a chain", sql, values).map(drop)
    }
}
