//! get_user_coupon 查询用户单张券详情: by user and code, without the stock.

use quan_coupon::refusal::Refusal;
use quan_model::busifavor::BusiCoupon;
use quan_model::ids::{Appid, CouponCode, Openid, Principal};
use quan_store::busifavor::{CouponFilter, FoundCoupon};

use crate::access::{self, Scope};
use crate::busifavor::{reach, shown};
use crate::error::Error;
use crate::work::View;

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct GetUserCoupon {
    /// Who calls.
    pub principal: Principal,
    /// Whose coupon.
    pub openid: Openid,
    /// Its code.
    pub coupon_code: CouponCode,
    /// The appid of the openid.
    pub appid: Appid,
}

/// The coupon as it stands now. Codes are unique within a stock only: of several coupons with this code the
/// newest that the caller may see is shown.
///
/// # Errors
/// `CouponNotFound`, `AppidNotBound`.
pub fn get_user_coupon(view: &View<'_>, input: &GetUserCoupon) -> Result<BusiCoupon, Error> {
    let person = access::person(view.store, &input.appid, &input.openid)?;
    let filter = CouponFilter { coupon_code: Some(input.coupon_code.clone()), ..CouponFilter::default() };
    for found in view.store.coupons_of_person(&person, &filter)? {
        if is_visible(view, &input.principal, &found)? {
            let scope = Scope { principal: input.principal.clone(), owner: found.owner };
            access::appid_bound(view.store, &scope, &input.appid)?;
            let record = reach::kept_coupon(view.store, &found.stock_id, &found.coupon_code)?;
            return shown::coupon(view.store, &record, view.now);
        }
    }
    access::appid_bound(view.store, &reach::own(&input.principal), &input.appid)?;
    Err(Refusal::CouponNotFound.into())
}

/// A merchant sees the coupons that it sent and those of the stocks it reaches.
fn is_visible(view: &View<'_>, principal: &Principal, found: &FoundCoupon) -> Result<bool, Error> {
    let outcome = if found.sender == *principal {
        let scope = Scope { principal: principal.clone(), owner: found.owner.clone() };
        access::authorised(view.store, &scope)
    } else {
        access::stock_alone(view.store, principal, &found.stock_id).map(drop)
    };
    match outcome {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(failed) => Err(failed),
    }
}
