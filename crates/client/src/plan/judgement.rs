//! What an answer means: verified or not, a success or a refusal, and into which class of outcome it
//! falls (client.md 9.2, 12.2).

use std::borrow::Cow;
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use quan_apiv3::headers::{REQUEST_ID, WECHATPAY_SERIAL};

use super::{Action, Answer, Plan, Purpose, Waiting};
use crate::certificates;
use crate::digest::{HashType, digest};
use crate::error::{ApiError, CertificateListError, Error, KeysError, VerificationError, VerificationReason};
use crate::key_set::KeySet;
use crate::observer::{Notice, VerifyFailureReport};
use crate::protocol::Moment;
use crate::refresh::Cause;
use crate::reply::Trust;
use crate::retry::Class;
use crate::transport::WireResponse;
use crate::verification::{Signed, Verifier};

/// The statements of overseas merchants are signed by their digest (wire-protocol 2.6).
const STATEMENTS: [&str; 2] = ["/v3/global/statements", "/hk/v3/statements"];
const STATEMENT_SHA1: &str = "wechatpay-statement-sha1";

/// How an attempt ended, as far as what comes next is concerned.
#[derive(Clone, Copy)]
pub(super) struct Classified {
    pub(super) class: Class,
    /// Whether another host might have done better.
    pub(super) is_host_in_trouble: bool,
    pub(super) retry_after: Option<Duration>,
}

impl Classified {
    /// No answer came.
    pub(super) fn lost(class: Class) -> Self {
        Self { class, is_host_in_trouble: true, retry_after: None }
    }

    fn answered(class: Class, response: &WireResponse, is_authentic: bool) -> Self {
        // A gateway that cannot reach the platform says so unsigned; a signed 500 is the platform's own.
        let is_host_in_trouble = class == Class::Unknown && !is_authentic;
        Self { class, is_host_in_trouble, retry_after: retry_after(&response.headers) }
    }
}

impl Plan<'_> {
    /// Steps 2 to 7 of the verification, then the meaning of the status.
    pub(super) fn judge(&mut self, moment: &Moment, response: WireResponse) -> Action {
        self.now_ms = moment.now_ms;
        let status = response.status;
        let outcome = match self.purpose {
            Purpose::Call | Purpose::Download => {
                self.verify(moment, &response, &self.protocol.keys.snapshot())
            }
            Purpose::Certificates if status.is_success() => match self.candidate(moment, &response.body) {
                Ok(candidate) => self.verify(moment, &response, &candidate),
                Err(reason) => return self.refuse_list(reason),
            },
            // Before the first keys are there, a refusal cannot be verified; it is read as unsigned.
            Purpose::Certificates => {
                self.verify(moment, &response, &self.protocol.keys.snapshot()).or(Ok(Trust::Unsigned))
            }
        };
        if let Err(VerificationReason::UnknownKey(serial)) = &outcome
            && self.purpose == Purpose::Call
            && !std::mem::replace(&mut self.has_asked_for_serial, true)
            && self.protocol.refresher.is_some()
        {
            let cause = Cause::UnknownSerial(serial.clone());
            self.waiting = Waiting::With(Box::new(response));
            return Action::RefreshKeys(cause, self.remaining());
        }
        let request_id = request_id(&response.headers);
        let trust = outcome.as_ref().ok().cloned();
        self.note_attempt(Some(status), trust, request_id.clone(), response.body.len());
        match outcome {
            Err(reason) => self.distrust(moment, &response, request_id, reason),
            Ok(trust) if status.is_success() && status != StatusCode::ACCEPTED => {
                self.protocol.budget.earn();
                if self.call.origin.is_none() {
                    self.protocol.hosts.succeeded(self.host);
                }
                let meta = self.meta(status, response.headers, trust);
                Action::Done(Ok(Answer { meta, body: response.body }))
            }
            Ok(trust) => {
                let is_authentic = trust != Trust::Unsigned;
                let context = self.call.context.clone();
                let meanings = &self.protocol.meanings;
                let message = self.attempt.message.clone();
                let error = ApiError::read(context, &response, trust, request_id, &message, meanings);
                let outcome = Classified::answered(class_of_refusal(&error), &response, is_authentic);
                self.settle(moment, &outcome, |context| Error::Api(Box::new(ApiError { context, ..error })))
            }
        }
    }

    fn verify(
        &self,
        moment: &Moment,
        response: &WireResponse,
        keys: &KeySet,
    ) -> Result<Trust, VerificationReason> {
        let window_seconds = self.protocol.window_seconds;
        let verifier = Verifier { keys, now: moment.unix_seconds(), window_seconds };
        match verifier.check(&response.headers, &self.signed_text(response)) {
            Ok(Signed::By(key_id)) => Ok(Trust::Verified { key_id }),
            Ok(Signed::No) if response.status.is_success() => Err(VerificationReason::MissingHeaders),
            Ok(Signed::No) => Ok(Trust::Unsigned),
            Err(reason) => Err(reason),
        }
    }

    /// The bytes that the platform has signed: the body, but for a statement whose digest fits.
    fn signed_text<'r>(&self, response: &'r WireResponse) -> Cow<'r, [u8]> {
        let path = self.call.target.split('?').next().unwrap_or_default();
        let stated = response.headers.get(STATEMENT_SHA1).and_then(|value| value.to_str().ok());
        match stated {
            Some(stated)
                if STATEMENTS.contains(&path) && stated == digest(HashType::Sha1, &response.body) =>
            {
                Cow::Owned(format!(r#"{{"sha1":"{stated}"}}"#).into_bytes())
            }
            Some(_) | None => Cow::Borrowed(&response.body),
        }
    }

    /// The keys that are trusted now and those of the list; kept to be installed if the list verifies.
    fn candidate(&mut self, moment: &Moment, body: &[u8]) -> Result<KeySet, CertificateListError> {
        let found = certificates::read(body, &self.protocol.api_v3_keys, moment.unix_seconds())?;
        let current = self.protocol.keys.snapshot();
        let candidate = current.with(found.iter().cloned()).map_err(CertificateListError::Conflict)?;
        self.found = found;
        Ok(candidate)
    }

    fn refuse_list(&mut self, reason: CertificateListError) -> Action {
        let context = Box::new(self.call.context.clone());
        Action::Done(Err(Error::Keys { context, reason: KeysError::List(reason).into() }))
    }

    fn distrust(
        &mut self,
        moment: &Moment,
        response: &WireResponse,
        request_id: Option<String>,
        reason: VerificationReason,
    ) -> Action {
        let status = response.status;
        self.found.clear();
        self.notices.push(Notice::Unverified(VerifyFailureReport {
            method: self.call.context.method.clone(),
            template: self.call.context.template.clone(),
            host: self.origin().to_owned(),
            status,
            request_id: request_id.clone(),
            reason: reason.clone(),
        }));
        let class = class_of_untrusted(status, &reason);
        // A probe is the platform's own doing.
        let is_authentic = reason == VerificationReason::SignProbe;
        let outcome = Classified::answered(class, response, is_authentic);
        self.settle(moment, &outcome, |context| {
            Error::Verification(Box::new(VerificationError { context, status, request_id, reason }))
        })
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

/// The platform's id of the request.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(REQUEST_ID)?.to_str().ok()?.to_owned())
}

/// Only the form in seconds; a date would need a calendar for no gain.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The serial that signed an answer, as its header says.
pub(crate) fn signer_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(WECHATPAY_SERIAL)?.to_str().ok()
}
