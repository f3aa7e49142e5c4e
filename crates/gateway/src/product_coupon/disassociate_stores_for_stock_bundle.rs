//! POST …/stock-bundles/{stock_bundle_id}/disassociate-stores 批次组取消关联门店.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::product_coupon::{StoreListRequest, StoreListResponse};
use quan_platform::disassociate_stores_for_stock_bundle::disassociate_stores_for_stock_bundle;
use quan_platform::store_list::StoresOfBundle;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::stock_bundle_path::StockBundlePath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<StockBundlePath>,
    body: Bytes,
) -> Result<Answer<StoreListResponse>, Problem> {
    let request: StoreListRequest = call.read_body(&body)?;
    let address = path.address(&call, call.scope(request.brand_id.as_deref())?)?;
    let input = StoresOfBundle { address, store_list: request.store_list };
    call.write(move |work| disassociate_stores_for_stock_bundle(work, &input)).await.map(Answer)
}
