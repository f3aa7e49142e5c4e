//! The path that every operation on a user coupon shares, and the ids that their bodies share.

use quan_model::ids::ProductCouponCode;
use quan_model::product_coupon::{
    ConfirmUserCouponRequest, DeactivateUserCouponRequest, ReturnUserCouponRequest, UseUserCouponRequest,
};
use quan_platform::user_coupon_access::UserCouponAddress;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::problem::Problem;

/// `/users/{openid}/coupons/{coupon_code}`, decoded.
#[derive(Deserialize)]
pub(crate) struct UserCouponPath {
    openid: String,
    coupon_code: String,
}

/// The ids of a coupon that stand in a body.
pub(crate) struct BodyIds<'b> {
    brand_id: Option<&'b str>,
    product_coupon_id: &'b str,
    stock_id: &'b str,
    appid: &'b str,
}

/// A body that names a coupon together with its path.
pub(crate) trait NamesACoupon {
    fn ids(&self) -> BodyIds<'_>;
}

macro_rules! names_a_coupon {
    ($($request:ty),+ $(,)?) => {
        $(impl NamesACoupon for $request {
            fn ids(&self) -> BodyIds<'_> {
                BodyIds {
                    brand_id: self.brand_id.as_deref(),
                    product_coupon_id: &self.product_coupon_id,
                    stock_id: &self.stock_id,
                    appid: &self.appid,
                }
            }
        })+
    };
}

names_a_coupon! {
    ConfirmUserCouponRequest,
    UseUserCouponRequest,
    ReturnUserCouponRequest,
    DeactivateUserCouponRequest,
}

impl UserCouponPath {
    /// Reads a body, and the coupon that it names together with the path.
    pub(crate) fn read<T: DeserializeOwned + NamesACoupon>(
        &self,
        call: &Call,
        body: &[u8],
    ) -> Result<(T, UserCouponAddress), Problem> {
        let request: T = call.read_body(body)?;
        let address = self.address(call, &request.ids())?;
        Ok((request, address))
    }

    fn address(&self, call: &Call, body: &BodyIds<'_>) -> Result<UserCouponAddress, Problem> {
        let (of_body, of_path) = (call.in_body(), call.in_path());
        Ok(UserCouponAddress {
            scope: call.scope(body.brand_id)?,
            product_coupon_id: of_body.id("product_coupon_id", body.product_coupon_id)?,
            stock_id: of_body.id("stock_id", body.stock_id)?,
            appid: of_body.id("appid", body.appid)?,
            openid: of_path.openid(&self.openid)?,
            coupon_code: of_path.id::<ProductCouponCode>("coupon_code", &self.coupon_code)?.into(),
        })
    }

    /// The coupon that path and query name together.
    pub(crate) fn address_by_query(&self, call: &Call) -> Result<UserCouponAddress, Problem> {
        let (query, of_path) = (call.query(), call.in_path());
        Ok(UserCouponAddress {
            scope: call.scope_of_query(&query)?,
            product_coupon_id: query.id("product_coupon_id")?,
            stock_id: query.id("stock_id")?,
            appid: query.id("appid")?,
            openid: of_path.openid(&self.openid)?,
            coupon_code: of_path.id::<ProductCouponCode>("coupon_code", &self.coupon_code)?.into(),
        })
    }
}
