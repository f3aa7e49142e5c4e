//! What the fake platform answers, and how the answer is spoiled.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use quan_apiv3::error_body::ErrorBody;
use quan_apiv3::headers::{REQUEST_ID, WECHATPAY_SIGNATURE};
use quan_apiv3::key::PROBE_PREFIX;
use serde::Serialize;
use serde_json::Value;

use super::platform::{FakePlatform, Signature};
use crate::transport::WireResponse;

/// One answer of the fake platform. It is signed when it is sent, with the key that the request asked
/// for, unless a fault says otherwise.
///
/// # Panics
/// Making one panics on what no HTTP message can hold: a status below 100, a header with line breaks.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    body: Bytes,
    headers: HeaderMap,
    detail_code: u64,
    fault: Fault,
    cut_to: Option<usize>,
    signer: Option<String>,
}

#[derive(Clone, Debug)]
enum Fault {
    None,
    Unsigned,
    Probe,
    BadSignature,
    /// Signed so many seconds before (or, when negative, after) now.
    Aged(i64),
    UnknownSerial(String),
}

impl Answer {
    /// A body of any kind, such as the HTML page of a gateway.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        let status = StatusCode::from_u16(status).expect("a status from 100 to 999");
        let headers = HeaderMap::new();
        Self {
            status,
            body: body.into(),
            headers,
            detail_code: 0,
            fault: Fault::None,
            cut_to: None,
            signer: None,
        }
    }

    /// JSON, from a dynamic value or any type that serialises.
    #[must_use]
    pub fn json(status: u16, body: impl Serialize) -> Self {
        let body = serde_json::to_vec(&body).expect("a body that can be written as JSON");
        Self::new(status, body).header("Content-Type", "application/json; charset=utf-8")
    }

    /// 204 without a body.
    #[must_use]
    pub fn no_content() -> Self {
        Self::new(204, Bytes::new())
    }

    /// A refusal: `{"code":…,"message":…}`.
    #[must_use]
    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, ErrorBody { code: code.to_owned(), detail: None, message: message.to_owned() })
    }

    /// A refusal with a `detail`.
    #[must_use]
    pub fn refusal_with_detail(status: u16, code: &str, message: &str, detail: Value) -> Self {
        let (code, message) = (code.to_owned(), message.to_owned());
        Self::json(status, ErrorBody { code, detail: Some(detail), message })
    }

    /// The number at the end of `Request-ID`, which names the precise cause; 0 by default.
    #[must_use]
    pub fn detail_code(mut self, detail_code: u64) -> Self {
        self.detail_code = detail_code;
        self
    }

    /// Sets a header, in place of the one that the answer would have.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("the name of a header");
        self.headers.insert(name, HeaderValue::from_str(value).expect("the value of a header"));
        self
    }

    /// Signs with this key of the platform, whatever the request asked for.
    #[must_use]
    pub fn signed_by(self, serial: impl Into<String>) -> Self {
        Self { signer: Some(serial.into()), ..self }
    }

    /// Fault: none of the four signature headers.
    #[must_use]
    pub fn unsigned(self) -> Self {
        Self { fault: Fault::Unsigned, ..self }
    }

    /// Fault: a wrong signature on purpose, as the platform sends now and then.
    #[must_use]
    pub fn probe(self) -> Self {
        Self { fault: Fault::Probe, ..self }
    }

    /// Fault: a good signature, over another body.
    #[must_use]
    pub fn bad_signature(self) -> Self {
        Self { fault: Fault::BadSignature, ..self }
    }

    /// Fault: well signed, so many seconds ago; in the future when negative.
    #[must_use]
    pub fn aged(self, seconds: i64) -> Self {
        Self { fault: Fault::Aged(seconds), ..self }
    }

    /// Fault: the named key is one that nobody has.
    #[must_use]
    pub fn unknown_serial(self, serial: impl Into<String>) -> Self {
        Self { fault: Fault::UnknownSerial(serial.into()), ..self }
    }

    /// Fault: the whole body was signed, and only its first bytes arrive.
    #[must_use]
    pub fn cut_to(self, bytes: usize) -> Self {
        Self { cut_to: Some(bytes), ..self }
    }

    /// The answer as it goes on the wire. `asked_for` is the request's `Wechatpay-Serial`.
    pub(super) fn on_the_wire(&self, platform: &FakePlatform, asked_for: Option<&str>) -> WireResponse {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_bytes(REQUEST_ID.as_bytes()).expect("invariant: a name"), {
            let id = platform.next_request_id(self.detail_code);
            HeaderValue::try_from(id).expect("invariant: hex and digits")
        });
        let now = platform.clock().unix_seconds();
        let asked_for = self.signer.as_deref().or(asked_for);
        let signature = match &self.fault {
            Fault::Unsigned => None,
            Fault::None | Fault::Probe => Some(platform.sign(asked_for, now, &self.body)),
            Fault::BadSignature => Some(platform.sign(asked_for, now, b"another body")),
            Fault::Aged(seconds) => Some(platform.sign(asked_for, now.saturating_sub(*seconds), &self.body)),
            Fault::UnknownSerial(serial) => {
                let signature = platform.sign(asked_for, now, &self.body);
                Some(Signature { serial: serial.clone(), ..signature })
            }
        };
        if let Some(signature) = signature {
            headers.extend(signature.headers());
        }
        if let (Fault::Probe, Some(signature)) = (&self.fault, headers.get_mut(WECHATPAY_SIGNATURE)) {
            *signature = as_probe(signature);
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        let length = self.cut_to.map_or(self.body.len(), |bytes| bytes.min(self.body.len()));
        WireResponse { status: self.status, headers, body: self.body.slice(..length) }
    }
}

/// The form of a probe: the prefix in place of the first characters of a signature.
pub(super) fn as_probe(signature: &HeaderValue) -> HeaderValue {
    let rest = signature.to_str().ok().and_then(|text| text.get(PROBE_PREFIX.len()..)).unwrap_or_default();
    HeaderValue::try_from(format!("{PROBE_PREFIX}{rest}")).expect("invariant: Base64 is printable")
}
