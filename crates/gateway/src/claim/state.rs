//! POST /claim/v1/state: how the claimed coupon stands, while the token lives.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use quan_model::claim::StateResponse;
use quan_platform::claim::{ClaimError, state};

use crate::answer::Answer;
use crate::claim::failure::ClaimFailure;
use crate::claim::ticket;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Answer<StateResponse>, ClaimFailure> {
    let ticket = ticket(&gateway, body)?;
    let look = gateway.platform.read::<_, ClaimError>(move |view| state::state(view, ticket));
    Ok(Answer(look.await?))
}
