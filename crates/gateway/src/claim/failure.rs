//! Failures of claim calls on the wire: a constant shape, and the same answer whether a token is unknown,
//! altered or of another platform.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use quan_coupon::refusal::Refusal;
use quan_model::claim as wire;
use quan_platform::Error;
use quan_platform::claim::ClaimError;
use quan_platform::error::LaneError;

use crate::answer;

/// Why a claim call did not succeed.
#[derive(Debug)]
pub(crate) enum ClaimFailure {
    NotJson,
    /// The body was too large or broke off; the status says which.
    Unreadable(StatusCode),
    /// More calls than a token or an address may make; nothing was done.
    TooFrequent,
    Refused(ClaimError),
}

impl From<ClaimError> for ClaimFailure {
    fn from(error: ClaimError) -> Self {
        Self::Refused(error)
    }
}

impl IntoResponse for ClaimFailure {
    fn into_response(self) -> Response {
        let (status, code, message, reason) = match self {
            Self::NotJson => (StatusCode::BAD_REQUEST, "PARAM_ERROR", "请求体应为包含token的JSON对象", None),
            Self::Unreadable(status) => (status, "PARAM_ERROR", "请求体过大或未能完整接收", None),
            Self::TooFrequent => {
                (StatusCode::TOO_MANY_REQUESTS, "FREQUENCY_LIMITED", "操作过于频繁，请稍后再试", None)
            }
            Self::Refused(ClaimError::TokenInvalid) => {
                (StatusCode::NOT_FOUND, "TOKEN_INVALID", "领券链接无效，请返回重新进入", None)
            }
            Self::Refused(ClaimError::TokenExpired) => {
                (StatusCode::GONE, "TOKEN_EXPIRED", "领券链接已过期，请返回重新进入", None)
            }
            Self::Refused(ClaimError::Unavailable(reason)) => {
                (StatusCode::CONFLICT, "UNAVAILABLE", "暂时无法领取", Some(reason))
            }
            Self::Refused(ClaimError::NotClaimed) => (StatusCode::CONFLICT, "NOT_CLAIMED", "尚未领取", None),
            Self::Refused(ClaimError::Failed(error)) => return failed(&error),
        };
        let body = wire::ClaimError { code: code.to_owned(), message: message.to_owned(), reason };
        answer::json(status, &body)
    }
}

fn failed(error: &Error) -> Response {
    let (status, code, message) = match error {
        Error::Lane(LaneError::Full | LaneError::Late) => {
            (StatusCode::TOO_MANY_REQUESTS, "FREQUENCY_LIMITED", "领取人数较多，请稍后再试")
        }
        // A claim waits for a row that another holds, so nothing refuses it so today. If something does, nothing was done and
        // the coupon may still be had: UNAVAILABLE is the last word to the page, and comes with a reason.
        Error::Refused(Refusal::Locked) => {
            (StatusCode::TOO_MANY_REQUESTS, "FREQUENCY_LIMITED", "正在处理，请稍后再试")
        }
        Error::Refused(_)
        | Error::Lane(LaneError::Closed | LaneError::NotCommitted)
        | Error::Store(_)
        | Error::Interrupted => (StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_ERROR", "系统繁忙，请稍后再试"),
    };
    // A busy platform is no failure, and a line for each call that it turns away would make it busier.
    if status.is_server_error() {
        tracing::error!(error = error as &dyn std::error::Error, "a claim call failed");
    }
    answer::json(
        status,
        &wire::ClaimError { code: code.to_owned(), message: message.to_owned(), reason: None },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(failure: ClaimFailure) -> (u16, wire::ClaimError) {
        let response = failure.into_response();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn what_may_be_tried_again_at_once_is_too_busy_and_never_unavailable() {
        for error in
            [Error::Refused(Refusal::Locked), Error::Lane(LaneError::Full), Error::Lane(LaneError::Late)]
        {
            let shown = error.to_string();
            let (status, body) = said(ClaimError::Failed(error).into()).await;
            assert_eq!((status, body.code.as_str()), (429, "FREQUENCY_LIMITED"), "{shown}");
            assert!(
                body.message.contains("请稍后再试") && body.reason.is_none(),
                "{shown}: {}",
                body.message
            );
        }
    }
}
