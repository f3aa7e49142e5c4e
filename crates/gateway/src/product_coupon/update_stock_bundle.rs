//! PATCH …/stock-bundles/{stock_bundle_id} 修改商品券批次组.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::coupon::StockBundle;
use quan_model::product_coupon::UpdateStockRequest;
use quan_platform::update_stock_bundle::{UpdateStockBundle, update_stock_bundle};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::stock_bundle_path::StockBundlePath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<StockBundlePath>,
    body: Bytes,
) -> Result<Answer<StockBundle>, Problem> {
    let mut request: UpdateStockRequest = call.read_body(&body)?;
    // Where it counts it stands in the address; on the brand face it is ignored.
    let brand_id = request.brand_id.take();
    let input = UpdateStockBundle {
        address: path.address(&call, call.scope(brand_id.as_deref())?)?,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        edit: request,
    };
    call.write(move |work| update_stock_bundle(work, &input)).await.map(Answer)
}
