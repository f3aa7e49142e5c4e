//! Counts over pre_send, user_coupon and round by time, and coupons without their confirm.

use quan_model::ids::{CouponCode, StockId};
use quan_model::time::Time;
use quan_store::error::StoreError;
use quan_store::overview::{Activity, OverviewReader, Spans};
use rusqlite::params;

use crate::unit::Unit;
use quan_store::column::Origin;

/// ?1 received before, ?2 now. The columns are those of the index; the end is asked for besides.
const UNCONFIRMED: &str = "FROM user_coupon WHERE confirm_required AND confirm_time IS NULL
    AND deactivate_time IS NULL AND deleted_at IS NULL AND receive_time < ?1 AND valid_end >= ?2";

impl OverviewReader for Unit<'_> {
    fn activity(&self, spans: Spans) -> Result<Vec<Activity>, StoreError> {
        let mut activity = vec![Activity::default(); usize::try_from(spans.count).unwrap_or(0)];
        self.count_by(spans, "pre_send", "created_at", &mut activity, |of| &mut of.pre_sent)?;
        self.count_by(spans, "user_coupon", "receive_time", &mut activity, |of| &mut of.claimed)?;
        self.count_by(spans, "user_coupon", "confirm_time", &mut activity, |of| &mut of.confirmed)?;
        self.count_by(spans, "round", "use_time", &mut activity, |of| &mut of.used)?;
        self.count_by(spans, "round", "return_time", &mut activity, |of| &mut of.returned)?;
        Ok(activity)
    }

    fn unconfirmed_coupons(
        &self,
        received_before: Time,
        now: Time,
        limit: usize,
    ) -> Result<Vec<(StockId, CouponCode)>, StoreError> {
        let sql = format!("SELECT stock_id, coupon_code {UNCONFIRMED} ORDER BY receive_time LIMIT ?3");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = params![received_before.unix_seconds(), now.unix_seconds(), limit];
        let rows: Vec<(String, String)> =
            self.all("look for unconfirmed coupons", &sql, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.iter().map(|(stock, code)| crate::user_coupon_search::key(stock, code)).collect()
    }

    fn unconfirmed_count(&self, received_before: Time, now: Time) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) {UNCONFIRMED}");
        let values = params![received_before.unix_seconds(), now.unix_seconds()];
        let count: Option<i64> = self.one("count unconfirmed coupons", &sql, values, |row| row.get(0))?;
        Origin { table: "user_coupon", row: "(unconfirmed)" }.number("(count)", count.unwrap_or(0))
    }
}

impl Unit<'_> {
    fn count_by(
        &self,
        spans: Spans,
        table: &'static str,
        column: &'static str,
        activity: &mut [Activity],
        of: impl Fn(&mut Activity) -> &mut u64,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT ({column} - ?1) / ?2 AS span, count(*) FROM {table}
             WHERE {column} >= ?1 AND {column} < ?3 GROUP BY span"
        );
        let begin = spans.begin.unix_seconds();
        let end = begin.saturating_add(spans.seconds.saturating_mul(i64::from(spans.count)));
        let values = params![begin, spans.seconds, end];
        let rows: Vec<(i64, i64)> =
            self.all("count by time", &sql, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let origin = Origin { table, row: "(counts)" };
        for (span, count) in rows {
            let span: usize = origin.number(column, span)?;
            *of(activity.get_mut(span).ok_or_else(|| origin.impossible(column))?) =
                origin.number(column, count)?;
        }
        Ok(())
    }
}
