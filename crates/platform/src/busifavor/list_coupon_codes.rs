//! list_coupon_codes 查询预存code列表.

use quan_model::busifavor::{CodeEntity, CodeStatus, ListCouponCodesResponse};
use quan_model::ids::{Appid, Principal, StockId};
use quan_store::backend::Reader;
use quan_store::code_pool::PoolCode;

use crate::access;
use crate::busifavor::reach;
use crate::error::Error;
use crate::work::View;

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct ListCouponCodes {
    /// Who calls.
    pub principal: Principal,
    /// The stock.
    pub stock_id: StockId,
    /// The openids are computed under it; absent, they are those of the issues.
    pub appid: Option<Appid>,
    /// Only codes that stand so.
    pub status: Option<CodeStatus>,
    /// Where the answer begins.
    pub offset: u64,
    /// How many codes the answer has at most.
    pub limit: u64,
}

/// A part of the pool in the order of upload; deleted codes are left out.
///
/// # Errors
/// `NotFound`, `NoAuthority`, `AppidNotBound`.
pub fn list_coupon_codes(view: &View<'_>, input: &ListCouponCodes) -> Result<ListCouponCodesResponse, Error> {
    let (scope, reached) = access::stock_alone(view.store, &input.principal, &input.stock_id)?;
    if let Some(appid) = &input.appid {
        access::appid_bound(view.store, &scope, appid)?;
    }
    let stock_id = &reached.record.stock_id;
    let dispatched = input.status.map(|status| match status {
        CodeStatus::Available => false,
        CodeStatus::Dispatched => true,
    });
    let page = view.store.pool_codes(stock_id, dispatched, input.offset, input.limit)?;
    let codes = page.codes.iter().map(|code| entity(view.store, stock_id, code, input.appid.as_ref()));
    let data = codes.collect::<Result<Vec<_>, Error>>()?;
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Ok(ListCouponCodesResponse {
        stock_id: stock_id.to_string(),
        total_count: number(page.total_count),
        limit: i64::try_from(data.len()).unwrap_or(i64::MAX),
        data: (!data.is_empty()).then_some(data),
        offset: number(input.offset),
    })
}

/// A code with the holder of its coupon.
pub(super) fn entity(
    store: &dyn Reader,
    stock_id: &StockId,
    code: &PoolCode,
    appid: Option<&Appid>,
) -> Result<CodeEntity, Error> {
    let openid = match code.dispatched_at {
        None => None,
        Some(_) => {
            let coupon = reach::kept_coupon(store, stock_id, &code.code)?.coupon;
            Some(reach::holder(store, &coupon, appid.unwrap_or(&coupon.appid))?)
        }
    };
    let is_dispatched = code.dispatched_at.is_some();
    Ok(CodeEntity {
        code: code.code.to_string(),
        code_status: if is_dispatched { CodeStatus::Dispatched } else { CodeStatus::Available }.into(),
        upload_time: Some(code.uploaded_at),
        dispatched_time: code.dispatched_at,
        openid: openid.map(|openid| openid.to_string()),
        unionid: None,
        coupon_code: is_dispatched.then(|| code.code.to_string()),
    })
}
