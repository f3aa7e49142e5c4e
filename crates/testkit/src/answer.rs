//! An answer, read whole and its signature verified, with the assertions that tests make of it.

use bytes::Bytes;
use http::HeaderMap;
use quan_apiv3::key::{PROBE_PREFIX, SignatureError};
use quan_apiv3::message::CLOCK_WINDOW_SECONDS;
use quan_apiv3::signature_headers::{SignatureHeaders, VerifyError};
use quan_apiv3::{headers, request_id};
use serde_json::Value;

use crate::keys;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as received.
    pub body: Bytes,
    /// The serial number or key id that signed it; none if it is unsigned. A signature that is there was
    /// verified.
    pub signed_by: Option<String>,
    /// Whether the signature is wrong on purpose; that it fails was verified.
    pub is_probe: bool,
}

impl Answer {
    pub(crate) fn read(status: u16, headers: HeaderMap, body: Bytes, now: i64) -> Self {
        let mut answer = Self { status, headers, body, signed_by: None, is_probe: false };
        if let Some(signature) = answer.header(headers::WECHATPAY_SIGNATURE) {
            answer.is_probe = signature.starts_with(PROBE_PREFIX);
            answer.signed_by = Some(answer.verified(now));
        }
        answer
    }

    fn verified(&self, now: i64) -> String {
        let signature = SignatureHeaders::read(|name| self.header(name)).expect("the headers are complete");
        let key = keys::named(&signature.serial);
        match signature.verify(&key, now, CLOCK_WINDOW_SECONDS, &self.body) {
            Ok(()) => assert!(!self.is_probe, "a probe does not verify"),
            Err(VerifyError::Signature(SignatureError::Probe)) if self.is_probe => {}
            Err(error) => panic!("the answer's signature does not hold: {error}"),
        }
        signature.serial
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The number at the end of the Request-ID.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    #[track_caller]
    pub fn number(&self) -> u64 {
        let id = self.header(headers::REQUEST_ID).expect("every answer of the API has a Request-ID");
        request_id::suffix(id).unwrap_or_else(|| panic!("{id} ends in no number"))
    }

    /// The body of a success of the API: 200, signed, number 0.
    ///
    /// # Panics
    /// When it is no such success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.number(), 0, "a success has number 0");
        assert!(self.signed_by.is_some(), "a success is signed");
        self.json()
    }

    /// The body of a refusal of an identified caller: signed, with status, code and number together.
    ///
    /// # Panics
    /// When it is another answer.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str, number: u64) -> Value {
        let body = self.refused_unsigned_or_signed(status, code, number);
        assert!(self.signed_by.is_some(), "a refusal of an identified caller is signed: {body}");
        body
    }

    /// The body of a refusal of a caller that was not identified: unsigned.
    ///
    /// # Panics
    /// When it is another answer.
    #[track_caller]
    pub fn refused_unsigned(&self, status: u16, code: &str, number: u64) -> Value {
        let body = self.refused_unsigned_or_signed(status, code, number);
        assert_eq!(self.signed_by, None, "the answer to an unknown caller is unsigned: {body}");
        body
    }

    /// The body of a refusal of a development call: status, and `code` and `message` for people.
    ///
    /// # Panics
    /// When it is another answer.
    #[track_caller]
    pub fn refused_plainly(&self, status: u16) -> Value {
        let body = self.json();
        assert_eq!(self.status, status, "{body}");
        assert!(body["code"].is_string() && body["message"].is_string(), "{body}");
        body
    }

    #[track_caller]
    fn refused_unsigned_or_signed(&self, status: u16, code: &str, number: u64) -> Value {
        let body = self.json();
        let got = (self.status, body["code"].as_str().unwrap_or_default(), self.number());
        assert_eq!(got, (status, code, number), "{body}");
        let message = body["message"].as_str().unwrap_or_default();
        assert!(
            message.chars().any(|character| character >= '\u{4e00}'),
            "the message speaks Chinese: {body}"
        );
        body
    }

    /// Like [`Answer::refused`] with status 400, for a fault of one field, whose place it names.
    ///
    /// # Panics
    /// When it is another answer.
    #[track_caller]
    pub fn refused_field(&self, code: &str, number: u64, field: &str) -> Value {
        let body = self.refused(400, code, number);
        assert_eq!(body["detail"]["field"], field, "{body}");
        body
    }
}
