//! GET …/product-coupons/{product_coupon_id}/stocks/{stock_id} 查询商品券指定批次.

use axum::extract::Path;
use quan_model::coupon::Stock;
use quan_platform::get_stock::get_stock;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::stock_path::StockPath;

pub(crate) async fn handle(call: Call, Path(path): Path<StockPath>) -> Result<Answer<Stock>, Problem> {
    let scope = call.scope_of_query(&call.query())?;
    let address = path.address(&call, scope)?;
    call.view(move |view| get_stock(view, &address)).await.map(Answer)
}
