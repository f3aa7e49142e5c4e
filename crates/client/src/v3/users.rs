//! `v3/marketing/partner/product-coupon/users/…`: what belongs to one user.

use std::fmt::Display;

use http::Method;
use quan_model::busifavor::PreSendToken;
use quan_model::coupon::UserCoupon;
use quan_model::product_coupon::{
    ConfirmUserCouponRequest, DeactivateUserCouponRequest, GetUserCouponQuery, PreSendUserCouponRequest,
    ReturnUserCouponRequest, UseUserCouponRequest,
};

use super::{NO_BODY, Variables, call, node, node_with_variables, with};
use crate::call::Call;
use crate::mode::Mode;

node! {
    /// `…/users`.
    Users, "v3/marketing/partner/product-coupon/users"
}

impl<'c, M: Mode> Users<'c, M> {
    /// `…/users/{openid}`, a user under the appid that the call names.
    #[must_use]
    pub fn openid(self, openid: impl Display) -> Openid<'c, M> {
        Openid::new(self.0, with(Variables::new(), "openid", openid))
    }
}

node_with_variables! {
    /// One user.
    Openid, "v3/marketing/partner/product-coupon/users/{openid}"
}

impl<'c, M: Mode> Openid<'c, M> {
    /// `…/{openid}/coupons`.
    #[must_use]
    pub fn coupons(self) -> Coupons<'c, M> {
        Coupons::new(self.core, self.variables)
    }

    /// `…/{openid}/pre-send-coupon`.
    #[must_use]
    pub fn pre_send_coupon(self) -> PreSendCoupon<'c, M> {
        PreSendCoupon::new(self.core, self.variables)
    }
}

node_with_variables! {
    /// 向用户预发放商品券, partner face.
    PreSendCoupon, "v3/marketing/partner/product-coupon/users/{openid}/pre-send-coupon"
}

impl<M: Mode> PreSendCoupon<'_, M> {
    /// Repeatable by `send_request_no`. The token is a bearer secret for 300 seconds.
    pub fn post(self, body: &PreSendUserCouponRequest) -> Call<M, PreSendToken> {
        call(self.core, Self::PATH, self.variables, Method::POST, Some(body))
    }
}

node_with_variables! {
    /// The coupons of a user.
    Coupons, "v3/marketing/partner/product-coupon/users/{openid}/coupons"
}

impl<'c, M: Mode> Coupons<'c, M> {
    /// `…/coupons/{coupon_code}`.
    #[must_use]
    pub fn coupon_code(self, coupon_code: impl Display) -> CouponCode<'c, M> {
        CouponCode::new(self.core, with(self.variables, "coupon_code", coupon_code))
    }
}

node_with_variables! {
    /// One coupon of a user.
    CouponCode, "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}"
}

impl<'c, M: Mode> CouponCode<'c, M> {
    /// 查询用户商品券详情.
    pub fn get(self, query: &GetUserCouponQuery) -> Call<M, UserCoupon> {
        call(self.core, Self::PATH, self.variables, Method::GET, NO_BODY).query_from(query)
    }

    /// `…/{coupon_code}/confirm`.
    #[must_use]
    pub fn confirm(self) -> Confirm<'c, M> {
        Confirm::new(self.core, self.variables)
    }

    /// `…/{coupon_code}/use`; the underscore keeps clear of Rust's word.
    #[must_use]
    pub fn use_(self) -> Use<'c, M> {
        Use::new(self.core, self.variables)
    }

    /// `…/{coupon_code}/return`; the underscore keeps clear of Rust's word.
    #[must_use]
    pub fn return_(self) -> Return<'c, M> {
        Return::new(self.core, self.variables)
    }

    /// `…/{coupon_code}/deactivate`.
    #[must_use]
    pub fn deactivate(self) -> Deactivate<'c, M> {
        Deactivate::new(self.core, self.variables)
    }
}

/// Declares the four writes of a coupon, which differ in path and body only.
macro_rules! write_node {
    ($(#[$doc:meta])* $name:ident, $path:literal, $body:ty) => {
        node_with_variables! {
            $(#[$doc])*
            $name, $path
        }

        impl<M: Mode> $name<'_, M> {
            /// Repeatable by `out_request_no`: store it before the call and keep it.
            pub fn post(self, body: &$body) -> Call<M, UserCoupon> {
                call(self.core, Self::PATH, self.variables, Method::POST, Some(body))
            }
        }
    };
}

write_node! {
    /// 确认发放用户商品券, after the SEND notification.
    Confirm,
    "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}/confirm",
    ConfirmUserCouponRequest
}
write_node! {
    /// 核销用户商品券.
    Use,
    "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}/use",
    UseUserCouponRequest
}
write_node! {
    /// 退券: takes a use back.
    Return,
    "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}/return",
    ReturnUserCouponRequest
}
write_node! {
    /// 失效用户商品券, for good.
    Deactivate,
    "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}/deactivate",
    DeactivateUserCouponRequest
}
