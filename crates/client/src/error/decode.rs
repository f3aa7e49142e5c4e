//! Errors of decoding: the answer is authentic, but the type asked for does not fit it.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;

use super::CallContext;

/// A verified answer that is not of the expected shape. The bytes are kept, and hidden from `Debug`.
#[derive(thiserror::Error)]
#[error("{context}: the verified {} answer is not of the expected shape: {reason}", status.as_u16())]
pub struct DecodeError {
    /// Which call. A decoding failure does not undo a write: it counts as having taken effect.
    pub context: CallContext,
    /// The status of the answer.
    pub status: StatusCode,
    /// The platform's id of the request.
    pub request_id: Option<String>,
    /// The body, exactly as verified.
    pub body: Bytes,
    /// What does not fit. It is part of the message, so it is no `source` beside it.
    pub reason: DecodeReason,
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("context", &self.context)
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("body_bytes", &self.body.len())
            .field("reason", &self.reason.to_string())
            .finish()
    }
}

/// Why a body cannot be decoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeReason {
    /// There is no body, but the type needs one.
    #[error("the body is empty")]
    Empty,
    /// The bytes are not JSON of that shape. The place is given without the value that stands there.
    #[error("line {line}, column {column} does not fit ({category})")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// `syntax`, `data` or `eof`.
        category: &'static str,
    },
    /// The bytes are not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
}

impl From<serde_json::Error> for DecodeReason {
    /// Drops the text of the error, because it may quote the value.
    fn from(error: serde_json::Error) -> Self {
        let category = match error.classify() {
            serde_json::error::Category::Io | serde_json::error::Category::Syntax => "syntax",
            serde_json::error::Category::Data => "data",
            serde_json::error::Category::Eof => "eof",
        };
        Self::Json { line: error.line(), column: error.column(), category }
    }
}
