//! POST …/users/{openid}/pre-send-coupon 向用户预发放商品券.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use quan_coupon::field::ATTACH_LEN_MAX;
use quan_model::busifavor::PreSendToken;
use quan_model::partner::PreSendUserCouponRequest;
use quan_platform::pre_send::{PreSend, StockAddress, pre_send};

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
    Path(openid): Path<String>,
    body: Bytes,
) -> Result<Answer<PreSendToken>, Problem> {
    let request: PreSendUserCouponRequest = json::read(&body, FACE)?;
    let fields = Fields::of_body(FACE);
    let attach = request.attach.as_deref().map(|attach| fields.text("attach", attach, ATTACH_LEN_MAX));
    let input = PreSend {
        principal: caller.principal,
        address: StockAddress::Of {
            brand_id: fields.id("brand_id", &request.brand_id)?,
            product_coupon_id: fields.id("product_coupon_id", &request.product_coupon_id)?,
        },
        stock_id: fields.id("stock_id", &request.stock_id)?,
        appid: fields.id("appid", &request.appid)?,
        openid: Some(Fields::of_path(FACE).id("openid", &openid)?),
        send_request_no: fields.id("send_request_no", &request.send_request_no)?,
        coupon_code: fields.optional("coupon_code", request.coupon_code.as_deref())?,
        attach: attach.transpose()?,
    };
    let ticket = gateway.platform.write(move |work| pre_send(work, &input)).await;
    let ticket = ticket.map_err(|error| Problem::failed(&error, FACE))?;
    Ok(Answer(PreSendToken { token: gateway.token_sealer.seal(ticket, &*gateway.entropy)? }))
}
