//! Steps 4 to 9 that every command on a user coupon shares: reach the stock, find the coupon, look
//! whether the request number was used.

use quan_coupon::refusal::Refusal;
use quan_model::ids::{Appid, CouponCode, Openid, ProductCouponId, RequestNo, StockId};
use quan_store::backend::Reader;
use quan_store::parties::PersonId;
use quan_store::user_coupon::UserCouponRecord;
use serde::Serialize;

use crate::access::{self, ReachedStock, Scope, StockAddress};
use crate::error::Error;
use crate::user_coupon_chain;
use crate::work::Work;

/// How a call names a user coupon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserCouponAddress {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The product coupon of the stock.
    pub product_coupon_id: ProductCouponId,
    /// The stock of the coupon.
    pub stock_id: StockId,
    /// The appid of the openid.
    pub appid: Appid,
    /// Who holds the coupon.
    pub openid: Openid,
    /// Its code.
    pub coupon_code: CouponCode,
}

impl UserCouponAddress {
    /// The stock of the coupon.
    pub(crate) fn stock(&self) -> StockAddress {
        StockAddress {
            scope: self.scope.clone(),
            product_coupon_id: self.product_coupon_id.clone(),
            stock_id: self.stock_id.clone(),
        }
    }
}

/// A command on a user coupon that carries nothing but its number.
#[derive(Clone, Debug, Serialize)]
pub struct UserCouponCommand {
    /// The coupon.
    pub address: UserCouponAddress,
    /// The idempotency key.
    pub out_request_no: RequestNo,
}

/// Finds the coupon and its stock.
///
/// The coupon must be held by the person that (appid, openid) names; the pair need not be the one it
/// was issued to, since one person has an openid under each appid.
pub(crate) fn reach(
    store: &dyn Reader,
    address: &UserCouponAddress,
) -> Result<(ReachedStock, UserCouponRecord), Error> {
    let (reached, person) = reach_stock(store, address)?;
    Ok((reached, held_coupon(store, address, &person)?))
}

/// As [`reach`], for a command: from here on the coupon, and the chain that it lies in, is this command's alone.
pub(crate) fn reach_to_change(
    work: &mut Work<'_>,
    address: &UserCouponAddress,
) -> Result<(ReachedStock, UserCouponRecord), Error> {
    let (reached, person) = reach_stock(work.store, address)?;
    user_coupon_chain::lock_of(work, &reached, &address.coupon_code)?;
    Ok((reached, held_coupon(work.store, address, &person)?))
}

fn reach_stock(store: &dyn Reader, address: &UserCouponAddress) -> Result<(ReachedStock, PersonId), Error> {
    access::authorised(store, &address.scope)?;
    access::appid_bound(store, &address.scope, &address.appid)?;
    let person = access::person(store, &address.appid, &address.openid)?;
    Ok((access::stock(store, &address.stock())?, person))
}

fn held_coupon(
    store: &dyn Reader,
    address: &UserCouponAddress,
    person: &PersonId,
) -> Result<UserCouponRecord, Error> {
    let record = store.user_coupon(&address.stock_id, &address.coupon_code)?;
    Ok(record.filter(|record| record.coupon.person_id == *person).ok_or(Refusal::CouponNotFound)?)
}
