//! `v3/marketing/busifavor/…` (商家券): of it, the pre-send of product coupons.

use http::Method;
use quan_model::busifavor::{PreSendRequest, PreSendToken};

use super::{Variables, call, node};
use crate::call::Call;
use crate::mode::Mode;

node! {
    /// `v3/marketing/busifavor`.
    Busifavor, "v3/marketing/busifavor"
}

impl<'c, M: Mode> Busifavor<'c, M> {
    /// `v3/marketing/busifavor/product-coupons`.
    #[must_use]
    pub fn product_coupons(self) -> BusifavorProductCoupons<'c, M> {
        BusifavorProductCoupons::new(self.0)
    }
}

node! {
    /// `v3/marketing/busifavor/product-coupons`.
    BusifavorProductCoupons, "v3/marketing/busifavor/product-coupons"
}

impl<'c, M: Mode> BusifavorProductCoupons<'c, M> {
    /// `v3/marketing/busifavor/product-coupons/pre-send`.
    #[must_use]
    pub fn pre_send(self) -> PreSend<'c, M> {
        PreSend::new(self.0)
    }
}

node! {
    /// 向用户预发放商品券: asks for the token with which a user claims a coupon.
    PreSend, "v3/marketing/busifavor/product-coupons/pre-send"
}

impl<M: Mode> PreSend<'_, M> {
    /// Repeatable by `send_request_no`. The token is a bearer secret for 300 seconds.
    pub fn post(self, body: &PreSendRequest) -> Call<M, PreSendToken> {
        call(self.0, Self::PATH, Variables::new(), Method::POST, Some(body))
    }
}
