//! POST /v3/marketing/busifavor/product-coupons/pre-send 向用户预发放商品券: the core call.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use quan_model::busifavor::{PreSendRequest, PreSendToken};
use quan_platform::pre_send::{PreSend, StockAddress, pre_send};

use crate::answer::Answer;
use crate::busifavor::FACE;
use crate::fields::Fields;
use crate::json;
use crate::problem::Problem;
use crate::signature::Caller;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Answer<PreSendToken>, Problem> {
    let request: PreSendRequest = json::read(&body, FACE)?;
    let fields = Fields::of_body(FACE);
    let input = PreSend {
        principal: caller.principal,
        address: StockAddress::Alone,
        stock_id: fields.id("stock_id", &request.stock_id)?,
        appid: fields.id("appid", &request.appid)?,
        openid: fields.optional("openid", request.openid.as_deref())?,
        send_request_no: fields.id("send_request_no", &request.send_request_no)?,
        coupon_code: fields.optional("coupon_code", request.coupon_code.as_deref())?,
        attach: None,
    };
    let ticket = gateway.platform.write(move |work| pre_send(work, &input)).await;
    let ticket = ticket.map_err(|error| Problem::failed(&error, FACE))?;
    Ok(Answer(PreSendToken { token: gateway.token_sealer.seal(ticket, &*gateway.entropy)? }))
}
