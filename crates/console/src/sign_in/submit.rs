//! POST /console/sign-in: a session for the holder of a token.

use axum::http::{StatusCode, header};
use axum::response::Response;
use quan_model::entropy;
use quan_platform::console::access;

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page;
use crate::session::set_cookie;
use crate::sign_in::{safe_next, show};

/// Random characters of a session's cookie: 256 bits in hex.
const COOKIE_LEN: usize = 64;

pub(crate) async fn handle(context: Context, form: Form) -> Result<Response, Failure> {
    let console = &context.console;
    let (next, wire_now) = (safe_next(form.text("next")), console.wire_clock.now());
    let text = form.text("token").to_owned();
    let token_id = access::parse_token(&text).map_or("", |(id, _)| id).to_owned();
    if !console.attempts().may_try(&token_id, wire_now) {
        let problem =
            context.language.t("尝试次数过多，请一分钟后再试。", "Too many attempts: try again in a minute.");
        return show::again(&context, next, StatusCode::TOO_MANY_REQUESTS, problem);
    }
    let cookie = entropy::text(&*console.entropy, entropy::LOWER_HEX, COOKIE_LEN);
    let fresh = cookie.clone();
    let sign_in =
        move |work: &mut quan_platform::work::Work<'_>| access::sign_in(work, &text, &fresh, wire_now);
    let signed_in = console.platform.write::<_, quan_platform::Error>(sign_in).await?;
    if signed_in.is_none() {
        console.attempts().note_failure(&token_id, wire_now);
        tracing::warn!(console.token_id = token_id, "a sign-in to the console failed");
        let problem = context.language.t("访问令牌无效或已吊销。", "The access token is unknown or revoked.");
        return show::again(&context, next, StatusCode::UNAUTHORIZED, problem);
    }
    let mut response = page::see_other(next);
    response.headers_mut().insert(header::SET_COOKIE, set_cookie(console, &cookie, access::SESSION_SECONDS));
    Ok(response)
}
