//! The platform's own: `/v3/certificates`. One operation, one file.

mod download_certificates;

use axum::Router;
use axum::routing::get;

use crate::state::Gateway;

pub use download_certificates::NoCertificateCode;

/// The operation and its URL.
pub(crate) fn routes() -> Router<Gateway> {
    Router::new().route("/v3/certificates", get(download_certificates::handle))
}
