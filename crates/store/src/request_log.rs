//! The request log: what callers sent and what they were answered, for people who wonder why.
//!
//! It is a help and no record: entries are written after the answer, may be dropped, and go when they are old. What
//! is kept here was masked before; no secret is in it.

use serde::{Deserialize, Serialize};

use crate::error::StoreError;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered with 2xx.
    Done,
    /// Refused by the rules or for its form.
    Refused,
    /// Refused because nobody proved who calls: 401.
    Unproved,
    /// The platform failed: 5xx.
    Failed,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Done, Self::Refused, Self::Unproved, Self::Failed];

    /// The outcome of a status.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unproved,
            500.. => Self::Failed,
            400.. => Self::Refused,
            _ => Self::Done,
        }
    }

    /// The word of the store and of filters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Unproved => "unproved",
            Self::Failed => "failed",
        }
    }
}

/// The text names no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the outcomes are done, refused, unproved and failed")]
pub struct UnknownOutcome;

impl std::str::FromStr for Outcome {
    type Err = UnknownOutcome;
    fn from_str(text: &str) -> Result<Self, UnknownOutcome> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text).ok_or(UnknownOutcome)
    }
}

/// A body as far as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedBody {
    /// The text, secrets masked; of what is no text, a description.
    pub text: String,
    /// Bytes of the whole body.
    pub length: u64,
    /// Whether `text` is less than the whole.
    pub is_cut: bool,
}

/// Why a signature was not accepted, and what the platform verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureFailure {
    /// The first check that failed, such as `mismatch`.
    pub fault: String,
    /// The English sentence of the log.
    pub reason: String,
    /// What the caller says of itself in the Authorization header: name and value, the signature cut short.
    pub claimed: Vec<(String, String)>,
    /// The message that the platform verified, when it came that far.
    pub message: Option<String>,
    /// Causes that were tried out and fit: the signature is right for the message that each stands for.
    pub proved_causes: Vec<String>,
    /// Seconds from the caller's timestamp to the platform's time, positive when the caller is behind.
    pub clock_skew_seconds: Option<i64>,
}

/// The heavy half of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestDetail {
    /// When it came by the clock of the rules, in Unix seconds: beside the facts of a coupon this is its place.
    #[serde(default)]
    pub rules_at_seconds: i64,
    /// Name and value in the order of the wire, secrets masked.
    pub request_headers: Vec<(String, String)>,
    /// What was sent.
    pub request_body: LoggedBody,
    /// As above.
    pub response_headers: Vec<(String, String)>,
    /// What was answered.
    pub response_body: LoggedBody,
    /// Present when nobody proved who calls.
    pub signature: Option<SignatureFailure>,
}

/// The light half of an entry: what a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestHead {
    /// As it was answered.
    pub request_id: String,
    /// When it came, in milliseconds of real time.
    pub at_ms: i64,
    /// Until the answer was made.
    pub duration_us: u64,
    /// GET, POST and so on.
    pub method: String,
    /// Path and query as received.
    pub target: String,
    /// Who called, as a principal, proved; or claimed, when the outcome is [`Outcome::Unproved`]; empty when unknown.
    pub caller: String,
    /// The operation's name; empty when the path leads to none.
    pub operation: String,
    /// The status answered.
    pub status: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// The word of a refusal, such as PARAM_ERROR.
    pub code: Option<String>,
    /// The English reason of a refusal.
    pub reason: Option<String>,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRequest {
    /// What a list shows.
    pub head: RequestHead,
    /// The rest.
    pub detail: RequestDetail,
    /// Ids and numbers that it names, such as (`coupon_code`, …): by these it is found.
    pub names: Vec<(String, String)>,
}

/// Which entries are asked for; what is `None` asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Only by this caller.
    pub caller: Option<String>,
    /// Only of this operation.
    pub operation: Option<String>,
    /// Only with this outcome.
    pub outcome: Option<Outcome>,
    /// Only with this request id, or that name this id or number.
    pub named: Option<String>,
}

/// Reading the log.
pub trait RequestLogReader {
    /// At most `limit` entries that fit, the newest first, numbered below `before`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn logged_requests(
        &self,
        filter: &RequestFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, RequestHead)>, StoreError>;
    /// One entry by its number.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn logged_request(&self, seq: u64) -> Result<Option<LoggedRequest>, StoreError>;
    /// At most `limit` entries, the oldest first, that name all of these.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn requests_naming(
        &self,
        names: &[(&str, &str)],
        limit: usize,
    ) -> Result<Vec<(u64, RequestHead)>, StoreError>;
}

/// Writing the log.
pub trait RequestLogWriter {
    /// Adds an entry.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn insert_logged_request(&mut self, request: &LoggedRequest) -> Result<(), StoreError>;
    /// Deletes what is older than `before_ms`, and of the rest all but the newest `keep`. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_old_requests(&mut self, before_ms: i64, keep: u64) -> Result<usize, StoreError>;
}
