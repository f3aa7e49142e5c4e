//! What went wrong with a signature: our message beside the one that the platform verified.
//!
//! A `SIGN_ERROR` can carry the message that the server built. The first part that differs answers the
//! most common support question. Bodies and paths may name people, so `Debug` and `Display` show which
//! part differs and where, not the texts; those are there on request.

use std::fmt;

use serde_json::Value;

/// The parts of the signed message, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The HTTP method.
    Method,
    /// The request target.
    Target,
    /// The timestamp.
    Timestamp,
    /// The nonce.
    Nonce,
    /// The body.
    Body,
}

impl Part {
    const ALL: [Self; 5] = [Self::Method, Self::Target, Self::Timestamp, Self::Nonce, Self::Body];

    fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Target => "request target",
            Self::Timestamp => "timestamp",
            Self::Nonce => "nonce",
            Self::Body => "body",
        }
    }
}

/// The comparison of the message that was signed with the one that the platform verified.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignDiagnosis {
    /// As far as the platform shows it, the messages are the same: then the private key does not
    /// belong to the certificate serial.
    SameMessage,
    /// The first part that differs.
    Differs {
        /// Which part.
        part: Part,
        /// The first byte of the part that differs, from 0.
        at: usize,
        /// The part as we have signed it.
        ours: String,
        /// The part as the platform has received it; cut short for long bodies.
        theirs: String,
    },
    /// What is shown is the same, but the lengths of the messages differ: the body was changed behind
    /// the part that is shown.
    LengthDiffers {
        /// Bytes that we have signed.
        ours: usize,
        /// Bytes that the platform has verified.
        theirs: usize,
    },
}

impl SignDiagnosis {
    /// Reads `sign_information` of an error's detail. `None` when the detail has none.
    pub(crate) fn from_detail(detail: &Value, signed_message: &[u8]) -> Option<Self> {
        let information = detail.get("sign_information")?;
        let theirs = information.get("truncated_sign_message")?.as_str()?;
        let ours = String::from_utf8_lossy(signed_message);
        let their_length = information
            .get("sign_message_length")
            .and_then(Value::as_u64)
            .and_then(|length| usize::try_from(length).ok());
        let is_whole = their_length.is_none_or(|length| length <= theirs.len());
        let mut our_parts = ours.splitn(Part::ALL.len(), '\n');
        let mut their_parts = theirs.splitn(Part::ALL.len(), '\n');
        for part in Part::ALL {
            let (our_part, their_part) =
                (our_parts.next().unwrap_or_default(), their_parts.next().unwrap_or_default());
            let shown_part = if part == Part::Body && !is_whole {
                // Only the beginning of the body is shown, so only that can be compared.
                our_part.get(..their_part.len()).unwrap_or(our_part)
            } else {
                our_part
            };
            if shown_part != their_part {
                let at = first_difference(shown_part, their_part);
                return Some(Self::Differs { part, at, ours: our_part.into(), theirs: their_part.into() });
            }
        }
        match their_length {
            Some(length) if length != signed_message.len() => {
                Some(Self::LengthDiffers { ours: signed_message.len(), theirs: length })
            }
            _ => Some(Self::SameMessage),
        }
    }
}

fn first_difference(ours: &str, theirs: &str) -> usize {
    ours.bytes().zip(theirs.bytes()).take_while(|(left, right)| left == right).count()
}

impl fmt::Display for SignDiagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameMessage => {
                f.write_str("the platform verified the same message: does the key belong to the serial?")
            }
            Self::Differs { part, at, ours, theirs } => write!(
                f,
                "the {} differs at byte {at}: {} bytes signed, {} bytes received",
                part.as_str(),
                ours.len(),
                theirs.len()
            ),
            Self::LengthDiffers { ours, theirs } => {
                write!(f, "the message differs in length: {ours} bytes signed, {theirs} bytes received")
            }
        }
    }
}

impl fmt::Debug for SignDiagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignDiagnosis({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quan_apiv3::error_body::sign_mismatch_detail;
    use quan_apiv3::message::request_message;

    fn diagnose(ours: &[u8], theirs: &[u8]) -> SignDiagnosis {
        SignDiagnosis::from_detail(&sign_mismatch_detail("POST", "/v3/x", theirs), ours).unwrap()
    }

    #[test]
    fn the_first_part_that_differs_is_named() {
        let message =
            |target: &str, body: &str| request_message("POST", target, "1760000000", "n", body.as_bytes());
        let ours = message("/v3/x?a=%7E", "{\"a\":1}");
        assert_eq!(diagnose(&ours, &ours), SignDiagnosis::SameMessage);
        assert_eq!(
            diagnose(&ours, &message("/v3/x?a=~", "{\"a\":1}")),
            SignDiagnosis::Differs {
                part: Part::Target,
                at: 8,
                ours: "/v3/x?a=%7E".into(),
                theirs: "/v3/x?a=~".into()
            }
        );
        let SignDiagnosis::Differs { part, at, .. } = diagnose(&ours, &message("/v3/x?a=%7E", "{\"a\": 1}"))
        else {
            panic!("the body differs")
        };
        assert_eq!((part, at), (Part::Body, 5));
    }

    #[test]
    fn long_bodies_are_compared_as_far_as_they_are_shown() {
        let message = |end: &str| {
            request_message("POST", "/v3/x", "1", "n", format!("{}{end}", "券".repeat(1000)).as_bytes())
        };
        assert_eq!(diagnose(&message("a"), &message("a")), SignDiagnosis::SameMessage);
        assert!(matches!(
            diagnose(&message("a"), &message("ab")),
            SignDiagnosis::LengthDiffers { ours, theirs } if theirs == ours + 1
        ));
    }

    #[test]
    fn the_texts_are_shown_on_request_only() {
        let ours = request_message("POST", "/v3/x", "1", "n", b"openid-secret");
        let theirs = request_message("POST", "/v3/x", "1", "n", b"openid-other");
        let shown = format!("{0} {0:?}", diagnose(&ours, &theirs));
        assert!(!shown.contains("secret") && !shown.contains("other"), "{shown}");
    }
}
