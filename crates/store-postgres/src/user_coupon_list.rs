//! Lists of user coupons: filters, order and pages.
//!
//! The state is computed in SQL from the same facts as `UserCoupon::state` computes it from; the conformance
//! suite compares the two.

use quan_model::ids::{ProductCouponId, StockId, UserCouponBundleId};
use quan_store::column::Origin;
use quan_store::error::StoreError;
use quan_store::user_coupon::{UserCouponFilter, UserCouponPlace, UserCouponRecord};

use crate::params;
use crate::unit::Unit;
use crate::user_coupon::{READ, ROUNDS, coupon_row, coupons};

/// The coupons that fit; $1 to $8 are the filter.
const WHERE: &str = "FROM user_coupon AS coupon WHERE person_id = $1 AND owner = $2
    AND ($3::text IS NULL OR $3 = (SELECT creator FROM stock WHERE stock.stock_id = coupon.stock_id))
    AND ($4::text IS NULL OR product_coupon_id = $4)
    AND ($5::text IS NULL OR stock_id = $5)
    AND ($6::text IS NULL OR user_coupon_bundle_id = $6)
    AND ($7::text IS NULL OR $7 = CASE
      WHEN deactivate_time IS NOT NULL THEN 'DEACTIVATED'
      WHEN (SELECT count(*) FROM round
            WHERE round.stock_id = coupon.stock_id AND round.coupon_code = coupon.coupon_code
              AND use_request_no IS NOT NULL AND return_request_no IS NULL)
           >= coalesce(round_count, 1) THEN 'USED'
      WHEN deleted_at <= valid_end THEN 'DELETED'
      WHEN $8::bigint > valid_end THEN 'EXPIRED'
      WHEN confirm_required AND confirm_time IS NULL THEN 'CONFIRMING'
      WHEN $8::bigint < valid_begin THEN 'PENDING'
      ELSE 'EFFECTIVE' END)";

/// The order of a list, the newest first.
const ORDER: &str = "receive_time DESC, stock_id DESC, coupon_code DESC";

/// The values of [`WHERE`], $1 to $8.
struct Values {
    owner: String,
    creator: Option<String>,
    state: Option<&'static str>,
    at: Option<i64>,
}

impl Values {
    fn of(filter: &UserCouponFilter) -> Self {
        Self {
            owner: filter.owner.to_string(),
            creator: filter.creator.as_ref().map(ToString::to_string),
            state: filter.state.map(|(state, _)| state.as_str()),
            at: filter.state.map(|(_, at)| at.unix_seconds()),
        }
    }
}

impl Unit<'_> {
    /// One page.
    pub(crate) fn listed(
        &self,
        filter: &UserCouponFilter,
        after: Option<&UserCouponPlace>,
        limit: usize,
    ) -> Result<Vec<UserCouponRecord>, StoreError> {
        let behind = match after {
            Some(_) => "(receive_time, stock_id, coupon_code) < ($10::bigint, $11::text, $12::text)",
            None => "$10::bigint IS NULL AND $11::text IS NULL AND $12::text IS NULL",
        };
        let sql = format!(
            "{READ} (SELECT coupon.* {WHERE} AND {behind} ORDER BY {ORDER} LIMIT $9) AS coupon {ROUNDS}
             ORDER BY receive_time DESC, coupon.stock_id DESC, coupon.coupon_code DESC, round_index"
        );
        let values = Values::of(filter);
        let params = params![
            filter.person_id,
            values.owner,
            values.creator,
            filter.product_coupon_id.as_ref().map(ProductCouponId::as_str),
            filter.stock_id.as_ref().map(StockId::as_str),
            filter.user_coupon_bundle_id.as_ref().map(UserCouponBundleId::as_str),
            values.state,
            values.at,
            i64::try_from(limit).unwrap_or(i64::MAX),
            after.map(|place| place.receive_time.unix_seconds()),
            after.map(|place| place.stock_id.as_str()),
            after.map(|place| place.coupon_code.as_str())
        ];
        coupons(self.all("list user coupons", &sql, params, coupon_row)?)
    }

    /// How many fit.
    pub(crate) fn listed_count(&self, filter: &UserCouponFilter) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) {WHERE}");
        let values = Values::of(filter);
        let params = params![
            filter.person_id,
            values.owner,
            values.creator,
            filter.product_coupon_id.as_ref().map(ProductCouponId::as_str),
            filter.stock_id.as_ref().map(StockId::as_str),
            filter.user_coupon_bundle_id.as_ref().map(UserCouponBundleId::as_str),
            values.state,
            values.at
        ];
        let count: Option<i64> = self.one("count listed user coupons", &sql, params, |row| row.try_get(0))?;
        Origin { table: "user_coupon", row: &filter.person_id }.number("(count)", count.unwrap_or(0))
    }
}
