//! GET …/product-coupons/{product_coupon_id} 查询商品券.

use axum::extract::Path;
use quan_model::coupon::ProductCoupon;
use quan_platform::get_product_coupon::get_product_coupon;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(product_coupon_id): Path<String>,
) -> Result<Answer<ProductCoupon>, Problem> {
    let scope = call.scope_of_query(&call.query())?;
    let id = call.in_path().id("product_coupon_id", &product_coupon_id)?;
    call.view(move |view| get_product_coupon(view, &scope, &id)).await.map(Answer)
}
