//! Lists of user coupons: filters, order and pages.
//!
//! The state is computed in SQL from the same facts as `UserCoupon::state` computes it from; the conformance
//! suite compares the two.

use quan_model::enums::UserCouponState;
use quan_model::ids::{CouponCode, ProductCouponId, StockId, UserCouponBundleId};
use quan_store::column::Origin;
use quan_store::error::StoreError;
use quan_store::user_coupon::{UserCouponFilter, UserCouponPlace};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use crate::unit::Unit;

const WHERE: &str = "FROM user_coupon AS coupon WHERE person_id = ?1 AND owner = ?2
    AND (?3 IS NULL OR ?3 = (SELECT creator FROM stock WHERE stock.stock_id = coupon.stock_id))
    AND (?4 IS NULL OR product_coupon_id = ?4)
    AND (?5 IS NULL OR stock_id = ?5)
    AND (?6 IS NULL OR user_coupon_bundle_id = ?6)
    AND (?7 IS NULL OR ?7 = CASE
      WHEN deactivate_time IS NOT NULL THEN 'DEACTIVATED'
      WHEN (SELECT count(*) FROM round
            WHERE round.stock_id = coupon.stock_id AND round.coupon_code = coupon.coupon_code
              AND use_request_no IS NOT NULL AND return_request_no IS NULL)
           >= coalesce(round_count, 1) THEN 'USED'
      WHEN deleted_at <= valid_end THEN 'DELETED'
      WHEN ?8 > valid_end THEN 'EXPIRED'
      WHEN confirm_required AND confirm_time IS NULL THEN 'CONFIRMING'
      WHEN ?8 < valid_begin THEN 'PENDING'
      ELSE 'EFFECTIVE' END)";

/// The values of [`WHERE`], ?1 to ?8.
fn values(filter: &UserCouponFilter) -> Vec<Value> {
    let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
    let (state, at) = match filter.state {
        Some((state, at)) => (Some(state), Value::Integer(at.unix_seconds())),
        None => (None, Value::Null),
    };
    vec![
        Value::Text(filter.person_id.clone()),
        Value::Text(filter.owner.to_string()),
        text(filter.creator.as_ref().map(ToString::to_string).as_deref()),
        text(filter.product_coupon_id.as_ref().map(ProductCouponId::as_str)),
        text(filter.stock_id.as_ref().map(StockId::as_str)),
        text(filter.user_coupon_bundle_id.as_ref().map(UserCouponBundleId::as_str)),
        text(state.map(UserCouponState::as_str)),
        at,
    ]
}

impl Unit<'_> {
    /// The keys of one page.
    pub(crate) fn listed(
        &self,
        filter: &UserCouponFilter,
        after: Option<&UserCouponPlace>,
        limit: usize,
    ) -> Result<Vec<(StockId, CouponCode)>, StoreError> {
        let behind = match after {
            Some(_) => "AND (receive_time, stock_id, coupon_code) < (?10, ?11, ?12)",
            None => "",
        };
        let sql = format!(
            "SELECT stock_id, coupon_code {WHERE} {behind}
             ORDER BY receive_time DESC, stock_id DESC, coupon_code DESC LIMIT ?9"
        );
        let mut values = values(filter);
        values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        if let Some(place) = after {
            values.push(Value::Integer(place.receive_time.unix_seconds()));
            values.push(Value::Text(place.stock_id.to_string()));
            values.push(Value::Text(place.coupon_code.to_string()));
        }
        let rows: Vec<(String, String)> =
            self.all("list user coupons", &sql, params_from_iter(values), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let key = |(stock, code): (String, String)| {
            let origin = Origin { table: "user_coupon", row: &code };
            Ok((origin.word("stock_id", &stock)?, origin.word("coupon_code", &code)?))
        };
        rows.into_iter().map(key).collect()
    }

    /// How many fit.
    pub(crate) fn listed_count(&self, filter: &UserCouponFilter) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) {WHERE}");
        let count: Option<i64> =
            self.one("count listed user coupons", &sql, params_from_iter(values(filter)), |row| row.get(0))?;
        Origin { table: "user_coupon", row: &filter.person_id }.number("(count)", count.unwrap_or(0))
    }
}
