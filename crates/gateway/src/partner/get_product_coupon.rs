//! GET …/product-coupons/{product_coupon_id} 查询商品券.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use quan_model::coupon::ProductCoupon;
use quan_platform::access::Scope;
use quan_platform::get_product_coupon::get_product_coupon;

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
    Path(product_coupon_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Answer<ProductCoupon>, Problem> {
    let query = Query::read(query.as_deref(), FACE);
    let scope = Scope { principal: caller.principal, brand_id: query.id("brand_id")? };
    let id = Fields::of_path(FACE).id("product_coupon_id", &product_coupon_id)?;
    let found = gateway.platform.read(move |view| get_product_coupon(view, &scope, &id)).await;
    found.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
