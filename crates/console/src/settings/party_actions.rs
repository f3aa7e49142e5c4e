//! What an administrator does to parties. The use cases ask for the role and note the change.

use axum::response::Response;
use quan_model::ids::Principal;
use quan_model::time::Time;
use quan_platform::console::parties::{self, CallerCertificate, Grant};
use quan_platform::console::{Operator, Role};

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page::see_other;
use crate::settings::once;
use crate::shown::encoded;

/// A field that holds an id.
fn id<T: std::str::FromStr>(context: &Context, form: &Form, field: &'static str) -> Result<T, Failure> {
    let issue = || context.t("格式不正确", "it has not the form of one").to_owned();
    form.text(field).parse().map_err(|_| Failure::Form { field, issue: issue() })
}

/// Who acts, on whom.
fn begin(context: &Context, form: &Form) -> Result<(Operator, Principal, Response), Failure> {
    let by = context.operator(Role::Admin)?;
    let who: Principal = id(context, form, "principal")?;
    let back = see_other(&format!("/console/settings/parties/{}", encoded(&who.to_string())));
    Ok((by, who, back))
}

pub(crate) async fn name(context: Context, form: Form) -> Result<Response, Failure> {
    let by = context.operator(Role::Admin)?;
    let text = format!("{}:{}", form.text("kind"), form.text("number"));
    let issue = context.t("编号只能是数字", "numbers of merchants and brands have digits only").to_owned();
    let who: Principal = text.parse().map_err(|_| Failure::Form { field: "number", issue })?;
    let name = form.text("name").to_owned();
    let back = format!("/console/settings/parties/{}", encoded(&who.to_string()));
    context.write(move |work| parties::name_party(work, &by, &who, &name)).await?;
    Ok(see_other(&back))
}

pub(crate) async fn renew_key(context: Context, form: Form) -> Result<Response, Failure> {
    let (by, who, _) = begin(&context, &form)?;
    let key = context.write(move |work| parties::renew_key(work, &by, &who)).await?;
    once(&context, context.language.t("新的 APIv3 密钥", "The new APIv3 key"), &key)
}

pub(crate) async fn notify_url(context: Context, form: Form) -> Result<Response, Failure> {
    let (by, who, back) = begin(&context, &form)?;
    let url = form.text("notify_url").to_owned();
    context
        .console
        .host
        .check_notify_url(&url)
        .map_err(|issue| Failure::Form { field: "notify_url", issue })?;
    context.write(move |work| parties::set_notify_url(work, &by, &who, &url)).await?;
    Ok(back)
}

pub(crate) async fn verification_mode(context: Context, form: Form) -> Result<Response, Failure> {
    let (by, who, back) = begin(&context, &form)?;
    let mode = id(&context, &form, "verification_mode")?;
    let Principal::Merchant(mchid) = who else { return Err(Failure::NotFound) };
    context.write(move |work| parties::set_verification_mode(work, &by, &mchid, mode)).await?;
    Ok(back)
}

pub(crate) async fn appid(context: Context, form: Form) -> Result<Response, Failure> {
    let (by, who, back) = begin(&context, &form)?;
    let (appid, bind) = (id(&context, &form, "appid")?, form.text("turn") == "add");
    context.write(move |work| parties::bind_appid(work, &by, &who, &appid, bind)).await?;
    Ok(back)
}

pub(crate) async fn store(context: Context, form: Form) -> Result<Response, Failure> {
    let (by, who, back) = begin(&context, &form)?;
    let brand_id = who.brand_id().cloned().ok_or(Failure::NotFound)?;
    let (store, open) = (id(&context, &form, "store_id")?, form.text("turn") == "add");
    context.write(move |work| parties::open_store(work, &by, &brand_id, &store, open)).await?;
    Ok(back)
}

pub(crate) async fn authorise(context: Context, form: Form) -> Result<Response, Failure> {
    let by = context.operator(Role::Admin)?;
    let (brand_id, mchid) = (id(&context, &form, "brand_id")?, id(&context, &form, "mchid")?);
    let grant = if form.text("grant") == "given" { Grant::Given } else { Grant::Withdrawn };
    context.write(move |work| parties::authorise(work, &by, &brand_id, &mchid, grant)).await?;
    Ok(see_other("/console/settings"))
}

pub(crate) async fn add_certificate(context: Context, form: Form) -> Result<Response, Failure> {
    let (by, principal, back) = begin(&context, &form)?;
    let pem = form.text("pem").to_owned();
    let read = context.console.host.read_certificate(&pem);
    let read = read.map_err(|issue| Failure::Form { field: "certificate", issue })?;
    let certificate = CallerCertificate {
        principal,
        serial_no: read.serial_no,
        pem: read.pem,
        not_after: Time::from_unix_seconds(read.not_after),
        revoked_at: None,
    };
    context.write(move |work| parties::add_api_certificate(work, &by, &certificate)).await?;
    Ok(back)
}

pub(crate) async fn revoke_certificate(context: Context, form: Form) -> Result<Response, Failure> {
    let (by, who, back) = begin(&context, &form)?;
    let serial_no = form.text("serial_no").to_owned();
    context.write(move |work| parties::revoke_api_certificate(work, &by, &who, &serial_no)).await?;
    Ok(back)
}
