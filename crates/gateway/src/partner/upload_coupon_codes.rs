//! POST …/stocks/{stock_id}/upload-coupon-codes 预上传券Code.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use quan_model::partner::{UploadCouponCodesRequest, UploadCouponCodesResponse};
use quan_platform::access::Scope;
use quan_platform::upload_coupon_codes::{UploadCouponCodes, upload_coupon_codes};

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
    Path((product_coupon_id, stock_id)): Path<(String, String)>,
    body: Bytes,
) -> Result<Answer<UploadCouponCodesResponse>, Problem> {
    let request: UploadCouponCodesRequest = json::read(&body, FACE)?;
    let (fields, of_path) = (Fields::of_body(FACE), Fields::of_path(FACE));
    let input = UploadCouponCodes {
        scope: Scope { principal: caller.principal, brand_id: fields.id("brand_id", &request.brand_id)? },
        product_coupon_id: of_path.id("product_coupon_id", &product_coupon_id)?,
        stock_id: of_path.id("stock_id", &stock_id)?,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        code_list: request.code_list,
    };
    let done = gateway.platform.write(move |work| upload_coupon_codes(work, &input)).await;
    done.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
