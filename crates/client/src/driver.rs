//! The two drivers: loops that carry out what the plan says. They hold no rules of their own.

use std::sync::Arc;

use crate::error::{DecodeError, Error};
use crate::mode::{Async, Blocking};
use crate::plan::{Action, Answer, Event, Plan};
use crate::protocol::Core;
use crate::reply::{FromReply, Reply};
use crate::request::Draft;

/// Signing takes about a millisecond of this thread; that is less than the cost of moving it to
/// another one, and it needs no runtime.
pub(crate) async fn send<T: FromReply>(core: Arc<Core<Async>>, draft: Draft) -> Result<Reply<T>, Error> {
    let mut plan = Plan::new(&core.protocol, draft.prepare(&core.protocol)?);
    let mut action = plan.next(Event::Start(core.protocol.moment()));
    loop {
        let event = match action {
            Action::Sign(message) => Event::Signed(plan.call().credential.sign(&message)),
            Action::Send(request, limits) => {
                log_attempt(&plan);
                let outcome = core.transport.round_trip(&request, &limits).await;
                Event::Answered(core.protocol.moment(), outcome)
            }
            Action::Sleep(duration) => {
                core.transport.pause(duration).await;
                Event::Woken(core.protocol.moment())
            }
            Action::Done(outcome) => return finish(&plan, outcome),
        };
        action = plan.next(event);
    }
}

/// Nothing here waits but the transport, which needs no runtime.
pub(crate) fn send_blocking<T: FromReply>(core: &Core<Blocking>, draft: Draft) -> Result<Reply<T>, Error> {
    let mut plan = Plan::new(&core.protocol, draft.prepare(&core.protocol)?);
    let mut action = plan.next(Event::Start(core.protocol.moment()));
    loop {
        let event = match action {
            Action::Sign(message) => Event::Signed(plan.call().credential.sign(&message)),
            Action::Send(request, limits) => {
                log_attempt(&plan);
                let outcome = core.transport.round_trip(&request, &limits);
                Event::Answered(core.protocol.moment(), outcome)
            }
            Action::Sleep(duration) => {
                core.transport.pause(duration);
                Event::Woken(core.protocol.moment())
            }
            Action::Done(outcome) => return finish(&plan, outcome),
        };
        action = plan.next(event);
    }
}

/// Decodes what was verified, and never before.
fn finish<T: FromReply>(plan: &Plan<'_>, outcome: Result<Answer, Error>) -> Result<Reply<T>, Error> {
    let Answer { meta, body } = match outcome {
        Ok(answer) => answer,
        Err(error) => {
            log_failure(&error);
            return Err(error);
        }
    };
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

fn log_attempt(plan: &Plan<'_>) {
    let call = plan.call();
    tracing::debug!(
        http.method = %call.context.method,
        http.template = %call.context.template,
        attempt = call.context.attempts,
        body.bytes = call.body.len(),
        "attempt"
    );
}

/// A failed verification is worth a warning wherever it is handled: somebody may be in between.
fn log_failure(error: &Error) {
    if let Error::Verification(error) = error {
        tracing::warn!(
            http.template = %error.context.template,
            http.status = error.status.as_u16(),
            request_id = error.request_id,
            reason = %error.reason,
            "the answer failed verification"
        );
    }
}
