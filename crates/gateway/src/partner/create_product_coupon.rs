//! POST …/product-coupons 创建商品券.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use quan_model::coupon::ProductCouponWithStock;
use quan_model::partner::CreateProductCouponRequest;
use quan_platform::access::Scope;
use quan_platform::create_product_coupon::{CreateProductCoupon, create_product_coupon};

use crate::answer::Answer;
use crate::fields::Fields;
use crate::json;
use crate::partner::FACE;
use crate::problem::Problem;
use crate::signature::Caller;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Answer<ProductCouponWithStock>, Problem> {
    let request: CreateProductCouponRequest = json::read(&body, FACE)?;
    let fields = Fields::of_body(FACE);
    let input = CreateProductCoupon {
        scope: Scope { principal: caller.principal, brand_id: fields.id("brand_id", &request.brand_id)? },
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        request,
    };
    let done = gateway.platform.write(move |work| create_product_coupon(work, &input)).await;
    done.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
