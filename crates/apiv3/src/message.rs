//! The exact byte strings that are signed, and the clock rule for their timestamps.
//!
//! A message is built from the received parts as they are: nothing here decodes, sorts, trims or
//! re-serialises, because one changed byte is another signature. No key and no clock is known here.

/// How far a signed timestamp may lie from the verifier's clock, in seconds, in both directions.
///
/// 300 is what the official SDKs accept for answers. For requests the platform only says that stale
/// ones are refused; the same figure is assumed and callers may pass another.
pub const CLOCK_WINDOW_SECONDS: i64 = 300;

/// The message of a request: `METHOD LF TARGET LF TIMESTAMP LF NONCE LF BODY LF`.
///
/// `method` is upper-case as sent. `target` is the request target of the request line (`path` or
/// `path?query`), untouched. `timestamp` and `nonce` are the texts of the `Authorization` header.
/// `body` is the raw body; for a media upload it is the bytes of the `meta` part only.
///
/// ```
/// let message = quan_apiv3::message::request_message("GET", "/v3/certificates", "1760000000", "n", b"");
/// assert_eq!(message, b"GET\n/v3/certificates\n1760000000\nn\n\n");
/// ```
#[must_use]
pub fn request_message(method: &str, target: &str, timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    lines(&[method.as_bytes(), target.as_bytes(), timestamp.as_bytes(), nonce.as_bytes(), body])
}

/// The message of an answer or callback: `TIMESTAMP LF NONCE LF BODY LF`.
///
/// `body` is the raw body as received; it is empty for a 204, so that the message ends in two LF.
#[must_use]
pub fn response_message(timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    lines(&[timestamp.as_bytes(), nonce.as_bytes(), body])
}

/// Reads a signed timestamp: Unix seconds in plain decimal, without sign, blanks or leading zeros.
///
/// Returns `None` for anything else. The official Go SDK formats the number again before it verifies,
/// so only the plain form can be verified by everybody.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

/// Whether `timestamp` lies at most `window_seconds` before or after `now` (both Unix seconds).
///
/// Both edges are inside. A negative window contains nothing. No value overflows, so a hostile
/// timestamp such as `i64::MIN` is only far away.
#[must_use]
pub fn within_window(timestamp: i64, now: i64, window_seconds: i64) -> bool {
    u64::try_from(window_seconds).is_ok_and(|window| timestamp.abs_diff(now) <= window)
}

/// Joins the fields, each followed by one LF, the last one included.
fn lines(fields: &[&[u8]]) -> Vec<u8> {
    let length = fields.iter().map(|field| field.len() + 1).sum();
    let mut message = Vec::with_capacity(length);
    for field in fields {
        message.extend_from_slice(field);
        message.push(b'\n');
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_body_still_has_its_line() {
        assert_eq!(response_message("1760000001", "n", b""), b"1760000001\nn\n\n");
    }

    #[test]
    fn a_body_that_ends_in_lf_keeps_it() {
        assert_eq!(request_message("POST", "/v3/x", "1", "n", b"{}\n"), b"POST\n/v3/x\n1\nn\n{}\n\n");
    }

    #[test]
    fn the_window_includes_both_edges() {
        for (timestamp, expected) in [(699, false), (700, true), (1000, true), (1300, true), (1301, false)] {
            assert_eq!(within_window(timestamp, 1000, CLOCK_WINDOW_SECONDS), expected, "{timestamp}");
        }
    }

    #[test]
    fn the_window_survives_extreme_values() {
        assert!(!within_window(i64::MIN, i64::MAX, CLOCK_WINDOW_SECONDS));
        assert!(!within_window(i64::MAX, i64::MIN, i64::MAX));
        assert!(within_window(i64::MIN, i64::MIN, 0));
        assert!(!within_window(0, 0, -1));
        assert!(!within_window(0, 0, i64::MIN));
    }

    #[test]
    fn timestamps_are_plain_decimals() {
        assert_eq!(parse_timestamp("1760000000"), Some(1_760_000_000));
        assert_eq!(parse_timestamp("0"), Some(0));
        assert_eq!(parse_timestamp("9223372036854775807"), Some(i64::MAX));
        for text in ["", " 1", "1 ", "+1", "-1", "01", "1.0", "1e3", "१", "9223372036854775808"] {
            assert_eq!(parse_timestamp(text), None, "{text:?}");
        }
    }
}
