//! POST /v3/marketing/busifavor/stocks/{stock_id}/couponcodes 上传预存code.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::busifavor::{UploadCouponCodesRequest, UploadCouponCodesResponse};
use quan_platform::busifavor::upload_coupon_codes::{UploadCouponCodes, upload_coupon_codes};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(stock_id): Path<String>,
    body: Bytes,
) -> Result<Answer<UploadCouponCodesResponse>, Problem> {
    let request: UploadCouponCodesRequest = call.read_body(&body)?;
    let input = UploadCouponCodes {
        principal: call.principal.clone(),
        stock_id: call.in_path().id("stock_id", &stock_id)?,
        upload_request_no: call.in_body().id("upload_request_no", &request.upload_request_no)?,
        coupon_code_list: request.coupon_code_list,
    };
    call.write(move |work| upload_coupon_codes(work, &input)).await.map(Answer)
}
