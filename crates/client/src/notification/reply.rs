//! What to answer a delivery.

use http::StatusCode;

/// The answer to a delivery: a status and a body that is empty or JSON.
///
/// The platform looks at the status alone: 2xx within 5 seconds is received, anything else makes it
/// repeat the delivery (api-product-coupon 7.1: every 60 s, at most 11 times).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotificationReply {
    pub(super) status: StatusCode,
    pub(super) body: &'static str,
}

impl NotificationReply {
    /// Received: 204 without a body. Answer within 5 seconds; work that takes longer comes afterwards.
    #[must_use]
    pub const fn accepted() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: "" }
    }

    /// Received: 200 with the body that the examples of the platform show. It means the same as
    /// [`NotificationReply::accepted`].
    #[must_use]
    pub const fn accepted_with_body() -> Self {
        Self { status: StatusCode::OK, body: r#"{"code":"SUCCESS","message":"成功"}"# }
    }

    /// Not received: 500. For failures of your own, such as a database that does not answer, and for a
    /// delivery that is still being handled elsewhere; the platform repeats it.
    #[must_use]
    pub const fn failed() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR, body: r#"{"code":"FAIL","message":"处理失败"}"#
        }
    }

    pub(super) const fn unverified() -> Self {
        Self { status: StatusCode::UNAUTHORIZED, body: r#"{"code":"FAIL","message":"验签失败"}"# }
    }

    pub(super) const fn malformed() -> Self {
        Self { status: StatusCode::BAD_REQUEST, body: r#"{"code":"FAIL","message":"报文格式错误"}"# }
    }

    /// The status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.status
    }

    /// The body: empty, or JSON.
    #[must_use]
    pub const fn body(self) -> &'static str {
        self.body
    }
}
