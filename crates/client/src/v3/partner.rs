//! `v3/marketing/partner/product-coupon/…`: product coupons, stocks, codes and the notify URL.

use std::fmt::Display;

use http::Method;
use quan_model::coupon::{ProductCoupon as ProductCouponBody, ProductCouponWithStock, Stock};
use quan_model::product_coupon::{
    CreateProductCouponRequest, CreateStockRequest, NotifyConfigResponse, SetNotifyConfigRequest,
    UploadCouponCodesRequest, UploadCouponCodesResponse,
};

use super::{NO_BODY, Users, Variables, call, node, node_with_variables, with};
use crate::call::Call;
use crate::mode::Mode;

node! {
    /// `v3/marketing/partner`.
    Partner, "v3/marketing/partner"
}

impl<'c, M: Mode> Partner<'c, M> {
    /// `v3/marketing/partner/product-coupon`.
    #[must_use]
    pub fn product_coupon(self) -> ProductCoupon<'c, M> {
        ProductCoupon::new(self.0)
    }
}

node! {
    /// `v3/marketing/partner/product-coupon`: the root of the partner face.
    ProductCoupon, "v3/marketing/partner/product-coupon"
}

impl<'c, M: Mode> ProductCoupon<'c, M> {
    /// `…/notify-configs`.
    #[must_use]
    pub fn notify_configs(self) -> NotifyConfigs<'c, M> {
        NotifyConfigs::new(self.0)
    }

    /// `…/product-coupons`.
    #[must_use]
    pub fn product_coupons(self) -> ProductCoupons<'c, M> {
        ProductCoupons::new(self.0)
    }

    /// `…/users`.
    #[must_use]
    pub fn users(self) -> Users<'c, M> {
        Users::new(self.0)
    }
}

node! {
    /// 商品券事件通知地址.
    NotifyConfigs, "v3/marketing/partner/product-coupon/notify-configs"
}

impl<M: Mode> NotifyConfigs<'_, M> {
    /// The URL in force.
    pub fn get(self) -> Call<M, NotifyConfigResponse> {
        call(self.0, Self::PATH, Variables::new(), Method::GET, NO_BODY)
    }

    /// Sets the URL; setting it twice is setting it once.
    pub fn post(self, body: &SetNotifyConfigRequest) -> Call<M, NotifyConfigResponse> {
        call(self.0, Self::PATH, Variables::new(), Method::POST, Some(body))
    }
}

node! {
    /// 商品券.
    ProductCoupons, "v3/marketing/partner/product-coupon/product-coupons"
}

impl<'c, M: Mode> ProductCoupons<'c, M> {
    /// 创建商品券, with its first stock. Repeatable by `out_request_no`.
    pub fn post(self, body: &CreateProductCouponRequest) -> Call<M, ProductCouponWithStock> {
        call(self.0, Self::PATH, Variables::new(), Method::POST, Some(body))
    }

    /// `…/product-coupons/{product_coupon_id}`.
    #[must_use]
    pub fn product_coupon_id(self, product_coupon_id: impl Display) -> ProductCouponId<'c, M> {
        ProductCouponId::new(self.0, with(Variables::new(), "product_coupon_id", product_coupon_id))
    }
}

node_with_variables! {
    /// One product coupon.
    ProductCouponId, "v3/marketing/partner/product-coupon/product-coupons/{product_coupon_id}"
}

impl<'c, M: Mode> ProductCouponId<'c, M> {
    /// 查询商品券详情. The partner face also wants the query `brand_id`.
    pub fn get(self) -> Call<M, ProductCouponBody> {
        call(self.core, Self::PATH, self.variables, Method::GET, NO_BODY)
    }

    /// `…/{product_coupon_id}/stocks`.
    #[must_use]
    pub fn stocks(self) -> Stocks<'c, M> {
        Stocks::new(self.core, self.variables)
    }
}

node_with_variables! {
    /// The stocks (批次) of a product coupon.
    Stocks, "v3/marketing/partner/product-coupon/product-coupons/{product_coupon_id}/stocks"
}

impl<'c, M: Mode> Stocks<'c, M> {
    /// 添加商品券批次. Repeatable by `out_request_no`.
    pub fn post(self, body: &CreateStockRequest) -> Call<M, Stock> {
        call(self.core, Self::PATH, self.variables, Method::POST, Some(body))
    }

    /// `…/stocks/{stock_id}`.
    #[must_use]
    pub fn stock_id(self, stock_id: impl Display) -> StockId<'c, M> {
        StockId::new(self.core, with(self.variables, "stock_id", stock_id))
    }
}

node_with_variables! {
    /// One stock.
    StockId, "v3/marketing/partner/product-coupon/product-coupons/{product_coupon_id}/stocks/{stock_id}"
}

impl<'c, M: Mode> StockId<'c, M> {
    /// 查询商品券批次详情. The partner face also wants the query `brand_id`.
    pub fn get(self) -> Call<M, Stock> {
        call(self.core, Self::PATH, self.variables, Method::GET, NO_BODY)
    }

    /// `…/{stock_id}/upload-coupon-codes`.
    #[must_use]
    pub fn upload_coupon_codes(self) -> UploadCouponCodes<'c, M> {
        UploadCouponCodes::new(self.core, self.variables)
    }
}

node_with_variables! {
    /// The pool of uploaded codes of a stock with code mode UPLOAD.
    UploadCouponCodes,
    "v3/marketing/partner/product-coupon/product-coupons/{product_coupon_id}/stocks/{stock_id}/upload-coupon-codes"
}

impl<M: Mode> UploadCouponCodes<'_, M> {
    /// 预上传券Code, 1 to 200 in one call. Repeatable by `out_request_no`.
    pub fn post(self, body: &UploadCouponCodesRequest) -> Call<M, UploadCouponCodesResponse> {
        call(self.core, Self::PATH, self.variables, Method::POST, Some(body))
    }
}
