//! A transport to the fake platform, without a socket: expectations, answers, faults and records.
//!
//! The same value serves the async and the blocking client. It never waits: the waits of the client are
//! recorded, and move the platform's clock instead.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;
use quan_apiv3::headers::WECHATPAY_SERIAL;
use serde::Serialize;

use super::answer::Answer;
use super::exchange::{Exchange, RecordedRequest};
use super::matching::Wanted;
use super::platform::FakePlatform;
use super::recording::Recording;
use crate::error::TransportError;
use crate::transport::{BlockingTransport, BoxFuture, Limits, Transport, WireRequest, WireResponse};

/// What comes of one request.
#[derive(Debug)]
enum Step {
    Answer(Box<Answer>),
    Fail(TransportError),
}

#[derive(Debug)]
struct Expectation {
    wanted: Wanted,
    steps: VecDeque<Step>,
}

type Handler = dyn Fn(&RecordedRequest) -> Answer + Send + Sync;
type Distortion = dyn Fn(&mut WireRequest) + Send + Sync;

#[derive(Default)]
struct State {
    expectations: Vec<Expectation>,
    handler: Option<Arc<Handler>>,
    distortion: Option<Arc<Distortion>>,
    exchanges: Vec<Exchange>,
    pauses: Vec<Duration>,
    /// What `verify_all` complains about.
    complaints: Vec<String>,
}

/// Carries requests to a [`FakePlatform`]. Cheap to clone; clones share what is expected and recorded.
///
/// Requests whose signature is wrong are answered with the platform's 401 and use up nothing. The
/// others take the next answer of the first expectation that fits and has answers left.
#[derive(Clone)]
pub struct MockTransport {
    platform: FakePlatform,
    state: Arc<Mutex<State>>,
}

impl MockTransport {
    /// Expects nothing yet.
    #[must_use]
    pub fn new(platform: &FakePlatform) -> Self {
        Self { platform: platform.clone(), state: Arc::default() }
    }

    /// Answers each request of a recording as it was answered then, with today's signatures. Answers
    /// stand in the order of the recording for each target; masked values stay masked.
    #[must_use]
    pub fn replaying(platform: &FakePlatform, recording: &Recording) -> Self {
        let wire = Self::new(platform);
        for entry in recording.entries() {
            let (method, target) = (entry.method(), entry.target.clone());
            wire.lock().expectations.push(Expectation {
                wanted: Wanted::Masked { method, target },
                steps: VecDeque::from([entry.step().map_or_else(
                    || Step::Fail(super::closed_after_request()),
                    |answer| Step::Answer(Box::new(answer)),
                )]),
            });
        }
        wire
    }

    /// Expects requests to a path, with or without a leading slash. A segment in braces fits any one
    /// segment. The query is compared only when it is given here. What they get follows in the next
    /// calls.
    #[must_use]
    pub fn expect(self, method: Method, path: &str) -> Self {
        self.push(Wanted::target(method, path));
        self
    }

    /// The next answer of the latest expectation; of any request when there is none yet.
    #[must_use]
    pub fn reply(self, answer: Answer) -> Self {
        self.then(Step::Answer(Box::new(answer)))
    }

    /// Next, JSON.
    #[must_use]
    pub fn reply_json(self, status: u16, body: impl Serialize) -> Self {
        self.reply(Answer::json(status, body))
    }

    /// Next, a refusal.
    #[must_use]
    pub fn refuse(self, status: u16, code: &str, message: &str) -> Self {
        self.reply(Answer::refusal(status, code, message))
    }

    /// Next, no answer at all: see [`closed_after_request`](super::closed_after_request) and its
    /// neighbours.
    #[must_use]
    pub fn then_fail(self, error: TransportError) -> Self {
        self.then(Step::Fail(error))
    }

    /// Next, an answer whose signature is wrong on purpose, as the platform sends now and then.
    #[must_use]
    pub fn then_probe(self) -> Self {
        self.reply(Answer::json(200, serde_json::json!({})).probe())
    }

    /// Answers every request that no expectation fits. `verify_all` does not complain about those.
    #[must_use]
    pub fn otherwise(self, handler: impl Fn(&RecordedRequest) -> Answer + Send + Sync + 'static) -> Self {
        self.lock().handler = Some(Arc::new(handler));
        self
    }

    /// Changes each request on its way to the platform, as a proxy in between might.
    #[must_use]
    pub fn distorted(self, distortion: impl Fn(&mut WireRequest) + Send + Sync + 'static) -> Self {
        self.lock().distortion = Some(Arc::new(distortion));
        self
    }

    /// Every exchange so far, in order.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.lock().exchanges.clone()
    }

    /// Every request so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().exchanges.iter().map(|exchange| exchange.request.clone()).collect()
    }

    /// How long the client waited between attempts; nobody really waited.
    #[must_use]
    pub fn pauses(&self) -> Vec<Duration> {
        self.lock().pauses.clone()
    }

    /// What was exchanged, masked, to be kept in a file and replayed.
    #[must_use]
    pub fn recording(&self) -> Recording {
        Recording::new(&self.lock().exchanges)
    }

    /// Asserts that every expected request came, that no other came, and that every signature was
    /// right.
    ///
    /// # Panics
    /// With [`MockTransport::complaints`], if there are any.
    #[track_caller]
    pub fn verify_all(&self) {
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "the wire is not as expected:\n{}", complaints.join("\n"));
    }

    /// What is not as expected, one line each: wrong signatures, unexpected requests, and expected ones
    /// that did not come.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let state = self.lock();
        let missing = state.expectations.iter().filter(|expectation| !expectation.steps.is_empty());
        let missing = missing
            .map(|expectation| format!("{} more of {}", expectation.steps.len(), expectation.wanted.shown()));
        state.complaints.iter().cloned().chain(missing).collect()
    }

    fn push(&self, wanted: Wanted) {
        self.lock().expectations.push(Expectation { wanted, steps: VecDeque::new() });
    }

    fn then(self, step: Step) -> Self {
        if self.lock().expectations.is_empty() {
            self.push(Wanted::Anything);
        }
        if let Some(latest) = self.lock().expectations.last_mut() {
            latest.steps.push_back(step);
        }
        self
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn platform(&self) -> &FakePlatform {
        &self.platform
    }

    pub(super) fn exchange(
        &self,
        request: &WireRequest,
        limits: &Limits,
    ) -> Result<WireResponse, TransportError> {
        let mut request = request.clone();
        let distortion = self.lock().distortion.clone();
        if let Some(distortion) = distortion {
            distortion(&mut request);
        }
        let refusal = self.platform.refuse(&request);
        let recorded = RecordedRequest::new(&request, refusal.is_none());
        let step = match refusal {
            Some(answer) => {
                self.complain("a wrong signature", &recorded);
                Step::Answer(Box::new(answer))
            }
            None => self.next_step(&recorded),
        };
        let outcome = match step {
            Step::Answer(answer) => Ok(answer.on_the_wire(&self.platform, recorded.header(WECHATPAY_SERIAL))),
            Step::Fail(error) => Err(error),
        };
        if let Err(TransportError::Timeout(_)) = &outcome {
            self.platform.clock().advance(limits.attempt);
        }
        self.lock().exchanges.push(Exchange::new(recorded, &outcome));
        outcome
    }

    fn next_step(&self, request: &RecordedRequest) -> Step {
        let mut state = self.lock();
        let fitting = state.expectations.iter_mut().find(|expectation| {
            !expectation.steps.is_empty() && expectation.wanted.fits(&request.method, &request.target)
        });
        if let Some(step) = fitting.and_then(|expectation| expectation.steps.pop_front()) {
            return step;
        }
        // The handler is the test's code, which may look at this transport.
        let handler = state.handler.clone();
        drop(state);
        if let Some(handler) = handler {
            return Step::Answer(Box::new(handler(request)));
        }
        self.complain("unexpected", request);
        Step::Answer(Box::new(FakePlatform::not_found(&request.method, request.path())))
    }

    fn complain(&self, about: &str, request: &RecordedRequest) {
        self.lock().complaints.push(format!("{about}: {} {}", request.method, request.target));
    }

    fn wait(&self, duration: Duration) {
        self.lock().pauses.push(duration);
        self.platform.clock().advance(duration);
    }
}

impl Transport for MockTransport {
    fn round_trip<'a>(
        &'a self,
        request: &'a WireRequest,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<WireResponse, TransportError>> {
        // Nothing happens before it is polled.
        Box::pin(async move { self.exchange(request, limits) })
    }

    fn pause(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.wait(duration) })
    }
}

impl BlockingTransport for MockTransport {
    fn round_trip(&self, request: &WireRequest, limits: &Limits) -> Result<WireResponse, TransportError> {
        self.exchange(request, limits)
    }

    fn pause(&self, duration: Duration) {
        self.wait(duration);
    }
}

impl fmt::Debug for MockTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("MockTransport")
            .field("expectations", &state.expectations.len())
            .field("exchanges", &state.exchanges)
            .finish_non_exhaustive()
    }
}
