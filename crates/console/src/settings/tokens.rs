//! POST /console/settings/tokens and …/revoke: access tokens are made and revoked.

use axum::response::Response;
use quan_platform::console::Role;
use quan_platform::console::access::{create_token, mint_token, revoke_token};

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page::see_other;
use crate::settings::once;

pub(crate) async fn create(context: Context, form: Form) -> Result<Response, Failure> {
    let by = context.operator(Role::Admin)?;
    let role = form.text("role").parse().map_err(|_| Failure::Malformed("role".to_owned()))?;
    let minted = mint_token(&*context.console.entropy, form.text("name"), role, by.at)?;
    let token = minted.token;
    context.write(move |work| create_token(work, Some(&by), &token)).await?;
    once(&context, context.language.t("新的访问令牌", "The new access token"), &minted.text)
}

pub(crate) async fn revoke(context: Context, form: Form) -> Result<Response, Failure> {
    let (by, token_id) = (context.operator(Role::Admin)?, form.text("token_id").to_owned());
    context.write(move |work| revoke_token(work, &by, &token_id)).await?;
    Ok(see_other("/console/settings"))
}
