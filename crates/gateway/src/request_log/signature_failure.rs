//! Why a signature was not accepted: what the caller claimed, what was verified, and which mistake explains it.
//!
//! A guess is worth little, so the common mistakes are tried out: for each the message that it would have signed is
//! built and the signature verified against it. Where it holds, the mistake is proved.

use std::collections::HashSet;

use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::key::PublicKey;
use quan_apiv3::message::request_message;
use quan_model::ids::{BrandId, Mchid, Principal};
use quan_platform::console::request_log::SignatureFailure as Shown;

use crate::observe::SignatureFailure;
use crate::request_log::masking::{mask_json, shortened};

/// Bytes of the message that are kept.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// The largest body that mistakes are tried out with.
const TRIED_BODY_BYTES_MAX: usize = 64 * 1024;

/// What verification had in its hands when it failed.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignatureFault {
    /// The check that failed.
    pub(crate) kind: SignatureFailure,
    /// The English sentence.
    pub(crate) reason: String,
    pub(crate) authorization: Option<Box<Authorization>>,
    /// The message that was verified.
    pub(crate) message: Option<Vec<u8>>,
    /// The signed part of the body.
    pub(crate) signed_body: Vec<u8>,
    /// The caller's key, when the signature did not fit it.
    pub(crate) key: Option<Box<PublicKey>>,
    pub(crate) clock_skew_seconds: Option<i64>,
}

impl SignatureFault {
    /// Keeps the beginning of the message that was verified.
    pub(crate) fn keep_message(&mut self, mut message: Vec<u8>) {
        message.truncate(MESSAGE_BYTES_MAX);
        message.shrink_to_fit();
        self.message = Some(message);
    }

    /// Keeps what mistakes are tried out with, unless the body is so large that it would fill the queue.
    pub(crate) fn keep_for_trials(&mut self, key: PublicKey, signed_body: &[u8]) {
        if signed_body.len() <= TRIED_BODY_BYTES_MAX {
            self.signed_body = signed_body.to_vec();
            self.key = Some(Box::new(key));
        }
    }

    /// Whom the caller claims to be.
    pub(crate) fn claimed_principal(&self) -> Option<String> {
        let authorization = self.authorization.as_ref()?;
        let identity = authorization.identity.as_str();
        let principal = match authorization.scheme {
            Scheme::Merchant => Mchid::parse(identity).map(Principal::Merchant),
            Scheme::Brand => BrandId::parse(identity).map(Principal::Brand),
        };
        principal.ok().map(|principal| principal.to_string())
    }

    /// The failure as it is shown. It verifies the signature about twenty times, which takes a millisecond.
    pub(crate) fn explained(self, method: &str, target: &str, whole_body: &[u8]) -> Shown {
        let claimed =
            self.authorization.as_ref().map(|authorization| claims(authorization)).unwrap_or_default();
        let proved_causes = match (&self.authorization, &self.key) {
            (Some(authorization), Some(key)) => {
                let received = Received { method, target, body: &self.signed_body, whole_body };
                proved(authorization, key, &received)
            }
            _ => Vec::new(),
        };
        let message = self.message.map(|message| mask_json(&String::from_utf8_lossy(&message)));
        let (fault, reason) = (self.kind.as_str().to_owned(), self.reason);
        Shown { fault, reason, claimed, message, proved_causes, clock_skew_seconds: self.clock_skew_seconds }
    }
}

fn claims(authorization: &Authorization) -> Vec<(String, String)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![
        pair("scheme", authorization.scheme.as_str()),
        pair(authorization.scheme.identity_name(), &authorization.identity),
        pair("serial_no", &authorization.serial_no),
        pair("timestamp", &authorization.timestamp),
        pair("nonce_str", &authorization.nonce_str),
        pair("signature", &shortened(&authorization.signature)),
    ]
}

struct Received<'r> {
    method: &'r str,
    target: &'r str,
    body: &'r [u8],
    whole_body: &'r [u8],
}

/// The mistakes whose message the signature fits.
fn proved(authorization: &Authorization, key: &PublicKey, received: &Received<'_>) -> Vec<String> {
    let fits = |message: &[u8]| key.verify(message, &authorization.signature).is_ok();
    let mistakes = mistakes(authorization, received);
    mistakes.into_iter().filter(|(_, message)| fits(message)).map(|(name, _)| name.to_owned()).collect()
}

type Mistake = (&'static str, Vec<u8>);

fn mistakes(authorization: &Authorization, received: &Received<'_>) -> Vec<Mistake> {
    let Received { method, target, body, whole_body } = *received;
    let (timestamp, nonce) = (authorization.timestamp.as_str(), authorization.nonce_str.as_str());
    let message =
        |method: &str, target: &str, body: &[u8]| request_message(method, target, timestamp, nonce, body);
    let right = message(method, target, body);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut mistakes = vec![
        ("body_left_out", message(method, target, b"")),
        ("query_left_out", message(method, path, body)),
        ("last_line_feed_left_out", right[..right.len() - 1].to_vec()),
        ("carriage_returns", crlf(&right)),
        ("method_in_lower_case", message(&method.to_ascii_lowercase(), target, body)),
        ("escapes_decoded", message(method, &percent_decoded(target), body)),
        ("leading_slash_left_out", message(method, target.trim_start_matches('/'), body)),
        ("trailing_slash", message(method, &format!("{path}/{}", mark(query)), body)),
        ("question_mark_without_query", message(method, &format!("{path}?"), body)),
        ("body_trimmed", message(method, target, body.trim_ascii())),
        ("body_ends_in_line_feed", message(method, target, &[body, b"\n"].concat())),
        ("whole_upload_signed", message(method, target, whole_body)),
        ("timestamp_and_nonce_swapped", request_message(method, target, nonce, timestamp, body)),
        ("answer_form", [timestamp.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body, b"\n"].concat()),
        ("query_signed_as_body", message(method, path, query.as_bytes())),
        ("empty_object_signed", message(method, target, b"{}")),
    ];
    mistakes.extend(other_writings(body).map(|(name, other)| (name, message(method, target, &other))));
    mistakes.extend(
        ["GET", "POST", "PUT", "PATCH", "DELETE"].map(|other| ("other_method", message(other, target, body))),
    );
    // Where two mistakes sign the same, such as without a query, the commoner one is named.
    let mut known = HashSet::from([right]);
    mistakes.retain(|(_, message)| known.insert(message.clone()));
    mistakes
}

fn mark(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("?{query}") }
}

/// The same JSON as other writers give it.
fn other_writings(body: &[u8]) -> impl Iterator<Item = Mistake> + use<> {
    let value: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let compact = value.as_ref().and_then(|value| serde_json::to_vec(value).ok());
    let pretty = value.as_ref().and_then(|value| serde_json::to_vec_pretty(value).ok());
    let escaped = std::str::from_utf8(body).ok().map(|text| ascii_escaped(text).into_bytes());
    let spaced = compact.as_ref().and_then(|compact| std::str::from_utf8(compact).ok().map(spaced));
    let written = [
        ("json_members_sorted", compact),
        ("json_with_line_breaks", pretty),
        ("json_escaped", escaped),
        ("json_with_spaces", spaced),
    ];
    written.into_iter().filter_map(|(name, body)| Some((name, body?)))
}

/// Every character outside ASCII as `\uXXXX`, as some JSON writers do.
fn ascii_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

/// With a blank behind each `:` and `,` outside strings, as Python's writer gives it.
fn spaced(compact: &str) -> Vec<u8> {
    let (mut out, mut is_inside, mut is_escaped) = (Vec::with_capacity(compact.len() * 2), false, false);
    for byte in compact.bytes() {
        out.push(byte);
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_inside => is_escaped = true,
            b'"' => is_inside = !is_inside,
            b':' | b',' if !is_inside => out.push(b' '),
            _ => {}
        }
    }
    out
}

fn crlf(message: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(message).replace('\n', "\r\n").into_bytes()
}

fn percent_decoded(target: &str) -> String {
    let bytes = target.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = target.get(at + 1..at + 3).filter(|_| *byte == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use quan_testkit::keys;

    use super::*;

    const TARGET: &str = "/v3/x?a=%E5%88%B8";
    const BODY: &str = "{\"b\":\"券\",\"a\":[1,2]}";

    /// What is proved of a caller that signed this message instead of the right one.
    fn proved_of(target: &str, signed: &[u8]) -> Vec<String> {
        let pair = keys::merchant();
        let authorization = Authorization {
            scheme: Scheme::Merchant,
            identity: "1900000001".into(),
            nonce_str: "nonce".into(),
            timestamp: "1760000000".into(),
            serial_no: pair.certificate.serial_no.clone(),
            signature: pair.key.sign(signed).unwrap(),
        };
        let received =
            Received { method: "POST", target, body: BODY.as_bytes(), whole_body: BODY.as_bytes() };
        proved(&authorization, &pair.certificate.public_key, &received)
    }

    fn message(method: &str, target: &str, body: &str) -> Vec<u8> {
        request_message(method, target, "1760000000", "nonce", body.as_bytes())
    }

    #[test]
    fn each_mistake_is_proved_by_its_signature() {
        let right = message("POST", TARGET, BODY);
        let table = [
            ("body_left_out", message("POST", TARGET, "")),
            ("query_left_out", message("POST", "/v3/x", BODY)),
            ("last_line_feed_left_out", right[..right.len() - 1].to_vec()),
            (
                "carriage_returns",
                String::from_utf8(right.clone()).unwrap().replace('\n', "\r\n").into_bytes(),
            ),
            ("method_in_lower_case", message("post", TARGET, BODY)),
            ("escapes_decoded", message("POST", "/v3/x?a=券", BODY)),
            ("json_with_spaces", message("POST", TARGET, "{\"a\": [1, 2], \"b\": \"券\"}")),
            ("json_members_sorted", message("POST", TARGET, "{\"a\":[1,2],\"b\":\"券\"}")),
            ("json_escaped", message("POST", TARGET, "{\"b\":\"\\u5238\",\"a\":[1,2]}")),
            ("body_ends_in_line_feed", message("POST", TARGET, &format!("{BODY}\n"))),
            ("other_method", message("PUT", TARGET, BODY)),
            (
                "timestamp_and_nonce_swapped",
                request_message("POST", TARGET, "nonce", "1760000000", BODY.as_bytes()),
            ),
        ];
        for (mistake, signed) in table {
            assert_eq!(proved_of(TARGET, &signed), [mistake]);
        }
    }

    #[test]
    fn of_mistakes_that_sign_the_same_one_is_named() {
        assert_eq!(proved_of("/v3/x", &message("POST", "/v3/x", "")), ["body_left_out"]);
    }

    #[test]
    fn what_fits_no_mistake_proves_nothing() {
        assert_eq!(proved_of(TARGET, b"something else"), Vec::<String>::new());
    }

    #[test]
    fn what_is_shown_holds_no_whole_signature() {
        let authorization = Authorization {
            scheme: Scheme::Brand,
            identity: "120344".into(),
            nonce_str: "n".into(),
            timestamp: "1".into(),
            serial_no: "4A".into(),
            signature: "S".repeat(344),
        };
        let fault =
            SignatureFault { authorization: Some(Box::new(authorization)), ..SignatureFault::default() };
        assert_eq!(fault.claimed_principal().as_deref(), Some("brand:120344"));
        let shown = fault.explained("GET", "/brand/x", b"");
        assert!(!format!("{shown:?}").contains(&"S".repeat(20)), "{shown:?}");
    }
}
