//! Signed, durable pre-sends: each is verified, decided, committed with a sync of the disk, and answered with a signed
//! token. The shares of the limit are told by this measurement.

use std::sync::Arc;

use anyhow::Context;
use quan_apiv3::message::CLOCK_WINDOW_SECONDS;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_model::busifavor::PreSendToken;
use quan_model::clock::Clock;

use crate::bench::answer::Answer;
use crate::bench::rounds::Tally;
use crate::bench::subject::Subject;
use crate::bench::{cpu, load, requests};
use crate::clock::WallClock;

/// Makes one turn of pre-sends and gives their tokens.
///
/// # Errors
/// When a call fails or an answer's signature does not verify.
pub(crate) async fn turn(
    subject: &Subject,
    name: &str,
    count: usize,
    connections: usize,
    tally: &mut Tally,
) -> anyhow::Result<Vec<String>> {
    let series = format!("{}{name}", subject.series);
    let signed = tokio::task::block_in_place(|| requests::pre_sends(&subject.signer(), &series, count))?;
    let before = cpu::Sides::now(subject.server.id())?;
    let outcome = load::run(subject.server.address, Arc::new(signed), connections).await?;
    let sides = cpu::Sides::since(subject.server.id(), before)?;
    let read = || outcome.answers.iter().map(|answer| token(subject, answer)).collect::<Result<_, _>>();
    let tokens = tokio::task::block_in_place(read)?;
    tally.add(outcome.elapsed, outcome.latencies_us, sides);
    Ok(tokens)
}

/// The token of an answer whose signature verifies.
fn token(subject: &Subject, answer: &Answer) -> anyhow::Result<String> {
    let body = answer.body();
    anyhow::ensure!(
        answer.status() == 200,
        "a pre-send was answered with {}: {}",
        answer.status(),
        String::from_utf8_lossy(body)
    );
    let signed = SignatureHeaders::read(|name| answer.header(name))?;
    let key =
        subject.platform_key(&signed.serial).context("an answer is signed with a key that is not known")?;
    signed.verify(key, WallClock.now().unix_seconds(), CLOCK_WINDOW_SECONDS, body)?;
    Ok(serde_json::from_slice::<PreSendToken>(body)?.token)
}
