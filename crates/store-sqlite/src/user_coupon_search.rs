//! Searches over user_coupon and pre_send.

use quan_model::ids::{CouponCode, RequestNumber, StockId};
use quan_store::error::StoreError;
use quan_store::parties::PersonId;
use quan_store::pre_send::PreSendRecord;
use quan_store::user_coupon::{UserCouponPlace, UserCouponReader, UserCouponRecord};
use quan_store::user_coupon_search::UserCouponSearchReader;
use rusqlite::{Params, params};

use crate::pre_send;
use crate::unit::Unit;
use quan_store::column::Origin;

/// The key of a coupon.
pub(crate) fn key(stock: &str, code: &str) -> Result<(StockId, CouponCode), StoreError> {
    let origin = Origin { table: "user_coupon", row: code };
    Ok((origin.word("stock_id", stock)?, origin.word("coupon_code", code)?))
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl UserCouponSearchReader for Unit<'_> {
    fn newest_user_coupons(
        &self,
        person: Option<&PersonId>,
        after: Option<&UserCouponPlace>,
        limit: usize,
    ) -> Result<Vec<UserCouponRecord>, StoreError> {
        // Two texts, so that each is answered from its own index.
        let of_person = if person.is_some() { "person_id = ?1" } else { "?1 IS NULL" };
        let behind = if after.is_some() {
            "(receive_time, stock_id, coupon_code) < (?2, ?3, ?4)"
        } else {
            "?2 IS NULL AND ?3 IS NULL AND ?4 IS NULL"
        };
        let sql = format!(
            "SELECT stock_id, coupon_code FROM user_coupon WHERE {of_person} AND {behind}
             ORDER BY receive_time DESC, stock_id DESC, coupon_code DESC LIMIT ?5"
        );
        let values = params![
            person,
            after.map(|place| place.receive_time.unix_seconds()),
            after.map(|place| place.stock_id.as_str()),
            after.map(|place| place.coupon_code.as_str()),
            most(limit)
        ];
        self.found("list the newest user coupons", &sql, values)
    }

    fn user_coupons_with_code(
        &self,
        code: &CouponCode,
        limit: usize,
    ) -> Result<Vec<UserCouponRecord>, StoreError> {
        let sql = "SELECT stock_id, coupon_code FROM user_coupon WHERE coupon_code = ?1
                   ORDER BY receive_time DESC, stock_id DESC LIMIT ?2";
        self.found("look for a coupon code", sql, params![code.as_str(), most(limit)])
    }

    fn pre_sends_with_number(
        &self,
        number: &RequestNumber,
        limit: usize,
    ) -> Result<Vec<PreSendRecord>, StoreError> {
        // The number is unique within caller and owner; with both given as lists the index is used.
        const ANYBODY: &str =
            "(SELECT 'mchid:' || mchid FROM merchant UNION SELECT 'brand:' || brand_id FROM brand)";
        let condition = format!(
            "principal IN {ANYBODY} AND owner IN {ANYBODY} AND send_request_no = ?1 ORDER BY created_at DESC LIMIT ?2"
        );
        self.pre_sends_where("look for a send number", &condition, params![number.as_str(), most(limit)])
    }
}

impl Unit<'_> {
    fn found(
        &self,
        doing: &'static str,
        sql: &str,
        values: impl Params,
    ) -> Result<Vec<UserCouponRecord>, StoreError> {
        let rows: Vec<(String, String)> =
            self.all(doing, sql, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let read = |(stock, code): (String, String)| {
            let (stock_id, coupon_code) = key(&stock, &code)?;
            let found = self.user_coupon(&stock_id, &coupon_code)?;
            found.ok_or_else(|| Origin { table: "user_coupon", row: &code }.impossible("coupon_code"))
        };
        rows.into_iter().map(read).collect()
    }

    fn pre_sends_where(
        &self,
        doing: &'static str,
        condition: &str,
        values: impl Params,
    ) -> Result<Vec<PreSendRecord>, StoreError> {
        let sql = format!("SELECT {} FROM pre_send WHERE {condition}", pre_send::COLUMNS);
        self.all(doing, &sql, values, pre_send::columns)?.into_iter().map(pre_send::record).collect()
    }
}
