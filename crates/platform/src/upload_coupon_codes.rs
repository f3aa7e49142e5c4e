//! upload_coupon_codes 预上传券Code: fills the pool of a stock with code mode UPLOAD.

use quan_coupon::pool;
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_model::enums::CouponCodeMode;
use quan_model::ids::{CouponCode, RequestNo};
use quan_model::product_coupon::{FailedCode, UploadCouponCodesResponse};
use quan_store::error::StoreError;
use serde::Serialize;

use crate::access::{self, ReachedStock, StockAddress};
use crate::error::Error;
use crate::once::Once;
use crate::user_coupon_chain;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct UploadCouponCodes {
    /// The stock.
    pub address: StockAddress,
    /// The idempotency key.
    pub out_request_no: RequestNo,
    /// 1 to 200 codes, as they were given.
    pub code_list: Vec<String>,
}

/// Puts the codes that are new into the pool and says what became of each. Chains of coupons that wait for a
/// code of the stock get theirs at once.
///
/// # Errors
/// `Invalid` for a list of the wrong length or a stock of another code mode, `NoAuthority`, `NotFound`,
/// `StockClosed`, `RequestMismatch`.
pub fn upload_coupon_codes(
    work: &mut Work<'_>,
    input: &UploadCouponCodes,
) -> Result<UploadCouponCodesResponse, Error> {
    access::authorised(work.store, &input.address.scope)?;
    let reached = access::stock(work.store, &input.address)?;
    let once = Once::new(
        &input.address.scope,
        "upload_coupon_codes",
        input.address.stock_id.to_string(),
        input.out_request_no.as_str(),
        input,
    );
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        // Unlike the other operations this one answers its first answer again (semantics 6.1).
        return Ok(serde_json::from_str(&replay.answer).map_err(|_| StoreError::Inconsistent {
            table: "idempotency",
            column: "answer",
            row: input.out_request_no.to_string(),
        })?);
    }
    ensure_open_pool(work, &reached)?;
    let answer = fill(work, input)?;
    user_coupon_chain::serve_queue(work, &input.address.stock_id)?;
    let noted = serde_json::to_string(&answer).map_err(|cause| StoreError::backend("write JSON", cause))?;
    once.note(work, noted)?;
    Ok(answer)
}

fn ensure_open_pool(work: &Work<'_>, reached: &ReachedStock) -> Result<(), Error> {
    if reached.stock.terms.code_mode != CouponCodeMode::Upload {
        let issue = "仅券Code分配模式为UPLOAD的批次可以上传券Code";
        return Err(Violation::new("/code_list", ViolationKind::Rule, issue).into());
    }
    Ok(reached.stock.ensure_editable(work.now)?)
}

fn fill(work: &mut Work<'_>, input: &UploadCouponCodes) -> Result<UploadCouponCodesResponse, Error> {
    let mut failure = None;
    let known = |code: &CouponCode| match work.store.has_code(&input.address.stock_id, code) {
        Ok(known) => known,
        Err(error) => {
            failure.get_or_insert(error);
            false
        }
    };
    let upload = pool::classify(&input.code_list, known)?;
    if let Some(failure) = failure {
        return Err(failure.into());
    }
    for code in &upload.added {
        let mut shuffle = [0; 4];
        work.entropy.fill(&mut shuffle);
        work.store.add_code(&input.address.stock_id, code, u32::from_le_bytes(shuffle), work.now)?;
    }
    let failed = |(coupon_code, violation): (String, Violation)| FailedCode {
        coupon_code,
        code: "PARAM_ERROR".into(),
        message: violation.issue,
    };
    Ok(UploadCouponCodesResponse {
        total_count: i64::try_from(upload.total_count).unwrap_or(i64::MAX),
        success_code_list: upload.success.iter().map(ToString::to_string).collect(),
        failed_code_list: upload.failed.into_iter().map(failed).collect(),
        already_exist_code_list: upload.already_exist.iter().map(ToString::to_string).collect(),
        duplicate_code_list: upload.duplicate.iter().map(ToString::to_string).collect(),
    })
}
