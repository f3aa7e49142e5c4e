//! GET …/notify-configs 获取商品券事件通知地址.

use axum::Extension;
use axum::extract::State;
use quan_model::partner::NotifyConfigResponse;
use quan_platform::notify_config;

use crate::answer::Answer;
use crate::partner::FACE;
use crate::problem::Problem;
use crate::signature::Caller;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
) -> Result<Answer<NotifyConfigResponse>, Problem> {
    let found = gateway.platform.read(move |view| notify_config::get(view, &caller.principal)).await;
    found.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
