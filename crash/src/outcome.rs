//! How a call ended, as far as a merchant can know: done, refused, or without an answer that tells.

use std::fmt;

use serde_json::Value;

/// The end of one call.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// Acknowledged, with the answer.
    Done(Value),
    /// Refused for good: nothing happened.
    Refused(Refusal),
    /// It may have happened: the same call with the same number has to be made again.
    Unknown(Lost),
    /// An answer that must not be: not signed, not readable.
    Broken(String),
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// HTTP status.
    pub(crate) status: u16,
    /// The word.
    pub(crate) code: String,
    /// The number of the cause, or 0.
    pub(crate) number: u64,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.status, self.code, self.number)
    }
}

/// No answer, or one that says nothing about the effect.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    /// The status of a 5xx or 429; nothing when no answer came.
    pub(crate) status: Option<u16>,
    /// The word of such an answer.
    pub(crate) code: String,
    /// Whether it named a request id.
    pub(crate) has_request_id: bool,
    /// The error in words.
    pub(crate) text: String,
}

/// Why a coupon may not be had, where the load expects that it may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Denied {
    /// The stock is used up.
    SoldOut,
    /// The person has as many as allowed.
    PersonLimit,
    /// No uploaded code is left.
    PoolEmpty,
    /// The merchant's code belongs to another number.
    CodeTaken,
}

impl Refusal {
    /// Which of the expected denials it is: by number on the signed faces, by word in the claim.
    #[must_use]
    pub(crate) fn denied(&self) -> Option<Denied> {
        match (self.number, self.code.as_str()) {
            (299_000_001, _) | (_, "NOTENOUGH") => Some(Denied::SoldOut),
            (272_756_740, _) | (_, "MAXQUOTA") => Some(Denied::PersonLimit),
            (299_000_003, _) | (_, "POOL_EMPTY") => Some(Denied::PoolEmpty),
            // A claim says of a code that was taken meanwhile only that the stock gives nothing.
            (299_000_004, _) | (_, "NOTRUNNING") => Some(Denied::CodeTaken),
            _ => None,
        }
    }
}
