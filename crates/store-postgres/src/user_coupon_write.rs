//! user_coupon and round, written: a coupon and all its rounds in one statement.

use quan_coupon::benefit::Fen;
use quan_coupon::redemption::{OrderReference, Redemption};
use quan_coupon::user_coupon::{Usage, UserCoupon};
use quan_coupon::window::Window;
use quan_model::ids::StoreId;
use quan_model::time::Time;
use quan_store::column::to_json;
use quan_store::error::StoreError;
use quan_store::user_coupon::{CodeUse, UserCouponRecord, UserCouponWriter};

use crate::unit::Unit;
use crate::write_behind::{Later, borrowed};
use crate::{Values, params, values};

impl UserCouponWriter for Unit<'_> {
    fn insert_user_coupon(&mut self, record: &UserCouponRecord) -> Result<CodeUse, StoreError> {
        if let Some(writing) = self.transaction()
            && writing.keeps_back()
        {
            // Should the code be taken after all, the batch runs again, and this job by itself.
            writing.behind.push(Later::Coupon(Box::new(record.clone())));
            return Ok(CodeUse::Free);
        }
        let values = insert_values(record)?;
        let written = self.written("write a user coupon", &insert_sql(), &borrowed(&values), |_| Ok(()))?;
        Ok(if written.is_empty() { CodeUse::Taken } else { CodeUse::Free })
    }

    fn update_user_coupon(&mut self, record: &UserCouponRecord) -> Result<(), StoreError> {
        let coupon = &record.coupon;
        let facts = Facts::of(coupon);
        let rounds = Rows::of(coupon)?;
        let values = params![
            coupon.stock_id.as_str(),
            coupon.coupon_code.as_str(),
            i64::from(record.revision),
            facts.confirm_request_no,
            facts.confirm_time,
            facts.deactivate_request_no,
            facts.deactivate_time,
            facts.deactivate_reason,
            facts.deleted_at,
            rounds.begins_at,
            rounds.ends_at,
            rounds.use_request_no,
            rounds.use_time,
            rounds.order_kind,
            rounds.order_reference,
            rounds.store_id,
            rounds.saved_amount,
            rounds.return_request_no,
            rounds.return_time
        ];
        let sql = format!("{UPDATE} {WRITE_ROUNDS}) SELECT 1 FROM written");
        let written = self.written("change a user coupon", &sql, values, |_| Ok(()))?;
        match written.len() {
            1 => Ok(()),
            _ => Err(StoreError::Conflict {
                table: "user_coupon",
                row: format!("{}/{}", coupon.stock_id, coupon.coupon_code),
            }),
        }
    }
}

/// Adds a coupon and its rounds; gives a row when the code is free.
pub(crate) fn insert_sql() -> String {
    format!("{INSERT} {WRITE_ROUNDS}) SELECT 1 FROM written")
}

/// The values of [`insert_sql`].
pub(crate) fn insert_values(record: &UserCouponRecord) -> Result<Values<'_>, StoreError> {
    let coupon = &record.coupon;
    let facts = Facts::of(coupon);
    let rounds = Rows::of(coupon)?;
    let round_count = match &coupon.usage {
        Usage::Single(_) => None,
        Usage::Sequential(rounds) => Some(i64::from(rounds.total_count)),
    };
    Ok(values![
        coupon.stock_id.as_str(),
        coupon.coupon_code.as_str(),
        i64::from(record.revision),
        facts.confirm_request_no,
        facts.confirm_time,
        facts.deactivate_request_no,
        facts.deactivate_time,
        facts.deactivate_reason,
        facts.deleted_at,
        rounds.begins_at,
        rounds.ends_at,
        rounds.use_request_no,
        rounds.use_time,
        rounds.order_kind,
        rounds.order_reference,
        rounds.store_id,
        rounds.saved_amount,
        rounds.return_request_no,
        rounds.return_time,
        coupon.product_coupon_id.as_str(),
        coupon.owner.to_string(),
        i64::from(record.product_coupon_revision),
        i64::from(record.stock_revision),
        coupon.appid.as_str(),
        coupon.openid.as_str(),
        coupon.person_id.as_str(),
        coupon.send_request_no.as_str(),
        coupon.send_channel.as_str(),
        coupon.attach.as_deref(),
        coupon.receive_time.unix_seconds(),
        coupon.window.begin.unix_seconds(),
        coupon.window.end.unix_seconds(),
        coupon.confirm_required,
        round_count,
        coupon.bundle.as_ref().map(|place| place.user_coupon_bundle_id.as_str()),
        coupon.bundle.as_ref().map(|place| i64::from(place.index)),
        coupon.tags.as_ref().map(to_json).transpose()?
    ])
}

/// Adds a coupon. $1 to $19 are as in [`UPDATE`].
const INSERT: &str = "WITH written AS (
    INSERT INTO user_coupon (stock_id, coupon_code, revision, confirm_request_no, confirm_time, deactivate_request_no,
      deactivate_time, deactivate_reason, deleted_at, product_coupon_id, owner, product_coupon_revision, stock_revision,
      appid, openid, person_id, send_request_no, send_channel, attach, receive_time, valid_begin, valid_end,
      confirm_required, round_count, user_coupon_bundle_id, user_coupon_bundle_index, tags)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33,
      $34, $35, $36, $37)
    ON CONFLICT DO NOTHING RETURNING stock_id, coupon_code";

/// Replaces the facts of a coupon that has revision $3, and drops the rounds that it has no more.
const UPDATE: &str = "WITH written AS (
    UPDATE user_coupon SET revision = revision + 1, confirm_request_no = $4, confirm_time = $5,
      deactivate_request_no = $6, deactivate_time = $7, deactivate_reason = $8, deleted_at = $9
    WHERE stock_id = $1 AND coupon_code = $2 AND revision = $3
    RETURNING stock_id, coupon_code
  ), dropped AS (
    DELETE FROM round USING written
    WHERE round.stock_id = written.stock_id AND round.coupon_code = written.coupon_code
      AND round_index >= cardinality($10::bigint[])";

/// Writes the rounds of the coupon in `written`, $10 to $19.
const WRITE_ROUNDS: &str = "), of_coupon AS (
    INSERT INTO round (stock_id, coupon_code, round_index, begins_at, ends_at, use_request_no, use_time, order_kind,
      order_reference, store_id, saved_amount, return_request_no, return_time)
    SELECT written.stock_id, written.coupon_code, given.number - 1, given.begins_at, given.ends_at,
      given.use_request_no, given.use_time, given.order_kind, given.order_reference, given.store_id,
      given.saved_amount, given.return_request_no, given.return_time
    FROM written, unnest($10::bigint[], $11::bigint[], $12::text[], $13::bigint[], $14::text[], $15::text[],
      $16::text[], $17::bigint[], $18::text[], $19::bigint[]) WITH ORDINALITY AS given (begins_at, ends_at,
      use_request_no, use_time, order_kind, order_reference, store_id, saved_amount, return_request_no, return_time,
      number)
    ON CONFLICT (stock_id, coupon_code, round_index) DO UPDATE SET
      begins_at = excluded.begins_at, ends_at = excluded.ends_at, use_request_no = excluded.use_request_no,
      use_time = excluded.use_time, order_kind = excluded.order_kind, order_reference = excluded.order_reference,
      store_id = excluded.store_id, saved_amount = excluded.saved_amount,
      return_request_no = excluded.return_request_no, return_time = excluded.return_time";

/// What commands change about a coupon, as columns.
struct Facts<'c> {
    confirm_request_no: Option<&'c str>,
    confirm_time: Option<i64>,
    deactivate_request_no: Option<&'c str>,
    deactivate_time: Option<i64>,
    deactivate_reason: Option<&'c str>,
    deleted_at: Option<i64>,
}

impl<'c> Facts<'c> {
    fn of(coupon: &'c UserCoupon) -> Self {
        let (confirmed, deactivated) = (coupon.confirmed.as_ref(), coupon.deactivated.as_ref());
        Self {
            confirm_request_no: confirmed.map(|confirmed| confirmed.request_no.as_str()),
            confirm_time: confirmed.map(|confirmed| confirmed.time.unix_seconds()),
            deactivate_request_no: deactivated.map(|ended| ended.request_no.as_str()),
            deactivate_time: deactivated.map(|ended| ended.time.unix_seconds()),
            deactivate_reason: deactivated.map(|ended| ended.reason.as_str()),
            deleted_at: coupon.deleted_at.map(Time::unix_seconds),
        }
    }
}

/// The rounds of a coupon, column by column.
#[derive(Default)]
struct Rows<'c> {
    begins_at: Vec<i64>,
    ends_at: Vec<i64>,
    use_request_no: Vec<Option<&'c str>>,
    use_time: Vec<Option<i64>>,
    order_kind: Vec<Option<&'static str>>,
    order_reference: Vec<Option<String>>,
    store_id: Vec<Option<&'c str>>,
    saved_amount: Vec<Option<i64>>,
    return_request_no: Vec<Option<&'c str>>,
    return_time: Vec<Option<i64>>,
}

impl<'c> Rows<'c> {
    fn of(coupon: &'c UserCoupon) -> Result<Self, StoreError> {
        let mut rows = Self::default();
        match &coupon.usage {
            Usage::Single(None) => {}
            Usage::Single(Some(used)) => rows.push(&coupon.window, Some(used))?,
            Usage::Sequential(rounds) => {
                for round in &rounds.rounds {
                    rows.push(&round.window, round.redemption.as_ref())?;
                }
            }
        }
        Ok(rows)
    }

    fn push(&mut self, window: &Window, redemption: Option<&'c Redemption>) -> Result<(), StoreError> {
        let (kind, reference) = match redemption.and_then(|used| used.order.as_ref()) {
            None => (None, None),
            Some(OrderReference::Order(order)) => (Some("order"), Some(to_json(order)?)),
            Some(OrderReference::PayScore(order)) => (Some("pay_score"), Some(to_json(order)?)),
        };
        let returned = redemption.and_then(|used| used.returned.as_ref());
        self.begins_at.push(window.begin.unix_seconds());
        self.ends_at.push(window.end.unix_seconds());
        self.use_request_no.push(redemption.map(|used| used.request_no.as_str()));
        self.use_time.push(redemption.map(|used| used.use_time.unix_seconds()));
        self.order_kind.push(kind);
        self.order_reference.push(reference);
        self.store_id.push(redemption.and_then(|used| used.store_id.as_ref()).map(StoreId::as_str));
        self.saved_amount.push(redemption.and_then(|used| used.saved_amount).map(Fen::get));
        self.return_request_no.push(returned.map(|returned| returned.request_no.as_str()));
        self.return_time.push(returned.map(|returned| returned.time.unix_seconds()));
        Ok(())
    }
}
