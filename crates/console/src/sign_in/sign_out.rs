//! POST /console/sign-out.

use axum::http::{HeaderMap, header};
use axum::response::Response;
use quan_platform::console::access;

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::language::cookie;
use crate::page;
use crate::session::{cookie_name, set_cookie};

pub(crate) async fn handle(context: Context, headers: HeaderMap, _form: Form) -> Result<Response, Failure> {
    let console = &context.console;
    if let Some(given) = cookie(&headers, cookie_name(console)) {
        let given = given.to_owned();
        let end = move |work: &mut quan_platform::work::Work<'_>| access::sign_out(work, &given);
        console.platform.write::<_, quan_platform::Error>(end).await?;
    }
    let mut response = page::see_other("/console/sign-in");
    response.headers_mut().insert(header::SET_COOKIE, set_cookie(console, "", 0));
    Ok(response)
}
