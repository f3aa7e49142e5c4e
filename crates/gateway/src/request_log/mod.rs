//! What the request log of the console is told of a call: values, bounded, with secrets masked.
//!
//! The call itself only keeps references to its bytes, and gathers nothing when the log has no room for it; masking, looking
//! for names and trying out causes of a wrong signature happen in the log's worker. It knows HTTP and the Authorization header, and nothing of what a call does.

mod masking;
mod names;
mod operation_name;
mod signature_failure;

use std::time::Instant;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, header};
use quan_model::ids::Principal;
use quan_model::time::Time;
use quan_platform::console::request_log::{
    LoggedBody, LoggedRequest, Outcome, RequestDetail, RequestHead, RequestLog,
};

use crate::problem::{Code, Reason};
use crate::request_log::masking::{mask_header, mask_json};

pub(crate) use signature_failure::SignatureFault;

/// Bytes of a body that are kept: the longest that people compare by eye stay below.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a body that are looked at: ids stand near the beginning of long lists.
const LOOKED_AT_MAX: usize = 64 * 1024;

/// A call on its way.
pub(crate) struct Observation<'l> {
    log: &'l RequestLog,
    begun: Instant,
    at_ms: i64,
    rules_at_seconds: i64,
    body: Bytes,
    body_length: usize,
}

/// What was asked, and how the call ended.
pub(crate) struct Ending<'e> {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) request_headers: HeaderMap,
    pub(crate) request_id: &'e str,
    pub(crate) caller: Option<&'e Principal>,
    pub(crate) status: u16,
    pub(crate) headers: &'e HeaderMap,
    pub(crate) extensions: &'e axum::http::Extensions,
    pub(crate) body: &'e Bytes,
    pub(crate) fault: Option<Box<SignatureFault>>,
}

impl<'l> Observation<'l> {
    /// Begins to observe, when the log is on.
    pub(crate) fn begin(log: Option<&'l RequestLog>, (at_ms, rules_at): (i64, Time)) -> Option<Self> {
        let log = log.filter(|log| log.is_on())?;
        Some(Self {
            log,
            begun: Instant::now(),
            at_ms,
            rules_at_seconds: rules_at.unix_seconds(),
            body: Bytes::new(),
            body_length: 0,
        })
    }

    /// The body that came.
    pub(crate) fn received(&mut self, body: &Bytes) {
        self.body = beginning(body);
        self.body_length = body.len();
    }

    /// Hands the call over to the log, if the log takes it.
    pub(crate) fn end(self, ending: Ending<'_>) {
        let outcome = Outcome::of_status(ending.status);
        self.log.offer(outcome, || {
            let seen = self.gathered(outcome, ending);
            Box::new(move || seen.entry())
        });
    }

    fn gathered(self, outcome: Outcome, ending: Ending<'_>) -> Seen {
        let duration_us = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        let claimed = ending.fault.as_ref().and_then(|fault| fault.claimed_principal());
        let head = RequestHead {
            request_id: ending.request_id.to_owned(),
            at_ms: self.at_ms,
            duration_us,
            method: ending.method.to_string(),
            target: ending.target,
            caller: ending.caller.map(ToString::to_string).or(claimed).unwrap_or_default(),
            operation: String::new(),
            status: ending.status,
            outcome,
            code: ending.extensions.get::<Code>().map(|code| code.0.to_owned()),
            reason: ending.extensions.get::<Reason>().map(|reason| reason.0.clone()),
        };
        Seen {
            rules_at_seconds: self.rules_at_seconds,
            method: ending.method,
            request: Half { headers: ending.request_headers, body: self.body, length: self.body_length },
            answer: Half {
                headers: ending.headers.clone(),
                body: beginning(ending.body),
                length: ending.body.len(),
            },
            head,
            fault: ending.fault,
        }
    }
}

/// A call as the log's worker gets it.
struct Seen {
    head: RequestHead,
    rules_at_seconds: i64,
    method: Method,
    request: Half,
    answer: Half,
    fault: Option<Box<SignatureFault>>,
}

/// A request or an answer, with the beginning of its body.
struct Half {
    headers: HeaderMap,
    body: Bytes,
    length: usize,
}

impl Seen {
    fn entry(self) -> LoggedRequest {
        let Self { head, request, answer, .. } = self;
        let path = head.target.split('?').next().unwrap_or_default();
        let found = operation_name::find(&self.method, path);
        let mut names = found.as_ref().map(|found| found.variables.clone()).unwrap_or_default();
        names::of_query(&head.target, &mut names);
        names::of_json(&request.body, &mut names);
        names::of_json(&answer.body, &mut names);
        names::tidy(&mut names);
        let detail = RequestDetail {
            rules_at_seconds: self.rules_at_seconds,
            request_headers: shown_headers(&request.headers),
            request_body: shown_body(&request.headers, &request.body, request.length),
            response_headers: shown_headers(&answer.headers),
            response_body: shown_body(&answer.headers, &answer.body, answer.length),
            signature: self
                .fault
                .map(|fault| fault.explained(self.method.as_str(), &head.target, &request.body)),
        };
        let operation = found.map(|found| found.name).unwrap_or_default();
        LoggedRequest { head: RequestHead { operation, ..head }, detail, names }
    }
}

/// The part of a body that is kept waiting: a copy of a large one, so that the rest can go.
fn beginning(body: &Bytes) -> Bytes {
    if body.len() <= LOOKED_AT_MAX { body.clone() } else { Bytes::copy_from_slice(&body[..LOOKED_AT_MAX]) }
}

fn shown_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (title_case(name.as_str()), mask_header(name.as_str(), &value))
    };
    headers.iter().map(shown).collect()
}

/// Names as they are usually written: hyper gives them in lower case.
fn title_case(name: &str) -> String {
    let part = |part: &str| {
        let mut characters = part.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}

fn shown_body(headers: &HeaderMap, body: &Bytes, length: usize) -> LoggedBody {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let length = length as u64;
    let is_text = !kind.starts_with("multipart/") && !kind.starts_with("image/");
    let text = std::str::from_utf8(body).ok().filter(|_| is_text);
    let Some(text) = text.or_else(|| is_text.then(|| cut_utf8(body)).flatten()) else {
        return LoggedBody { text: format!("({length} bytes, {kind})"), length, is_cut: true };
    };
    let mut text = mask_json(text);
    let mut end = text.len().min(BODY_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let is_cut = end < text.len() || body.len() as u64 != length;
    text.truncate(end);
    LoggedBody { text, length, is_cut }
}

/// The text of a body whose last character was cut in two.
fn cut_utf8(body: &[u8]) -> Option<&str> {
    let error = std::str::from_utf8(body).err()?;
    let is_cut = error.error_len().is_none() && body.len() == LOOKED_AT_MAX;
    is_cut.then(|| std::str::from_utf8(&body[..error.valid_up_to()]).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json_headers() -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        headers
    }

    #[test]
    fn long_bodies_are_cut_between_characters() {
        let long = Bytes::from("券".repeat(30_000));
        let shown = shown_body(&json_headers(), &beginning(&long), long.len());
        assert!(shown.is_cut && shown.text.len() <= BODY_BYTES_MAX && shown.text.chars().all(|c| c == '券'));
        assert_eq!(shown.length, 90_000);
        let short = Bytes::from_static(b"{\"a\":1}");
        let shown = shown_body(&json_headers(), &short, short.len());
        assert_eq!((shown.text.as_str(), shown.is_cut), ("{\"a\":1}", false));
    }

    #[test]
    fn what_is_no_text_is_described() {
        let shown = shown_body(&json_headers(), &Bytes::from_static(&[0xff, 0xfe]), 2);
        assert_eq!((shown.text.as_str(), shown.is_cut), ("(2 bytes, application/json)", true));
    }

    #[test]
    fn an_entry_has_both_halves_of_a_call_whatever_came_of_it() {
        let (log, _worker) = RequestLog::new();
        let (received, answered) = (Bytes::from_static(b"{\"a\":1}"), Bytes::from_static(b"{\"b\":2}"));
        for (status, outcome) in [(200, Outcome::Done), (404, Outcome::Refused), (500, Outcome::Failed)] {
            let mut observation = Observation::begin(Some(&log), (7, Time::from_unix_seconds(8))).unwrap();
            observation.received(&received);
            let mut answer_headers = json_headers();
            answer_headers.insert("request-id", header::HeaderValue::from_static("R1"));
            let mut request_headers = json_headers();
            request_headers.insert("wechatpay-serial", header::HeaderValue::from_static("S1"));
            let seen = observation.gathered(
                outcome,
                Ending {
                    method: Method::POST,
                    target: "/v3/none?x=1".to_owned(),
                    request_headers,
                    request_id: "R1",
                    caller: None,
                    status,
                    headers: &answer_headers,
                    extensions: &axum::http::Extensions::new(),
                    body: &answered,
                    fault: None,
                },
            );
            let LoggedRequest { head, detail, .. } = seen.entry();
            assert_eq!((head.status, head.outcome, head.at_ms), (status, outcome, 7));
            assert_eq!((head.method.as_str(), head.target.as_str()), ("POST", "/v3/none?x=1"));
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            assert!(detail.request_headers.contains(&pair("Wechatpay-Serial", "S1")));
            assert!(detail.response_headers.contains(&pair("Request-Id", "R1")));
            assert_eq!((detail.request_body.text.as_str(), detail.request_body.length), ("{\"a\":1}", 7));
            assert_eq!((detail.response_body.text.as_str(), detail.response_body.length), ("{\"b\":2}", 7));
        }
    }

    #[test]
    fn names_of_headers_are_written_as_usual() {
        assert_eq!(title_case("wechatpay-serial"), "Wechatpay-Serial");
        assert_eq!(title_case("x--y"), "X--Y");
    }
}
