//! The refusal of the platform: what its error body says, read leniently.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::{CallContext, Code, Meanings, SignDiagnosis};
use crate::reply::Trust;
use crate::transport::WireResponse;

/// How much of an answer that is no error body is shown, in bytes.
const EXCERPT_BYTES_MAX: usize = 200;

/// The platform said no. `Debug` and `Display` do not show the raw body or the detail, which may echo
/// what was sent.
#[derive(Clone)]
pub struct ApiError {
    /// Which call.
    pub context: CallContext,
    /// The HTTP status.
    pub status: StatusCode,
    /// The error word.
    pub code: Code,
    /// The sentence for people, in Chinese; or the beginning of an answer that is no error body.
    pub message: String,
    /// More about the cause; its shape depends on the code.
    pub detail: Option<Value>,
    /// The platform's id of the request.
    pub request_id: Option<String>,
    /// The number that names the precise cause.
    pub detail_code: Option<u64>,
    /// What that number means, when it is a known one.
    pub meaning: Option<Cow<'static, str>>,
    /// Whether the refusal itself is authenticated. An unsigned one may come from anybody.
    pub trust: Trust,
    /// With `SIGN_ERROR`: where our message and the platform's differ.
    pub diagnosis: Option<SignDiagnosis>,
    /// The body exactly as received.
    pub raw: Bytes,
}

impl ApiError {
    /// Reads an answer that is not a success. `signed_message` is what we have signed.
    pub(crate) fn read(
        context: CallContext,
        response: &WireResponse,
        trust: Trust,
        request_id: Option<String>,
        signed_message: &[u8],
        meanings: &Meanings,
    ) -> Self {
        let body: Option<Value> = serde_json::from_slice(&response.body).ok();
        let text = |name: &str| body.as_ref()?.get(name)?.as_str().map(str::to_owned);
        let code = if response.status == StatusCode::ACCEPTED {
            Code::Pending
        } else {
            text("code").map_or_else(|| Code::Other(String::new()), |word| Code::from_word(&word))
        };
        let detail = body.as_ref().and_then(|body| body.get("detail")).cloned();
        let diagnosis = detail
            .as_ref()
            .filter(|_| code == Code::SignError)
            .and_then(|detail| SignDiagnosis::from_detail(detail, signed_message));
        let detail_code = request_id.as_deref().and_then(quan_apiv3::request_id::suffix);
        Self {
            context,
            status: response.status,
            code,
            message: text("message").unwrap_or_else(|| excerpt(&response.body)),
            detail,
            meaning: detail_code.and_then(|code| meanings.of(code)),
            detail_code,
            request_id,
            trust,
            diagnosis,
            raw: response.body.clone(),
        }
    }

    pub(crate) fn is_definite_refusal(&self) -> bool {
        let is_trusted = match &self.trust {
            Trust::Verified { .. } => true,
            Trust::Unsigned | Trust::Skipped => false,
        };
        is_trusted
            && self.status.is_client_error()
            && !matches!(self.status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
            && !self.is_rate_limited()
    }

    /// Of a 5xx the word says nothing: anybody between may have written it, and the call may have had its effect.
    pub(crate) fn is_rate_limited(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS
            || (self.status.is_client_error()
                && matches!(self.code, Code::FrequencyLimited | Code::RateLimitExceeded))
    }
}

/// The beginning of a body as one clean line.
fn excerpt(body: &[u8]) -> String {
    let end = body.len().min(EXCERPT_BYTES_MAX);
    let text = String::from_utf8_lossy(&body[..end]);
    let visible: String =
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.context, self.status.as_u16())?;
        if !self.code.as_str().is_empty() {
            write!(f, " {}", self.code)?;
        }
        if !self.message.is_empty() {
            // One line, whatever the message holds.
            write!(f, ": {}", excerpt(self.message.as_bytes()))?;
        }
        if let Some(meaning) = &self.meaning {
            write!(f, " [{meaning}]")?;
        }
        if let Some(diagnosis) = &self.diagnosis {
            write!(f, " [{diagnosis}]")?;
        }
        match &self.request_id {
            Some(request_id) => write!(f, " (Request-ID {request_id})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("context", &self.context)
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("request_id", &self.request_id)
            .field("trust", &self.trust)
            .field("diagnosis", &self.diagnosis)
            .field("raw_bytes", &self.raw.len())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {}
