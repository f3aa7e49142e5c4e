//! What only the busifavor face needs kept: callback addresses, senders and orders of coupons, looking coupons
//! up by person and by code, consumption cards.

use quan_model::ids::{Appid, CouponCode, Mchid, Openid, Principal, RequestNumber, StockId};
use quan_model::time::Time;

use crate::error::StoreError;
use crate::parties::{NotifyUrl, PersonId};

/// Which of a person's coupons are looked for; what is absent does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CouponFilter {
    /// Of this stock.
    pub stock_id: Option<StockId>,
    /// With this code.
    pub coupon_code: Option<CouponCode>,
    /// Of stocks that this principal created.
    pub creator: Option<Principal>,
    /// Of stocks that this principal owns.
    pub owner: Option<Principal>,
    /// That this principal sent.
    pub sender: Option<Principal>,
}

/// A coupon, found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCoupon {
    /// Its stock.
    pub stock_id: StockId,
    /// Its code.
    pub coupon_code: CouponCode,
    /// Who owns the stock.
    pub owner: Principal,
    /// Who created the stock.
    pub creator: Principal,
    /// Who sent the coupon; the creator of the stock when nobody else is noted.
    pub sender: Principal,
}

/// A consumption card that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GovCardRecord {
    /// The code of the card, unique.
    pub card_code: String,
    /// The kind of card.
    pub card_id: String,
    /// Who sent it.
    pub sender: Mchid,
    /// The appid of the openid.
    pub appid: Appid,
    /// Who got it.
    pub openid: Openid,
    /// The number of the request.
    pub request_no: RequestNumber,
    /// When it was sent, as the sender says.
    pub send_time: Time,
    /// When the platform took it.
    pub created_at: Time,
}

/// Reading what the busifavor face keeps.
pub trait BusifavorReader {
    /// Where a merchant's COUPON.SEND notifications go.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn callback(&self, merchant: &Mchid) -> Result<Option<NotifyUrl>, StoreError>;
    /// The order associated with a coupon.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn coupon_order(&self, stock: &StockId, code: &CouponCode) -> Result<Option<String>, StoreError>;
    /// A person's coupons, newest issue first, ties by stock and code.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn coupons_of_person(
        &self,
        person: &PersonId,
        filter: &CouponFilter,
    ) -> Result<Vec<FoundCoupon>, StoreError>;
    /// The stocks that a principal created or owns and that have a coupon with this code.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn stocks_of_code(&self, code: &CouponCode, principal: &Principal) -> Result<Vec<StockId>, StoreError>;
    /// A consumption card by its code.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn gov_card(&self, card_code: &str) -> Result<Option<GovCardRecord>, StoreError>;
}

/// Writing what the busifavor face keeps.
pub trait BusifavorWriter {
    /// Sets where a merchant's COUPON.SEND notifications go; the last write wins.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_callback(&mut self, merchant: &Mchid, url: &NotifyUrl) -> Result<(), StoreError>;
    /// Notes who sent a coupon that the creator of its stock did not send.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a sender is noted already; otherwise when the store fails.
    fn insert_coupon_sender(
        &mut self,
        stock: &StockId,
        code: &CouponCode,
        sender: &Principal,
    ) -> Result<(), StoreError>;
    /// Sets or removes the order associated with a coupon.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_coupon_order(
        &mut self,
        stock: &StockId,
        code: &CouponCode,
        out_trade_no: Option<&str>,
    ) -> Result<(), StoreError>;
    /// Adds a consumption card.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its code is taken; otherwise when the store fails.
    fn insert_gov_card(&mut self, card: &GovCardRecord) -> Result<(), StoreError>;
}
