//! The two drivers: loops that carry out what the plan says. They hold no rules of their own.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument as _;

use crate::error::{DecodeError, Error};
use crate::mode::{Async, Blocking};
use crate::plan::{Action, Answer, Event, Plan};
use crate::protocol::Core;
use crate::refresh::{Cause, Entry};
use crate::reply::{FromReply, Reply};
use crate::request::Draft;

/// One call of the async client.
pub(crate) async fn send<T: FromReply>(core: Arc<Core<Async>>, draft: Draft) -> Result<Reply<T>, Error> {
    let mut plan = Plan::new(&core.protocol, draft.prepare(&core.protocol)?);
    let span = call_span(&plan);
    let outcome = run(&core, &mut plan).instrument(span).await;
    finish(&plan, outcome)
}

/// One call of the blocking client. Nothing here waits but the transport, which needs no runtime.
pub(crate) fn send_blocking<T: FromReply>(core: &Core<Blocking>, draft: Draft) -> Result<Reply<T>, Error> {
    let mut plan = Plan::new(&core.protocol, draft.prepare(&core.protocol)?);
    let outcome = call_span(&plan).in_scope(|| run_blocking(core, &mut plan));
    finish(&plan, outcome)
}

async fn run(core: &Core<Async>, plan: &mut Plan<'_>) -> Result<Answer, Error> {
    let mut action = plan.next(Event::Start(core.protocol.moment()));
    loop {
        let event = match action {
            Action::Sign(message) => Event::Signed(plan.call().credential.sign_async(&message).await),
            Action::Send(request, limits) => {
                let attempt = async {
                    core.protocol.bodies.request(&request);
                    let outcome = core.transport.round_trip(&request, &limits).await;
                    core.protocol.bodies.answer(&outcome);
                    outcome
                };
                let outcome = attempt.instrument(attempt_span(plan)).await;
                Event::Answered(core.protocol.moment(), outcome)
            }
            Action::Sleep(duration) => {
                core.pause(duration).await;
                Event::Woken(core.protocol.moment())
            }
            Action::RefreshKeys(cause, time_max) => {
                // Boxed, because the download is a call of its own.
                Box::pin(refresh(core, cause, time_max)).await;
                Event::Refreshed(core.protocol.moment())
            }
            Action::Done(outcome) => return outcome,
        };
        action = plan.next(event);
        core.protocol.report(plan.take_notices());
    }
}

fn run_blocking(core: &Core<Blocking>, plan: &mut Plan<'_>) -> Result<Answer, Error> {
    let mut action = plan.next(Event::Start(core.protocol.moment()));
    loop {
        let event = match action {
            Action::Sign(message) => Event::Signed(plan.call().credential.sign(&message)),
            Action::Send(request, limits) => {
                let attempt = || {
                    core.protocol.bodies.request(&request);
                    let outcome = core.transport.round_trip(&request, &limits);
                    core.protocol.bodies.answer(&outcome);
                    outcome
                };
                let outcome = attempt_span(plan).in_scope(attempt);
                Event::Answered(core.protocol.moment(), outcome)
            }
            Action::Sleep(duration) => {
                core.pause(duration);
                Event::Woken(core.protocol.moment())
            }
            Action::RefreshKeys(cause, time_max) => {
                refresh_blocking(core, &cause, time_max);
                Event::Refreshed(core.protocol.moment())
            }
            Action::Done(outcome) => return outcome,
        };
        action = plan.next(event);
        core.protocol.report(plan.take_notices());
    }
}

/// Downloads certificates, or waits for whoever does. How it went is in the refresher.
pub(crate) async fn refresh(core: &Core<Async>, cause: Cause, time_max: Duration) {
    let Some(refresher) = &core.protocol.refresher else { return };
    loop {
        match refresher.enter(&cause, &core.protocol.keys.snapshot(), core.protocol.clock.now_ms()) {
            Entry::Skip => return,
            Entry::Wait(generation) => poll_fn(|context| refresher.poll_over(generation, context)).await,
            Entry::Lead(lead) => {
                let outcome = match core.protocol.certificates_plan(time_max) {
                    Ok(mut plan) => run(core, &mut plan).await.map(|answer| (answer, plan.take_found())),
                    Err(error) => Err(error),
                };
                return core.protocol.land(lead, outcome);
            }
        }
    }
}

/// The same for the blocking client.
pub(crate) fn refresh_blocking(core: &Core<Blocking>, cause: &Cause, time_max: Duration) {
    let Some(refresher) = &core.protocol.refresher else { return };
    loop {
        match refresher.enter(cause, &core.protocol.keys.snapshot(), core.protocol.clock.now_ms()) {
            Entry::Skip => return,
            Entry::Wait(generation) => refresher.wait(generation),
            Entry::Lead(lead) => {
                let outcome = match core.protocol.certificates_plan(time_max) {
                    Ok(mut plan) => run_blocking(core, &mut plan).map(|answer| (answer, plan.take_found())),
                    Err(error) => Err(error),
                };
                return core.protocol.land(lead, outcome);
            }
        }
    }
}

/// Decodes what was verified, and never before.
fn finish<T: FromReply>(plan: &Plan<'_>, outcome: Result<Answer, Error>) -> Result<Reply<T>, Error> {
    let Answer { meta, body } = outcome?;
    match T::from_reply(&body) {
        Ok(data) => Ok(Reply::new(data, meta)),
        Err(reason) => {
            let mut context = plan.call().context.clone();
            context.may_have_taken_effect = context.is_write();
            let (status, request_id) = (meta.status, meta.request_id);
            Err(Error::Decode(Box::new(DecodeError { context, status, request_id, body, reason })))
        }
    }
}

/// One span per call.
pub(crate) fn call_span(plan: &Plan<'_>) -> tracing::Span {
    let context = &plan.call().context;
    tracing::debug_span!("wechatpay_call", http.method = %context.method, http.template = %context.template)
}

/// One span per attempt, inside that of its call.
pub(crate) fn attempt_span(plan: &Plan<'_>) -> tracing::Span {
    tracing::debug_span!("wechatpay_attempt", attempt = plan.call().context.attempts)
}
