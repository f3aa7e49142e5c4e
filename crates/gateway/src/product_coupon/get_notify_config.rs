//! GET …/notify-configs 获取商品券事件通知地址.

use quan_model::product_coupon::NotifyConfigResponse;
use quan_platform::notify_config;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call) -> Result<Answer<NotifyConfigResponse>, Problem> {
    let principal = call.principal.clone();
    call.view(move |view| notify_config::get(view, &principal)).await.map(Answer)
}
