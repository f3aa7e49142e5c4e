//! GET /console/sign-in.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page;
use crate::sign_in::safe_next;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'p> {
    cx: &'p Context,
    section: &'static str,
    next: &'p str,
    problem: Option<&'static str>,
}

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let next = safe_next(query.text("next"));
    if context.visitor.is_some() {
        return Ok(page::see_other(next));
    }
    page::render(&SignInPage { cx: &context, section: "", next, problem: None })
}

/// The page again, with what went wrong.
pub(super) fn again(
    context: &Context,
    next: &str,
    status: StatusCode,
    problem: &'static str,
) -> Result<Response, Failure> {
    page::render_with(status, &SignInPage { cx: context, section: "", next, problem: Some(problem) })
}
