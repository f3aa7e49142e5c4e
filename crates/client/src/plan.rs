//! The core: one call as a state machine without I/O, threads, clock or randomness.
//!
//! A driver feeds events and carries out the actions. Signing, verification, the decision to repeat
//! and the meaning of every outcome are here, so the async and the blocking client cannot differ.
//! Decoding is left to the caller, because only it knows the type.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use quan_apiv3::headers::REQUEST_ID;
use quan_apiv3::key::SignError;
use quan_apiv3::message::request_message;

use crate::error::{ApiError, Error, RequestError, TransportError, VerificationError, VerificationReason};
use crate::protocol::{Moment, Protocol};
use crate::reply::{Meta, Trust};
use crate::request::PreparedCall;
use crate::retry::{Class, Decision, Situation};
use crate::transport::{Limits, WireRequest, WireResponse};
use crate::verification::{Signed, Verifier};

/// What has happened.
pub(crate) enum Event {
    /// The call begins.
    Start(Moment),
    /// The message was signed.
    Signed(Result<String, SignError>),
    /// The transport is done.
    Answered(Moment, Result<WireResponse, TransportError>),
    /// The wait is over.
    Woken(Moment),
}

/// What to do next.
pub(crate) enum Action {
    /// Sign this message with the call's credential.
    Sign(Bytes),
    /// Send this.
    Send(Box<WireRequest>, Limits),
    /// Wait.
    Sleep(Duration),
    /// Hand over.
    Done(Result<Answer, Error>),
}

/// A verified success.
pub(crate) struct Answer {
    pub(crate) meta: Meta,
    pub(crate) body: Bytes,
}

/// What is fixed for one attempt. Every attempt has its own timestamp, nonce and signature.
#[derive(Default)]
struct Attempt {
    timestamp: String,
    nonce: String,
    message: Bytes,
}

pub(crate) struct Plan<'a> {
    protocol: &'a Protocol,
    call: PreparedCall,
    attempt: Attempt,
    started_ms: i64,
    now_ms: i64,
    /// Which base URL is in use; counts on when a host seems to be the trouble.
    host: usize,
    /// An earlier attempt may have taken effect.
    is_effect_open: bool,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(protocol: &'a Protocol, call: PreparedCall) -> Self {
        Self {
            protocol,
            call,
            attempt: Attempt::default(),
            started_ms: 0,
            now_ms: 0,
            host: 0,
            is_effect_open: false,
        }
    }

    /// The call as it was prepared.
    pub(crate) fn call(&self) -> &PreparedCall {
        &self.call
    }

    /// Takes an event and says what to do. Drivers begin with `Start` and answer each action with its
    /// event, until `Done`.
    pub(crate) fn next(&mut self, event: Event) -> Action {
        match event {
            Event::Start(moment) => {
                self.started_ms = moment.now_ms;
                self.sign(moment)
            }
            Event::Woken(moment) => self.sign(moment),
            Event::Signed(Ok(signature)) => self.send(signature),
            Event::Signed(Err(SignError)) => Action::Done(Err(Error::Request {
                context: Box::new(self.call.context.clone()),
                reason: RequestError::Signing,
            })),
            Event::Answered(moment, Ok(response)) => self.judge(&moment, &response),
            Event::Answered(moment, Err(reason)) => {
                self.now_ms = moment.now_ms;
                let class = if reason.may_have_sent() { Class::Unknown } else { Class::NotSent };
                self.settle(&moment, class, None, |context| Error::Transport {
                    context: Box::new(context),
                    reason,
                })
            }
        }
    }

    fn sign(&mut self, moment: Moment) -> Action {
        self.now_ms = moment.now_ms;
        let timestamp = moment.unix_seconds().to_string();
        let base = &self.protocol.base_urls[self.host];
        let prefix = if base.is_prefix_signed { base.prefix.as_str() } else { "" };
        let target = format!("{prefix}{}", self.call.target);
        let method = self.call.context.method.as_str();
        let message = request_message(method, &target, &timestamp, &moment.nonce, &self.call.body);
        self.attempt = Attempt { timestamp, nonce: moment.nonce, message: message.into() };
        Action::Sign(self.attempt.message.clone())
    }

    fn send(&mut self, signature: String) -> Action {
        let base = &self.protocol.base_urls[self.host];
        let (timestamp, nonce) = (self.attempt.timestamp.clone(), self.attempt.nonce.clone());
        let authorization = self.call.credential.authorization(timestamp, nonce, signature);
        let mut headers = self.call.headers.clone();
        // Identity, serial, nonce and Base64 are all printable, so this cannot fail in practice.
        let Ok(mut authorization) = HeaderValue::try_from(authorization) else {
            return self.next(Event::Signed(Err(SignError)));
        };
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
        let request = WireRequest {
            origin: base.origin.clone(),
            target: format!("{}{}", base.prefix, self.call.target),
            method: self.call.context.method.clone(),
            headers,
            body: self.call.body.clone(),
        };
        self.call.context.attempts += 1;
        let limits = Limits { attempt: self.call.limits.attempt.min(self.remaining()), ..self.call.limits };
        Action::Send(Box::new(request), limits)
    }

    /// Steps 2 to 7 of the verification, then the meaning of the status.
    fn judge(&mut self, moment: &Moment, response: &WireResponse) -> Action {
        self.now_ms = moment.now_ms;
        let verifier = Verifier {
            keys: &self.protocol.keys,
            now: moment.unix_seconds(),
            window_seconds: self.protocol.window_seconds,
        };
        let status = response.status;
        let outcome = match verifier.check(&response.headers, &response.body) {
            Ok(Signed::By(key_id)) => Ok(Trust::Verified { key_id }),
            Ok(Signed::No) if status.is_success() => Err(VerificationReason::MissingHeaders),
            Ok(Signed::No) => Ok(Trust::Unsigned),
            Err(reason) => Err(reason),
        };
        let request_id = header_text(response, REQUEST_ID);
        match outcome {
            Err(reason) => {
                let class = class_of_untrusted(status, &reason);
                self.settle(moment, class, retry_after(response), |context| {
                    Error::Verification(Box::new(VerificationError { context, status, request_id, reason }))
                })
            }
            Ok(trust) if status.is_success() && status != StatusCode::ACCEPTED => {
                Action::Done(Ok(self.answer(response, trust, request_id)))
            }
            Ok(trust) => {
                let context = self.call.context.clone();
                let message = self.attempt.message.clone();
                let error = ApiError::read(context, response, trust, request_id, &message);
                let class = class_of_refusal(&error);
                self.settle(moment, class, retry_after(response), |context| {
                    Error::Api(Box::new(ApiError { context, ..error }))
                })
            }
        }
    }

    fn answer(&self, response: &WireResponse, trust: Trust, request_id: Option<String>) -> Answer {
        let meta = Meta {
            status: response.status,
            headers: response.headers.clone(),
            request_id,
            trust,
            attempts: self.call.context.attempts,
            host: self.protocol.base_urls[self.host].origin.clone(),
            elapsed: self.elapsed(),
        };
        Answer { meta, body: response.body.clone() }
    }

    /// Repeats, or reports what is known about the effect.
    fn settle(
        &mut self,
        moment: &Moment,
        class: Class,
        retry_after: Option<Duration>,
        error: impl FnOnce(crate::error::CallContext) -> Error,
    ) -> Action {
        let situation = Situation {
            retry: self.call.retry,
            repeatable: self.call.repeatable,
            class,
            attempt: self.call.context.attempts,
            remaining: self.remaining(),
            jitter: moment.jitter(),
            retry_after,
        };
        let decision = situation.decide();
        if let Decision::Repeat { after } = decision {
            self.is_effect_open |= class.may_have_acted();
            if matches!(class, Class::NotSent | Class::Unknown) {
                self.host = (self.host + 1) % self.protocol.base_urls.len();
            }
            return Action::Sleep(after);
        }
        let mut context = self.call.context.clone();
        let is_open = class.may_have_acted() || (self.is_effect_open && class != Class::Refused);
        context.may_have_taken_effect = context.is_write() && is_open;
        context.retryable = class.may_repeat(self.call.repeatable);
        let error = error(context.clone());
        Action::Done(Err(match decision {
            Decision::OutOfTime => Error::Deadline { context: Box::new(context), last: Box::new(error) },
            Decision::Repeat { .. } | Decision::GiveUp => error,
        }))
    }

    fn elapsed(&self) -> Duration {
        // A clock that was set back has not made time run backwards.
        let elapsed_ms = self.now_ms.saturating_sub(self.started_ms).max(0);
        Duration::from_millis(elapsed_ms.unsigned_abs())
    }

    fn remaining(&self) -> Duration {
        self.call.call_time_max.saturating_sub(self.elapsed())
    }
}

fn class_of_untrusted(status: StatusCode, reason: &VerificationReason) -> Class {
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Class::Busy;
    }
    // The repetition of a probed call is normally answered with a real signature.
    if *reason == VerificationReason::SignProbe || status.is_server_error() {
        return Class::Unknown;
    }
    if status.is_success() { Class::Untrusted } else { Class::RefusedUnsigned }
}

fn class_of_refusal(error: &ApiError) -> Class {
    if error.is_rate_limited() {
        return Class::Busy;
    }
    if error.status == StatusCode::ACCEPTED {
        return Class::Pending;
    }
    if error.status.is_server_error() || error.status == StatusCode::REQUEST_TIMEOUT {
        return Class::Unknown;
    }
    if error.is_definite_refusal() { Class::Refused } else { Class::RefusedUnsigned }
}

fn header_text(response: &WireResponse, name: &str) -> Option<String> {
    Some(response.headers.get(name)?.to_str().ok()?.to_owned())
}

/// Only the form in seconds; a date would need a calendar for no gain.
fn retry_after(response: &WireResponse) -> Option<Duration> {
    let seconds = header_text(response, RETRY_AFTER.as_str())?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
