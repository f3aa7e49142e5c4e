//! The extractor for axum 0.8, and replies as its responses.

use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::{BODY_BYTES_MAX, NotificationError, NotificationParser, NotificationReply, VerifiedNotification};

/// The parser is taken from the state: `Router::with_state(parser)`, or a state that
/// [`NotificationParser`] can be taken from.
impl<S> FromRequest<S> for VerifiedNotification
where
    NotificationParser: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = NotificationError;

    async fn from_request(request: Request, state: &S) -> Result<Self, NotificationError> {
        let parser = NotificationParser::from_ref(state);
        let (parts, body) = request.into_parts();
        let read = Limited::new(body, BODY_BYTES_MAX).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                NotificationError::TooLarge { bytes_max: BODY_BYTES_MAX }
            } else {
                NotificationError::Unreadable
            }
        });
        let body = read.inspect_err(NotificationError::log)?.to_bytes();
        parser.parse(&parts.headers, &body).map(Self)
    }
}

impl IntoResponse for NotificationReply {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.status();
        if !self.body().is_empty() {
            let json = HeaderValue::from_static("application/json; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, json);
        }
        response
    }
}

impl IntoResponse for NotificationError {
    fn into_response(self) -> Response {
        self.reply().into_response()
    }
}
