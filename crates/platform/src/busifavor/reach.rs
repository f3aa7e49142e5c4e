//! Who reaches what over busifavor: stocks by their id alone, coupons by stock and code, or by code alone.
//!
//! A stock is operated through the face family that created it, and may be read through both (semantics 10).

use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_coupon::user_coupon::UserCoupon;
use quan_model::enums::CouponCodeMode;
use quan_model::ids::{Appid, CouponCode, Openid, Principal, StockId};
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::user_coupon::UserCouponRecord;

use crate::access::{self, ReachedStock, Scope};
use crate::error::Error;

/// Whose numbers they are: every number is unique within the caller.
pub(super) fn own(principal: &Principal) -> Scope {
    Scope { principal: principal.clone(), owner: principal.clone() }
}

/// A stock to be operated: created over busifavor, by the caller or belonging to it.
pub(super) fn stock(
    store: &dyn Reader,
    principal: &Principal,
    stock_id: &StockId,
) -> Result<(Scope, ReachedStock), Error> {
    let (scope, reached) = access::stock_alone(store, principal, stock_id)?;
    if reached.record.definition.busifavor().is_none() {
        let issue = "该批次由商品券接口创建，请使用商品券接口操作";
        return Err(Violation::new("/stock_id", ViolationKind::Rule, issue).into());
    }
    Ok((scope, reached))
}

/// A coupon to be operated.
pub(super) struct ReachedCoupon {
    /// Who calls, about whose stock.
    pub(super) scope: Scope,
    /// Its stock.
    pub(super) stock: ReachedStock,
    /// The coupon as it is kept.
    pub(super) record: UserCouponRecord,
}

/// The coupon with a code of a stock.
pub(super) fn coupon(
    store: &dyn Reader,
    principal: &Principal,
    stock_id: &StockId,
    code: &CouponCode,
) -> Result<ReachedCoupon, Error> {
    let (scope, stock) = stock(store, principal, stock_id)?;
    let record = store.user_coupon(stock_id, code)?.ok_or(Refusal::CouponNotFound)?;
    Ok(ReachedCoupon { scope, stock, record })
}

/// The coupon with a code that the platform made: only those are globally unique, so only there the stock may
/// be left out (semantics 3.7).
pub(super) fn coupon_by_code(
    store: &dyn Reader,
    principal: &Principal,
    code: &CouponCode,
) -> Result<ReachedCoupon, Error> {
    let stocks = store.stocks_of_code(code, principal)?;
    for stock_id in &stocks {
        let made_by_platform = match access::stock_alone(store, principal, stock_id) {
            Ok((_, reached)) => reached.stock.terms.code_mode == CouponCodeMode::Wechatpay,
            Err(Error::Refused(_)) => false,
            Err(failed) => return Err(failed),
        };
        if made_by_platform {
            return coupon(store, principal, stock_id, code);
        }
    }
    if stocks.is_empty() {
        return Err(Refusal::CouponNotFound.into());
    }
    let issue = "券Code由商户指定或上传，必须填写stock_id";
    Err(Violation::new("/stock_id", ViolationKind::Rule, issue).into())
}

/// The holder of a coupon under an appid; unknown there, the openid of the issue is given.
pub(super) fn holder(store: &dyn Reader, coupon: &UserCoupon, appid: &Appid) -> Result<Openid, StoreError> {
    if coupon.appid == *appid {
        return Ok(coupon.openid.clone());
    }
    Ok(store.openid_of(&coupon.person_id, appid)?.unwrap_or_else(|| coupon.openid.clone()))
}

/// The coupon that something kept names.
pub(super) fn kept_coupon(
    store: &dyn Reader,
    stock_id: &StockId,
    code: &CouponCode,
) -> Result<UserCouponRecord, StoreError> {
    let missing = || StoreError::Inconsistent {
        table: "user_coupon",
        column: "coupon_code",
        row: format!("{stock_id}/{code}"),
    };
    store.user_coupon(stock_id, code)?.ok_or_else(missing)
}
