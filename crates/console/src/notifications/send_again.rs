//! POST /console/notifications/{id}/send-again.

use axum::extract::Path;
use axum::response::Response;
use quan_platform::console::Role;
use quan_platform::console::notifications;

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page::see_other;
use crate::shown::encoded;

pub(crate) async fn handle(
    context: Context,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let by = context.operator(Role::Operator)?;
    let address = format!("/console/notifications/{}", encoded(&id));
    context.write(move |work| notifications::send_again(work, &by, &id)).await?;
    Ok(see_other(&address))
}
