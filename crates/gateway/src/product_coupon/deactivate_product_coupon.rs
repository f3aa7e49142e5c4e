//! POST …/product-coupons/{product_coupon_id}/deactivate 失效商品券.

use axum::body::Bytes;
use axum::extract::Path;
use quan_coupon::field::DEACTIVATE_REASON_LEN_MAX;
use quan_model::coupon::ProductCoupon;
use quan_model::product_coupon::DeactivateRequest;
use quan_platform::deactivate_product_coupon::{DeactivateProductCoupon, deactivate_product_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(product_coupon_id): Path<String>,
    body: Bytes,
) -> Result<Answer<ProductCoupon>, Problem> {
    let request: DeactivateRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let reason = &request.deactivate_reason;
    let input = DeactivateProductCoupon {
        scope: call.scope(request.brand_id.as_deref())?,
        product_coupon_id: call.in_path().id("product_coupon_id", &product_coupon_id)?,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        deactivate_reason: fields.filled_text("deactivate_reason", reason, DEACTIVATE_REASON_LEN_MAX)?,
    };
    call.write(move |work| deactivate_product_coupon(work, &input)).await.map(Answer)
}
