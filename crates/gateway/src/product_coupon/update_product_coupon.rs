//! PATCH …/product-coupons/{product_coupon_id} 修改商品券.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::coupon::ProductCoupon;
use quan_model::product_coupon::UpdateProductCouponRequest;
use quan_platform::update_product_coupon::{UpdateProductCoupon, update_product_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(product_coupon_id): Path<String>,
    body: Bytes,
) -> Result<Answer<ProductCoupon>, Problem> {
    let request: UpdateProductCouponRequest = call.read_body(&body)?;
    let input = UpdateProductCoupon {
        scope: call.scope(request.brand_id.as_deref())?,
        product_coupon_id: call.in_path().id("product_coupon_id", &product_coupon_id)?,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        display_info: request.display_info,
    };
    call.write(move |work| update_product_coupon(work, &input)).await.map(Answer)
}
