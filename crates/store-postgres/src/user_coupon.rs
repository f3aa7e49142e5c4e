//! user_coupon and round: the facts of a coupon, and its uses.

use quan_coupon::benefit::Fen;
use quan_coupon::redemption::{OrderReference, Redemption, Return};
use quan_coupon::sequential::{Round, Rounds};
use quan_coupon::user_coupon::{BundlePlace, Confirmation, Deactivation, Usage, UserCoupon};
use quan_coupon::window::Window;
use quan_model::ids::{CouponCode, StockId, StoreId};
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::user_coupon::{UserCouponFilter, UserCouponPlace, UserCouponReader, UserCouponRecord};
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
