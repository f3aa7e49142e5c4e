//! Files of coupon codes: taken whole, put into the pool in the background, with progress and four lists at the end.

mod code_file;
mod job;
mod progress;
mod result_list;
mod start;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::Console;

pub(crate) use job::Uploads;

/// The largest file: a million codes of 40 characters with their line ends, and the form around them.
const FILE_BYTES_MAX: usize = 48 * 1024 * 1024;

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/stocks/{stock_id}/codes", post(start::handle).layer(DefaultBodyLimit::max(FILE_BYTES_MAX)))
        .route("/uploads/{upload_id}", get(progress::page))
        .route("/uploads/{upload_id}/progress", get(progress::fragment))
        .route("/uploads/{upload_id}/{list}", get(result_list::handle))
}
