//! POST …/stocks/{stock_id}/upload-coupon-codes 预上传券Code.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::product_coupon::{UploadCouponCodesRequest, UploadCouponCodesResponse};
use quan_platform::upload_coupon_codes::{UploadCouponCodes, upload_coupon_codes};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::stock_path::StockPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<StockPath>,
    body: Bytes,
) -> Result<Answer<UploadCouponCodesResponse>, Problem> {
    let request: UploadCouponCodesRequest = call.read_body(&body)?;
    let input = UploadCouponCodes {
        address: path.address(&call, call.scope(request.brand_id.as_deref())?)?,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        code_list: request.code_list,
    };
    call.write(move |work| upload_coupon_codes(work, &input)).await.map(Answer)
}
