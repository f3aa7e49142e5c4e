//! POST /claim/v1/receive 领取: issues the coupon, once however often it is called.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use quan_model::claim::ReceiveResponse;
use quan_platform::claim::{ClaimError, is_dead, known, receive};

use crate::answer::Answer;
use crate::claim::failure::ClaimFailure;
use crate::claim::ticket;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Answer<ReceiveResponse>, ClaimFailure> {
    let ticket = ticket(&gateway, body)?;
    if is_dead(ticket, gateway.platform.now()) {
        gateway.platform.read::<_, ClaimError>(move |view| known(view, ticket)).await?;
    }
    let claim =
        gateway.platform.write_claim::<_, ClaimError>(ticket.id, move |work| receive::receive(work, ticket));
    Ok(Answer(claim.await?))
}
