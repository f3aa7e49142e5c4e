//! get_user_coupon 查询用户商品券详情.

use quan_model::coupon::UserCoupon;

use crate::entity::Viewer;
use crate::error::Error;
use crate::user_coupon_access::{self, UserCouponAddress};
use crate::work::View;

/// The coupon as it stands now.
///
/// # Errors
/// `NoAuthority`, `AppidNotBound`, `NotFound`, `CouponNotFound`.
pub fn get_user_coupon(view: &View<'_>, address: &UserCouponAddress) -> Result<UserCoupon, Error> {
    let (_, record) = user_coupon_access::reach(view.store, address)?;
    Viewer::new(view.store, &address.scope, view.now).user_coupon(&record)
}
