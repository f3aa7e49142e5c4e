//! POST /v3/marketing/busifavor/product-coupons/pre-send 向用户预发放商品券: the core call.

use axum::body::Bytes;
use quan_model::busifavor::{PreSendRequest, PreSendToken};
use quan_platform::pre_send::{PreSend, Target};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<PreSendToken>, Problem> {
    let request: PreSendRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let input = PreSend {
        principal: call.principal.clone(),
        target: Target::StockAlone(fields.id("stock_id", &request.stock_id)?),
        appid: fields.id("appid", &request.appid)?,
        openid: request.openid.as_deref().map(|openid| fields.openid(openid)).transpose()?,
        send_request_no: fields.id("send_request_no", &request.send_request_no)?,
        coupon_code: fields.optional_code("coupon_code", request.coupon_code.as_deref())?,
        attach: None,
    };
    let ticket = call.pre_send(input).await?;
    Ok(Answer(PreSendToken { token: call.gateway.token_sealer.seal(ticket, &*call.gateway.entropy)? }))
}
