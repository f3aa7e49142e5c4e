//! POST /v3/marketing/busifavor/coupons/associate 关联订单信息.

use axum::body::Bytes;
use quan_model::busifavor::{AssociateTradeInfoRequest, AssociateTradeInfoResponse};
use quan_platform::busifavor::associate_trade_info::{TradeInfo, associate_trade_info};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

/// Of the order number (api-busifavor B6).
const OUT_TRADE_NO_LEN_MAX: usize = 32;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<AssociateTradeInfoResponse>, Problem> {
    let input = read(&call, &body)?;
    let principal = call.principal.clone();
    call.write(move |work| associate_trade_info(work, &principal, &input)).await.map(Answer)
}

/// Reads the body, which disassociating has too.
pub(super) fn read(call: &Call, body: &[u8]) -> Result<TradeInfo, Problem> {
    let request: AssociateTradeInfoRequest = call.read_body(body)?;
    let fields = call.in_body();
    Ok(TradeInfo {
        stock_id: fields.id("stock_id", &request.stock_id)?,
        coupon_code: fields.id("coupon_code", &request.coupon_code)?,
        out_trade_no: fields.filled_text("out_trade_no", &request.out_trade_no, OUT_TRADE_NO_LEN_MAX)?,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
    })
}
