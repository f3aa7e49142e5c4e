//! GET /console/language/{zh|en}: keeps the choice for a year and goes back.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::failure::Failure;
use crate::form::Form;
use crate::language::{COOKIE, Language};
use crate::page;

const YEAR_SECONDS: u32 = 31_536_000;

pub(crate) async fn handle(Path(word): Path<String>, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let language = Language::named(&word).ok_or(Failure::NotFound)?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let back = query.text("back");
    let is_ours = back.starts_with("/console/") && !back.contains(['\\', '\r', '\n']);
    let mut response = page::see_other(if is_ours { back } else { "/console/" });
    let cookie = format!("{COOKIE}={}; Path=/console; SameSite=Lax; Max-Age={YEAR_SECONDS}", language.word());
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Failure::Internal)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}
