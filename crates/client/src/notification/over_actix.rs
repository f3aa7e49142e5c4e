//! The extractor for actix-web 4, and replies as its responses.

use std::future::Future;
use std::pin::Pin;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, HeaderMap};
use actix_web::web::{self, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, ResponseError};

use super::{BODY_BYTES_MAX, NotificationError, NotificationParser, NotificationReply, VerifiedNotification};
use crate::header_access::Headers;

impl Headers for HeaderMap {
    fn values<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        self.get_all(name).map(actix_web::http::header::HeaderValue::as_bytes).collect()
    }
}

/// The parser is taken from the application's data: `App::app_data(web::Data::new(parser))`.
impl FromRequest for VerifiedNotification {
    type Error = NotificationError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, NotificationError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parser = request.app_data::<Data<NotificationParser>>().cloned();
        let payload = web::Payload::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let received = receive(parser, payload.await).await;
            let (parser, body) = received.inspect_err(NotificationError::log)?;
            parser.parse(request.headers(), &body).map(Self)
        })
    }
}

/// The parser and the whole body.
async fn receive(
    parser: Option<Data<NotificationParser>>,
    payload: Result<web::Payload, actix_web::Error>,
) -> Result<(Data<NotificationParser>, web::Bytes), NotificationError> {
    let parser = parser.ok_or(NotificationError::NoParser)?;
    let payload = payload.map_err(|_| NotificationError::Unreadable)?;
    let read = payload.to_bytes_limited(BODY_BYTES_MAX).await;
    let read = read.map_err(|_| NotificationError::TooLarge { bytes_max: BODY_BYTES_MAX })?;
    Ok((parser, read.map_err(|_| NotificationError::Unreadable)?))
}

impl NotificationReply {
    fn to_actix(self) -> HttpResponse {
        // Our statuses are valid in both versions of the `http` crate.
        let status =
            StatusCode::from_u16(self.status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        if self.body().is_empty() {
            response.finish()
        } else {
            response.insert_header(ContentType::json()).body(self.body())
        }
    }
}

impl Responder for NotificationReply {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.to_actix()
    }
}

impl ResponseError for NotificationError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.reply().status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.reply().to_actix()
    }
}
