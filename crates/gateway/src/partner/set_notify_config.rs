//! POST …/notify-configs 设置商品券事件通知地址.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use quan_coupon::refusal::ViolationKind;
use quan_model::partner::{NotifyConfigResponse, SetNotifyConfigRequest};
use quan_platform::notify_config;

use crate::answer::Answer;
use crate::fields::Fields;
use crate::json;
use crate::partner::FACE;
use crate::problem::Problem;
use crate::signature::Caller;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Answer<NotifyConfigResponse>, Problem> {
    let request: SetNotifyConfigRequest = json::read(&body, FACE)?;
    let url = request.notify_url;
    (gateway.check_notify_url)(&url).map_err(|issue| {
        Fields::of_body(FACE).wrong("notify_url", ViolationKind::Format, issue, Some(&url))
    })?;
    let done = gateway.platform.write(move |work| notify_config::set(work, &caller.principal, &url)).await;
    done.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
