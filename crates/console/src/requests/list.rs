//! GET /console/requests: the newest calls, live, with filters.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use quan_platform::console::request_log::{self, Outcome};

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page;
use crate::requests::rows::{PAGE_SIZE, Row, rows};
use crate::requests::{Asked, outcome_words};

#[derive(Template)]
#[template(path = "requests/list.html")]
struct ListPage<'p> {
    cx: &'p Context,
    section: &'static str,
    asked: Asked,
    outcomes: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    /// The address of the next page, when there is one.
    older: Option<String>,
    /// Whether this is the first page, which is kept up to date.
    is_live: bool,
    is_on: bool,
    dropped: u64,
}

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let asked = Asked::of(&query);
    let before = query.text("before").parse().ok();
    let filter = asked.filter();
    let (found, settings) = context
        .read(move |view| {
            let found = request_log::requests(view, &filter, before, PAGE_SIZE + 1)?;
            Ok((found, request_log::settings(view)?))
        })
        .await?;
    let (rows, last) = rows(&context, found);
    let outcomes = Outcome::ALL.map(|outcome| (outcome.as_str(), outcome_words(context.language, outcome)));
    page::render(&ListPage {
        cx: &context,
        section: "requests",
        outcomes: outcomes.to_vec(),
        rows,
        older: last.map(|last| format!("/console/requests?{}&before={last}", asked.query())),
        is_live: before.is_none(),
        is_on: settings.is_on,
        dropped: context.console.request_log.dropped_count(),
        asked,
    })
}
