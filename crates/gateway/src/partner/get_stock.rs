//! GET …/product-coupons/{product_coupon_id}/stocks/{stock_id} 查询商品券指定批次.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use quan_model::coupon::Stock;
use quan_platform::access::Scope;
use quan_platform::get_stock::get_stock;

use crate::answer::Answer;
use crate::fields::Fields;
use crate::partner::FACE;
use crate::problem::Problem;
use crate::query::Query;
use crate::signature::Caller;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Path((product_coupon_id, stock_id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Answer<Stock>, Problem> {
    let query = Query::read(query.as_deref(), FACE);
    let scope = Scope { principal: caller.principal, brand_id: query.id("brand_id")? };
    let of_path = Fields::of_path(FACE);
    let product_coupon_id = of_path.id("product_coupon_id", &product_coupon_id)?;
    let stock_id = of_path.id("stock_id", &stock_id)?;
    let found =
        gateway.platform.read(move |view| get_stock(view, &scope, &product_coupon_id, &stock_id)).await;
    found.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
