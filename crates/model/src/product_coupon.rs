//! Requests and answers of the two product-coupon faces, `/v3/marketing/partner/product-coupon/…` and
//! `/brand/marketing/product-coupon/…` (api-product-coupon 5), split as their URLs are. Path parameters are
//! not part of the bodies.
//!
//! `brand_id` is required on the partner face. The brand face has none: there the caller is the brand.

mod images;
mod notify_configs;
mod product_coupons;
mod stocks;
mod stores;
mod users;

pub use images::{
    CombineImage, CreateImageGenerationTaskRequest, CreateImageGenerationTaskResponse, CutOut,
    GeneratedImage, GetImageGenerationTaskQuery, ImageGenerationTask, UploadImageMeta, UploadImageResponse,
};
pub use notify_configs::{NotifyConfigResponse, SetNotifyConfigRequest};
pub use product_coupons::{CreateProductCouponRequest, DeactivateRequest, UpdateProductCouponRequest};
pub use stocks::{
    CreateStockBundleRequest, CreateStockRequest, FailedCode, ListStocksQuery, ListStocksResponse,
    UpdateStockBudgetRequest, UpdateStockRequest, UploadCouponCodesRequest, UploadCouponCodesResponse,
};
pub use stores::{
    FailedStore, ListAssociatedStoresQuery, ListAssociatedStoresResponse, StoreInfo, StoreListRequest,
    StoreListResponse,
};
pub use users::{
    ConfirmUserCouponRequest, DeactivateUserCouponBundleRequest, DeactivateUserCouponRequest,
    GetUserCouponQuery, ListUserCouponsQuery, ListUserCouponsResponse, PreSendUserCouponBundleRequest,
    PreSendUserCouponRequest, ReturnUserCouponRequest, SendUserCouponBundleRequest, SendUserCouponRequest,
    UseUserCouponRequest,
};
