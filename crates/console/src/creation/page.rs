//! GET /console/product-coupons/new: the form.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use quan_platform::console::Role;
use quan_platform::console::parties::parties;

use crate::context::Context;
use crate::creation::fields::{Group, groups};
use crate::failure::Failure;
use crate::form::Form;
use crate::page::render_with;

#[derive(Template)]
#[template(path = "creation/form.html")]
struct FormPage<'p> {
    cx: &'p Context,
    section: &'static str,
    groups: Vec<Group>,
    problem: Option<String>,
}

pub(crate) async fn handle(context: Context) -> Result<Response, Failure> {
    context.operator(Role::Operator)?;
    show(&context, &Form::default(), None).await
}

/// The form with what was typed before, and what was wrong with it.
pub(super) async fn show(
    context: &Context,
    typed: &Form,
    problem: Option<String>,
) -> Result<Response, Failure> {
    let seen = context.read(parties).await?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let groups = groups(context.language, &seen.parties, context.console.platform.now(), typed);
    render_with(status, &FormPage { cx: context, section: "product-coupons", groups, problem })
}
