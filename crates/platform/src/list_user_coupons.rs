//! list_user_coupons 指定券状态查询用户商品券列表: what a user holds of a brand, as far as the caller may see it.

use quan_coupon::refusal::Refusal;
use quan_model::coupon::UserCoupon;
use quan_model::enums::UserCouponState;
use quan_model::ids::{Appid, Openid, Principal, ProductCouponId, StockId, UserCouponBundleId};
use quan_store::backend::Reader;
use quan_store::user_coupon::UserCouponFilter;
pub use quan_store::user_coupon::UserCouponPlace;
use serde::Serialize;

use crate::access::{self, Scope, StockAddress};
use crate::entity::Viewer;
use crate::error::Error;
use crate::work::View;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct ListUserCoupons {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The appid of the openid.
    pub appid: Appid,
    /// Whose coupons.
    pub openid: Openid,
    /// Only of this product coupon.
    pub product_coupon_id: Option<ProductCouponId>,
    /// Only of this stock.
    pub stock_id: Option<StockId>,
    /// Only those in this state now.
    pub coupon_state: Option<UserCouponState>,
    /// Only of this chain.
    pub user_coupon_bundle_id: Option<UserCouponBundleId>,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct UserCouponPage {
    /// How many there are in all, if that was asked for.
    pub total_count: Option<u64>,
    /// Newest issue first.
    pub coupons: Vec<UserCoupon>,
    /// The last coupon of the page, when another page follows.
    pub last: Option<UserCouponPlace>,
}

/// Which page is asked for.
#[derive(Clone, Debug)]
pub struct PageOrder {
    /// Behind which coupon it begins; none for the first page.
    pub after: Option<UserCouponPlace>,
    /// The most coupons of the page, at least 1.
    pub size: usize,
    /// Whether to count what the whole list has.
    pub counts: bool,
}

/// One page of the coupons of a user. The list has what the caller
/// may see: a provider what it created itself, a brand everything (semantics 2.2). A coupon that its user
/// removed from the card pack is still listed.
///
/// # Errors
/// `NoAuthority`, `AppidNotBound`, `NotFound` for a product coupon or stock that the caller does not reach.
pub fn list_user_coupons(
    view: &View<'_>,
    input: &ListUserCoupons,
    page: &PageOrder,
) -> Result<UserCouponPage, Error> {
    let store = view.store;
    access::authorised(store, &input.scope)?;
    access::appid_bound(store, &input.scope, &input.appid)?;
    let person_id = access::person(store, &input.appid, &input.openid)?;
    ensure_reached(store, input)?;
    let creator = match &input.scope.principal {
        principal @ Principal::Merchant(_) => Some(principal.clone()),
        Principal::Brand(_) => None,
    };
    let filter = UserCouponFilter {
        person_id,
        owner: input.scope.owner.clone(),
        creator,
        product_coupon_id: input.product_coupon_id.clone(),
        stock_id: input.stock_id.clone(),
        user_coupon_bundle_id: input.user_coupon_bundle_id.clone(),
        state: input.coupon_state.map(|state| (state, view.now)),
    };
    let total_count = page.counts.then(|| store.user_coupons_count(&filter)).transpose()?;
    // One more than asked for tells whether another page follows.
    let mut found = store.user_coupons(&filter, page.after.as_ref(), page.size.saturating_add(1))?;
    let is_more = found.len() > page.size;
    found.truncate(page.size);
    let last = found.last().filter(|_| is_more).map(|record| UserCouponPlace::of(&record.coupon));
    let viewer = Viewer::new(store, &input.scope, view.now);
    let coupons = found.iter().map(|record| viewer.user_coupon(record)).collect::<Result<_, _>>()?;
    Ok(UserCouponPage { total_count, coupons, last })
}

/// What a filter names must be reached by the caller; a stock may be named without its product coupon (U25).
fn ensure_reached(store: &dyn Reader, input: &ListUserCoupons) -> Result<(), Error> {
    let product_coupon_id = match (&input.product_coupon_id, &input.stock_id) {
        (None, None) => return Ok(()),
        (Some(id), None) => return access::product_coupon(store, &input.scope, id).map(drop),
        (Some(id), Some(_)) => id.clone(),
        (None, Some(stock_id)) => store.stock(stock_id)?.ok_or(Refusal::NotFound)?.product_coupon_id,
    };
    let Some(stock_id) = input.stock_id.clone() else { return Ok(()) };
    let address = StockAddress { scope: input.scope.clone(), product_coupon_id, stock_id };
    access::stock(store, &address).map(drop)
}
