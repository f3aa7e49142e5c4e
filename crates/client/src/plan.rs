//! The core: one call as a state machine without I/O, threads, clock or randomness.
//!
//! A driver feeds events and carries out the actions. Keys, pace, signing, verification, the decision to
//! repeat and the meaning of every outcome are here, so the async and the blocking client cannot differ.
//! Decoding is left to the caller, because only it knows the type.

mod judgement;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use quan_apiv3::headers::WECHATPAY_SERIAL;
use quan_apiv3::message::request_message;

use self::judgement::Classified;
pub(crate) use self::judgement::signer_of;
use crate::error::{CallContext, Error, KeysError, RequestError, TransportError};
use crate::key_ring::VerifyKey;
use crate::observer::{AttemptReport, Notice, RetryReport};
use crate::protocol::{Moment, Protocol};
use crate::refresh::Cause;
use crate::reply::{Meta, Trust};
use crate::request::PreparedCall;
use crate::retry::{Class, Decision, Situation};
use crate::signer::SignerError;
use crate::transport::{Limits, WireHead, WireRequest, WireResponse};

/// What has happened.
pub(crate) enum Event {
    /// The call begins.
    Start(Moment),
    /// The message was signed.
    Signed(Result<String, SignerError>),
    /// The transport is done.
    Answered(Moment, Result<WireResponse, TransportError>),
    /// The wait is over.
    Woken(Moment),
    /// The keys were looked after, with whatever result.
    Refreshed(Moment),
}

/// What to do next.
pub(crate) enum Action {
    /// Sign this message with the call's credential.
    Sign(Bytes),
    /// Send this.
    Send(Box<WireRequest>, Limits),
    /// Wait.
    Sleep(Duration),
    /// Look after the platform's keys, taking no longer than this.
    RefreshKeys(Cause, Duration),
    /// Hand over.
    Done(Result<Answer, Error>),
}

/// A verified success.
pub(crate) struct Answer {
    pub(crate) meta: Meta,
    pub(crate) body: Bytes,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A call of the user.
    Call,
    /// The download of certificates, whose answer is verified with what it brings.
    Certificates,
    /// A file, which is compared with its digest.
    Download,
}

/// What is fixed for one attempt. Every attempt has its own timestamp, nonce and signature.
#[derive(Default)]
struct Attempt {
    timestamp: String,
    nonce: String,
    message: Bytes,
    begun_ms: i64,
}

/// Why the plan waits for keys.
enum Waiting {
    No,
    /// Before the first attempt.
    ToBegin,
    /// With an answer in hand that names an unknown certificate.
    With(Box<WireResponse>),
}

pub(crate) struct Plan<'a> {
    protocol: &'a Protocol,
    call: PreparedCall,
    purpose: Purpose,
    attempt: Attempt,
    started_ms: i64,
    now_ms: i64,
    /// Which base URL is in use.
    host: usize,
    /// An earlier attempt may have taken effect.
    is_effect_open: bool,
    waiting: Waiting,
    /// Keys were asked for because of an answer of this call; that is done once.
    has_asked_for_serial: bool,
    found: Vec<VerifyKey>,
    notices: Vec<Notice>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(protocol: &'a Protocol, call: PreparedCall) -> Self {
        Self::with_purpose(protocol, call, Purpose::Call)
    }

    pub(crate) fn with_purpose(protocol: &'a Protocol, call: PreparedCall, purpose: Purpose) -> Self {
        Self {
            protocol,
            call,
            purpose,
            attempt: Attempt::default(),
            started_ms: 0,
            now_ms: 0,
            host: 0,
            is_effect_open: false,
            waiting: Waiting::No,
            has_asked_for_serial: false,
            found: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// The call as it was prepared.
    pub(crate) fn call(&self) -> &PreparedCall {
        &self.call
    }

    /// The keys that the answer of a download of certificates has brought, verified with them.
    pub(crate) fn take_found(&mut self) -> Vec<VerifyKey> {
        std::mem::take(&mut self.found)
    }

    /// What is worth telling since the last look.
    pub(crate) fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// The first attempt without looking after keys or pace: for dry runs.
    pub(crate) fn sign_at_once(&mut self, moment: Moment) -> Action {
        self.started_ms = moment.now_ms;
        self.sign(moment)
    }

    /// Takes an event and says what to do. Drivers begin with `Start` and answer each action with its
    /// event, until `Done`.
    pub(crate) fn next(&mut self, event: Event) -> Action {
        match event {
            Event::Start(moment) => self.start(moment),
            Event::Woken(moment) => self.sign(moment),
            Event::Signed(Ok(signature)) => self.send(&signature),
            Event::Signed(Err(cause)) => self.refuse(RequestError::Signing(cause)),
            Event::Answered(moment, Ok(response)) => self.judge(&moment, response),
            Event::Answered(moment, Err(reason)) => {
                self.now_ms = moment.now_ms;
                self.note_attempt(None, None, None, 0);
                let class = if reason.may_have_sent() { Class::Unknown } else { Class::NotSent };
                self.settle(&moment, &Classified::lost(class), |context| Error::Transport {
                    context: Box::new(context),
                    reason,
                })
            }
            Event::Refreshed(moment) => {
                self.now_ms = moment.now_ms;
                match std::mem::replace(&mut self.waiting, Waiting::No) {
                    Waiting::With(response) => self.judge(&moment, *response),
                    Waiting::ToBegin | Waiting::No => self.begin(moment),
                }
            }
        }
    }

    /// Looks after the keys first, if they are missing or old.
    fn start(&mut self, moment: Moment) -> Action {
        self.started_ms = moment.now_ms;
        self.now_ms = moment.now_ms;
        self.host = self.protocol.hosts.first(moment.now_ms);
        let cause = match self.purpose {
            Purpose::Call => self.protocol.refresh_cause(moment.now_ms),
            Purpose::Certificates | Purpose::Download => None,
        };
        match cause {
            Some(cause) => {
                self.waiting = Waiting::ToBegin;
                // Whatever becomes of the download, the call itself must have time left.
                let share = if cause == Cause::Due { 3 } else { 2 };
                Action::RefreshKeys(cause, self.remaining() / share)
            }
            None => self.begin(moment),
        }
    }

    /// Refuses a call whose answer could not be verified, and keeps the pace.
    fn begin(&mut self, moment: Moment) -> Action {
        let has_key = self.protocol.keys.snapshot().has_valid(moment.unix_seconds());
        if !has_key && self.purpose == Purpose::Call {
            let failure = self.protocol.refresher.as_ref().and_then(crate::refresh::Refresher::failure);
            return Action::Done(Err(Error::Keys {
                context: Box::new(self.call.context.clone()),
                reason: failure.unwrap_or_else(|| Arc::new(KeysError::NoValidKey)),
            }));
        }
        match self.reserve(Duration::ZERO) {
            Ok(Duration::ZERO) => self.sign(moment),
            Ok(wait) => Action::Sleep(wait),
            Err(wait) => self.refuse(RequestError::Paced { wait }),
        }
    }

    /// A place in the rhythm of the endpoint, not before `after` from now.
    fn reserve(&self, after: Duration) -> Result<Duration, Duration> {
        let after_ms = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
        let context = &self.call.context;
        let longest = self.remaining().saturating_sub(after);
        let from_ms = self.now_ms.saturating_add(after_ms);
        self.protocol.pacer.reserve(&context.method, &context.template, from_ms, longest)
    }

    fn refuse(&self, reason: RequestError) -> Action {
        let mut context = self.call.context.clone();
        context.may_have_taken_effect = context.is_write() && self.is_effect_open;
        Action::Done(Err(Error::Request { context: Box::new(context), reason }))
    }

    fn sign(&mut self, moment: Moment) -> Action {
        self.now_ms = moment.now_ms;
        let timestamp = moment.unix_seconds().to_string();
        let base = &self.protocol.base_urls[self.host];
        let is_prefixed = base.is_prefix_signed && self.call.origin.is_none();
        let prefix = if is_prefixed { base.prefix.as_str() } else { "" };
        let target = format!("{prefix}{}", self.call.target);
        let method = self.call.context.method.as_str();
        let message = request_message(method, &target, &timestamp, &moment.nonce, &self.call.signed_body);
        self.attempt =
            Attempt { timestamp, nonce: moment.nonce, message: message.into(), begun_ms: moment.now_ms };
        Action::Sign(self.attempt.message.clone())
    }

    fn send(&mut self, signature: &str) -> Action {
        let (timestamp, nonce) = (&self.attempt.timestamp, &self.attempt.nonce);
        let authorization = self.call.credential.authorization(timestamp, nonce, signature);
        // Identity, serial, nonce and Base64 are all printable, so this cannot fail in practice.
        let mut authorization = match HeaderValue::try_from(authorization) {
            Ok(value) => value,
            Err(error) => return self.refuse(RequestError::Signing(Box::new(error))),
        };
        authorization.set_sensitive(true);
        let mut headers = self.call.headers.clone();
        headers.insert(AUTHORIZATION, authorization);
        if !headers.contains_key(WECHATPAY_SERIAL) {
            // The keys have come after the call was prepared.
            self.protocol.ask_for_known_key(&mut headers, self.now_ms.div_euclid(1000));
        }
        let base = &self.protocol.base_urls[self.host];
        let (origin, prefix) = match &self.call.origin {
            Some(origin) => (origin.clone(), ""),
            None => (base.origin.clone(), base.prefix.as_str()),
        };
        let request = WireRequest {
            origin,
            target: format!("{prefix}{}", self.call.target),
            method: self.call.context.method.clone(),
            headers,
            body: self.call.body.clone(),
        };
        self.call.context.attempts += 1;
        let limits = Limits { attempt: self.call.limits.attempt.min(self.remaining()), ..self.call.limits };
        Action::Send(Box::new(request), limits)
    }

    /// Repeats, or reports what is known about the effect.
    fn settle(
        &mut self,
        moment: &Moment,
        outcome: &Classified,
        error: impl FnOnce(CallContext) -> Error,
    ) -> Action {
        let class = outcome.class;
        self.note_health(outcome);
        let situation = Situation {
            retry: self.call.retry,
            repeatable: self.call.repeatable,
            class,
            attempt: self.call.context.attempts,
            remaining: self.remaining(),
            jitter: moment.jitter(),
            retry_after: outcome.retry_after,
        };
        let mut decision = situation.decide();
        if let Decision::Repeat { after } = decision {
            decision = match self.reserve(after) {
                Err(_) => Decision::OutOfTime,
                Ok(_) if !self.protocol.budget.pay() => Decision::GiveUp,
                Ok(more) => Decision::Repeat { after: after + more },
            };
        }
        if let Decision::Repeat { after } = decision {
            self.is_effect_open |= class.may_have_acted();
            self.move_on(class, after);
            return Action::Sleep(after);
        }
        let mut context = self.call.context.clone();
        // Assumed (client.md C-61): a verified refusal of the repetition speaks for the earlier attempts too, since the
        // platform knows the request number.
        let is_open = class.may_have_acted() || (self.is_effect_open && class != Class::Refused);
        context.may_have_taken_effect = context.is_write() && is_open;
        context.retryable = class.may_repeat(self.call.repeatable);
        let error = error(context.clone());
        Action::Done(Err(match decision {
            Decision::OutOfTime => Error::Deadline { context: Box::new(context), last: Box::new(error) },
            Decision::Repeat { .. } | Decision::GiveUp => error,
        }))
    }

    fn note_health(&self, outcome: &Classified) {
        if self.call.origin.is_some() {
            return;
        }
        if outcome.is_host_in_trouble {
            self.protocol.hosts.failed(self.host, self.now_ms);
        } else {
            self.protocol.hosts.succeeded(self.host);
        }
    }

    /// Chooses the host of the repetition.
    fn move_on(&mut self, class: Class, wait: Duration) {
        let before = self.host;
        if matches!(class, Class::NotSent | Class::Unknown) && self.call.origin.is_none() {
            self.host = self.protocol.hosts.other(self.host, self.now_ms);
        }
        self.notices.push(Notice::Retry(RetryReport {
            method: self.call.context.method.clone(),
            template: self.call.context.template.clone(),
            attempts: self.call.context.attempts,
            wait,
            is_failover: self.host != before,
        }));
    }

    fn note_attempt(
        &mut self,
        status: Option<http::StatusCode>,
        trust: Option<Trust>,
        request_id: Option<String>,
        bytes_in: usize,
    ) {
        let elapsed_ms = self.now_ms.saturating_sub(self.attempt.begun_ms).max(0);
        self.notices.push(Notice::Attempt(AttemptReport {
            method: self.call.context.method.clone(),
            template: self.call.context.template.clone(),
            host: self.origin().to_owned(),
            attempt: self.call.context.attempts,
            status,
            trust,
            request_id,
            elapsed: Duration::from_millis(elapsed_ms.unsigned_abs()),
            bytes_out: self.call.body.len(),
            bytes_in,
        }));
    }

    /// Where the current attempt goes.
    fn origin(&self) -> &str {
        self.call.origin.as_deref().unwrap_or(&self.protocol.base_urls[self.host].origin)
    }

    /// What is known of an answer whose body is not verified but compared with a digest.
    pub(crate) fn meta_of_download(&mut self, moment: &Moment, head: &WireHead) -> Meta {
        self.now_ms = moment.now_ms;
        self.protocol.budget.earn();
        self.note_attempt(Some(head.status), Some(Trust::Skipped), None, 0);
        self.meta(head.status, head.headers.clone(), Trust::Skipped)
    }

    fn meta(&self, status: http::StatusCode, headers: http::HeaderMap, trust: Trust) -> Meta {
        Meta {
            status,
            request_id: judgement::request_id(&headers),
            headers,
            trust,
            attempts: self.call.context.attempts,
            host: self.origin().to_owned(),
            elapsed: self.elapsed(),
        }
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
