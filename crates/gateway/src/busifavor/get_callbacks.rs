//! GET /v3/marketing/busifavor/callbacks 查询商家券事件通知地址.

use quan_coupon::refusal::ViolationKind;
use quan_model::busifavor::GetCallbacksResponse;
use quan_model::ids::Mchid;
use quan_platform::busifavor::get_callbacks::get_callbacks;

use crate::answer::Answer;
use crate::busifavor::{filter, merchant};
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call) -> Result<Answer<GetCallbacksResponse>, Problem> {
    let (query, caller) = (call.query(), merchant(&call)?);
    if filter::id::<Mchid>(&query, "mchid")?.is_some_and(|given| given != caller) {
        let issue = "只能查询调用方商户自己的通知地址".to_owned();
        return Err(query.fields().wrong("mchid", ViolationKind::Rule, issue, query.raw("mchid")));
    }
    call.view(move |view| get_callbacks(view, &caller)).await.map(Answer)
}
