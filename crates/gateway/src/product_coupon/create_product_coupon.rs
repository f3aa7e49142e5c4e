//! POST …/product-coupons 创建商品券.

use axum::body::Bytes;
use quan_model::coupon::ProductCouponWithStock;
use quan_model::product_coupon::CreateProductCouponRequest;
use quan_platform::create_product_coupon::{CreateProductCoupon, create_product_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<ProductCouponWithStock>, Problem> {
    let request: CreateProductCouponRequest = call.read_body(&body)?;
    let input = CreateProductCoupon {
        scope: call.scope(request.brand_id.as_deref())?,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        request,
    };
    call.write(move |work| create_product_coupon(work, &input)).await.map(Answer)
}
