//! POST /claim/v1/open: what a token offers. No side effect.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use quan_model::claim::OpenResponse;
use quan_platform::claim::{ClaimError, open};

use crate::answer::Answer;
use crate::claim::failure::ClaimFailure;
use crate::claim::ticket;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Answer<OpenResponse>, ClaimFailure> {
    let ticket = ticket(&gateway, body)?;
    let settings = gateway.platform.settings().clone();
    let look = gateway.platform.read::<_, ClaimError>(move |view| open::open(view, &settings, ticket));
    Ok(Answer(look.await?))
}
