//! POST …/notify-configs 设置商品券事件通知地址.

use axum::body::Bytes;
use quan_coupon::refusal::ViolationKind;
use quan_model::product_coupon::{NotifyConfigResponse, SetNotifyConfigRequest};
use quan_platform::notify_config;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<NotifyConfigResponse>, Problem> {
    let request: SetNotifyConfigRequest = call.read_body(&body)?;
    let url = request.notify_url;
    (call.gateway.check_notify_url)(&url)
        .map_err(|issue| call.in_body().wrong("notify_url", ViolationKind::Format, issue, Some(&url)))?;
    let principal = call.principal.clone();
    call.write(move |work| notify_config::set(work, &principal, &url)).await.map(Answer)
}
