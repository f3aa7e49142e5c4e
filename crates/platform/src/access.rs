//! Who may reach what: steps 4 to 7 of the order of checks (semantics 0.1, 2.2, 2.3).

use quan_coupon::definition::StockTerms;
use quan_coupon::product_coupon::Lifecycle;
use quan_coupon::refusal::Refusal;
use quan_coupon::stock::Stock;
use quan_model::ids::{Appid, BrandId, Openid, Principal, ProductCouponId, StockId};
use quan_store::backend::Reader;
use quan_store::catalogue::{ProductCouponRecord, StockRecord};
use quan_store::error::StoreError;
use quan_store::parties::{PersonId, own_person};
use serde::Serialize;

use crate::error::Error;
use crate::rules;

/// Who calls, about whose things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// The caller.
    pub principal: Principal,
    /// Whose things the call is about: the brand, or over busifavor the belonging merchant of a stock.
    pub owner: Principal,
}

impl Scope {
    /// A call about the things of a brand; a brand that calls directly is its own.
    pub fn of_brand(principal: Principal, brand_id: BrandId) -> Self {
        Self { principal, owner: Principal::Brand(brand_id) }
    }
}

/// How a call over a product-coupon face names a stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StockAddress {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The product coupon of the stock.
    pub product_coupon_id: ProductCouponId,
    /// The stock.
    pub stock_id: StockId,
}

/// A stock that the caller may reach, with its product coupon and the rules made of both.
#[derive(Clone, Debug)]
pub struct ReachedStock {
    /// The stock as it is kept.
    pub record: StockRecord,
    /// Its product coupon as it is kept.
    pub product_coupon: ProductCouponRecord,
    /// The rules.
    pub stock: Stock,
}

/// Step 4: the brand has authorised the caller for product coupons.
pub(crate) fn authorised(store: &dyn Reader, scope: &Scope) -> Result<(), Error> {
    let allowed = match (&scope.principal, &scope.owner) {
        (Principal::Merchant(mchid), Principal::Brand(brand_id)) => store.is_authorised(brand_id, mchid)?,
        // Between merchants nothing has to be granted: the stock says who may use it.
        (Principal::Merchant(_), Principal::Merchant(_)) => true,
        (Principal::Brand(_), owner) => scope.principal == *owner,
    };
    if allowed { Ok(()) } else { Err(Refusal::NoAuthority.into()) }
}

/// Step 5: the appid is bound to the owner, or to the calling merchant.
pub(crate) fn appid_bound(store: &dyn Reader, scope: &Scope, appid: &Appid) -> Result<(), Error> {
    if store.is_appid_bound(appid, &scope.owner)? || store.is_appid_bound(appid, &scope.principal)? {
        Ok(())
    } else {
        Err(Refusal::AppidNotBound.into())
    }
}

/// Step 6: who the user is. An unknown pair is its own person.
pub(crate) fn person(store: &dyn Reader, appid: &Appid, openid: &Openid) -> Result<PersonId, Error> {
    Ok(store.person(appid, openid)?.unwrap_or_else(|| own_person(appid, openid)))
}

/// Step 7 for a product coupon: of this brand and made by this caller, otherwise unknown to it.
pub(crate) fn product_coupon(
    store: &dyn Reader,
    scope: &Scope,
    id: &ProductCouponId,
) -> Result<ProductCouponRecord, Error> {
    let found = store.product_coupon(id)?;
    found
        .filter(|record| record.owner == scope.owner && is_visible(&scope.principal, &record.creator))
        .ok_or_else(|| Refusal::NotFound.into())
}

/// Step 7 for a stock of a product coupon that the call names: made by this caller too, since a brand may add
/// stocks to a product coupon that a provider made.
pub(crate) fn stock(store: &dyn Reader, address: &StockAddress) -> Result<ReachedStock, Error> {
    let product_coupon = product_coupon(store, &address.scope, &address.product_coupon_id)?;
    let record = store.stock(&address.stock_id)?;
    // A brand may add a stock of its own to what a provider created; that stock is unknown to the provider.
    let record = record.filter(|record| {
        record.product_coupon_id == address.product_coupon_id
            && is_visible(&address.scope.principal, &record.creator)
    });
    reached(record.ok_or(Refusal::NotFound)?, product_coupon)
}

/// Step 7 for a stock that a busifavor call names by itself. The brand follows from the stock, so the
/// authorisation and the appid can only be checked after it (semantics 0.1 is kept for the rest).
///
/// A merchant reaches the stocks that it created, those that belong to it, and those that a brand created
/// itself and has authorised it for (api-busifavor U4 read together with semantics 2.2: other providers' stocks
/// are unknown to it).
pub(crate) fn stock_alone(
    store: &dyn Reader,
    principal: &Principal,
    stock_id: &StockId,
) -> Result<(Scope, ReachedStock), Error> {
    let record = store.stock(stock_id)?.ok_or(Refusal::NotFound)?;
    let scope = Scope { principal: principal.clone(), owner: record.owner.clone() };
    let is_creator = record.creator == *principal;
    let is_for_caller = match &record.owner {
        Principal::Brand(_) => record.creator == record.owner,
        Principal::Merchant(_) => record.owner == *principal,
    };
    match authorised(store, &scope) {
        Ok(()) if is_creator || is_for_caller => {}
        // Only who made the stock may learn that it exists without being authorised any more.
        Err(refused) if is_creator => return Err(refused),
        Ok(()) | Err(Error::Refused(_)) => return Err(Refusal::NotFound.into()),
        Err(failed) => return Err(failed),
    }
    let product_coupon = store.product_coupon(&record.product_coupon_id)?.ok_or_else(|| dangling(&record))?;
    Ok((scope, reached(record, product_coupon)?))
}

/// Step 5 for the notify appid of a definition, if it has one.
pub(crate) fn notify_appid_bound(store: &dyn Reader, scope: &Scope, terms: &StockTerms) -> Result<(), Error> {
    terms.notify_appid.as_ref().map_or(Ok(()), |appid| appid_bound(store, scope, appid))
}

/// The stock of something that already exists, such as a pre-send, without asking who calls.
pub(crate) fn stock_of_record(store: &dyn Reader, stock_id: &StockId) -> Result<ReachedStock, Error> {
    let missing =
        || StoreError::Inconsistent { table: "stock", column: "stock_id", row: stock_id.to_string() };
    let record = store.stock(stock_id)?.ok_or_else(missing)?;
    let product_coupon = store.product_coupon(&record.product_coupon_id)?.ok_or_else(|| dangling(&record))?;
    reached(record, product_coupon)
}

/// The facts that decide a product coupon's state. Its audit passes at once.
pub(crate) fn lifecycle(product_coupon: &ProductCouponRecord) -> Lifecycle {
    Lifecycle {
        effective_from: product_coupon.created_at,
        deactivated_at: product_coupon.deactivated.as_ref().map(|ended| ended.time),
    }
}

/// Whether the caller sees what this one created.
pub(crate) fn is_visible(principal: &Principal, creator: &Principal) -> bool {
    match principal {
        Principal::Merchant(_) => principal == creator,
        // A brand sees everything under it, also what providers created (semantics Q18).
        Principal::Brand(_) => true,
    }
}

fn dangling(record: &StockRecord) -> StoreError {
    StoreError::Inconsistent { table: "stock", column: "product_coupon_id", row: record.stock_id.to_string() }
}

/// A kept stock with its rules.
pub(crate) fn reached(
    record: StockRecord,
    product_coupon: ProductCouponRecord,
) -> Result<ReachedStock, Error> {
    let stock = rules::of_stock(&record, &product_coupon)?;
    Ok(ReachedStock { record, product_coupon, stock })
}
