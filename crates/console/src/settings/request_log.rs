//! POST /console/settings/request-log: on or off, how much, how long.

use axum::response::Response;
use quan_platform::console::Role;
use quan_platform::console::request_log::{RequestLogSettings, change_settings};

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page::see_other;

pub(crate) async fn handle(context: Context, form: Form) -> Result<Response, Failure> {
    let by = context.operator(Role::Admin)?;
    let wrong = |field: &'static str| Failure::Form {
        field,
        issue: context.t("请填写整数", "a whole number").to_owned(),
    };
    let wanted = RequestLogSettings {
        is_on: form.text("state") == "on",
        entries_max: form.text("entries_max").parse().map_err(|_| wrong("entries_max"))?,
        days_max: form.text("days_max").parse().map_err(|_| wrong("days_max"))?,
    };
    context.write(move |work| change_settings(work, &by, &wanted)).await?;
    context.console.request_log.apply(&wanted);
    Ok(see_other("/console/settings"))
}
