//! The middleware around every page: who is signed in, whether the request comes from here, and failures as pages.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use quan_platform::console::access::{self, Visitor};

use crate::context::{Context, csrf_of};
use crate::failure::Failure;
use crate::language::{Language, cookie};
use crate::page;
use crate::shown::encoded;
use crate::state::Console;

/// Pages that are shown to who is not signed in.
const OPEN: [&str; 4] = ["/console/sign-in", "/console/assets/", "/console/language/", "/console/sign-out"];

/// The cookie of the session. Over TLS the browser itself keeps it to this host and to secure connections.
pub(crate) fn cookie_name(console: &Console) -> &'static str {
    if console.is_https() { "__Host-quan_console" } else { "quan_console" }
}

/// The header that gives or takes the cookie.
pub(crate) fn set_cookie(console: &Console, value: &str, seconds: i64) -> HeaderValue {
    let secure = if console.is_https() { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}",
        cookie_name(console)
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Makes the context of a request, asks for the sign-in where it is needed, and renders failures.
pub(crate) async fn session(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    let address = request.extensions().get::<axum::extract::OriginalUri>().map_or_else(
        || request.uri().to_string(),
        |original| original.0.path_and_query().map_or_else(String::new, ToString::to_string),
    );
    let given = cookie(request.headers(), cookie_name(&console)).unwrap_or_default().to_owned();
    let visitor = match visitor(&console, &given).await {
        Ok(visitor) => visitor,
        Err(failure) => {
            return finish(
                &context(&console, request.headers(), None, "", &address),
                failure.into_response(),
            );
        }
    };
    let context = context(&console, request.headers(), visitor, &given, &address);
    let response = match admit(&context, &request) {
        Ok(()) => {
            request.extensions_mut().insert(context.clone());
            next.run(request).await
        }
        Err(failure) => failure.into_response(),
    };
    finish(&context, response)
}

fn context(
    console: &Console,
    headers: &HeaderMap,
    visitor: Option<Visitor>,
    cookie: &str,
    address: &str,
) -> Context {
    // Without a session the form of the sign-in is guarded by its origin alone.
    let csrf = if visitor.is_some() { csrf_of(cookie) } else { csrf_of("") };
    Context {
        console: console.clone(),
        language: Language::of(headers),
        visitor,
        csrf,
        address: address.to_owned(),
    }
}

async fn visitor(console: &Console, cookie: &str) -> Result<Option<Visitor>, Failure> {
    if cookie.is_empty() {
        return Ok(None);
    }
    let (given, wire_now) = (cookie.to_owned(), console.wire_clock.now());
    let look = move |view: &quan_platform::work::View<'_>| access::visitor(view, &given, wire_now);
    let found = console.platform.read::<_, quan_platform::Error>(look).await?;
    if let Some(visitor) = found.clone().filter(|visitor| visitor.is_to_be_noted(wire_now)) {
        let note = move |work: &mut quan_platform::work::Work<'_>| access::note_use(work, &visitor, wire_now);
        console.platform.write::<_, quan_platform::Error>(note).await?;
    }
    Ok(found)
}

fn admit(context: &Context, request: &Request) -> Result<(), Failure> {
    let path = context.address.split('?').next().unwrap_or_default();
    let is_open = OPEN.iter().any(|open| path == *open || open.ends_with('/') && path.starts_with(open));
    if !is_read(request.method()) && !is_from_here(&context.console, request.headers()) {
        return Err(Failure::Forged);
    }
    if context.visitor.is_none() && !is_open {
        return Err(Failure::NotSignedIn(context.address.clone()));
    }
    Ok(())
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Whether the browser says that a page of this host sent the request. Browsers send `Origin` with every POST.
fn is_from_here(console: &Console, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        return text(header::HeaderName::from_static("sec-fetch-site")) == Some("same-origin");
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some_and(|host| text(header::HOST) == Some(host)) || origin == console.public_url
}

fn finish(context: &Context, mut response: Response) -> Response {
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = failure_page(context, &failure);
    }
    page::guard(&mut response);
    response
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'p> {
    cx: &'p Context,
    section: &'static str,
    headline: String,
    sentence: String,
}

fn failure_page(context: &Context, failure: &Failure) -> Response {
    if let Failure::NotSignedIn(address) = failure {
        return page::see_other(&format!("/console/sign-in?next={}", encoded(address)));
    }
    let (status, headline, sentence) = failure.told(context);
    let page = FailurePage { cx: context, section: "", headline, sentence };
    page::render_with(status, &page).unwrap_or_else(|_| status.into_response())
}
