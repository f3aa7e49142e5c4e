//! The typed tree of `/brand/…`: `client.brand().marketing().product_coupon()`, product coupons (商品券) that
//! the brand issues itself.
//!
//! It has the shape of `client.v3().marketing().partner().product_coupon()` and the same messages, in which
//! `brand_id` stays `None`: here the caller is the brand.

product_coupon_nodes! {
    "brand/marketing/product-coupon",
    steps {}
    nodes {
        /// `brand`.
        copy Brand("brand") {
            child marketing() -> Marketing;
        }

        /// `brand/marketing`.
        copy Marketing("brand/marketing") {
            child product_coupon() -> ProductCoupon;
        }
    }
}
