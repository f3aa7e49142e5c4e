//! What one attempt needs and how it ends: the receiver's URL and key, the signed post, the verdict.
//!
//! Reading, sealing and signing are synchronous and belong on a blocking thread, the RSA signature above
//! all. Knows one notification at a time, nothing of leases.

use std::error::Error;

use bytes::Bytes;
use quan_apiv3::aead::{AeadError, ApiV3Key};
use quan_apiv3::authorization::Scheme;
use quan_apiv3::headers::REQUEST_ID;
use quan_apiv3::key::SignError;
use quan_apiv3::platform_keys::{PlatformKeys, SigningKey};
use quan_apiv3::probe::probe_signature;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_model::ids::Principal;
use quan_model::notification::EVENT_BUSIFAVOR_SEND;
use quan_model::verification::VerificationMode;
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::outbox::Notification;
use zeroize::Zeroizing;

use crate::address::AddressPolicy;
use crate::envelope;
use crate::exchange::{Answer, Post, PostError};
use crate::notify_url::{Endpoint, UrlError};

/// How much of a failed answer is kept for people, in characters.
const EXCERPT_CHARS_MAX: usize = 200;
/// The longest outcome that is recorded, in characters.
const OUTCOME_CHARS_MAX: usize = 500;

/// Why an attempt failed. Most count and are tried again by the schedule, since a receiver may be down or set its URL
/// meanwhile; see [`Failure::is_final`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the receiver is unknown")]
    UnknownReceiver,
    #[error("the receiver has set no notify URL")]
    NoUrl,
    #[error("the notify URL cannot be used")]
    Url(#[source] UrlError),
    #[error("not sent: the receiver has set no APIv3 key")]
    NoKey,
    #[error("not sent: the brand has withdrawn its authorisation")]
    NotAuthorised,
    #[error("the resource cannot be sealed with the receiver's APIv3 key")]
    Seal(#[source] AeadError),
    #[error("the notification cannot be signed")]
    Sign(#[source] SignError),
    #[error(transparent)]
    Post(#[from] PostError),
    #[error("the receiver redirected with {status}; redirects are not followed")]
    Redirected { status: u16 },
    #[error("the receiver answered {status}: {excerpt}")]
    Refused { status: u16, excerpt: String },
}

impl Failure {
    /// The receiver's status, if it answered.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Redirected { status } | Self::Refused { status, .. } => Some(*status),
            Self::UnknownReceiver
            | Self::NoUrl
            | Self::Url(_)
            | Self::NoKey
            | Self::NotAuthorised
            | Self::Seal(_)
            | Self::Sign(_)
            | Self::Post(_) => None,
        }
    }

    /// Whether nothing is to be tried again: without a key nothing is ever sent (semantics 9.2), and what a brand no
    /// longer lets a provider know is dropped (semantics 2.2).
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::NoKey | Self::NotAuthorised => true,
            Self::UnknownReceiver
            | Self::NoUrl
            | Self::Url(_)
            | Self::Seal(_)
            | Self::Sign(_)
            | Self::Post(_)
            | Self::Redirected { .. }
            | Self::Refused { .. } => false,
        }
    }

    /// The failure with its causes on one line, for the record of the attempt.
    pub(crate) fn outcome(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        one_line(&text, OUTCOME_CHARS_MAX)
    }
}

/// Where a principal's notifications go, with which key they are sealed, and which of ours it verifies by.
pub(crate) struct Receiver {
    url: String,
    key: ApiV3Key,
    verification_mode: VerificationMode,
}

/// Looks the receiver of a notification up: merchant coupons have a callback of their own, everything else goes
/// to the notify URL. The outer error is the store's, the inner one the receiver's.
pub(crate) fn receiver(
    reader: &dyn Reader,
    notification: &Notification,
) -> Result<Result<Receiver, Failure>, StoreError> {
    let principal = &notification.receiver;
    let (known, is_authorised) = match principal {
        Principal::Merchant(mchid) => {
            let known = reader.merchant(mchid)?.map(|found| (found.apiv3_key, found.verification_mode));
            let about = notification.brand_id.as_ref();
            (known, about.map(|brand_id| reader.is_authorised(brand_id, mchid)).transpose()?.unwrap_or(true))
        }
        Principal::Brand(brand_id) => {
            (reader.brand(brand_id)?.map(|found| (found.api_key, VerificationMode::PublicKey)), true)
        }
    };
    let known = known.map(|(key, mode)| (key.map(Zeroizing::new), mode));
    let url = match principal {
        Principal::Merchant(mchid) if notification.event_type == EVENT_BUSIFAVOR_SEND => {
            reader.callback(mchid)?
        }
        Principal::Merchant(_) | Principal::Brand(_) => reader.notify_url(principal)?,
    };
    Ok(match (known, url) {
        (None, _) => Err(Failure::UnknownReceiver),
        (Some(_), _) if !is_authorised => Err(Failure::NotAuthorised),
        (Some((None, _)), _) => Err(Failure::NoKey),
        (Some((Some(_), _)), None) => Err(Failure::NoUrl),
        (Some((Some(key), verification_mode)), Some(url)) => match ApiV3Key::new(&key) {
            Ok(key) => Ok(Receiver { url: url.url, key, verification_mode }),
            Err(error) => Err(Failure::Seal(error)),
        },
    })
}

/// What is new in every attempt.
pub(crate) struct Stamp {
    /// Unix seconds of the wire clock.
    pub(crate) timestamp: i64,
    /// Of the signature, not of the resource.
    pub(crate) nonce: String,
    pub(crate) request_id: String,
}

/// How a post is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    Right,
    /// Wrong on purpose: a probe.
    Probe,
}

/// Seals and signs.
pub(crate) fn prepare(
    notification: &Notification,
    receiver: &Receiver,
    keys: &PlatformKeys,
    policy: AddressPolicy,
    stamp: Stamp,
    signature: Signature,
) -> Result<Post, Failure> {
    let endpoint = Endpoint::parse(&receiver.url, policy).map_err(Failure::Url)?;
    let body = envelope::body(notification, &receiver.key).map_err(Failure::Seal)?;
    let scheme = match &notification.receiver {
        Principal::Merchant(_) => Scheme::Merchant,
        Principal::Brand(_) => Scheme::Brand,
    };
    let Stamp { timestamp, nonce, request_id } = stamp;
    let SigningKey { key, serial } = match receiver.verification_mode {
        VerificationMode::PlatformCertificate => keys.by_certificate(),
        VerificationMode::Both | VerificationMode::PublicKey => keys.by_public_key(),
    };
    let mut signed =
        SignatureHeaders::sign(key, serial, scheme, timestamp, &nonce, &body).map_err(Failure::Sign)?;
    match signature {
        Signature::Right => {}
        Signature::Probe => signed.signature = probe_signature(&signed.signature),
    }
    let mut headers = vec![(REQUEST_ID, request_id)];
    headers.extend(signed.pairs().map(|(name, value)| (name, value.to_owned())));
    Ok(Post { endpoint, headers, body: Bytes::from(body) })
}

/// Whether the receiver took it: any status from 200 to 299, whatever the body says (wire-protocol 5.3).
pub(crate) fn verdict(answer: &Answer) -> Result<u16, Failure> {
    match answer.status {
        status @ 200..=299 => Ok(status),
        status @ 300..=399 => Err(Failure::Redirected { status }),
        status => {
            let excerpt = one_line(&String::from_utf8_lossy(&answer.body), EXCERPT_CHARS_MAX);
            Err(Failure::Refused { status, excerpt })
        }
    }
}

/// At most `chars_max` characters, control characters turned into blanks: what a receiver sends must not
/// be able to forge lines of a log or move a terminal's cursor.
fn one_line(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).map(|char| if char.is_control() { ' ' } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &[u8]) -> Answer {
        Answer { status, body: body.to_vec() }
    }

    #[test]
    fn only_2xx_is_taken_and_the_body_does_not_count() {
        for (status, is_taken) in
            [(199, false), (200, true), (204, true), (299, true), (300, false), (302, false), (400, false)]
        {
            let body = br#"{"code":"FAIL","message":"no"}"#;
            let verdict = verdict(&answer(status, body));
            assert_eq!(verdict.is_ok(), is_taken, "{status}");
            assert_eq!(verdict.map_or_else(|failure| failure.status(), Some), Some(status));
        }
    }

    #[test]
    fn an_outcome_is_one_bounded_line_with_its_causes() {
        let failure = Failure::Url(UrlError::Query);
        assert_eq!(failure.outcome(), "the notify URL cannot be used: the notify URL has a query string (?)");
        let refused = verdict(&answer(500, "忙\r\n\u{1b}[2J".as_bytes())).unwrap_err();
        assert_eq!(refused.outcome(), "the receiver answered 500: 忙   [2J");
        let long = verdict(&answer(500, &[b'x'; 4096])).unwrap_err().outcome();
        assert_eq!(long.chars().filter(|char| *char == 'x').count(), EXCERPT_CHARS_MAX);
        let invalid = verdict(&answer(500, &[0xff, 0xfe])).unwrap_err().outcome();
        assert!(invalid.ends_with("\u{fffd}\u{fffd}"), "{invalid}");
    }
}
