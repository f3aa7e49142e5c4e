//! use_coupon 核销用户券.

use quan_coupon::redemption::{OrderReference, StoreCheck};
use quan_coupon::refusal::Refusal;
use quan_coupon::user_coupon::{Usage, UseOrder, UserCoupon};
use quan_model::busifavor::UseCouponResponse;
use quan_model::coupon::AssociatedOrderInfo;
use quan_model::ids::{Appid, CouponCode, Openid, Principal, RequestNumber, StockId};
use quan_model::time::Time;
use serde::Serialize;

use crate::access;
use crate::busifavor::reach::{self, ReachedCoupon};
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct UseCoupon {
    /// The coupon.
    pub coupon_code: CouponCode,
    /// Its stock; may be absent when the platform made the code.
    pub stock_id: Option<StockId>,
    /// The answer's openid is computed under it.
    pub appid: Appid,
    /// When the coupon was used; window and periods are judged at this time, the state at now.
    pub use_time: Time,
    /// The idempotency key, bound to one coupon.
    pub use_request_no: RequestNumber,
    /// Who holds the coupon, as a check.
    pub openid: Option<Openid>,
    /// The order; all members may be absent.
    pub order: AssociatedOrderInfo,
}

/// Redeems. The number counts for the coupon that was found, with or without the stock in the request.
///
/// # Errors
/// `NotFound`, `AppidNotBound`, `CouponNotFound`, `RequestMismatch`, `RequestNoSpent` for a number whose
/// redemption was returned since, `Invalid` for the order, the time, a missing stock or a stock of a product
/// coupon, and by the coupon's state `WrongState`, `Used`, `Expired`, `Deleted`, `OutsideWindow`, `OutsidePeriod`.
pub fn use_coupon(
    work: &mut Work<'_>,
    principal: &Principal,
    input: &UseCoupon,
) -> Result<UseCouponResponse, Error> {
    let order = OrderReference::of_merchant_coupon(input.order.clone())?;
    let ReachedCoupon { scope, stock, mut record } = match &input.stock_id {
        Some(stock_id) => reach::coupon(work.store, principal, stock_id, &input.coupon_code)?,
        None => reach::coupon_by_code(work.store, principal, &input.coupon_code)?,
    };
    access::appid_bound(work.store, &scope, &input.appid)?;
    if let Some(openid) = &input.openid
        && access::person(work.store, &input.appid, openid)? != record.coupon.person_id
    {
        return Err(Refusal::CouponNotFound.into());
    }
    let stock_id = &stock.record.stock_id;
    let data = UseCoupon { stock_id: Some(stock_id.clone()), ..input.clone() };
    let number = input.use_request_no.as_str();
    let once = Once::new(&reach::own(principal), "busifavor_use_coupon", String::new(), number, &data);
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        ensure_still_used(&record.coupon, &input.use_request_no)?;
        return Ok(replay.first_answer()?);
    }
    let use_order = UseOrder {
        request_no: input.use_request_no.clone(),
        use_time: input.use_time,
        index: None,
        order,
        store_id: None,
        saved_amount: None,
    };
    let stores = StoreCheck::Unrestricted { store_given_and_open: None };
    record.coupon = record.coupon.use_(use_order, &stock.stock.terms.period, 0, stores, work.now)?;
    work.store.update_user_coupon(&record)?;
    let openid = reach::holder(work.store, &record.coupon, &input.appid)?;
    let answer = UseCouponResponse {
        stock_id: stock_id.to_string(),
        openid: openid.to_string(),
        wechatpay_use_time: work.now,
    };
    once.note_answer(work, &answer)?;
    Ok(answer)
}

/// A replay stands only as long as its redemption does.
fn ensure_still_used(coupon: &UserCoupon, number: &RequestNumber) -> Result<(), Refusal> {
    let redemption = match &coupon.usage {
        Usage::Single(redemption) => redemption.as_ref(),
        Usage::Sequential(rounds) => rounds.rounds.iter().rev().find_map(|round| round.redemption.as_ref()),
    };
    let stands = redemption.is_some_and(|used| used.request_no == *number && used.is_standing());
    if stands { Ok(()) } else { Err(Refusal::RequestNoSpent) }
}
