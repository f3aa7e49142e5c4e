//! GET /console/requests/rows: the rows of the list, which the page fetches again and again.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use quan_platform::console::request_log::{self, RequestHead};

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::requests::{Asked, outcome_words};
use crate::{page, shown};

/// Calls of one page.
pub(super) const PAGE_SIZE: usize = 50;

/// A line of the list.
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) at: String,
    pub(crate) caller: String,
    pub(crate) operation: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) outcome: &'static str,
    pub(crate) outcome_words: &'static str,
    pub(crate) code: String,
    pub(crate) duration: String,
}

#[derive(Template)]
#[template(path = "requests/rows.html")]
struct Rows<'p> {
    cx: &'p Context,
    rows: Vec<Row>,
}

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let filter = Asked::of(&Form::parse(query.unwrap_or_default().as_bytes())).filter();
    let found = context.read(move |view| request_log::requests(view, &filter, None, PAGE_SIZE + 1)).await?;
    let (rows, _) = rows(&context, found);
    page::render(&Rows { cx: &context, rows })
}

/// The lines of a page, and the last of them when there is another page.
pub(super) fn rows(context: &Context, mut found: Vec<(u64, RequestHead)>) -> (Vec<Row>, Option<u64>) {
    let has_more = found.len() > PAGE_SIZE;
    found.truncate(PAGE_SIZE);
    let last = found.last().map(|(seq, _)| *seq).filter(|_| has_more);
    (found.into_iter().map(|(seq, head)| row(context, seq, head)).collect(), last)
}

/// One line.
pub(crate) fn row(context: &Context, seq: u64, head: RequestHead) -> Row {
    Row {
        seq,
        at: shown::time_ms(head.at_ms),
        path: head.target.split('?').next().unwrap_or_default().to_owned(),
        caller: head.caller,
        operation: head.operation,
        method: head.method,
        status: head.status,
        outcome: head.outcome.as_str(),
        outcome_words: outcome_words(context.language, head.outcome),
        code: head.code.unwrap_or_default(),
        duration: shown::duration(head.duration_us),
    }
}
