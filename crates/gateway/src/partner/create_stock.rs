//! POST …/product-coupons/{product_coupon_id}/stocks 添加商品券批次.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use quan_model::coupon::Stock;
use quan_model::partner::CreateStockRequest;
use quan_platform::access::Scope;
use quan_platform::create_stock::{CreateStock, create_stock};

use crate::answer::Answer;
use crate::fields::Fields;
use crate::json;
use crate::partner::FACE;
use crate::problem::Problem;
use crate::signature::Caller;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Path(product_coupon_id): Path<String>,
    body: Bytes,
) -> Result<Answer<Stock>, Problem> {
    let request: CreateStockRequest = json::read(&body, FACE)?;
    let fields = Fields::of_body(FACE);
    let input = CreateStock {
        scope: Scope { principal: caller.principal, brand_id: fields.id("brand_id", &request.brand_id)? },
        product_coupon_id: Fields::of_path(FACE).id("product_coupon_id", &product_coupon_id)?,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        stock: request.stock,
    };
    let done = gateway.platform.write(move |work| create_stock(work, &input)).await;
    done.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
