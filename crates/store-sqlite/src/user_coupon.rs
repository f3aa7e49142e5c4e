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
use rusqlite::{Row, params};

use crate::unit::Unit;

/// A user_coupon row as SQLite gives it.
struct Columns {
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

const READ: &str =
    "SELECT revision, product_coupon_revision, stock_revision, product_coupon_id, owner, appid, openid,
    person_id, send_request_no, send_channel, attach, receive_time, valid_begin, valid_end, confirm_required,
    confirm_request_no, confirm_time, round_count, deactivate_request_no, deactivate_time, deactivate_reason,
    deleted_at, user_coupon_bundle_id, user_coupon_bundle_index, tags
  FROM user_coupon WHERE stock_id = ?1 AND coupon_code = ?2";

fn columns(row: &Row<'_>) -> Result<Columns, rusqlite::Error> {
    Ok(Columns {
        revisions: [row.get(0)?, row.get(1)?, row.get(2)?],
        texts: [row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?],
        attach: row.get(10)?,
        times: [row.get(11)?, row.get(12)?, row.get(13)?],
        confirm_required: row.get(14)?,
        confirm: (row.get(15)?, row.get(16)?),
        round_count: row.get(17)?,
        deactivate: (row.get(18)?, row.get(19)?, row.get(20)?),
        deleted_at: row.get(21)?,
        bundle: (row.get(22)?, row.get(23)?),
        tags: row.get(24)?,
    })
}

/// A round row as SQLite gives it.
struct RoundColumns {
    window: (i64, i64),
    used: (Option<String>, Option<i64>),
    order: (Option<String>, Option<String>),
    store_id: Option<String>,
    saved_amount: Option<i64>,
    returned: (Option<String>, Option<i64>),
}

const READ_ROUNDS: &str =
    "SELECT begins_at, ends_at, use_request_no, use_time, order_kind, order_reference, store_id,
    saved_amount, return_request_no, return_time
  FROM round WHERE stock_id = ?1 AND coupon_code = ?2 ORDER BY round_index";

fn round_columns(row: &Row<'_>) -> Result<RoundColumns, rusqlite::Error> {
    Ok(RoundColumns {
        window: (row.get(0)?, row.get(1)?),
        used: (row.get(2)?, row.get(3)?),
        order: (row.get(4)?, row.get(5)?),
        store_id: row.get(6)?,
        saved_amount: row.get(7)?,
        returned: (row.get(8)?, row.get(9)?),
    })
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
        let key = [stock.as_str(), code.as_str()];
        let Some(columns) = self.one("read a user coupon", READ, key, columns)? else { return Ok(None) };
        let origin = Origin { table: "round", row: code.as_str() };
        let rounds = self.all("read rounds", READ_ROUNDS, key, round_columns)?;
        let rounds = rounds.iter().map(|columns| round(columns, &origin)).collect::<Result<_, _>>()?;
        record(stock, code, columns, rounds).map(Some)
    }

    fn user_coupon_count(&self, stock: &StockId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM user_coupon WHERE stock_id = ?1";
        let count: Option<i64> = self.one("count user coupons", sql, [stock.as_str()], |row| row.get(0))?;
        Origin { table: "user_coupon", row: stock.as_str() }.number("(count)", count.unwrap_or(0))
    }

    fn user_coupons(
        &self,
        filter: &UserCouponFilter,
        after: Option<&UserCouponPlace>,
        limit: usize,
    ) -> Result<Vec<UserCouponRecord>, StoreError> {
        let found = |(stock, code): (StockId, CouponCode)| {
            let row = format!("{stock}/{code}");
            let record = self.user_coupon(&stock, &code)?;
            // The view is consistent, so what was listed is there.
            record.ok_or(StoreError::Inconsistent { table: "user_coupon", column: "coupon_code", row })
        };
        self.listed(filter, after, limit)?.into_iter().map(found).collect()
    }

    fn user_coupons_count(&self, filter: &UserCouponFilter) -> Result<u64, StoreError> {
        self.listed_count(filter)
    }
}

impl UserCouponWriter for Unit<'_> {
    fn insert_user_coupon(&mut self, record: &UserCouponRecord) -> Result<CodeUse, StoreError> {
        let coupon = &record.coupon;
        let sql = "INSERT INTO user_coupon (stock_id, coupon_code, revision, product_coupon_id, owner,
                     product_coupon_revision, stock_revision, appid, openid, person_id, send_request_no,
                     send_channel, attach, receive_time, valid_begin, valid_end, confirm_required, round_count,
                     user_coupon_bundle_id, user_coupon_bundle_index, tags)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
                   ON CONFLICT DO NOTHING";
        let round_count = match &coupon.usage {
            Usage::Single(_) => None,
            Usage::Sequential(rounds) => Some(rounds.total_count),
        };
        let values = params![
            coupon.stock_id.as_str(),
            coupon.coupon_code.as_str(),
            record.revision,
            coupon.product_coupon_id.as_str(),
            coupon.owner.to_string(),
            record.product_coupon_revision,
            record.stock_revision,
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
            coupon.bundle.as_ref().map(|place| place.index),
            coupon.tags.as_ref().map(to_json).transpose()?
        ];
        if self.change("write a user coupon", sql, values)? == 0 {
            return Ok(CodeUse::Taken);
        }
        // A coupon that was just issued has no facts yet, and no coupon that was not there has rounds.
        if coupon.confirmed.is_some() || coupon.deactivated.is_some() || coupon.deleted_at.is_some() {
            self.write_facts(coupon)?;
        }
        self.write_rounds(coupon)?;
        Ok(CodeUse::Free)
    }

    fn update_user_coupon(&mut self, record: &UserCouponRecord) -> Result<(), StoreError> {
        let coupon = &record.coupon;
        let sql = "UPDATE user_coupon SET revision = revision + 1
                   WHERE stock_id = ?1 AND coupon_code = ?2 AND revision = ?3";
        let values = params![coupon.stock_id.as_str(), coupon.coupon_code.as_str(), record.revision];
        let row = || format!("{}/{}", coupon.stock_id, coupon.coupon_code);
        self.change_one("change a user coupon", "user_coupon", row, sql, values)?;
        self.write_facts(coupon)?;
        let of_coupon = "DELETE FROM round WHERE stock_id = ?1 AND coupon_code = ?2";
        self.change("drop rounds", of_coupon, [coupon.stock_id.as_str(), coupon.coupon_code.as_str()])?;
        self.write_rounds(coupon)
    }
}

impl Unit<'_> {
    /// Writes everything about a coupon that commands change, but its rounds.
    fn write_facts(&self, coupon: &UserCoupon) -> Result<(), StoreError> {
        let (stock, code) = (coupon.stock_id.as_str(), coupon.coupon_code.as_str());
        let sql =
            "UPDATE user_coupon SET confirm_request_no = ?3, confirm_time = ?4, deactivate_request_no = ?5,
                     deactivate_time = ?6, deactivate_reason = ?7, deleted_at = ?8
                   WHERE stock_id = ?1 AND coupon_code = ?2";
        let values = params![
            stock,
            code,
            coupon.confirmed.as_ref().map(|confirmed| confirmed.request_no.as_str()),
            coupon.confirmed.as_ref().map(|confirmed| confirmed.time.unix_seconds()),
            coupon.deactivated.as_ref().map(|ended| ended.request_no.as_str()),
            coupon.deactivated.as_ref().map(|ended| ended.time.unix_seconds()),
            coupon.deactivated.as_ref().map(|ended| ended.reason.as_str()),
            coupon.deleted_at.map(Time::unix_seconds)
        ];
        self.change("write the facts of a coupon", sql, values).map(drop)
    }

    /// Writes the rounds of a coupon that has none in the store.
    fn write_rounds(&self, coupon: &UserCoupon) -> Result<(), StoreError> {
        let (stock, code) = (coupon.stock_id.as_str(), coupon.coupon_code.as_str());
        let rounds = match &coupon.usage {
            Usage::Single(None) => Vec::new(),
            Usage::Single(Some(used)) => vec![(&coupon.window, Some(used))],
            Usage::Sequential(rounds) => {
                rounds.rounds.iter().map(|round| (&round.window, round.redemption.as_ref())).collect()
            }
        };
        for (index, (window, redemption)) in rounds.into_iter().enumerate() {
            self.write_round(stock, code, index, window, redemption)?;
        }
        Ok(())
    }

    fn write_round(
        &self,
        stock: &str,
        code: &str,
        index: usize,
        window: &Window,
        redemption: Option<&Redemption>,
    ) -> Result<(), StoreError> {
        let (kind, reference) = match redemption.and_then(|used| used.order.as_ref()) {
            None => (None, None),
            Some(OrderReference::Order(order)) => (Some("order"), Some(to_json(order)?)),
            Some(OrderReference::PayScore(order)) => (Some("pay_score"), Some(to_json(order)?)),
        };
        let returned = redemption.and_then(|used| used.returned.as_ref());
        let sql = "INSERT INTO round (stock_id, coupon_code, round_index, begins_at, ends_at, use_request_no, use_time,
                     order_kind, order_reference, store_id, saved_amount, return_request_no, return_time)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        let values = params![
            stock,
            code,
            i64::try_from(index).unwrap_or(i64::MAX),
            window.begin.unix_seconds(),
            window.end.unix_seconds(),
            redemption.map(|used| used.request_no.as_str()),
            redemption.map(|used| used.use_time.unix_seconds()),
            kind,
            reference,
            redemption.and_then(|used| used.store_id.as_ref()).map(StoreId::as_str),
            redemption.and_then(|used| used.saved_amount).map(Fen::get),
            returned.map(|returned| returned.request_no.as_str()),
            returned.map(|returned| returned.time.unix_seconds())
        ];
        self.change("write a round", sql, values).map(drop)
    }
}
