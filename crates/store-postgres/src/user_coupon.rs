//! user_coupon and round: the facts of a coupon, and its uses.

use quan_coupon::benefit::Fen;
use quan_coupon::redemption::{OrderReference, Redemption, Return};
use quan_coupon::sequential::{Round, Rounds};
use quan_coupon::user_coupon::{BundlePlace, Confirmation, Deactivation, Usage, UserCoupon};
use quan_coupon::window::Window;
use quan_model::ids::{CouponCode, StockId, StoreId};
use quan_model::time::Time;
use quan_store::column::{Origin, time, to_json};
use quan_store::error::StoreError;
use quan_store::user_coupon::{
    CodeUse, UserCouponFilter, UserCouponPlace, UserCouponReader, UserCouponRecord, UserCouponWriter,
};
use tokio_postgres::Row;

use crate::params;
use crate::unit::Unit;

/// A user_coupon row as PostgreSQL gives it.
pub(crate) struct Columns {
    revisions: [i64; 3],
    texts: [String; 7],
    attach: Option<String>,
    times: [i64; 3],
    confirm_required: bool,
    confirm: (Option<String>, Option<i64>),
    round_count: Option<i64>,
    deactivate: (Option<String>, Option<i64>, Option<String>),
    deleted_at: Option<i64>,
    bundle: (Option<String>, Option<i64>),
    tags: Option<String>,
}

/// Every column that makes a coupon and one of its rounds, to be followed by the coupons as `coupon`, [`ROUNDS`] and an
/// order. A coupon with several rounds comes in as many rows, one after the other.
pub(crate) const READ: &str = "SELECT coupon.revision, product_coupon_revision, stock_revision, product_coupon_id, owner, appid,
    openid, person_id, send_request_no, send_channel, attach, receive_time, valid_begin, valid_end, confirm_required,
    confirm_request_no, confirm_time, round_count, deactivate_request_no, deactivate_time, deactivate_reason,
    deleted_at, user_coupon_bundle_id, user_coupon_bundle_index, tags, coupon.stock_id, coupon.coupon_code,
    begins_at, ends_at, use_request_no, use_time, order_kind, order_reference, store_id, saved_amount,
    return_request_no, return_time
  FROM ";

/// The rounds of each coupon, if it has any.
pub(crate) const ROUNDS: &str =
    " LEFT JOIN round ON round.stock_id = coupon.stock_id AND round.coupon_code = coupon.coupon_code ";

fn columns(row: &Row) -> Result<Columns, tokio_postgres::Error> {
    Ok(Columns {
        revisions: [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?],
        texts: [
            row.try_get(3)?,
            row.try_get(4)?,
            row.try_get(5)?,
            row.try_get(6)?,
            row.try_get(7)?,
            row.try_get(8)?,
            row.try_get(9)?,
        ],
        attach: row.try_get(10)?,
        times: [row.try_get(11)?, row.try_get(12)?, row.try_get(13)?],
        confirm_required: row.try_get(14)?,
        confirm: (row.try_get(15)?, row.try_get(16)?),
        round_count: row.try_get(17)?,
        deactivate: (row.try_get(18)?, row.try_get(19)?, row.try_get(20)?),
        deleted_at: row.try_get(21)?,
        bundle: (row.try_get(22)?, row.try_get(23)?),
        tags: row.try_get(24)?,
    })
}

/// A round row as PostgreSQL gives it.
pub(crate) struct RoundColumns {
    window: (i64, i64),
    used: (Option<String>, Option<i64>),
    order: (Option<String>, Option<String>),
    store_id: Option<String>,
    saved_amount: Option<i64>,
    returned: (Option<String>, Option<i64>),
}

/// Where the columns of a coupon's key stand, and where those of a round begin.
const KEY: usize = 25;
const ROUND: usize = 27;

/// The round of a row, if its coupon has one.
fn round_columns(row: &Row) -> Result<Option<RoundColumns>, tokio_postgres::Error> {
    let (Some(begins_at), Some(ends_at)) = (row.try_get(ROUND)?, row.try_get(ROUND + 1)?) else {
        return Ok(None);
    };
    Ok(Some(RoundColumns {
        window: (begins_at, ends_at),
        used: (row.try_get(ROUND + 2)?, row.try_get(ROUND + 3)?),
        order: (row.try_get(ROUND + 4)?, row.try_get(ROUND + 5)?),
        store_id: row.try_get(ROUND + 6)?,
        saved_amount: row.try_get(ROUND + 7)?,
        returned: (row.try_get(ROUND + 8)?, row.try_get(ROUND + 9)?),
    }))
}

/// A row of [`READ`]: the key and columns of a coupon, and one of its rounds.
pub(crate) struct CouponRow {
    key: (String, String),
    columns: Columns,
    round: Option<RoundColumns>,
}

pub(crate) fn coupon_row(row: &Row) -> Result<CouponRow, tokio_postgres::Error> {
    let key = (row.try_get(KEY)?, row.try_get(KEY + 1)?);
    Ok(CouponRow { key, columns: columns(row)?, round: round_columns(row)? })
}

/// The coupons of rows in which those of one coupon stand together.
pub(crate) fn coupons(rows: Vec<CouponRow>) -> Result<Vec<UserCouponRecord>, StoreError> {
    let mut coupons = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while let Some(first) = rows.next() {
        let mut rounds: Vec<RoundColumns> = first.round.into_iter().collect();
        while let Some(next) = rows.next_if(|next| next.key == first.key) {
            rounds.extend(next.round);
        }
        let (stock, code) = first.key;
        let origin = Origin { table: "round", row: &code };
        let rounds = rounds.iter().map(|columns| round(columns, &origin)).collect::<Result<_, _>>()?;
        let origin = Origin { table: "user_coupon", row: &code };
        let (stock, code) = (origin.word("stock_id", &stock)?, origin.word("coupon_code", &code)?);
        coupons.push(record(&stock, &code, first.columns, rounds)?);
    }
    Ok(coupons)
}

fn round(columns: &RoundColumns, origin: &Origin<'_>) -> Result<Round, StoreError> {
    let window = Window { begin: time(columns.window.0), end: time(columns.window.1) };
    let (Some(request_no), Some(use_time)) = (&columns.used.0, columns.used.1) else {
        return Ok(Round { window, redemption: None });
    };
    let order = match (columns.order.0.as_deref(), columns.order.1.as_deref()) {
        (Some("order"), Some(json)) => Some(OrderReference::Order(origin.json("order_reference", json)?)),
        (Some("pay_score"), Some(json)) => {
            Some(OrderReference::PayScore(origin.json("order_reference", json)?))
        }
        (None, None) => None,
        _ => return Err(origin.impossible("order_kind")),
    };
    let saved_amount = match columns.saved_amount {
        Some(fen) => Some(Fen::new(fen).ok_or_else(|| origin.impossible("saved_amount"))?),
        None => None,
    };
    let returned = match (&columns.returned.0, columns.returned.1) {
        (Some(number), Some(at)) => {
            Some(Return { request_no: origin.word("return_request_no", number)?, time: time(at) })
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(origin.impossible("return_time")),
    };
    let redemption = Redemption {
        request_no: origin.word("use_request_no", request_no)?,
        use_time: time(use_time),
        order,
        store_id: origin.optional::<StoreId>("store_id", columns.store_id.as_deref())?,
        saved_amount,
        returned,
    };
    Ok(Round { window, redemption: Some(redemption) })
}

fn record(
    stock: &StockId,
    code: &CouponCode,
    columns: Columns,
    mut rounds: Vec<Round>,
) -> Result<UserCouponRecord, StoreError> {
    let row = format!("{stock}/{code}");
    let origin = Origin { table: "user_coupon", row: &row };
    let [product_coupon_id, owner, appid, openid, person_id, send_request_no, send_channel] = columns.texts;
    let [receive_time, valid_begin, valid_end] = columns.times.map(time);
    let [revision, product_coupon_revision, stock_revision] = columns.revisions;
    let usage = match columns.round_count {
        Some(count) => {
            Usage::Sequential(Rounds { total_count: origin.number("round_count", count)?, rounds })
        }
        None => Usage::Single(rounds.pop().and_then(|round| round.redemption)),
    };
    let confirmed = match columns.confirm {
        (Some(number), Some(at)) => {
            Some(Confirmation { request_no: origin.word("confirm_request_no", &number)?, time: time(at) })
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(origin.impossible("confirm_time")),
    };
    let deactivated = match columns.deactivate {
        (Some(number), Some(at), Some(reason)) => {
            let request_no = origin.word("deactivate_request_no", &number)?;
            Some(Deactivation { request_no, time: time(at), reason })
        }
        (None, None, None) => None,
        (_, _, _) => return Err(origin.impossible("deactivate_time")),
    };
    let bundle = match columns.bundle {
        (Some(id), Some(index)) => Some(BundlePlace {
            user_coupon_bundle_id: origin.word("user_coupon_bundle_id", &id)?,
            index: origin.number("user_coupon_bundle_index", index)?,
        }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(origin.impossible("user_coupon_bundle_index")),
    };
    let coupon = UserCoupon {
        stock_id: stock.clone(),
        product_coupon_id: origin.word("product_coupon_id", &product_coupon_id)?,
        owner: origin.word("owner", &owner)?,
        coupon_code: code.clone(),
        appid: origin.word("appid", &appid)?,
        openid: origin.word("openid", &openid)?,
        person_id,
        send_request_no: origin.word("send_request_no", &send_request_no)?,
        send_channel: origin.word("send_channel", &send_channel)?,
        attach: columns.attach,
        receive_time,
        window: Window { begin: valid_begin, end: valid_end },
        confirm_required: columns.confirm_required,
        confirmed,
        usage,
        deactivated,
        deleted_at: columns.deleted_at.map(time),
        bundle,
        tags: columns.tags.map(|tags| origin.json("tags", &tags)).transpose()?,
    };
    Ok(UserCouponRecord {
        coupon,
        product_coupon_revision: origin.number("product_coupon_revision", product_coupon_revision)?,
        stock_revision: origin.number("stock_revision", stock_revision)?,
        revision: origin.number("revision", revision)?,
    })
}

impl UserCouponReader for Unit<'_> {
    fn user_coupon(
        &self,
        stock: &StockId,
        code: &CouponCode,
    ) -> Result<Option<UserCouponRecord>, StoreError> {
        let lock = "SELECT 1 FROM user_coupon WHERE stock_id = $1 AND coupon_code = $2 FOR UPDATE";
        let sql = format!(
            "{READ} user_coupon AS coupon {ROUNDS} WHERE coupon.stock_id = $1 AND coupon.coupon_code = $2
             ORDER BY round_index"
        );
        let values = params![stock.as_str(), code.as_str()];
        let rows = self.all_locked("read a user coupon", lock, &sql, values, coupon_row)?;
        Ok(coupons(rows)?.pop())
    }

    fn user_coupon_count(&self, stock: &StockId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM user_coupon WHERE stock_id = $1";
        let count: Option<i64> =
            self.one("count user coupons", sql, params![stock.as_str()], |row| row.try_get(0))?;
        Origin { table: "user_coupon", row: stock.as_str() }.number("(count)", count.unwrap_or(0))
    }

    fn user_coupons(
        &self,
        filter: &UserCouponFilter,
        after: Option<&UserCouponPlace>,
        limit: usize,
    ) -> Result<Vec<UserCouponRecord>, StoreError> {
        self.listed(filter, after, limit)
    }

    fn user_coupons_count(&self, filter: &UserCouponFilter) -> Result<u64, StoreError> {
        self.listed_count(filter)
    }
}

impl UserCouponWriter for Unit<'_> {
    fn insert_user_coupon(&mut self, record: &UserCouponRecord) -> Result<CodeUse, StoreError> {
        let coupon = &record.coupon;
        let facts = Facts::of(coupon);
        let rounds = Rows::of(coupon)?;
        let round_count = match &coupon.usage {
            Usage::Single(_) => None,
            Usage::Sequential(rounds) => Some(i64::from(rounds.total_count)),
        };
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
            rounds.return_time,
            coupon.product_coupon_id.as_str(),
            coupon.owner.to_string(),
            i64::from(record.product_coupon_revision),
            i64::from(record.stock_revision),
            coupon.appid.as_str(),
            coupon.openid.as_str(),
            coupon.person_id,
            coupon.send_request_no.as_str(),
            coupon.send_channel.as_str(),
            coupon.attach,
            coupon.receive_time.unix_seconds(),
            coupon.window.begin.unix_seconds(),
            coupon.window.end.unix_seconds(),
            coupon.confirm_required,
            round_count,
            coupon.bundle.as_ref().map(|place| place.user_coupon_bundle_id.as_str()),
            coupon.bundle.as_ref().map(|place| i64::from(place.index)),
            coupon.tags.as_ref().map(to_json).transpose()?
        ];
        let sql = format!("{INSERT} {WRITE_ROUNDS}) SELECT 1 FROM written");
        let written = self.written("write a user coupon", &sql, values, |_| Ok(()))?;
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
