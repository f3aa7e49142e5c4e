//! The product-coupon family (商品券), written once for its two faces: `v3/marketing/partner/product-coupon/…`
//! and `brand/marketing/product-coupon/…`.
//!
//! Messages are the same on both. Only a partner names the brand: in `brand_id` of bodies and queries, or with
//! `.query("brand_id", …)` where there is no other query.

/// Declares the nodes of one face: its root, the steps and the nodes that only it has.
macro_rules! product_coupon_nodes {
    ($root:literal, steps { $($own_step:tt)* } nodes { $($own_node:tt)* }) => {
        use quan_model::busifavor::PreSendToken;
        use quan_model::coupon::{
            ProductCoupon as AProductCoupon, ProductCouponWithStock, Stock, StockBundle, UserCoupon,
            UserCouponBundle,
        };
        use quan_model::product_coupon::*;

        $crate::tree::nodes! {
            $($own_node)*

            /// The root of the face.
            copy ProductCoupon($root) {
                child product_coupons() -> ProductCoupons;
                child users() -> Users;
                child notify_configs() -> NotifyConfigs;
                child media() -> Media;
                $($own_step)*
            }

            /// 商品券.
            copy ProductCoupons(concat!($root, "/product-coupons")) {
                /// 创建商品券, with its first stock or bundle. Repeatable by `out_request_no`.
                POST post(body: CreateProductCouponRequest) -> ProductCouponWithStock;
                variable product_coupon_id() -> ProductCouponId;
            }

            /// One product coupon.
            kept ProductCouponId(concat!($root, "/product-coupons/{product_coupon_id}")) {
                /// 查询商品券详情. A partner adds the query `brand_id`.
                GET get() -> AProductCoupon;
                /// 修改商品券: another look for coupons to come. Repeatable by `out_request_no`.
                PATCH patch(body: UpdateProductCouponRequest) -> AProductCoupon;
                child deactivate() -> DeactivateProductCoupon;
                child stocks() -> Stocks;
                child stock_bundles() -> StockBundles;
            }

            /// 失效商品券.
            kept DeactivateProductCoupon(concat!($root, "/product-coupons/{product_coupon_id}/deactivate")) {
                /// For good; its stocks end with it. Repeatable by `out_request_no`.
                POST post(body: DeactivateRequest) -> AProductCoupon;
            }

            /// The stocks (批次) of a product coupon.
            kept Stocks(concat!($root, "/product-coupons/{product_coupon_id}/stocks")) {
                /// 添加商品券批次. Repeatable by `out_request_no`.
                POST post(body: CreateStockRequest) -> Stock;
                /// 查询商品券批次列表, newest first, in pages: `.pages()` follows them.
                GET get(query: ListStocksQuery) -> ListStocksResponse;
                variable stock_id() -> StockId;
            }

            /// One stock.
            kept StockId(concat!($root, "/product-coupons/{product_coupon_id}/stocks/{stock_id}")) {
                /// 查询商品券批次详情. A partner adds the query `brand_id`.
                GET get() -> Stock;
                /// 修改商品券指定批次: what is there replaces, what is absent stays. Repeatable by `out_request_no`.
                PATCH patch(body: UpdateStockRequest) -> Stock;
                child update_budget() -> UpdateStockBudget;
                child deactivate() -> DeactivateStock;
                child associate_stores() -> AssociateStores;
                child disassociate_stores() -> DisassociateStores;
                child associated_stores() -> AssociatedStores;
                child upload_coupon_codes() -> UploadCouponCodes;
            }

            /// 修改商品券批次发放预算.
            kept UpdateStockBudget(
                concat!($root, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/update-budget")
            ) {
                /// One dimension a call, against the value in force. Repeatable by `out_request_no`.
                POST post(body: UpdateStockBudgetRequest) -> Stock;
            }

            /// 失效商品券批次.
            kept DeactivateStock(
                concat!($root, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/deactivate")
            ) {
                /// For good; coupons that were issued stay usable. Repeatable by `out_request_no`.
                POST post(body: DeactivateRequest) -> Stock;
            }

            /// 批次关联门店.
            kept AssociateStores(
                concat!($root, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/associate-stores")
            ) {
                /// 1 to 200 stores; doing it twice is doing it once.
                POST post(body: StoreListRequest) -> StoreListResponse;
            }

            /// 批次取消关联门店.
            kept DisassociateStores(
                concat!($root, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/disassociate-stores")
            ) {
                /// 1 to 200 stores; doing it twice is doing it once.
                POST post(body: StoreListRequest) -> StoreListResponse;
            }

            /// 查询批次关联门店列表.
            kept AssociatedStores(
                concat!($root, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/associated-stores")
            ) {
                /// In the order of association, in pages: `.pages()` follows them.
                GET get(query: ListAssociatedStoresQuery) -> ListAssociatedStoresResponse;
            }

            /// The pool of uploaded codes of a stock with code mode UPLOAD.
            kept UploadCouponCodes(
                concat!($root, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/upload-coupon-codes")
            ) {
                /// 预上传券Code, 1 to 200 in one call. Repeatable by `out_request_no`.
                POST post(body: UploadCouponCodesRequest) -> UploadCouponCodesResponse;
            }

            /// The stock bundles (批次组) of a product coupon.
            kept StockBundles(concat!($root, "/product-coupons/{product_coupon_id}/stock-bundles")) {
                /// 添加商品券批次组. Repeatable by `out_request_no`.
                POST post(body: CreateStockBundleRequest) -> StockBundle;
                variable stock_bundle_id() -> StockBundleId;
            }

            /// One stock bundle.
            kept StockBundleId(
                concat!($root, "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}")
            ) {
                /// 修改商品券批次组, all its stocks at once. Repeatable by `out_request_no`.
                PATCH patch(body: UpdateStockRequest) -> StockBundle;
                child update_budget() -> UpdateStockBundleBudget;
                child associate_stores() -> AssociateStoresForStockBundle;
                child disassociate_stores() -> DisassociateStoresForStockBundle;
            }

            /// 修改商品券批次组发放预算.
            kept UpdateStockBundleBudget(
                concat!($root, "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/update-budget")
            ) {
                /// One dimension a call, against the value in force. Repeatable by `out_request_no`.
                POST post(body: UpdateStockBudgetRequest) -> StockBundle;
            }

            /// 批次组批量关联门店.
            kept AssociateStoresForStockBundle(concat!(
                $root,
                "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/associate-stores"
            )) {
                /// 1 to 200 stores; doing it twice is doing it once.
                POST post(body: StoreListRequest) -> StoreListResponse;
            }

            /// 批次组批量取消关联门店.
            kept DisassociateStoresForStockBundle(concat!(
                $root,
                "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/disassociate-stores"
            )) {
                /// 1 to 200 stores; doing it twice is doing it once.
                POST post(body: StoreListRequest) -> StoreListResponse;
            }

            /// What belongs to users.
            copy Users(concat!($root, "/users")) {
                variable openid() -> Openid;
            }

            /// One user, under the appid that the call names.
            kept Openid(concat!($root, "/users/{openid}")) {
                child coupons() -> Coupons;
                child coupon_bundles() -> CouponBundles;
                child pre_send_coupon() -> PreSendCoupon;
                child pre_send_coupon_bundle() -> PreSendCouponBundle;
            }

            /// The coupons of a user.
            kept Coupons(concat!($root, "/users/{openid}/coupons")) {
                /// 向用户发放商品券, without a claim. Repeatable by `send_request_no`.
                POST post(body: SendUserCouponRequest) -> UserCoupon;
                /// 指定券状态查询用户商品券列表, newest first, in pages: `.pages()` follows them.
                GET get(query: ListUserCouponsQuery) -> ListUserCouponsResponse;
                variable coupon_code() -> CouponCode;
            }

            /// One coupon of a user.
            kept CouponCode(concat!($root, "/users/{openid}/coupons/{coupon_code}")) {
                /// 查询用户商品券详情.
                GET get(query: GetUserCouponQuery) -> UserCoupon;
                child confirm() -> Confirm;
                child use_() -> Use;
                child return_() -> Return;
                child deactivate() -> Deactivate;
            }

            /// 确认发放用户商品券, after the SEND notification.
            kept Confirm(concat!($root, "/users/{openid}/coupons/{coupon_code}/confirm")) {
                /// Repeatable by `out_request_no`: store it before the call and keep it.
                POST post(body: ConfirmUserCouponRequest) -> UserCoupon;
            }

            /// 核销用户商品券.
            kept Use(concat!($root, "/users/{openid}/coupons/{coupon_code}/use")) {
                /// Repeatable by `out_request_no`: store it before the call and keep it.
                POST post(body: UseUserCouponRequest) -> UserCoupon;
            }

            /// 退券: takes a use back.
            kept Return(concat!($root, "/users/{openid}/coupons/{coupon_code}/return")) {
                /// Repeatable by `out_request_no`: store it before the call and keep it.
                POST post(body: ReturnUserCouponRequest) -> UserCoupon;
            }

            /// 失效用户商品券, for good.
            kept Deactivate(concat!($root, "/users/{openid}/coupons/{coupon_code}/deactivate")) {
                /// Repeatable by `out_request_no`: store it before the call and keep it.
                POST post(body: DeactivateUserCouponRequest) -> UserCoupon;
            }

            /// The chains of coupons (商品券组) of a user.
            kept CouponBundles(concat!($root, "/users/{openid}/coupon-bundles")) {
                /// 向用户发放商品券批次组, without a claim. Repeatable by `send_request_no`.
                POST post(body: SendUserCouponBundleRequest) -> UserCouponBundle;
                variable user_coupon_bundle_id() -> UserCouponBundleId;
            }

            /// One chain of coupons.
            kept UserCouponBundleId(concat!($root, "/users/{openid}/coupon-bundles/{user_coupon_bundle_id}")) {
                child deactivate() -> DeactivateUserCouponBundle;
            }

            /// 失效用户商品券组, for good.
            kept DeactivateUserCouponBundle(
                concat!($root, "/users/{openid}/coupon-bundles/{user_coupon_bundle_id}/deactivate")
            ) {
                /// Repeatable by `out_request_no`: store it before the call and keep it.
                POST post(body: DeactivateUserCouponBundleRequest) -> UserCouponBundle;
            }

            /// 向用户预发放商品券.
            kept PreSendCoupon(concat!($root, "/users/{openid}/pre-send-coupon")) {
                /// Repeatable by `send_request_no`. The token is a bearer secret for 300 seconds.
                POST post(body: PreSendUserCouponRequest) -> PreSendToken;
            }

            /// 向用户预发放商品券批次组.
            kept PreSendCouponBundle(concat!($root, "/users/{openid}/pre-send-coupon-bundle")) {
                /// Repeatable by `send_request_no`. The token is a bearer secret for 300 seconds.
                POST post(body: PreSendUserCouponBundleRequest) -> PreSendToken;
            }

            /// 商品券事件通知地址.
            copy NotifyConfigs(concat!($root, "/notify-configs")) {
                /// The URL in force.
                GET get() -> NotifyConfigResponse;
                /// Sets the URL; setting it twice is setting it once.
                POST post(body: SetNotifyConfigRequest) -> NotifyConfigResponse;
            }

            /// Pictures.
            copy Media(concat!($root, "/media")) {
                child upload_image() -> UploadImage;
            }

            /// 图片上传.
            copy UploadImage(concat!($root, "/media/upload-image")) {
                /// PNG, JPEG or BMP, at most 2 MiB. Repeating it makes another picture, which harms nobody.
                UPLOAD upload(file: $crate::Upload) -> UploadImageResponse;
            }
        }

        impl<M: $crate::mode::Mode> UploadCouponCodes<'_, M> {
            /// 预上传券Code for a list of any length: in requests of at most 200, with numbers derived from
            /// `out_request_no`, and their answers as one. [`CodeUpload`](crate::CodeUpload) says how, and how a run
            /// that broke off is resumed.
            pub fn post_in_chunks(self, body: &UploadCouponCodesRequest) -> $crate::CodeUpload<M> {
                $crate::CodeUpload::new(Self::PATH, body, |part| self.clone().post(part))
            }
        }
    };
}
