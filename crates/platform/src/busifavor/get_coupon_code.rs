//! get_coupon_code 查询预存code详情.

use quan_coupon::pool::CodeState;
use quan_coupon::refusal::Refusal;
use quan_model::busifavor::CodeInformation;
use quan_model::ids::{Appid, CouponCode, Principal, StockId};

use crate::access;
use crate::busifavor::{list_coupon_codes, reach, shown};
use crate::error::Error;
use crate::work::View;

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct GetCouponCode {
    /// Who calls.
    pub principal: Principal,
    /// The stock.
    pub stock_id: StockId,
    /// The code.
    pub coupon_code: CouponCode,
    /// The openid is computed under it; absent, it is that of the issue.
    pub appid: Option<Appid>,
}

/// The code, and its coupon once it was given out.
///
/// # Errors
/// `NotFound`, also for a code that is not in the pool or was deleted; `NoAuthority`, `AppidNotBound`.
pub fn get_coupon_code(view: &View<'_>, input: &GetCouponCode) -> Result<CodeInformation, Error> {
    let (scope, reached) = access::stock_alone(view.store, &input.principal, &input.stock_id)?;
    if let Some(appid) = &input.appid {
        access::appid_bound(view.store, &scope, appid)?;
    }
    let stock_id = &reached.record.stock_id;
    let code = view.store.pool_code(stock_id, &input.coupon_code)?.ok_or(Refusal::NotFound)?;
    let coupon_information = match code.state() {
        CodeState::Absent | CodeState::Deleted => return Err(Refusal::NotFound.into()),
        CodeState::Available => None,
        CodeState::Dispatched => {
            let record = reach::kept_coupon(view.store, stock_id, &input.coupon_code)?;
            Some(shown::coupon(view.store, &record, view.now)?)
        }
    };
    let code_information = list_coupon_codes::entity(view.store, stock_id, &code, input.appid.as_ref())?;
    Ok(CodeInformation { code_information, coupon_information })
}
