//! GET /console/requests/{seq}: one call with everything that is known of it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use quan_platform::console::request_log::{self, LoggedBody, LoggedRequest, SignatureFailure};

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::bytes::{ByteLine, Line, byte_lines, lines};
use crate::requests::causes::{self, Cause};
use crate::requests::{curl, outcome_words};
use crate::{page, shown};

#[derive(Template)]
#[template(path = "requests/one.html")]
struct OnePage<'p> {
    cx: &'p Context,
    section: &'static str,
    at: String,
    outcome_words: &'static str,
    duration: String,
    request: &'p LoggedRequest,
    names: Vec<NamedThing>,
    signature: Option<ShownSignature<'p>>,
    request_body: ShownBody<'p>,
    response_body: ShownBody<'p>,
    curl: String,
    quan_call: Option<String>,
}

/// An id or number that the call names, with the page where it leads.
struct NamedThing {
    name: String,
    value: String,
    address: String,
}

struct ShownBody<'p> {
    text: &'p str,
    length: u64,
    is_cut: bool,
    /// The same as indented JSON, when it is JSON and looks different.
    indented: Option<String>,
}

struct ShownSignature<'p> {
    failure: &'p SignatureFailure,
    headline: &'static str,
    proved: Vec<Cause>,
    likely: Vec<Cause>,
    lines: Vec<Line>,
    bytes: Vec<ByteLine>,
    is_masked: bool,
}

pub(crate) async fn handle(context: Context, Path(seq): Path<String>) -> Result<Response, Failure> {
    let seq = seq.parse().map_err(|_| Failure::NotFound)?;
    let request = context.read(move |view| request_log::request(view, seq)).await?;
    let head = &request.head;
    let signature = request.detail.signature.as_ref().map(|failure| shown_signature(&context, failure));
    page::render(&OnePage {
        cx: &context,
        section: "requests",
        at: shown::time_ms(head.at_ms),
        outcome_words: outcome_words(context.language, head.outcome),
        duration: shown::duration(head.duration_us),
        names: request.names.iter().map(|(name, value)| named(name, value)).collect(),
        signature,
        request_body: shown_body(&request.detail.request_body),
        response_body: shown_body(&request.detail.response_body),
        curl: curl::curl(&context.console.public_url, &request),
        quan_call: curl::quan_call(&request),
        request: &request,
    })
}

fn shown_signature<'p>(context: &Context, failure: &'p SignatureFailure) -> ShownSignature<'p> {
    let language = context.language;
    let message = failure.message.as_deref().unwrap_or_default();
    ShownSignature {
        failure,
        headline: causes::headline(language, &failure.fault),
        proved: failure.proved_causes.iter().filter_map(|cause| causes::proved(language, cause)).collect(),
        likely: causes::likely(language, failure),
        lines: lines(message),
        bytes: byte_lines(message),
        is_masked: message.contains("***"),
    }
}

fn named(name: &str, value: &str) -> NamedThing {
    let encoded = shown::encoded(value);
    let address = match name {
        "stock_id" => format!("/console/stocks/{encoded}"),
        "product_coupon_id" => format!("/console/product-coupons/{encoded}"),
        "stock_bundle_id" => format!("/console/bundles/{encoded}"),
        "openid" | "coupon_code" | "send_request_no" => format!("/console/user-coupons?q={encoded}"),
        _ => format!("/console/requests?q={encoded}"),
    };
    NamedThing { name: name.to_owned(), value: value.to_owned(), address }
}

fn shown_body(body: &LoggedBody) -> ShownBody<'_> {
    let indented = serde_json::from_str::<&serde_json::value::RawValue>(&body.text)
        .ok()
        .and_then(|_| serde_json::from_str::<serde_json::Value>(&body.text).ok())
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .filter(|indented| *indented != body.text);
    ShownBody { text: &body.text, length: body.length, is_cut: body.is_cut, indented }
}
