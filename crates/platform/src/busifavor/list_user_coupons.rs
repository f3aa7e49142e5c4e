//! list_user_coupons 根据过滤条件查询用户券.

use quan_coupon::refusal::{Violation, ViolationKind};
use quan_model::busifavor::{BusiCoupon, CouponState, ListUserCouponsResponse};
use quan_model::ids::{Appid, Mchid, Openid, Principal, StockId};
use quan_store::busifavor::{CouponFilter, FoundCoupon};
use quan_store::user_coupon::UserCouponRecord;

use crate::access::{self, Scope};
use crate::busifavor::{reach, shown};
use crate::error::Error;
use crate::work::View;

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct ListUserCoupons {
    /// Who calls.
    pub principal: Principal,
    /// Whose coupons.
    pub openid: Openid,
    /// The appid of the openid.
    pub appid: Appid,
    /// Of this stock only.
    pub stock_id: Option<StockId>,
    /// In this state only.
    pub coupon_state: Option<CouponState>,
    /// Of stocks that this merchant created.
    pub creator_merchant: Option<Mchid>,
    /// Of stocks that belong to this merchant.
    pub belong_merchant: Option<Mchid>,
    /// That this merchant sent.
    pub sender_merchant: Option<Mchid>,
    /// Where the answer begins.
    pub offset: u64,
    /// How many coupons the answer has at most, 1 to 50.
    pub limit: u64,
}

/// A part of the user's coupons, newest issue first, of both face families. At least one of the three merchants
/// must be the caller.
///
/// # Errors
/// `Invalid` when none of the merchants is the caller, `AppidNotBound`.
pub fn list_user_coupons(view: &View<'_>, input: &ListUserCoupons) -> Result<ListUserCouponsResponse, Error> {
    let merchant = |mchid: &Option<Mchid>| mchid.clone().map(Principal::Merchant);
    let filter = CouponFilter {
        stock_id: input.stock_id.clone(),
        coupon_code: None,
        creator: merchant(&input.creator_merchant),
        owner: merchant(&input.belong_merchant),
        sender: merchant(&input.sender_merchant),
    };
    if ![&filter.creator, &filter.owner, &filter.sender].contains(&&Some(input.principal.clone())) {
        let issue = "creator_merchant、belong_merchant、sender_merchant至少填写一个，且至少一个为调用方商户";
        return Err(Violation::new("/creator_merchant", ViolationKind::Rule, issue).into());
    }
    let owner = filter.owner.clone().unwrap_or_else(|| input.principal.clone());
    let scope = Scope { principal: input.principal.clone(), owner };
    access::appid_bound(view.store, &scope, &input.appid)?;
    let person = access::person(view.store, &input.appid, &input.openid)?;
    let found = view.store.coupons_of_person(&person, &filter)?;
    let found = still_shown(view, &input.principal, found)?;
    let (total_count, page) = part(view, input, &found)?;
    let data = page
        .iter()
        .map(|record| shown::coupon(view.store, record, view.now))
        .collect::<Result<Vec<BusiCoupon>, Error>>()?;
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Ok(ListUserCouponsResponse {
        data: (!data.is_empty()).then_some(data),
        total_count: i64::try_from(total_count).unwrap_or(i64::MAX),
        limit: number(input.limit),
        offset: number(input.offset),
    })
}

/// Leaves out the coupons of brands that have not authorised the caller, or have no more (semantics 2.2).
fn still_shown(
    view: &View<'_>,
    principal: &Principal,
    found: Vec<FoundCoupon>,
) -> Result<Vec<FoundCoupon>, Error> {
    let mut asked: Vec<(Principal, bool)> = Vec::new();
    let mut shown = Vec::new();
    for coupon in found {
        let known = asked.iter().find(|(owner, _)| *owner == coupon.owner).map(|(_, is_shown)| *is_shown);
        let is_shown = match known {
            Some(is_shown) => is_shown,
            None => {
                let scope = Scope { principal: principal.clone(), owner: coupon.owner.clone() };
                let is_shown = match access::authorised(view.store, &scope) {
                    Ok(()) => true,
                    Err(Error::Refused(_)) => false,
                    Err(failed) => return Err(failed),
                };
                asked.push((coupon.owner.clone(), is_shown));
                is_shown
            }
        };
        if is_shown {
            shown.push(coupon);
        }
    }
    Ok(shown)
}

/// How many coupons fit, and those of the part asked for. The state follows from the facts, so a filter by state
/// reads every coupon that fits otherwise.
fn part(
    view: &View<'_>,
    input: &ListUserCoupons,
    found: &[FoundCoupon],
) -> Result<(usize, Vec<UserCouponRecord>), Error> {
    let read = |coupon: &FoundCoupon| reach::kept_coupon(view.store, &coupon.stock_id, &coupon.coupon_code);
    let position = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let (offset, limit) = (position(input.offset), position(input.limit));
    let Some(state) = input.coupon_state else {
        let page = found.iter().skip(offset).take(limit).map(read).collect::<Result<_, _>>()?;
        return Ok((found.len(), page));
    };
    let mut fitting = Vec::new();
    for coupon in found {
        let record = read(coupon)?;
        if shown::coupon_state(record.coupon.state(view.now)) == state {
            fitting.push(record);
        }
    }
    let total_count = fitting.len();
    Ok((total_count, fitting.into_iter().skip(offset).take(limit).collect()))
}
