//! Uploading coupon codes: which of them are new, repeated, known or illegal (semantics 3.7).
//!
//! Knows one request and asks the caller which codes the pool has; keeping them is the store's.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use quan_model::ids::{CouponCode, IdError};

use crate::field;
use crate::refusal::{Refusal, Violation};

/// The most codes of one upload (api-product-coupon 5.14).
pub const CODES_PER_UPLOAD_MAX: usize = 200;

/// A classified upload. The four lists are disjoint and keep the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upload {
    /// Distinct codes of the request, illegal ones included: the sum of the four lists.
    pub total_count: usize,
    /// New codes given once.
    pub success: Vec<CouponCode>,
    /// Illegal codes with the reason.
    pub failed: Vec<(String, Violation)>,
    /// Codes the pool had before this request.
    pub already_exist: Vec<CouponCode>,
    /// New codes given more than once, each listed once. They are uploaded too.
    pub duplicate: Vec<CouponCode>,
    /// What to put into the pool: `success` and `duplicate`, in the order of the request.
    pub added: Vec<CouponCode>,
}

/// Sorts the codes of an upload. A code that is illegal or known counts as that, even when it is also
/// repeated: so every code of the duplicate list is one that this request adds.
///
/// `at` is the pointer of the list and `Code` the form of codes of the face.
///
/// # Errors
/// [`Violation`] at `at` when there are no codes or more than [`CODES_PER_UPLOAD_MAX`].
pub fn classify<Code: FromStr<Err = IdError> + Into<CouponCode>>(
    at: &str,
    codes: &[String],
    mut known: impl FnMut(&CouponCode) -> bool,
) -> Result<Upload, Violation> {
    field::count(at, codes.len(), 1, CODES_PER_UPLOAD_MAX)?;
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for code in codes {
        *times.entry(code).or_default() += 1;
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut upload = Upload { total_count: times.len(), ..Upload::default() };
    for (position, text) in codes.iter().enumerate() {
        if !seen.insert(text) {
            continue;
        }
        match Code::from_str(text).map(Into::into) {
            Err(error) => {
                let field = format!("{at}/{position}");
                upload.failed.push((text.clone(), field::id_violation(field, text, error)));
            }
            Ok(code) if known(&code) => upload.already_exist.push(code),
            Ok(code) => {
                upload.added.push(code.clone());
                if times.get(text.as_str()).is_some_and(|times| *times > 1) {
                    upload.duplicate.push(code);
                } else {
                    upload.success.push(code);
                }
            }
        }
    }
    Ok(upload)
}

/// Where a code stands in the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// Never uploaded.
    Absent,
    /// Uploaded and free.
    Available,
    /// Given out, for good.
    Dispatched,
    /// Deleted while it was free.
    Deleted,
}

impl CodeState {
    /// Whether an upload reports the code as already existing. A deleted code may be uploaded again.
    pub fn is_known_to_upload(self) -> bool {
        match self {
            Self::Available | Self::Dispatched => true,
            Self::Absent | Self::Deleted => false,
        }
    }

    /// Whether an issue may draw the code.
    pub fn is_drawable(self) -> bool {
        match self {
            Self::Available => true,
            Self::Absent | Self::Dispatched | Self::Deleted => false,
        }
    }

    /// The state after a delete; deleting twice is a replay.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it was never uploaded, [`Refusal::CodeDispatched`] when it was given out.
    pub fn delete(self) -> Result<Self, Refusal> {
        match self {
            Self::Absent => Err(Refusal::NotFound),
            Self::Available | Self::Deleted => Ok(Self::Deleted),
            Self::Dispatched => Err(Refusal::CodeDispatched),
        }
    }
}

#[cfg(test)]
mod tests {
    use quan_model::ids::{BusifavorCode, ProductCouponCode};

    use super::*;
    use crate::refusal::ViolationKind;

    fn classified(codes: &[&str], known: &[&str]) -> Upload {
        let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        classify::<ProductCouponCode>("/code_list", &codes, |code| known.contains(&code.as_str())).unwrap()
    }

    fn texts(codes: &[CouponCode]) -> Vec<&str> {
        codes.iter().map(CouponCode::as_str).collect()
    }

    #[test]
    fn the_four_lists_are_disjoint_and_keep_the_order() {
        let upload = classified(
            &["new-2", "bad code", "twice", "old", "new-1", "twice", "old", "bad code", "", "twice"],
            &["old"],
        );
        assert_eq!(texts(&upload.success), ["new-2", "new-1"]);
        assert_eq!(texts(&upload.duplicate), ["twice"]);
        assert_eq!(texts(&upload.already_exist), ["old"]);
        assert_eq!(texts(&upload.added), ["new-2", "twice", "new-1"]);
        let failed: Vec<_> = upload.failed.iter().map(|(code, why)| (code.as_str(), why.kind)).collect();
        assert_eq!(failed, [("bad code", ViolationKind::Format), ("", ViolationKind::TooShort)]);
        assert_eq!(upload.failed[0].1.field, "/code_list/1");
        assert_eq!(upload.total_count, 6);
    }

    #[test]
    fn both_sides_of_every_limit() {
        let long = "x".repeat(41);
        let upload = classified(&[&long, &long[..40]], &[]);
        assert_eq!(upload.failed[0].1.kind, ViolationKind::TooLong);
        assert_eq!(texts(&upload.success), [&long[..40]]);
        let kind = |count: usize| {
            let codes: Vec<String> = (0..count).map(|number| format!("c{number}")).collect();
            classify::<ProductCouponCode>("/code_list", &codes, |_| false)
                .map(|upload| upload.success.len())
                .map_err(|violation| violation.kind)
        };
        assert_eq!(kind(0), Err(ViolationKind::TooShort));
        assert_eq!(kind(1), Ok(1));
        assert_eq!(kind(200), Ok(200));
        assert_eq!(kind(201), Err(ViolationKind::TooLong));
    }

    #[test]
    fn merchant_coupons_take_shorter_codes_of_more_characters() {
        let codes = [r"A b-_\/=|".to_owned(), "x".repeat(32), "x".repeat(33), "MCODE#4".to_owned()];
        let upload = classify::<BusifavorCode>("/coupon_code_list", &codes, |_| false).unwrap();
        assert_eq!(texts(&upload.success), [codes[0].as_str(), codes[1].as_str()]);
        let failed: Vec<_> = upload.failed.iter().map(|(_, why)| (why.field.as_str(), why.kind)).collect();
        let expected =
            [("/coupon_code_list/2", ViolationKind::TooLong), ("/coupon_code_list/3", ViolationKind::Format)];
        assert_eq!(failed, expected);
    }

    #[test]
    fn commands_by_state_of_the_code() {
        for (state, is_known, is_drawable, deleted) in [
            (CodeState::Absent, false, false, Err(Refusal::NotFound)),
            (CodeState::Available, true, true, Ok(CodeState::Deleted)),
            (CodeState::Dispatched, true, false, Err(Refusal::CodeDispatched)),
            (CodeState::Deleted, false, false, Ok(CodeState::Deleted)),
        ] {
            assert_eq!(state.is_known_to_upload(), is_known, "{state:?}");
            assert_eq!(state.is_drawable(), is_drawable, "{state:?}");
            assert_eq!(state.delete(), deleted, "{state:?}");
        }
    }
}
