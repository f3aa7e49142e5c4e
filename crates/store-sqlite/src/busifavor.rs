//! busifavor_callback, coupon_sender, coupon_order, gov_card, and look-ups in user_coupon.

use quan_model::ids::{CouponCode, Mchid, Principal, StockId};
use quan_store::busifavor::{BusifavorReader, BusifavorWriter, CouponFilter, FoundCoupon, GovCardRecord};
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::parties::{NotifyUrl, PersonId};
use rusqlite::params;

use crate::unit::Unit;

const COUPONS_OF_PERSON: &str =
    "SELECT coupon.stock_id, coupon.coupon_code, coupon.owner, stock.creator, coalesce(sent.sender, stock.creator)
   FROM user_coupon coupon
   JOIN stock ON stock.stock_id = coupon.stock_id
   LEFT JOIN coupon_sender sent ON sent.stock_id = coupon.stock_id AND sent.coupon_code = coupon.coupon_code
   WHERE coupon.person_id = ?1
     AND (?2 IS NULL OR coupon.stock_id = ?2)
     AND (?3 IS NULL OR coupon.coupon_code = ?3)
     AND (?4 IS NULL OR stock.creator = ?4)
     AND (?5 IS NULL OR coupon.owner = ?5)
     AND (?6 IS NULL OR coalesce(sent.sender, stock.creator) = ?6)
   ORDER BY coupon.receive_time DESC, coupon.stock_id, coupon.coupon_code";

impl BusifavorReader for Unit<'_> {
    fn callback(&self, merchant: &Mchid) -> Result<Option<NotifyUrl>, StoreError> {
        let sql = "SELECT url, updated_at FROM busifavor_callback WHERE mchid = ?1";
        self.one("read a callback", sql, [merchant.as_str()], |row| {
            Ok(NotifyUrl { url: row.get(0)?, updated_at: time(row.get(1)?) })
        })
    }

    fn coupon_order(&self, stock: &StockId, code: &CouponCode) -> Result<Option<String>, StoreError> {
        let sql = "SELECT out_trade_no FROM coupon_order WHERE stock_id = ?1 AND coupon_code = ?2";
        self.one("read an order", sql, [stock.as_str(), code.as_str()], |row| row.get(0))
    }

    fn coupons_of_person(
        &self,
        person: &PersonId,
        filter: &CouponFilter,
    ) -> Result<Vec<FoundCoupon>, StoreError> {
        let principal = |principal: &Option<Principal>| principal.as_ref().map(ToString::to_string);
        let values = params![
            person,
            filter.stock_id.as_ref().map(StockId::as_str),
            filter.coupon_code.as_ref().map(CouponCode::as_str),
            principal(&filter.creator),
            principal(&filter.owner),
            principal(&filter.sender)
        ];
        let rows: Vec<[String; 5]> =
            self.all("look for a person's coupons", COUPONS_OF_PERSON, values, |row| {
                Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?])
            })?;
        let found = |[stock_id, code, owner, creator, sender]: [String; 5]| {
            let origin = Origin { table: "user_coupon", row: &code };
            Ok(FoundCoupon {
                stock_id: origin.word("stock_id", &stock_id)?,
                coupon_code: origin.word("coupon_code", &code)?,
                owner: origin.word("owner", &owner)?,
                creator: origin.word("creator", &creator)?,
                sender: origin.word("sender", &sender)?,
            })
        };
        rows.into_iter().map(found).collect()
    }

    fn stocks_of_code(&self, code: &CouponCode, principal: &Principal) -> Result<Vec<StockId>, StoreError> {
        let sql = "SELECT stock.stock_id FROM user_coupon JOIN stock USING (stock_id)
                   WHERE coupon_code = ?1 AND (stock.creator = ?2 OR stock.owner = ?2)
                   ORDER BY receive_time, stock.stock_id";
        let values = params![code.as_str(), principal.to_string()];
        let rows: Vec<String> = self.all("look for a code", sql, values, |row| row.get(0))?;
        let origin = Origin { table: "user_coupon", row: code.as_str() };
        rows.iter().map(|stock| origin.word("stock_id", stock)).collect()
    }

    fn gov_card(&self, card_code: &str) -> Result<Option<GovCardRecord>, StoreError> {
        let sql = "SELECT card_id, sender, appid, openid, request_no, send_time, created_at FROM gov_card
                   WHERE card_code = ?1";
        let found: Option<([String; 5], i64, i64)> = self.one("read a card", sql, [card_code], |row| {
            let texts = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
            Ok((texts, row.get(5)?, row.get(6)?))
        })?;
        let Some(([card_id, sender, appid, openid, request_no], send_time, created_at)) = found else {
            return Ok(None);
        };
        let origin = Origin { table: "gov_card", row: card_code };
        Ok(Some(GovCardRecord {
            card_code: card_code.to_owned(),
            card_id,
            sender: origin.word("sender", &sender)?,
            appid: origin.word("appid", &appid)?,
            openid: origin.word("openid", &openid)?,
            request_no: origin.word("request_no", &request_no)?,
            send_time: time(send_time),
            created_at: time(created_at),
        }))
    }
}

impl BusifavorWriter for Unit<'_> {
    fn put_callback(&mut self, merchant: &Mchid, url: &NotifyUrl) -> Result<(), StoreError> {
        let sql = "INSERT INTO busifavor_callback (mchid, url, updated_at) VALUES (?1, ?2, ?3)
                   ON CONFLICT (mchid) DO UPDATE SET url = excluded.url, updated_at = excluded.updated_at";
        let values = params![merchant.as_str(), url.url, url.updated_at.unix_seconds()];
        self.change("write a callback", sql, values).map(drop)
    }

    fn insert_coupon_sender(
        &mut self,
        stock: &StockId,
        code: &CouponCode,
        sender: &Principal,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO coupon_sender (stock_id, coupon_code, sender) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO NOTHING";
        let values = params![stock.as_str(), code.as_str(), sender.to_string()];
        self.change_one("write a sender", "coupon_sender", || format!("{stock}/{code}"), sql, values)
    }

    fn put_coupon_order(
        &mut self,
        stock: &StockId,
        code: &CouponCode,
        out_trade_no: Option<&str>,
    ) -> Result<(), StoreError> {
        let (stock, code) = (stock.as_str(), code.as_str());
        let changed = match out_trade_no {
            Some(order) => {
                let sql = "INSERT INTO coupon_order (stock_id, coupon_code, out_trade_no) VALUES (?1, ?2, ?3)
                           ON CONFLICT (stock_id, coupon_code) DO UPDATE SET out_trade_no = excluded.out_trade_no";
                self.change("write an order", sql, params![stock, code, order])
            }
            None => {
                let sql = "DELETE FROM coupon_order WHERE stock_id = ?1 AND coupon_code = ?2";
                self.change("remove an order", sql, [stock, code])
            }
        };
        changed.map(drop)
    }

    fn insert_gov_card(&mut self, card: &GovCardRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO gov_card
                     (card_code, card_id, sender, appid, openid, request_no, send_time, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
        let values = params![
            card.card_code,
            card.card_id,
            card.sender.as_str(),
            card.appid.as_str(),
            card.openid.as_str(),
            card.request_no.as_str(),
            card.send_time.unix_seconds(),
            card.created_at.unix_seconds()
        ];
        self.change_one("write a card", "gov_card", || card.card_code.clone(), sql, values)
    }
}
