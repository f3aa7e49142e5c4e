//! PATCH …/stocks/{stock_id} 修改商品券指定批次.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::coupon::Stock;
use quan_model::product_coupon::UpdateStockRequest;
use quan_platform::update_stock::{UpdateStock, update_stock};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::stock_path::StockPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<StockPath>,
    body: Bytes,
) -> Result<Answer<Stock>, Problem> {
    let mut request: UpdateStockRequest = call.read_body(&body)?;
    // Where it counts it stands in the address; on the brand face it is ignored.
    let brand_id = request.brand_id.take();
    let input = UpdateStock {
        address: path.address(&call, call.scope(brand_id.as_deref())?)?,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        edit: request,
    };
    call.write(move |work| update_stock(work, &input)).await.map(Answer)
}
