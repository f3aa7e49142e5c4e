//! GET /console/requests/export.csv: the calls that the filters take, without headers and bodies.

use axum::extract::RawQuery;
use axum::response::Response;
use quan_platform::console::request_log;

use crate::context::Context;
use crate::csv::{Csv, ROWS_MAX};
use crate::failure::Failure;
use crate::form::Form;
use crate::requests::Asked;
use crate::shown;

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let filter = Asked::of(&Form::parse(query.unwrap_or_default().as_bytes())).filter();
    let found = context.read(move |view| request_log::requests(view, &filter, None, ROWS_MAX)).await?;
    let mut file = Csv::new(&[
        "time",
        "request_id",
        "caller",
        "operation",
        "method",
        "target",
        "status",
        "outcome",
        "code",
        "reason",
        "duration_us",
    ]);
    for (_, head) in found {
        file.row(&[
            &shown::time_ms(head.at_ms),
            &head.request_id,
            &head.caller,
            &head.operation,
            &head.method,
            &head.target,
            &head.status.to_string(),
            head.outcome.as_str(),
            head.code.as_deref().unwrap_or_default(),
            head.reason.as_deref().unwrap_or_default(),
            &head.duration_us.to_string(),
        ]);
    }
    file.into_download("requests.csv")
}
