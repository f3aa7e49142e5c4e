//! POST …/stocks/{stock_id}/deactivate 失效商品券批次.

use axum::body::Bytes;
use axum::extract::Path;
use quan_coupon::field::DEACTIVATE_REASON_LEN_MAX;
use quan_model::coupon::Stock;
use quan_model::product_coupon::DeactivateRequest;
use quan_platform::deactivate_stock::{DeactivateStock, deactivate_stock};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::stock_path::StockPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<StockPath>,
    body: Bytes,
) -> Result<Answer<Stock>, Problem> {
    let request: DeactivateRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let reason = &request.deactivate_reason;
    let input = DeactivateStock {
        address: path.address(&call, call.scope(request.brand_id.as_deref())?)?,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        deactivate_reason: fields.filled_text("deactivate_reason", reason, DEACTIVATE_REASON_LEN_MAX)?,
    };
    call.write(move |work| deactivate_stock(work, &input)).await.map(Answer)
}
