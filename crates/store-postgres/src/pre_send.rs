//! pre_send.

use quan_coupon::stock::Counts;
use quan_model::ids::{CouponCode, Principal, RequestNumber, StockBundleId, StockId};
use quan_model::time::Time;
use quan_store::column::{Origin, time, to_json};
use quan_store::error::StoreError;
use quan_store::idempotency::Fingerprint;
use quan_store::parties::own_person;
use quan_store::pre_send::{
    ClaimedCoupon, PreSendAsked, PreSendFacts, PreSendId, PreSendReader, PreSendRecord, PreSendWriter,
};
use tokio_postgres::Row;

use crate::connection::Params;
use crate::unit::Unit;
use crate::write_behind::{Later, borrowed};
use crate::{Values, params, values};

pub(crate) const COLUMNS: &str =
    "pre_send_id, principal, owner, send_request_no, fingerprint, product_coupon_id, stock_id,
    appid, openid, person_id, coupon_code, attach, created_at, token_expires_at, claimed_code, claimed_at,
    stock_bundle_id, tags";

/// The person, whether the number was used, and the counts of the stock. $1 appid, $2 openid, $3 caller, $4 owner, $5
/// number, $6 stock, $7 day, $8 the person if the pair is not known.
const FACTS: &str = "SELECT mapped,
    EXISTS (SELECT 1 FROM pre_send WHERE principal = $3 AND owner = $4 AND send_request_no = $5),
    coalesce((SELECT sum(issued) FROM stock_counter WHERE stock_id = $6), 0)::bigint,
    coalesce((SELECT sum(issued) FROM stock_day WHERE stock_id = $6 AND day = $7), 0)::bigint,
    coalesce((SELECT issued FROM stock_person WHERE stock_id = $6 AND person_id = coalesce(mapped, $8)), 0)
  FROM (SELECT (SELECT person_id FROM person WHERE appid = $1 AND openid = $2) AS mapped) AS who";

pub(crate) struct Columns {
    id: Vec<u8>,
    fingerprint: Vec<u8>,
    texts: [String; 8],
    optional: [Option<String>; 5],
    times: (i64, i64, Option<i64>),
}

pub(crate) fn columns(row: &Row) -> Result<Columns, tokio_postgres::Error> {
    Ok(Columns {
        id: row.try_get(0)?,
        fingerprint: row.try_get(4)?,
        texts: [
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
            row.try_get(5)?,
            row.try_get(6)?,
            row.try_get(7)?,
            row.try_get(8)?,
            row.try_get(9)?,
        ],
        optional: [row.try_get(10)?, row.try_get(11)?, row.try_get(14)?, row.try_get(16)?, row.try_get(17)?],
        times: (row.try_get(12)?, row.try_get(13)?, row.try_get(15)?),
    })
}

pub(crate) fn record(columns: Columns) -> Result<PreSendRecord, StoreError> {
    let [principal, owner, send_request_no, product_coupon_id, stock_id, appid, openid, person_id] =
        columns.texts;
    let [coupon_code, attach, claimed_code, stock_bundle_id, tags] = columns.optional;
    let (created_at, token_expires_at, claimed_at) = columns.times;
    let origin = Origin { table: "pre_send", row: &send_request_no };
    let claimed = match (claimed_code, claimed_at) {
        (Some(code), Some(at)) => {
            Some(ClaimedCoupon { coupon_code: origin.word("claimed_code", &code)?, claimed_at: time(at) })
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(origin.impossible("claimed_at")),
    };
    Ok(PreSendRecord {
        id: PreSendId(origin.bytes("pre_send_id", &columns.id)?),
        principal: origin.word("principal", &principal)?,
        owner: origin.word("owner", &owner)?,
        send_request_no: origin.word("send_request_no", &send_request_no)?,
        fingerprint: Fingerprint(origin.bytes("fingerprint", &columns.fingerprint)?),
        product_coupon_id: origin.word("product_coupon_id", &product_coupon_id)?,
        stock_id: origin.word("stock_id", &stock_id)?,
        stock_bundle_id: origin.optional("stock_bundle_id", stock_bundle_id.as_deref())?,
        appid: origin.word("appid", &appid)?,
        openid: origin.word("openid", &openid)?,
        person_id,
        coupon_code: origin.optional("coupon_code", coupon_code.as_deref())?,
        attach,
        tags: tags.map(|tags| origin.json("tags", &tags)).transpose()?,
        created_at: time(created_at),
        token_expires_at: time(token_expires_at),
        claimed,
    })
}

impl Unit<'_> {
    fn pre_send_where(
        &self,
        condition: &str,
        values: Params<'_>,
    ) -> Result<Option<PreSendRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM pre_send WHERE {condition}{}", self.for_update());
        self.one("read a pre-send", &sql, values, columns)?.map(record).transpose()
    }
}

/// The person, if the pair is known as one; whether the number was used; what was issued in all, on the day, to the person.
type FactColumns = (Option<String>, bool, i64, i64, i64);

impl Unit<'_> {
    fn facts(
        &self,
        asked: &PreSendAsked<'_>,
        (person, is_used, total, today, of_person): FactColumns,
    ) -> Result<PreSendFacts, StoreError> {
        // Seldom; it is then read with its lock.
        let record = if is_used {
            self.pre_send_by_number(asked.principal, asked.owner, asked.send_request_no)?
        } else {
            None
        };
        let origin = Origin { table: "stock_counter", row: asked.stock_id.as_str() };
        let counts = Counts {
            total: origin.number("issued", total)?,
            today: origin.number("issued", today)?,
            person: origin.number("issued", of_person)?,
        };
        Ok(PreSendFacts { person, record, counts })
    }
}

/// Adds records, as far as neither their names nor their numbers are taken.
pub(crate) fn insert_sql() -> String {
    format!(
        "INSERT INTO pre_send ({COLUMNS})
           SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[],
             $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::text[],
             $16::bigint[], $17::text[], $18::text[])
           ON CONFLICT DO NOTHING"
    )
}

/// The values of [`insert_sql`], column by column.
pub(crate) fn insert_values<'r>(records: &[&'r PreSendRecord]) -> Result<Values<'r>, StoreError> {
    fn column<'r, T>(records: &[&'r PreSendRecord], of: impl Fn(&'r PreSendRecord) -> T) -> Vec<T> {
        records.iter().copied().map(of).collect()
    }
    let tags = records.iter().map(|record| record.tags.as_ref().map(to_json).transpose());
    let tags: Vec<Option<String>> = tags.collect::<Result<_, _>>()?;
    Ok(values![
        column(records, |record| record.id.0.as_slice()),
        column(records, |record| record.principal.to_string()),
        column(records, |record| record.owner.to_string()),
        column(records, |record| record.send_request_no.as_str()),
        column(records, |record| record.fingerprint.0.as_slice()),
        column(records, |record| record.product_coupon_id.as_str()),
        column(records, |record| record.stock_id.as_str()),
        column(records, |record| record.appid.as_str()),
        column(records, |record| record.openid.as_str()),
        column(records, |record| record.person_id.as_str()),
        column(records, |record| record.coupon_code.as_ref().map(CouponCode::as_str)),
        column(records, |record| record.attach.as_deref()),
        column(records, |record| record.created_at.unix_seconds()),
        column(records, |record| record.token_expires_at.unix_seconds()),
        column(records, |record| record.claimed.as_ref().map(|claimed| claimed.coupon_code.as_str())),
        column(records, |record| record.claimed.as_ref().map(|claimed| claimed.claimed_at.unix_seconds())),
        column(records, |record| record.stock_bundle_id.as_ref().map(StockBundleId::as_str)),
        tags
    ])
}

/// Turns an OPEN record into a CLAIMED one.
pub(crate) const CLAIM: &str = "UPDATE pre_send SET claimed_code = $2, claimed_at = $3
  WHERE pre_send_id = $1 AND claimed_code IS NULL";

/// The values of [`CLAIM`].
pub(crate) fn claim_values<'v>(id: &'v PreSendId, claimed: &'v ClaimedCoupon) -> Values<'v> {
    values![id.0.as_slice(), claimed.coupon_code.as_str(), claimed.claimed_at.unix_seconds()]
}

impl PreSendReader for Unit<'_> {
    fn pre_send(&self, id: PreSendId) -> Result<Option<PreSendRecord>, StoreError> {
        if let Some(ahead) = self.transaction().and_then(|writing| writing.ahead.take_record(id)) {
            return Ok(Some(ahead));
        }
        self.pre_send_where("pre_send_id = $1", params![id.0.as_slice()])
    }

    fn pre_send_by_number(
        &self,
        principal: &Principal,
        owner: &Principal,
        send_request_no: &RequestNumber,
    ) -> Result<Option<PreSendRecord>, StoreError> {
        let values = params![principal.to_string(), owner.to_string(), send_request_no.as_str()];
        self.pre_send_where("principal = $1 AND owner = $2 AND send_request_no = $3", values)
    }

    fn pre_send_facts(&self, asked: &PreSendAsked<'_>) -> Result<PreSendFacts, StoreError> {
        if let Some(ahead) = self.transaction().and_then(|writing| writing.ahead.take(asked)) {
            let (total, today, of_person) = ahead.counts;
            return self.facts(asked, (ahead.person, ahead.is_used, total, today, of_person));
        }
        let PreSendAsked { principal, owner, send_request_no, appid, openid, stock_id, day } = *asked;
        let (principal_text, owner_text) = (principal.to_string(), owner.to_string());
        let values = params![
            appid.as_str(),
            openid.as_str(),
            principal_text,
            owner_text,
            send_request_no.as_str(),
            stock_id.as_str(),
            day.to_string(),
            own_person(appid, openid)
        ];
        let found: Option<FactColumns> = self.one("read what a pre-send rests on", FACTS, values, |row| {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?))
        })?;
        self.facts(asked, found.unwrap_or_default())
    }

    fn code_holder(
        &self,
        stock: &StockId,
        code: &CouponCode,
        now: Time,
    ) -> Result<Option<PreSendId>, StoreError> {
        let sql = "SELECT pre_send_id FROM pre_send
                   WHERE stock_id = $1 AND coupon_code = $2 AND claimed_code IS NULL AND token_expires_at > $3
                   ORDER BY created_at LIMIT 1";
        let values = params![stock.as_str(), code.as_str(), now.unix_seconds()];
        let id: Option<Vec<u8>> =
            self.one("look for the holder of a code", sql, values, |row| row.try_get(0))?;
        let origin = Origin { table: "pre_send", row: code.as_str() };
        id.map(|id| origin.bytes("pre_send_id", &id).map(PreSendId)).transpose()
    }
}

impl PreSendWriter for Unit<'_> {
    fn insert_pre_send(&mut self, record: &PreSendRecord) -> Result<(), StoreError> {
        if let Some(writing) = self.transaction() {
            writing.ahead.number_is_used(&record.send_request_no);
            if writing.keeps_back() {
                writing.behind.push(Later::PreSend(Box::new(record.clone())));
                return Ok(());
            }
        }
        let values = insert_values(&[record])?;
        let row = || record.send_request_no.to_string();
        self.change_one("write a pre-send", "pre_send", row, &insert_sql(), &borrowed(&values))
    }

    fn extend_pre_send(&mut self, id: PreSendId, token_expires_at: Time) -> Result<(), StoreError> {
        if let Some(writing) = self.transaction() {
            writing.ahead.forget_record(id);
        }
        let sql =
            "UPDATE pre_send SET token_expires_at = greatest(token_expires_at, $2) WHERE pre_send_id = $1";
        let values = params![id.0.as_slice(), token_expires_at.unix_seconds()];
        self.change_one("extend a pre-send", "pre_send", || format!("{:02x?}", id.0), sql, values)
    }

    fn claim_pre_send(&mut self, id: PreSendId, claimed: &ClaimedCoupon) -> Result<(), StoreError> {
        if let Some(writing) = self.transaction() {
            writing.ahead.forget_record(id);
            if writing.keeps_back() {
                writing.behind.push(Later::Claim(id, claimed.clone()));
                return Ok(());
            }
        }
        let values = claim_values(&id, claimed);
        let row = || format!("{:02x?}", id.0);
        self.change_one("claim a pre-send", "pre_send", row, CLAIM, &borrowed(&values))
    }
}
