//! The shared entities of product coupons: benefit rules, product coupon, stock, user coupon
//! (api-product-coupon 3). Members stand in the order of the official examples.

mod benefit;
mod product_coupon;
mod stock;
mod user_coupon;

pub use benefit::{
    DiscountCouponRule, ExchangeCouponRule, NormalCouponRule, ProgressiveBundleRoundRule,
    ProgressiveBundleUsageInfo, ProgressiveBundleUsageRule, SequentialUsageInfo, SequentialUsageRule,
    SingleUsageInfo, SingleUsageRule,
};
pub use product_coupon::{ProductCoupon, ProductCouponWithStock};
pub use stock::{
    CouponCodeCountInfo, NotifyConfig, SentCountInfo, Stock, StockBundle, StockBundleForCreate,
    StockBundleInfo, StockForCreate, StockSendRule,
};
pub use user_coupon::{
    AssociatedOrderInfo, AssociatedPayScoreOrderInfo, CouponTagInfo, CouponUsageDetail, MemberTagInfo,
    SequentialUsageDetail, SequentialUsageDetailItem, UserCoupon, UserCouponBundle,
    UserProductCouponBundleInfo,
};
