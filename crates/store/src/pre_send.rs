//! Pre-send records: a merchant's intent to give one coupon to one user, claimed at most once.

use jiff::civil::Date;
use quan_coupon::stock::Counts;
use quan_model::coupon::CouponTagInfo;
use quan_model::ids::{
    Appid, CouponCode, Openid, Principal, ProductCouponId, RequestNumber, StockBundleId, StockId,
};
use quan_model::time::Time;

use crate::backend::Reader;
use crate::error::StoreError;
use crate::idempotency::Fingerprint;
use crate::parties::{PersonId, own_person};

/// Names a record inside the platform; 16 bytes, ten of them random, so that it cannot be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PreSendId(pub [u8; 16]);

/// A pre-send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreSendRecord {
    /// Its name.
    pub id: PreSendId,
    /// Who called.
    pub principal: Principal,
    /// Whose stock it is.
    pub owner: Principal,
    /// The caller's number: one record each (principal, owner, number).
    pub send_request_no: RequestNumber,
    /// Of the request, to tell a replay from a mismatch.
    pub fingerprint: Fingerprint,
    /// The product coupon.
    pub product_coupon_id: ProductCouponId,
    /// The stock; of a bundle its first one.
    pub stock_id: StockId,
    /// The bundle, when a chain of coupons is to be given.
    pub stock_bundle_id: Option<StockBundleId>,
    /// The appid of the openid.
    pub appid: Appid,
    /// The user the token is for.
    pub openid: Openid,
    /// The person behind it.
    pub person_id: PersonId,
    /// The code to issue, with code mode API_ASSIGN.
    pub coupon_code: Option<CouponCode>,
    /// To be given back in queries and notifications.
    pub attach: Option<String>,
    /// What a direct send tags the coupon with.
    pub tags: Option<CouponTagInfo>,
    /// When the first call came.
    pub created_at: Time,
    /// When the newest token dies.
    pub token_expires_at: Time,
    /// The coupon it became, once claimed.
    pub claimed: Option<ClaimedCoupon>,
}

/// What a claim made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedCoupon {
    /// The code that was issued.
    pub coupon_code: CouponCode,
    /// When.
    pub claimed_at: Time,
}

/// Reading pre-sends.
pub trait PreSendReader {
    /// The record with this name.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn pre_send(&self, id: PreSendId) -> Result<Option<PreSendRecord>, StoreError>;
    /// The record of a caller's number.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn pre_send_by_number(
        &self,
        principal: &Principal,
        owner: &Principal,
        send_request_no: &RequestNumber,
    ) -> Result<Option<PreSendRecord>, StoreError>;
    /// What a pre-send rests on, in one statement where a statement is dear. As the three reads that it is made of would
    /// answer, one after the other.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn pre_send_facts(&self, asked: &PreSendAsked<'_>) -> Result<PreSendFacts, StoreError>;
    /// Another record that holds this code with a live token, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn code_holder(
        &self,
        stock: &StockId,
        code: &CouponCode,
        now: Time,
    ) -> Result<Option<PreSendId>, StoreError>;
}

/// What a pre-send under a new number rests on.
#[derive(Clone, Copy, Debug)]
pub struct PreSendAsked<'a> {
    /// Who calls.
    pub principal: &'a Principal,
    /// Whose things the call is about.
    pub owner: &'a Principal,
    /// The caller's number.
    pub send_request_no: &'a RequestNumber,
    /// The appid of the openid.
    pub appid: &'a Appid,
    /// The user.
    pub openid: &'a Openid,
    /// The stock of the coupon.
    pub stock_id: &'a StockId,
    /// The day of the call.
    pub day: Date,
}

/// What the store says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreSendFacts {
    /// The person, if the pair of appid and openid is known as one.
    pub person: Option<PersonId>,
    /// The record of the number, if it was used.
    pub record: Option<PreSendRecord>,
    /// What was issued of the stock, on the day, and to the person; an unknown pair is a person of its own.
    pub counts: Counts,
}

/// As a store answers that asks one after the other.
///
/// # Errors
/// Those of the store.
pub fn pre_send_facts_of(
    store: &(impl Reader + ?Sized),
    asked: &PreSendAsked<'_>,
) -> Result<PreSendFacts, StoreError> {
    let person = store.person(asked.appid, asked.openid)?;
    let record = store.pre_send_by_number(asked.principal, asked.owner, asked.send_request_no)?;
    let counted = person.clone().unwrap_or_else(|| own_person(asked.appid, asked.openid));
    let counts = store.counts(asked.stock_id, asked.day, Some(&counted))?;
    Ok(PreSendFacts { person, record, counts })
}

/// Writing pre-sends.
pub trait PreSendWriter {
    /// Adds a record.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the number is taken; otherwise when the store fails.
    fn insert_pre_send(&mut self, record: &PreSendRecord) -> Result<(), StoreError>;
    /// Notes that a newer token lives until then.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such record; otherwise when the store fails.
    fn extend_pre_send(&mut self, id: PreSendId, token_expires_at: Time) -> Result<(), StoreError>;
    /// Turns an OPEN record into a CLAIMED one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is not OPEN; otherwise when the store fails.
    fn claim_pre_send(&mut self, id: PreSendId, claimed: &ClaimedCoupon) -> Result<(), StoreError>;
}
