//! The path that every operation on a user coupon shares, and the ids that their bodies share.

use quan_model::ids::Principal;
use quan_platform::access::Scope;
use quan_platform::user_coupon_access::UserCouponAddress;
use serde::Deserialize;

use crate::fields::Fields;
use crate::partner::FACE;
use crate::problem::Problem;

/// `/users/{openid}/coupons/{coupon_code}`, decoded.
#[derive(Deserialize)]
pub(crate) struct UserCouponPath {
    openid: String,
    coupon_code: String,
}

/// The ids that stand in the body.
pub(crate) struct BodyIds<'b> {
    pub(crate) brand_id: &'b str,
    pub(crate) product_coupon_id: &'b str,
    pub(crate) stock_id: &'b str,
    pub(crate) appid: &'b str,
}

impl UserCouponPath {
    /// The coupon that path and body name together.
    pub(crate) fn address(
        &self,
        principal: Principal,
        body: &BodyIds<'_>,
    ) -> Result<UserCouponAddress, Problem> {
        let (of_body, of_path) = (Fields::of_body(FACE), Fields::of_path(FACE));
        Ok(UserCouponAddress {
            scope: Scope { principal, brand_id: of_body.id("brand_id", body.brand_id)? },
            product_coupon_id: of_body.id("product_coupon_id", body.product_coupon_id)?,
            stock_id: of_body.id("stock_id", body.stock_id)?,
            appid: of_body.id("appid", body.appid)?,
            openid: of_path.id("openid", &self.openid)?,
            coupon_code: of_path.id("coupon_code", &self.coupon_code)?,
        })
    }

    /// The coupon that path and query name together.
    pub(crate) fn address_by_query(
        &self,
        principal: Principal,
        query: &crate::query::Query,
    ) -> Result<UserCouponAddress, Problem> {
        let of_path = Fields::of_path(FACE);
        Ok(UserCouponAddress {
            scope: Scope { principal, brand_id: query.id("brand_id")? },
            product_coupon_id: query.id("product_coupon_id")?,
            stock_id: query.id("stock_id")?,
            appid: query.id("appid")?,
            openid: of_path.id("openid", &self.openid)?,
            coupon_code: of_path.id("coupon_code", &self.coupon_code)?,
        })
    }
}
