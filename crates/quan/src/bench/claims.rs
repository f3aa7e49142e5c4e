//! Claims on one hot stock: each opens its token, takes the stock's counts, and commits coupon and notification with a
//! sync of the disk. All of them change the same row.

use std::sync::Arc;

use anyhow::Context;
use quan_model::claim::{ClaimStatus, ReceiveResponse};

use crate::bench::answer::Answer;
use crate::bench::rounds::Tally;
use crate::bench::subject::Subject;
use crate::bench::{cpu, load, requests};

/// Claims every token once.
///
/// # Errors
/// When a call fails or a coupon is not issued.
pub(crate) async fn turn(
    subject: &Subject,
    tokens: &[String],
    connections: usize,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let ready = Arc::new(requests::claims(&subject.sandbox.base_url, tokens)?);
    let before = cpu::Sides::now(subject.server.id())?;
    let outcome = load::run(subject.server.address, ready, connections).await?;
    let sides = cpu::Sides::since(subject.server.id(), before)?;
    outcome.answers.iter().try_for_each(ensure_issued)?;
    tally.add(outcome.elapsed, outcome.latencies_us, sides);
    Ok(())
}

fn ensure_issued(answer: &Answer) -> anyhow::Result<()> {
    let shown = || {
        format!("a claim was answered with {}: {}", answer.status(), String::from_utf8_lossy(answer.body()))
    };
    anyhow::ensure!(answer.status() == 200, shown());
    let received: ReceiveResponse = serde_json::from_slice(answer.body()).with_context(shown)?;
    anyhow::ensure!(received.status == ClaimStatus::Claimed && received.first_time, shown());
    Ok(())
}
