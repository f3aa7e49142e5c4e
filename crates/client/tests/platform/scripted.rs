//! A transport that plays a script and records requests and pauses, for both modes and without waiting.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use quan_client::error::TransportError;
use quan_client::transport::{BlockingTransport, BoxFuture, Limits, Transport, WireRequest, WireResponse};

use super::{Answer, Received};

type Step = Result<Answer, TransportError>;

/// Answers requests from its script, in order.
#[derive(Default)]
pub struct Scripted {
    script: Mutex<VecDeque<Step>>,
    pub requests: Mutex<Vec<WireRequest>>,
    pub pauses: Mutex<Vec<Duration>>,
}

impl Scripted {
    pub fn new(script: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self { script: Mutex::new(script.into_iter().collect()), ..Self::default() })
    }

    pub fn attempts(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    pub fn pauses(&self) -> Vec<Duration> {
        self.pauses.lock().unwrap().clone()
    }

    pub fn origins(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|request| request.origin.clone()).collect()
    }

    /// The requests in the form that the server records.
    pub fn received(&self) -> Vec<Received> {
        let requests = self.requests.lock().unwrap();
        let received = requests.iter().map(|request| Received {
            method: request.method.to_string(),
            target: request.target.clone(),
            headers: request
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: request.body.to_vec(),
        });
        received.collect()
    }
}

impl BlockingTransport for Scripted {
    fn round_trip(&self, request: &WireRequest, _: &Limits) -> Result<WireResponse, TransportError> {
        self.requests.lock().unwrap().push(request.clone());
        let answer = self.script.lock().unwrap().pop_front().expect("the script has no answer left")?;
        let mut headers = HeaderMap::new();
        for (name, value) in &answer.headers {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let status = StatusCode::from_u16(answer.status).unwrap();
        Ok(WireResponse { status, headers, body: answer.body.into() })
    }

    fn pause(&self, duration: Duration) {
        self.pauses.lock().unwrap().push(duration);
    }
}

impl Transport for Scripted {
    fn round_trip<'a>(
        &'a self,
        request: &'a WireRequest,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<WireResponse, TransportError>> {
        Box::pin(std::future::ready(BlockingTransport::round_trip(self, request, limits)))
    }

    fn pause(&self, duration: Duration) -> BoxFuture<'_, ()> {
        BlockingTransport::pause(self, duration);
        Box::pin(std::future::ready(()))
    }
}
