//! POST /v3/marketing/busifavor/coupons/{card_id}/send 发放消费卡.

use axum::body::Bytes;
use axum::extract::Path;
use quan_coupon::refusal::ViolationKind;
use quan_model::busifavor::{SendGovCardRequest, SendGovCardResponse};
use quan_model::ids::RequestNumber;
use quan_platform::busifavor::send_gov_card::{SendGovCard, send_gov_card};

use crate::answer::Answer;
use crate::busifavor::merchant;
use crate::call::Call;
use crate::problem::Problem;

/// No length is published; the longest of the sibling ids.
const CARD_ID_LEN_MAX: usize = 64;

pub(crate) async fn handle(
    call: Call,
    Path(card_id): Path<String>,
    body: Bytes,
) -> Result<Answer<SendGovCardResponse>, Problem> {
    let request: SendGovCardRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let input = SendGovCard {
        mchid: merchant(&call)?,
        card_id: call.in_path().filled_text("card_id", &card_id, CARD_ID_LEN_MAX)?,
        appid: fields.id("appid", &request.appid)?,
        openid: fields.id("openid", &request.openid)?,
        out_request_no: number(&call, &request.out_request_no)?,
        send_time: request.send_time,
    };
    call.write(move |work| send_gov_card(work, &input)).await.map(Answer)
}

/// Of this operation alone letters and digits only (api-busifavor 1.1).
fn number(call: &Call, text: &str) -> Result<RequestNumber, Problem> {
    let name = "out_request_no";
    let number = call.in_body().id(name, text)?;
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(number);
    }
    let issue = "只能包含数字和字母".to_owned();
    Err(call.in_body().wrong(name, ViolationKind::Format, issue, Some(text)))
}
