//! A call on its way from the caller's words to the bytes that are signed.
//!
//! A [`Draft`] collects; preparing it checks everything and fixes target, headers and body for good.
//! After that nothing is serialised again: the same bytes are signed, sent and repeated.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use quan_apiv3::headers::WECHATPAY_SERIAL;
use serde::Serialize;

use crate::credential::Credential;
use crate::error::{CallContext, Error, RequestError};
use crate::key_ring::KeyId;
use crate::path::PathError;
use crate::protocol::Protocol;
use crate::query::Query;
use crate::retry::{Repeatable, Retry, repeatable};
use crate::sealer;
use crate::template::{Emptiness, PathTemplate, Variable};
use crate::transport::Limits;
use crate::upload::Multipart;

/// Headers that belong to the signature or to the connection.
const RESERVED: [&str; 8] = [
    "authorization",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "expect",
    "upgrade",
    "accept-encoding",
];

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The path of a call: a template, or why the text is none.
#[derive(Clone, Debug)]
pub(crate) struct DraftPath {
    /// As it was written, for messages.
    pub(crate) text: Arc<str>,
    pub(crate) template: Result<Arc<PathTemplate>, PathError>,
}

impl DraftPath {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.into(), template: PathTemplate::parse(text).map(Arc::new) }
    }
}

/// The body of a call. No body and an empty JSON object are different requests.
#[derive(Clone)]
pub(crate) struct Body {
    bytes: Bytes,
    /// What of it is signed, when that is not the whole.
    signed: Option<Bytes>,
    content_type: Option<HeaderValue>,
    /// The keys that values in it were sealed to.
    sealed_to: Vec<KeyId>,
}

impl Body {
    pub(crate) fn none() -> Self {
        Self { bytes: Bytes::new(), signed: None, content_type: None, sealed_to: Vec::new() }
    }

    /// Compact UTF-8, without escapes for non-ASCII and without a newline at the end.
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, RequestError> {
        let (bytes, sealed_to) = sealer::watch(|| serde_json::to_vec(value));
        let bytes = bytes.map_err(RequestError::Body)?.into();
        Ok(Self { bytes, content_type: Some(JSON), sealed_to, ..Self::none() })
    }

    pub(crate) fn raw(bytes: Bytes, content_type: &str) -> Result<Self, RequestError> {
        let content_type = HeaderValue::from_str(content_type)
            .map_err(|_| RequestError::InvalidHeader(CONTENT_TYPE.to_string()))?;
        Ok(Self { bytes, content_type: Some(content_type), ..Self::none() })
    }

    pub(crate) fn multipart(written: Multipart) -> Self {
        let Multipart { bytes, signed, content_type } = written;
        Self { bytes, signed: Some(signed), content_type: Some(content_type), sealed_to: Vec::new() }
    }
}

/// What the caller has said so far. The first mistake is kept and reported when the call is prepared,
/// so that building a call never fails or panics half-way.
pub(crate) struct Draft {
    pub(crate) method: Method,
    pub(crate) path: DraftPath,
    pub(crate) variables: Vec<Variable>,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) credential: Option<Credential>,
    /// The keys that values of the query were sealed to, and the key that `sealed_by` names.
    pub(crate) sealed_to: Vec<KeyId>,
    /// The target as it stands, for URLs that the platform has given.
    pub(crate) fixed_target: Option<(String, String)>,
    pub(crate) limits: Limits,
    pub(crate) call_time_max: Duration,
    pub(crate) retry: Retry,
    pub(crate) claimed: Repeatable,
    pub(crate) mistake: Option<RequestError>,
}

/// A call that can be signed.
pub(crate) struct PreparedCall {
    pub(crate) context: CallContext,
    /// Path and query, without any prefix of the base URL.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The last line of the signed message: the body, or the meta of an upload.
    pub(crate) signed_body: Bytes,
    /// Where it goes, when that is not a base URL.
    pub(crate) origin: Option<String>,
    pub(crate) credential: Credential,
    pub(crate) repeatable: Repeatable,
    pub(crate) limits: Limits,
    pub(crate) call_time_max: Duration,
    pub(crate) retry: Retry,
}

impl Draft {
    pub(crate) fn new(
        protocol: &Protocol,
        method: Method,
        path: DraftPath,
        body: Result<Body, RequestError>,
    ) -> Self {
        let (body, mistake) = match body {
            Ok(body) => (body, None),
            Err(mistake) => (Body::none(), Some(mistake)),
        };
        Self {
            method,
            path,
            variables: Vec::new(),
            query: Query::default(),
            headers: HeaderMap::new(),
            body,
            credential: None,
            sealed_to: Vec::new(),
            fixed_target: None,
            limits: protocol.limits,
            call_time_max: protocol.call_time_max,
            retry: protocol.retry,
            claimed: Repeatable::No,
            mistake,
        }
    }

    pub(crate) fn variable(&mut self, name: &str, value: String, emptiness: Emptiness) {
        self.variables.push(Variable { name: name.to_owned(), value, emptiness });
    }

    pub(crate) fn header(&mut self, name: &str, value: &str) {
        let outcome = match (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            (Ok(name), Ok(_)) if RESERVED.contains(&name.as_str()) => {
                Err(RequestError::ReservedHeader(name.to_string()))
            }
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
                Ok(())
            }
            _not_a_header => Err(RequestError::InvalidHeader(name.to_owned())),
        };
        self.note(outcome);
    }

    /// This request for the next page; a mistake goes with it.
    pub(crate) fn take_copy(&mut self) -> Self {
        Self {
            method: self.method.clone(),
            path: self.path.clone(),
            variables: self.variables.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            credential: self.credential.clone(),
            sealed_to: self.sealed_to.clone(),
            fixed_target: self.fixed_target.clone(),
            limits: self.limits,
            call_time_max: self.call_time_max,
            retry: self.retry,
            claimed: self.claimed,
            mistake: self.mistake.take(),
        }
    }

    /// Keeps the first mistake.
    pub(crate) fn note(&mut self, outcome: Result<(), RequestError>) {
        if let (Err(mistake), None) = (outcome, &self.mistake) {
            self.mistake = Some(mistake);
        }
    }

    pub(crate) fn prepare(mut self, protocol: &Protocol) -> Result<PreparedCall, Error> {
        let context = CallContext::new(self.method.clone(), &self.path.text);
        match self.check(protocol) {
            Ok((target, credential)) => Ok(self.settle(protocol, context, target, credential)),
            Err(reason) => Err(Error::Request { context: Box::new(context), reason }),
        }
    }

    fn check(&mut self, protocol: &Protocol) -> Result<(String, Credential), RequestError> {
        if let Some(mistake) = self.mistake.take() {
            return Err(mistake);
        }
        self.name_sealing_key()?;
        if let Some((_, target)) = &self.fixed_target {
            let path = target.split('?').next().unwrap_or_default();
            let credential = protocol.credential(path, self.credential.take())?;
            return Ok((target.clone(), credential));
        }
        let template = self.path.template.as_ref().map_err(|error| RequestError::InvalidPath(*error))?;
        let mut target = template.expand(&self.variables)?;
        let credential = protocol.credential(&target, self.credential.take())?;
        if !self.query.as_str().is_empty() {
            target.push('?');
            target.push_str(self.query.as_str());
        }
        Ok((target, credential))
    }

    /// Names the one key that values were sealed to, in the header by which the platform finds it.
    fn name_sealing_key(&mut self) -> Result<(), RequestError> {
        let mut keys = self.body.sealed_to.iter().chain(&self.sealed_to);
        let Some(first) = keys.next() else { return Ok(()) };
        if let Some(other) = keys.find(|other| *other != first) {
            return Err(RequestError::TwoSealingKeys(first.to_string(), other.to_string()));
        }
        let header = || RequestError::InvalidHeader(WECHATPAY_SERIAL.to_owned());
        let name = WECHATPAY_SERIAL.parse::<HeaderName>().map_err(|_| header())?;
        let value = first.as_str().parse().map_err(|_| header())?;
        self.headers.insert(name, value);
        Ok(())
    }

    fn settle(
        self,
        protocol: &Protocol,
        context: CallContext,
        target: String,
        credential: Credential,
    ) -> PreparedCall {
        let mut headers = self.headers;
        let mut default = |name: HeaderName, value: HeaderValue| {
            headers.entry(name).or_insert(value);
        };
        default(ACCEPT, JSON);
        default(ACCEPT_LANGUAGE, protocol.accept_language.clone());
        default(USER_AGENT, protocol.user_agent.clone());
        if let Some(content_type) = self.body.content_type {
            default(CONTENT_TYPE, content_type);
        }
        protocol.ask_for_known_key(&mut headers, protocol.clock.now().unix_seconds());
        PreparedCall {
            repeatable: repeatable(
                &self.method,
                &self.path.text,
                self.query.as_str(),
                &self.body.bytes,
                self.claimed,
            ),
            context,
            target,
            headers,
            signed_body: self.body.signed.unwrap_or_else(|| self.body.bytes.clone()),
            body: self.body.bytes,
            origin: self.fixed_target.map(|(origin, _)| origin),
            credential,
            limits: self.limits,
            call_time_max: self.call_time_max,
            retry: self.retry,
        }
    }
}

/// A call that was checked and fixed but not signed: for dry runs and tests. `Debug` shows neither
/// target nor body.
#[derive(Clone)]
pub struct Prepared {
    /// The method.
    pub method: Method,
    /// Path and query as they would be signed.
    pub request_target: String,
    /// Every header but `Authorization`, `Host` and `Content-Length`.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A call with its signature, not sent: for support tickets and tests. `Debug` shows neither.
#[derive(Clone)]
pub struct SignedRequest {
    /// What was signed.
    pub prepared: Prepared,
    /// The value of the `Authorization` header. It is valid for minutes: do not log it.
    pub authorization: String,
    /// The exact message that was signed.
    pub message: Bytes,
}

impl fmt::Debug for SignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest").field("prepared", &self.prepared).finish_non_exhaustive()
    }
}
