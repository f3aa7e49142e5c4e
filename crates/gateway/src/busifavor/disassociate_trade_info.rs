//! POST /v3/marketing/busifavor/coupons/disassociate 取消关联订单信息.

use axum::body::Bytes;
use quan_model::busifavor::DisassociateTradeInfoResponse;
use quan_platform::busifavor::disassociate_trade_info::disassociate_trade_info;

use crate::answer::Answer;
use crate::busifavor::associate_trade_info::read;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    body: Bytes,
) -> Result<Answer<DisassociateTradeInfoResponse>, Problem> {
    let input = read(&call, &body)?;
    let principal = call.principal.clone();
    call.write(move |work| disassociate_trade_info(work, &principal, &input)).await.map(Answer)
}
