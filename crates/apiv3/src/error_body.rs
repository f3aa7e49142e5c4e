//! The JSON bodies of error answers, and the details whose shape the platform fixes.
//!
//! Members stand in alphabetical order, as in real answers. Which code and message belong to which
//! refusal is not known here.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The longest `truncated_sign_message` in UTF-8 bytes. The platform's limit is not documented
/// (messages of 203 bytes came whole); 1024 is assumed.
pub const TRUNCATED_MESSAGE_BYTES_MAX: usize = 1024;

/// The body of every error answer: `{"code":…,"detail":…,"message":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The error code, such as `PARAM_ERROR`.
    pub code: String,
    /// More about the cause; its shape depends on the code. Left out when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Value>,
    /// The sentence for people, in Chinese.
    pub message: String,
}

/// The `detail` of a `PARAM_ERROR`: which parameter is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterDetail {
    /// A JSON Pointer for a member of the body (`/amount/currency`), or the plain name of a path or
    /// query parameter.
    pub field: String,
    /// What is wrong with it, for people.
    pub issue: String,
    /// Where it stands: `body`, `url`, `query` or `authorization`.
    pub location: String,
    /// The value that was given. Left out when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// What the server verified, inside the `detail` of a `SIGN_ERROR`, so that a developer can compare it
/// with what the client signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInformation {
    /// The HTTP method as received.
    pub method: String,
    /// The length in bytes of the message that the server built, the final LF included.
    pub sign_message_length: usize,
    /// That message, cut to [`TRUNCATED_MESSAGE_BYTES_MAX`] on a character boundary. Bytes that are not
    /// UTF-8 are shown as U+FFFD.
    pub truncated_sign_message: String,
    /// The request target as received.
    pub url: String,
}

impl SignInformation {
    /// Describes the message that was built for a request.
    #[must_use]
    pub fn new(method: &str, url: &str, message: &[u8]) -> Self {
        Self {
            method: method.to_owned(),
            sign_message_length: message.len(),
            truncated_sign_message: truncated(message),
            url: url.to_owned(),
        }
    }
}

/// The `detail` of a `SIGN_ERROR` whose signature did not fit the message.
#[must_use]
pub fn sign_mismatch_detail(method: &str, url: &str, message: &[u8]) -> Value {
    let information = SignInformation::new(method, url, message);
    json!({
        "detail": { "issue": "sign not match" },
        "field": "signature",
        "location": "authorization",
        "sign_information": {
            "method": information.method,
            "sign_message_length": information.sign_message_length,
            "truncated_sign_message": information.truncated_sign_message,
            "url": information.url,
        },
    })
}

/// The beginning of a message as text.
fn truncated(message: &[u8]) -> String {
    // Four bytes more than are kept: a character that this first cut damages begins behind the limit,
    // because the lossy conversion never makes text shorter.
    let end = message.len().min(TRUNCATED_MESSAGE_BYTES_MAX + 4);
    let mut text = String::from_utf8_lossy(&message[..end]).into_owned();
    let mut end = text.len().min(TRUNCATED_MESSAGE_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::request_message;

    fn written(body: &ErrorBody) -> String {
        serde_json::to_string(body).unwrap()
    }

    #[test]
    fn an_absent_detail_is_left_out() {
        let body = ErrorBody { code: "SIGN_ERROR".into(), detail: None, message: "错误的签名".into() };
        assert_eq!(written(&body), r#"{"code":"SIGN_ERROR","message":"错误的签名"}"#);
        assert_eq!(serde_json::from_str::<ErrorBody>(&written(&body)).unwrap(), body);
    }

    #[test]
    fn a_parameter_error_has_the_documented_bytes() {
        let detail = ParameterDetail {
            field: "/amount/currency".into(),
            issue: "该值不在枚举值范围内".into(),
            location: "body".into(),
            value: Some("XYZ".into()),
        };
        let body = ErrorBody {
            code: "PARAM_ERROR".into(),
            detail: Some(serde_json::to_value(detail).unwrap()),
            message: "参数错误".into(),
        };
        assert_eq!(
            written(&body),
            concat!(
                r#"{"code":"PARAM_ERROR","detail":{"field":"/amount/currency","#,
                r#""issue":"该值不在枚举值范围内","location":"body","value":"XYZ"},"message":"参数错误"}"#
            )
        );
    }

    #[test]
    fn a_sign_error_has_the_recorded_bytes() {
        let message =
            request_message("GET", "/v3/certificates", "1760000000", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", b"");
        let body = ErrorBody {
            code: "SIGN_ERROR".into(),
            detail: Some(sign_mismatch_detail("GET", "/v3/certificates", &message)),
            message: "错误的签名，验签失败".into(),
        };
        assert_eq!(
            written(&body),
            concat!(
                r#"{"code":"SIGN_ERROR","detail":{"detail":{"issue":"sign not match"},"field":"signature","#,
                r#""location":"authorization","sign_information":{"method":"GET","sign_message_length":66,"#,
                r#""truncated_sign_message":"GET\n/v3/certificates\n1760000000\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\n\n","#,
                r#""url":"/v3/certificates"}},"message":"错误的签名，验签失败"}"#
            )
        );
    }

    #[test]
    fn long_messages_are_cut_on_a_character_boundary() {
        for (message, kept) in [
            ("x".repeat(1024), 1024),
            ("x".repeat(1025), 1024),
            ("券".repeat(400), 1023),
            (format!("{}券", "x".repeat(1021)), 1024),
            (format!("{}券", "x".repeat(1022)), 1022),
            (format!("{}券", "x".repeat(1023)), 1023),
        ] {
            let information = SignInformation::new("POST", "/v3/x", message.as_bytes());
            assert_eq!(information.sign_message_length, message.len());
            assert_eq!(information.truncated_sign_message, message[..kept]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_become_a_bounded_beginning(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let text = truncated(&bytes);
            prop_assert!(text.len() <= TRUNCATED_MESSAGE_BYTES_MAX);
            prop_assert!(String::from_utf8_lossy(&bytes).starts_with(&text));
        }
    }
}
