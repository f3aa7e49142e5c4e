//! POST …/users/{openid}/pre-send-coupon-bundle 向用户预发放商品券批次组.

use axum::body::Bytes;
use axum::extract::Path;
use quan_coupon::field::ATTACH_LEN_MAX;
use quan_model::busifavor::PreSendToken;
use quan_model::product_coupon::PreSendUserCouponBundleRequest;
use quan_platform::pre_send::{PreSend, Target};
use quan_platform::stock_bundle_access::StockBundleAddress;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(openid): Path<String>,
    body: Bytes,
) -> Result<Answer<PreSendToken>, Problem> {
    let request: PreSendUserCouponBundleRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let attach = request.attach.as_deref().map(|attach| fields.text("attach", attach, ATTACH_LEN_MAX));
    let input = PreSend {
        principal: call.principal.clone(),
        target: Target::Bundle(StockBundleAddress {
            scope: call.scope(request.brand_id.as_deref())?,
            product_coupon_id: fields.id("product_coupon_id", &request.product_coupon_id)?,
            stock_bundle_id: fields.id("stock_bundle_id", &request.stock_bundle_id)?,
        }),
        appid: fields.id("appid", &request.appid)?,
        openid: Some(call.in_path().openid(&openid)?),
        send_request_no: fields.id("send_request_no", &request.send_request_no)?,
        coupon_code: None,
        attach: attach.transpose()?,
    };
    let ticket = call.pre_send(input).await?;
    Ok(Answer(PreSendToken { token: call.gateway.token_sealer.seal(ticket, &*call.gateway.entropy)? }))
}
