//! A refusal on its way to the wire: status, code, number, message, detail.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use quan_apiv3::error_body::{ErrorBody, ParameterDetail};
use quan_coupon::refusal::{Refusal, Violation};
use quan_platform::Error;
use serde_json::Value;

use crate::answer;
use crate::refusal::{self, Face};

/// An answer that is not a success.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    /// The suffix of the Request-ID; 0 when no number is documented.
    pub(crate) number: u64,
    pub(crate) message: String,
    pub(crate) detail: Option<Value>,
    /// For the log: the English reason.
    pub(crate) reason: String,
}

/// The number of a refusal, carried to the place where the Request-ID is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefusalNumber(pub(crate) u64);

/// The English reason of a refusal, carried to the request log.
#[derive(Clone, Debug)]
pub(crate) struct Reason(pub(crate) String);

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Body,
    Path,
    Query,
}

impl Location {
    fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Path => "url",
            Self::Query => "query",
        }
    }
}

impl Problem {
    /// A rule's or use case's refusal.
    pub(crate) fn refused(refusal: &Refusal, face: Face) -> Self {
        let wire = refusal::wire(refusal, face);
        let detail = if let Refusal::Invalid(violation) = refusal {
            Some(detail(violation, Location::Body))
        } else {
            None
        };
        Self {
            status: wire.status,
            code: wire.code,
            number: wire.number,
            message: wire.message,
            detail,
            reason: refusal.to_string(),
        }
    }

    /// A parameter that is not acceptable.
    pub(crate) fn parameter(violation: Violation, location: Location, face: Face) -> Self {
        let detail = detail(&violation, location);
        Self { detail: Some(detail), ..Self::refused(&Refusal::Invalid(violation), face) }
    }

    /// A text that cannot be an openid; it is found before the rules are asked.
    pub(crate) fn openid(violation: &Violation, location: Location, face: Face) -> Self {
        Self { detail: Some(detail(violation, location)), ..Self::refused(&Refusal::OpenidUnusable, face) }
    }

    /// What a use case ended with.
    pub(crate) fn failed(error: &Error, face: Face) -> Self {
        match error {
            Error::Refused(refusal) => Self::refused(refusal, face),
            Error::Lane(error) => {
                tracing::warn!(error = error as &dyn std::error::Error, "a use case was not run");
                refusal::not_written(face, *error)
            }
            Error::Store(_) | Error::Interrupted => {
                tracing::error!(error = error as &dyn std::error::Error, "a use case failed");
                refusal::system_error(error.to_string())
            }
        }
    }
}

/// Characters of a wrong value that an answer repeats.
const VALUE_CHARS_MAX: usize = 64;

fn detail(violation: &Violation, location: Location) -> Value {
    let detail = ParameterDetail {
        field: violation.field.clone(),
        issue: violation.issue.clone(),
        location: location.as_str().to_owned(),
        // Long values are not echoed: they would only fill logs and answers.
        value: violation
            .value
            .clone()
            .filter(|value| value.chars().count() <= VALUE_CHARS_MAX)
            .map(Value::String),
    };
    serde_json::to_value(detail).unwrap_or_default()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ErrorBody { code: self.code.to_owned(), detail: self.detail, message: self.message };
        let mut response = answer::json(self.status, &body);
        response.extensions_mut().insert(RefusalNumber(self.number));
        response.extensions_mut().insert(Reason(self.reason));
        response
    }
}
