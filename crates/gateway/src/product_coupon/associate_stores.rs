//! POST …/stocks/{stock_id}/associate-stores 批次关联门店.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::product_coupon::{StoreListRequest, StoreListResponse};
use quan_platform::associate_stores::associate_stores;
use quan_platform::store_list::StoresOfStock;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::stock_path::StockPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<StockPath>,
    body: Bytes,
) -> Result<Answer<StoreListResponse>, Problem> {
    let request: StoreListRequest = call.read_body(&body)?;
    let address = path.address(&call, call.scope(request.brand_id.as_deref())?)?;
    let input = StoresOfStock { address, store_list: request.store_list };
    call.write(move |work| associate_stores(work, &input)).await.map(Answer)
}
