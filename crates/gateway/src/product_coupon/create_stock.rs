//! POST …/product-coupons/{product_coupon_id}/stocks 添加商品券批次.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::coupon::Stock;
use quan_model::product_coupon::CreateStockRequest;
use quan_platform::create_stock::{CreateStock, create_stock};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(product_coupon_id): Path<String>,
    body: Bytes,
) -> Result<Answer<Stock>, Problem> {
    let request: CreateStockRequest = call.read_body(&body)?;
    let input = CreateStock {
        scope: call.scope(request.brand_id.as_deref())?,
        product_coupon_id: call.in_path().id("product_coupon_id", &product_coupon_id)?,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        stock: request.stock,
    };
    call.write(move |work| create_stock(work, &input)).await.map(Answer)
}
