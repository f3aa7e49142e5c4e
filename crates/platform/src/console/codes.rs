//! Uploading a file of coupon codes: many calls of the upload use case, and two entries of the audit log around them.
//!
//! A file of a million codes is no one transaction: each 200 are committed by themselves, as a caller of the API would
//! have it. Cut off, it is uploaded again: what is in the pool by then is told as already there.

use quan_model::enums::CouponCodeMode;
use quan_model::ids::StockId;
use serde_json::{Value, json};

use crate::access;
use crate::busifavor::upload_coupon_codes as busifavor;
use crate::console::access::Role;
use crate::console::audit::{self, Operator};
use crate::console::error::ConsoleError;
use crate::console::stocks::address_of_creator;
use crate::upload_coupon_codes::{UploadCouponCodes, upload_coupon_codes};
use crate::work::Work;

/// Codes of one call (api-product-coupon 5.14).
pub const CODES_PER_CALL: usize = 200;

/// What became of the codes of one call. The three lists are disjoint; a code given twice in a call is not allowed here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeResults {
    /// Now in the pool.
    pub success: Vec<String>,
    /// Refused, each with the reason.
    pub failed: Vec<(String, String)>,
    /// In the pool before.
    pub already_exist: Vec<String>,
}

/// Begins an upload: asks whether the stock takes codes, and notes what is about to come.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`]; [`ConsoleError::Form`] for a stock of another code mode;
/// `StockClosed`.
pub fn begin(
    work: &mut Work<'_>,
    by: &Operator,
    stock_id: &StockId,
    about: &Value,
) -> Result<(), ConsoleError> {
    by.ensure(Role::Operator)?;
    work.store.stock(stock_id)?.ok_or(ConsoleError::Unknown("stock"))?;
    let stock = access::stock_of_record(work.store, stock_id)?.stock;
    if stock.terms.code_mode != CouponCodeMode::Upload {
        let issue = "this stock takes no uploaded codes: its code mode is not UPLOAD".to_owned();
        return Err(ConsoleError::Form { field: "file", issue });
    }
    stock.ensure_editable(work.now)?;
    Ok(audit::note(work, by, "begin_code_upload", stock_id.as_str(), None, None, Some(about))?)
}

/// Puts up to [`CODES_PER_CALL`] codes into the pool, in the name of the stock's creator.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`]; those of the use case.
pub fn add(
    work: &mut Work<'_>,
    by: &Operator,
    stock_id: &StockId,
    codes: &[String],
) -> Result<CodeResults, ConsoleError> {
    by.ensure(Role::Operator)?;
    let record = work.store.stock(stock_id)?.ok_or(ConsoleError::Unknown("stock"))?;
    let number = audit::request_no(work.entropy);
    if record.definition.busifavor().is_some() {
        let input = busifavor::UploadCouponCodes {
            principal: record.creator.clone(),
            stock_id: stock_id.clone(),
            upload_request_no: number.into(),
            coupon_code_list: codes.to_vec(),
        };
        let answer = busifavor::upload_coupon_codes(work, &input)?;
        let failed = answer.fail_codes.unwrap_or_default();
        return Ok(CodeResults {
            success: answer.success_codes.unwrap_or_default(),
            failed: failed.into_iter().map(|failed| (failed.coupon_code, failed.message)).collect(),
            already_exist: answer.exist_codes.unwrap_or_default(),
        });
    }
    let input = UploadCouponCodes {
        address: address_of_creator(&record),
        out_request_no: number,
        code_list: codes.to_vec(),
    };
    let answer = upload_coupon_codes(work, &input)?;
    let failed = answer.failed_code_list.into_iter().map(|failed| (failed.coupon_code, failed.message));
    Ok(CodeResults {
        success: answer.success_code_list,
        failed: failed.collect(),
        already_exist: answer.already_exist_code_list,
    })
}

/// Ends an upload: notes what became of it.
///
/// # Errors
/// When the store fails.
pub fn end(
    work: &mut Work<'_>,
    by: &Operator,
    stock_id: &StockId,
    counts: [usize; 4],
) -> Result<(), ConsoleError> {
    let [success, failed, already_exist, duplicate] = counts;
    let after = json!({ "success": success, "failed": failed, "already_exist": already_exist, "duplicate": duplicate });
    Ok(audit::note(work, by, "end_code_upload", stock_id.as_str(), None, None, Some(&after))?)
}
