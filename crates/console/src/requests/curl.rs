//! A call as a command line: with `curl` for its bytes, with `quan call` signed anew.

use quan_platform::console::request_log::LoggedRequest;

/// Headers that curl makes by itself or that the connection had.
const LEFT_OUT: [&str; 6] =
    ["host", "content-length", "connection", "transfer-encoding", "authorization", "expect"];

/// The call for curl. A signature holds for five minutes only and is not kept, so its place is a variable.
pub(crate) fn curl(public_url: &str, request: &LoggedRequest) -> String {
    let mut lines = vec![format!(
        "curl -i -X {} {}",
        request.head.method,
        quoted(&format!("{public_url}{}", request.head.target))
    )];
    lines.push("-H \"Authorization: $AUTHORIZATION\"".to_owned());
    for (name, value) in &request.detail.request_headers {
        if !LEFT_OUT.contains(&name.to_ascii_lowercase().as_str()) {
            lines.push(format!("-H {}", quoted(&format!("{name}: {value}"))));
        }
    }
    if request.detail.request_body.length > 0 {
        lines.push(format!("--data-binary {}", quoted(&request.detail.request_body.text)));
    }
    lines.join(" \\\n  ")
}

/// The call for `quan call`, which signs with the keys of a connection file; nothing for what it cannot send.
pub(crate) fn quan_call(request: &LoggedRequest) -> Option<String> {
    let body = &request.detail.request_body;
    if body.is_cut {
        return None;
    }
    let path = request.head.target.trim_start_matches('/');
    let mut command = format!("quan call {} {}", request.head.method, quoted(path));
    if body.length > 0 {
        command.push_str(" \\\n  --json ");
        command.push_str(&quoted(&body.text));
    }
    Some(command)
}

/// A word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use quan_platform::console::request_log::{LoggedBody, Outcome, RequestDetail, RequestHead};

    use super::*;

    fn request() -> LoggedRequest {
        let text = |text: &str| text.to_owned();
        LoggedRequest {
            head: RequestHead {
                request_id: text("R"),
                at_ms: 0,
                duration_us: 0,
                method: text("POST"),
                target: text("/v3/x?a=1"),
                caller: String::new(),
                operation: String::new(),
                status: 200,
                outcome: Outcome::Done,
                code: None,
                reason: None,
            },
            detail: RequestDetail {
                request_headers: vec![
                    (text("Authorization"), text("W mchid=\"1\",signature=\"A…\"")),
                    (text("Content-Type"), text("application/json")),
                    (text("Host"), text("h")),
                ],
                request_body: LoggedBody { text: text("{\"a\":\"it's\"}"), length: 12, is_cut: false },
                ..RequestDetail::default()
            },
            names: Vec::new(),
        }
    }

    #[test]
    fn words_are_safe_for_a_shell() {
        let command = curl("http://127.0.0.1:1", &request());
        assert_eq!(
            command,
            "curl -i -X POST 'http://127.0.0.1:1/v3/x?a=1' \\\n  -H \"Authorization: $AUTHORIZATION\" \\\n  \
             -H 'Content-Type: application/json' \\\n  --data-binary '{\"a\":\"it'\\''s\"}'"
        );
        let call = quan_call(&request()).unwrap();
        assert_eq!(call, "quan call POST 'v3/x?a=1' \\\n  --json '{\"a\":\"it'\\''s\"}'");
    }

    #[test]
    fn what_was_cut_cannot_be_called_again() {
        let mut cut = request();
        cut.detail.request_body.is_cut = true;
        assert_eq!(quan_call(&cut), None);
    }
}
