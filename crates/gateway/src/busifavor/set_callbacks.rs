//! POST /v3/marketing/busifavor/callbacks 设置商家券事件通知地址.

use axum::body::Bytes;
use quan_coupon::refusal::ViolationKind;
use quan_model::busifavor::{SetCallbacksRequest, SetCallbacksResponse};
use quan_model::ids::Mchid;
use quan_platform::busifavor::set_callbacks::set_callbacks;

use crate::answer::Answer;
use crate::busifavor::merchant;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<SetCallbacksResponse>, Problem> {
    let request: SetCallbacksRequest = call.read_body(&body)?;
    let (fields, caller) = (call.in_body(), merchant(&call)?);
    let given = fields.optional::<Mchid>("mchid", request.mchid.as_deref())?;
    if given.is_some_and(|given| given != caller) {
        let issue = "只能设置调用方商户自己的通知地址".to_owned();
        return Err(fields.wrong("mchid", ViolationKind::Rule, issue, request.mchid.as_deref()));
    }
    let url = request.notify_url;
    (call.gateway.check_notify_url)(&url)
        .map_err(|issue| fields.wrong("notify_url", ViolationKind::Format, issue, Some(&url)))?;
    call.write(move |work| set_callbacks(work, &caller, &url)).await.map(Answer)
}
