//! user_coupon_bundle, and the coupons that name one.

use quan_coupon::user_coupon::Deactivation;
use quan_model::ids::{StockId, UserCouponBundleId};
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::user_coupon::UserCouponRecord;
use quan_store::user_coupon_bundle::{
    QueuedIssue, UserCouponBundleReader, UserCouponBundleRecord, UserCouponBundleWriter,
};
use tokio_postgres::Row;

use crate::connection::Params;
use crate::params;
use crate::unit::Unit;
use crate::user_coupon::{READ as COUPON, ROUNDS, coupon_row, coupons};

/// A user_coupon_bundle row as PostgreSQL gives it.
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

fn columns(row: &Row) -> Result<Columns, tokio_postgres::Error> {
    Ok(Columns {
        texts: [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?],
        numbers: [row.try_get(5)?, row.try_get(6)?, row.try_get(7)?],
        queued: (row.try_get(8)?, row.try_get(9)?, row.try_get(10)?, row.try_get(11)?),
        deactivated: (row.try_get(12)?, row.try_get(13)?, row.try_get(14)?),
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
        self.user_coupon_bundle_where("WHERE user_coupon_bundle_id = $1", params![id.as_str()])
    }

    fn coupons_of_bundle(&self, id: &UserCouponBundleId) -> Result<Vec<UserCouponRecord>, StoreError> {
        let lock = "SELECT 1 FROM user_coupon WHERE user_coupon_bundle_id = $1
                    ORDER BY stock_id, coupon_code FOR UPDATE";
        let sql = format!(
            "{COUPON} user_coupon AS coupon {ROUNDS} WHERE user_coupon_bundle_id = $1
             ORDER BY user_coupon_bundle_index, receive_time, coupon.coupon_code, coupon.stock_id, round_index"
        );
        let values = params![id.as_str()];
        coupons(self.all_locked("read the coupons of a chain", lock, &sql, values, coupon_row)?)
    }

    fn first_queued(&self, stock: &StockId) -> Result<Option<UserCouponBundleRecord>, StoreError> {
        let rest = "WHERE queued_stock_id = $1 ORDER BY queued_at, user_coupon_bundle_id LIMIT 1";
        self.user_coupon_bundle_where(rest, params![stock.as_str()])
    }
}

impl UserCouponBundleWriter for Unit<'_> {
    fn insert_user_coupon_bundle(&mut self, bundle: &UserCouponBundleRecord) -> Result<(), StoreError> {
        let id = &bundle.user_coupon_bundle_id;
        let (queued, deactivated) = (bundle.queued.as_ref(), bundle.deactivated.as_ref());
        let sql = "INSERT INTO user_coupon_bundle (user_coupon_bundle_id, revision, queued_stock_id, queued_index,
                     queued_use_time, queued_at, deactivate_request_no, deactivate_time, deactivate_reason,
                     stock_bundle_id, product_coupon_id, owner, person_id, total_count, created_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING";
        let values = params![
            id.as_str(),
            i64::from(bundle.revision),
            queued.map(|queued| queued.stock_id.as_str()),
            queued.map(|queued| i64::from(queued.index)),
            queued.map(|queued| queued.use_time.unix_seconds()),
            queued.map(|queued| queued.queued_at.unix_seconds()),
            deactivated.map(|ended| ended.request_no.as_str()),
            deactivated.map(|ended| ended.time.unix_seconds()),
            deactivated.map(|ended| ended.reason.as_str()),
            bundle.stock_bundle_id.as_str(),
            bundle.product_coupon_id.as_str(),
            bundle.owner.to_string(),
            bundle.person_id,
            i64::from(bundle.total_count),
            bundle.created_at.unix_seconds()
        ];
        self.change_one("write a chain", "user_coupon_bundle", || id.to_string(), sql, values)
    }

    fn update_user_coupon_bundle(&mut self, bundle: &UserCouponBundleRecord) -> Result<(), StoreError> {
        let id = &bundle.user_coupon_bundle_id;
        let (queued, deactivated) = (bundle.queued.as_ref(), bundle.deactivated.as_ref());
        let sql =
            "UPDATE user_coupon_bundle SET revision = revision + 1, queued_stock_id = $3, queued_index = $4,
                     queued_use_time = $5, queued_at = $6, deactivate_request_no = $7, deactivate_time = $8,
                     deactivate_reason = $9
                   WHERE user_coupon_bundle_id = $1 AND revision = $2";
        let values = params![
            id.as_str(),
            i64::from(bundle.revision),
            queued.map(|queued| queued.stock_id.as_str()),
            queued.map(|queued| i64::from(queued.index)),
            queued.map(|queued| queued.use_time.unix_seconds()),
            queued.map(|queued| queued.queued_at.unix_seconds()),
            deactivated.map(|ended| ended.request_no.as_str()),
            deactivated.map(|ended| ended.time.unix_seconds()),
            deactivated.map(|ended| ended.reason.as_str())
        ];
        self.change_one("change a chain", "user_coupon_bundle", || id.to_string(), sql, values)
    }
}

impl Unit<'_> {
    fn user_coupon_bundle_where(
        &self,
        rest: &str,
        values: Params<'_>,
    ) -> Result<Option<UserCouponBundleRecord>, StoreError> {
        let sql = format!("{READ} {rest}{}", self.for_update());
        self.one("read a chain", &sql, values, columns)?.map(record).transpose()
    }
}
