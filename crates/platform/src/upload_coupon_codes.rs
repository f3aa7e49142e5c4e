//! upload_coupon_codes 预上传券Code: fills the pool of a stock with code mode UPLOAD.

use std::str::FromStr;

use quan_coupon::pool::{self, Upload};
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_model::enums::CouponCodeMode;
use quan_model::ids::{CouponCode, IdError, ProductCouponCode, RequestNo, StockId};
use quan_model::product_coupon::{FailedCode, UploadCouponCodesResponse};
use quan_store::lock::Lock;
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
    // Which codes there are decides, and who waits for them: a use that finds the pool empty at the same time
    // would queue up behind our back.
    work.store.lock(Lock::Stock(&input.address.stock_id))?;
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
        return Ok(replay.first_answer()?);
    }
    ensure_open_pool(work, &reached, "/code_list")?;
    let upload = fill::<ProductCouponCode>(work, &input.address.stock_id, "/code_list", &input.code_list)?;
    user_coupon_chain::serve_queue(work, &input.address.stock_id)?;
    let answer = answer(upload);
    once.note_answer(work, &answer)?;
    Ok(answer)
}

/// Whether codes may be put into the pool of this stock; `at` is the pointer of the codes.
pub(crate) fn ensure_open_pool(work: &Work<'_>, reached: &ReachedStock, at: &str) -> Result<(), Error> {
    if reached.stock.terms.code_mode != CouponCodeMode::Upload {
        let issue = "仅券Code分配模式为预上传的批次可以上传券Code";
        return Err(Violation::new(at, ViolationKind::Rule, issue).into());
    }
    Ok(reached.stock.ensure_editable(work.now)?)
}

/// Puts the codes that are new into the pool of a stock; `Code` is the form of codes of the face.
pub(crate) fn fill<Code: FromStr<Err = IdError> + Into<CouponCode>>(
    work: &mut Work<'_>,
    stock_id: &StockId,
    at: &str,
    codes: &[String],
) -> Result<Upload, Error> {
    let mut failure = None;
    let known = |code: &CouponCode| match work.store.has_code(stock_id, code) {
        Ok(known) => known,
        Err(error) => {
            failure.get_or_insert(error);
            false
        }
    };
    let upload = pool::classify::<Code>(at, codes, known)?;
    if let Some(failure) = failure {
        return Err(failure.into());
    }
    for code in &upload.added {
        let mut shuffle = [0; 4];
        work.entropy.fill(&mut shuffle);
        work.store.add_code(stock_id, code, u32::from_le_bytes(shuffle), work.now)?;
    }
    Ok(upload)
}

fn answer(upload: Upload) -> UploadCouponCodesResponse {
    let failed = |(coupon_code, violation): (String, Violation)| FailedCode {
        coupon_code,
        code: "PARAM_ERROR".into(),
        message: violation.issue,
    };
    UploadCouponCodesResponse {
        total_count: i64::try_from(upload.total_count).unwrap_or(i64::MAX),
        success_code_list: upload.success.iter().map(ToString::to_string).collect(),
        failed_code_list: upload.failed.into_iter().map(failed).collect(),
        already_exist_code_list: upload.already_exist.iter().map(ToString::to_string).collect(),
        duplicate_code_list: upload.duplicate.iter().map(ToString::to_string).collect(),
    }
}
