//! GET /_quan/images/{image_id}: a picture under the URL that its upload answered. Public, as coupons are.

use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quan_platform::image::get_image::get_image;

use crate::state::Gateway;

pub(crate) async fn show(State(gateway): State<Gateway>, Path(image_id): Path<String>) -> Response {
    let found =
        gateway.platform.read::<_, quan_platform::Error>(move |view| get_image(view, &image_id)).await;
    match found {
        Ok(Some(image)) => {
            let headers = [
                (header::CONTENT_TYPE, image.media_type.as_str()),
                // An id never stands for other bytes.
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                // A drawing is a document: opened by itself it may load and run nothing.
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
                (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
            ];
            (headers, image.bytes).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a picture could not be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
