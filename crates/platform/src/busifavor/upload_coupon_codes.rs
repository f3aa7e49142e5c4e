//! upload_coupon_codes 上传预存code: fills the pool of a stock with code mode MERCHANT_UPLOAD.

use quan_coupon::pool::Upload;
use quan_coupon::refusal::{Refusal, Violation};
use quan_model::busifavor::{FailedCode, UploadCouponCodesResponse};
use quan_model::ids::{BusifavorCode, CouponCode, Principal, RequestNumber, StockId};
use quan_model::time::Time;
use quan_store::lock::Lock;
use serde::Serialize;

use crate::busifavor::reach;
use crate::error::Error;
use crate::once::Once;
use crate::upload_coupon_codes::{ensure_open_pool, fill};
use crate::work::Work;

const LIST: &str = "/coupon_code_list";

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct UploadCouponCodes {
    /// Who calls.
    pub principal: Principal,
    /// The stock.
    pub stock_id: StockId,
    /// The idempotency key.
    pub upload_request_no: RequestNumber,
    /// 1 to 200 codes, as they were given.
    pub coupon_code_list: Vec<String>,
}

/// Puts the codes that are new into the pool and says what became of each; a replay gives the first answer.
///
/// # Errors
/// `NotFound`, `RequestMismatch`, `StockClosed`, `Invalid` for a list of the wrong length, a stock of another
/// code mode or one of a product coupon.
pub fn upload_coupon_codes(
    work: &mut Work<'_>,
    input: &UploadCouponCodes,
) -> Result<UploadCouponCodesResponse, Error> {
    // Which codes there are decides.
    work.store.lock(Lock::Stock(&input.stock_id))?;
    let (_, reached) = reach::stock(work.store, &input.principal, &input.stock_id)?;
    let once = Once::new(
        &reach::own(&input.principal),
        "busifavor_upload_coupon_codes",
        input.stock_id.to_string(),
        input.upload_request_no.as_str(),
        input,
    );
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        return Ok(replay.first_answer()?);
    }
    ensure_open_pool(work, &reached, LIST)?;
    let upload = fill::<BusifavorCode>(work, &input.stock_id, LIST, &input.coupon_code_list)?;
    let answer = answer(&input.stock_id, upload, work.now);
    once.note_answer(work, &answer)?;
    Ok(answer)
}

fn answer(stock_id: &StockId, upload: Upload, now: Time) -> UploadCouponCodesResponse {
    let texts =
        |codes: &[CouponCode]| (!codes.is_empty()).then(|| codes.iter().map(ToString::to_string).collect());
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let failed = |(coupon_code, violation): (String, Violation)| FailedCode {
        coupon_code,
        code: "PARAM_ERROR".into(),
        message: violation.issue,
    };
    let has_failed = !upload.failed.is_empty();
    UploadCouponCodesResponse {
        stock_id: stock_id.to_string(),
        total_count: count(upload.total_count),
        success_count: count(upload.success.len()),
        success_codes: texts(&upload.success),
        success_time: now,
        fail_count: has_failed.then(|| count(upload.failed.len())),
        exist_codes: texts(&upload.already_exist),
        duplicate_codes: texts(&upload.duplicate),
        fail_codes: has_failed.then(|| upload.failed.into_iter().map(failed).collect()),
    }
}
