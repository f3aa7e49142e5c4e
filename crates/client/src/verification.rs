//! Whether a message is the platform's: the checks of client.md 9.2, in their order.
//!
//! Answers and notifications go through the same function. It sees the received bytes and never JSON,
//! which is only decoded afterwards. There is no switch to turn it off. Stop at the first failure:
//! headers, type, timestamp, nonce, key, probe, signature.

use quan_apiv3::authorization::Scheme;
use quan_apiv3::headers::{
    WECHATPAY_NONCE, WECHATPAY_SERIAL, WECHATPAY_SIGNATURE, WECHATPAY_SIGNATURE_TYPE, WECHATPAY_TIMESTAMP,
};
use quan_apiv3::key::{PROBE_PREFIX, SignatureError};
use quan_apiv3::message::{parse_timestamp, response_message, within_window};

use crate::error::VerificationReason as Reason;
use crate::header_access::Headers;
use crate::key_ring::{KeyId, KeyRing};
use crate::key_set::KeySet;

/// Where the keys of one verification come from: a ring, of which a snapshot is taken, or a set that is
/// only a candidate yet.
pub(crate) trait Keys {
    fn snapshot(&self) -> KeySet;
}

impl Keys for KeyRing {
    fn snapshot(&self) -> KeySet {
        Self::snapshot(self)
    }
}

impl Keys for KeySet {
    fn snapshot(&self) -> KeySet {
        self.clone()
    }
}

/// What to verify against.
#[derive(Clone, Copy)]
pub(crate) struct Verifier<'a> {
    /// The keys that may sign.
    pub(crate) keys: &'a dyn Keys,
    /// Our clock, Unix seconds.
    pub(crate) now: i64,
    /// How far the timestamp may be from it, in seconds.
    pub(crate) window_seconds: i64,
}

/// What the headers say about the signature.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Signed {
    /// None of the four headers is there.
    No,
    /// The signature holds, and this key made it.
    By(KeyId),
}

impl Verifier<'_> {
    /// Runs the checks over the headers and the received body.
    pub(crate) fn check(&self, headers: &(impl Headers + ?Sized), body: &[u8]) -> Result<Signed, Reason> {
        let timestamp = single(headers, WECHATPAY_TIMESTAMP)?;
        let nonce = single(headers, WECHATPAY_NONCE)?;
        let serial = single(headers, WECHATPAY_SERIAL)?;
        let signature = single(headers, WECHATPAY_SIGNATURE)?;
        let (timestamp, nonce, serial, signature) = match (timestamp, nonce, serial, signature) {
            (None, None, None, None) => return Ok(Signed::No),
            (Some(timestamp), Some(nonce), Some(serial), Some(signature)) => {
                (timestamp, nonce, serial, signature)
            }
            _some_are_missing => return Err(Reason::MissingHeaders),
        };
        if let Some(scheme) = single(headers, WECHATPAY_SIGNATURE_TYPE)?
            && Scheme::from_token(scheme).is_none()
        {
            return Err(Reason::UnsupportedAlgorithm(scheme.to_owned()));
        }
        let server = parse_timestamp(timestamp).ok_or(Reason::InvalidTimestamp)?;
        if !within_window(server, self.now, self.window_seconds) {
            return Err(Reason::Stale { server, local: self.now });
        }
        if nonce.is_empty() {
            return Err(Reason::EmptyNonce);
        }
        let keys = self.keys.snapshot();
        let key = keys.find(serial).ok_or_else(|| Reason::UnknownKey(serial.to_owned()))?;
        if !key.is_valid_at(self.now) {
            return Err(Reason::KeyNotValidNow(serial.to_owned()));
        }
        if signature.starts_with(PROBE_PREFIX) {
            return Err(Reason::SignProbe);
        }
        match key.public_key().verify(&response_message(timestamp, nonce, body), signature) {
            Ok(()) => Ok(Signed::By(key.id().clone())),
            Err(SignatureError::Probe) => Err(Reason::SignProbe),
            Err(SignatureError::NotBase64 | SignatureError::Mismatch) => Err(Reason::BadSignature),
        }
    }
}

/// The one value of a header, without the white space around it.
fn single<'a>(headers: &'a (impl Headers + ?Sized), name: &'static str) -> Result<Option<&'a str>, Reason> {
    match headers.values(name)[..] {
        [] => Ok(None),
        [value] => match std::str::from_utf8(value) {
            Ok(text) => Ok(Some(text.trim_matches([' ', '\t']))),
            Err(_) => Err(Reason::UnreadableHeader(name)),
        },
        [_, _, ..] => Err(Reason::DuplicateHeader(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key_ring::{Certificate, PublicKey};
    use quan_apiv3::key::PrivateKey;
    use quan_apiv3::signature_headers::SignatureHeaders;

    const ID: &str = "PUB_KEY_ID_0119000000012025080100192837465001";
    const NOW: i64 = 1_760_000_001;
    const BODY: &[u8] = br#"{"token":"T"}"#;

    fn ring() -> KeyRing {
        let pem = include_str!("../../apiv3/tests/vectors/keys/wechatpay_pub.pem");
        let zero = include_str!("../../apiv3/tests/vectors/keys/platform_zero_cert.pem");
        let public = PublicKey::new(ID, pem).unwrap();
        KeyRing::new([public.into(), Certificate::from_pem(zero).unwrap().into()]).unwrap()
    }

    fn signed() -> Vec<(String, String)> {
        let key =
            PrivateKey::from_pem(include_str!("../../apiv3/tests/vectors/keys/wechatpay_key.pem")).unwrap();
        let headers = SignatureHeaders::sign(&key, ID, Scheme::Merchant, NOW, "nonce", BODY).unwrap();
        headers.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    fn check_at(now: i64, headers: &[(String, String)], body: &[u8]) -> Result<Signed, Reason> {
        Verifier { keys: &ring(), now, window_seconds: 300 }.check(headers, body)
    }

    fn with(name: &str, value: &str) -> Vec<(String, String)> {
        let mut headers = signed();
        headers.iter_mut().find(|(candidate, _)| candidate == name).unwrap().1 = value.to_owned();
        headers
    }

    fn without(name: &str) -> Vec<(String, String)> {
        signed().into_iter().filter(|(candidate, _)| candidate != name).collect()
    }

    #[test]
    fn a_good_signature_names_its_key() {
        let by = |headers: &[(String, String)]| match check_at(NOW, headers, BODY) {
            Ok(Signed::By(id)) => id.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(by(&signed()), ID);
        // The type may be absent, or the brand's; blanks around values and the case of names are free.
        assert_eq!(by(&without(WECHATPAY_SIGNATURE_TYPE)), ID);
        assert_eq!(by(&with(WECHATPAY_SIGNATURE_TYPE, "WECHATPAY-BRAND-SHA256-RSA2048")), ID);
        assert_eq!(by(&with(WECHATPAY_NONCE, " nonce\t")), ID);
        let lower: Vec<_> =
            signed().into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        assert_eq!(by(&lower), ID);
    }

    #[test]
    fn each_failure_has_its_name() {
        let fails = |headers: &[(String, String)]| check_at(NOW, headers, BODY).unwrap_err();
        for name in [WECHATPAY_TIMESTAMP, WECHATPAY_NONCE, WECHATPAY_SERIAL, WECHATPAY_SIGNATURE] {
            assert_eq!(fails(&without(name)), Reason::MissingHeaders, "{name}");
            let mut twice = signed();
            twice.push((name.to_ascii_uppercase(), "x".into()));
            assert_eq!(fails(&twice), Reason::DuplicateHeader(name));
        }
        assert_eq!(
            fails(&with(WECHATPAY_SIGNATURE_TYPE, "WECHATPAY2-SM2-WITH-SM3")),
            Reason::UnsupportedAlgorithm("WECHATPAY2-SM2-WITH-SM3".into())
        );
        for timestamp in ["", "-1", "+1760000001", "1760000001.0", "0x1", "９", "99999999999999999999"] {
            assert_eq!(fails(&with(WECHATPAY_TIMESTAMP, timestamp)), Reason::InvalidTimestamp, "{timestamp}");
        }
        assert_eq!(fails(&with(WECHATPAY_TIMESTAMP, "0")), Reason::Stale { server: 0, local: NOW });
        assert_eq!(fails(&with(WECHATPAY_NONCE, "  ")), Reason::EmptyNonce);
        assert_eq!(fails(&with(WECHATPAY_SERIAL, "ABC")), Reason::UnknownKey("ABC".into()));
        assert_eq!(fails(&with(WECHATPAY_SIGNATURE, "WECHATPAY/SIGNTEST/x")), Reason::SignProbe);
        assert_eq!(fails(&with(WECHATPAY_SIGNATURE, "no base64")), Reason::BadSignature);
        // Known, but not the key that signed.
        let other = with(WECHATPAY_SERIAL, "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567");
        assert_eq!(fails(&other), Reason::BadSignature);
        assert_eq!(check_at(NOW, &signed(), b"{\"token\": \"T\"}"), Err(Reason::BadSignature));
        assert_eq!(check_at(NOW, &[], BODY), Ok(Signed::No));
    }

    #[test]
    fn the_window_has_two_edges_and_no_value_panics() {
        assert!(check_at(NOW + 300, &signed(), BODY).is_ok());
        assert!(check_at(NOW - 300, &signed(), BODY).is_ok());
        for now in [NOW + 301, NOW - 301, i64::MIN, i64::MAX] {
            assert_eq!(check_at(now, &signed(), BODY), Err(Reason::Stale { server: NOW, local: now }));
        }
        let far = with(WECHATPAY_TIMESTAMP, &i64::MAX.to_string());
        assert_eq!(check_at(i64::MIN, &far, BODY), Err(Reason::Stale { server: i64::MAX, local: i64::MIN }));
    }
}
