//! POST …/product-coupons/{product_coupon_id}/stock-bundles 添加商品券批次组.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::coupon::StockBundle;
use quan_model::product_coupon::CreateStockBundleRequest;
use quan_platform::create_stock_bundle::{CreateStockBundle, create_stock_bundle};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(product_coupon_id): Path<String>,
    body: Bytes,
) -> Result<Answer<StockBundle>, Problem> {
    let request: CreateStockBundleRequest = call.read_body(&body)?;
    let input = CreateStockBundle {
        scope: call.scope(request.brand_id.as_deref())?,
        product_coupon_id: call.in_path().id("product_coupon_id", &product_coupon_id)?,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        stock_bundle: request.stock_bundle,
    };
    call.write(move |work| create_stock_bundle(work, &input)).await.map(Answer)
}
