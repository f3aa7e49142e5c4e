//! POST /v3/marketing/busifavor/subsidy/return-receipts 营销补差回退.

use axum::body::Bytes;
use quan_model::busifavor::{ReturnReceipt, SubsidyReturnRequest};
use quan_platform::busifavor::subsidy_return::{SubsidyReturn, subsidy_return};

use crate::answer::Answer;
use crate::busifavor::subsidy_pay::{DESCRIPTION_LEN_MAX, OFFICIAL_NUMBER_LEN};
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<ReturnReceipt>, Problem> {
    let request: SubsidyReturnRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let input = SubsidyReturn {
        stock_id: fields.id("stock_id", &request.stock_id)?,
        coupon_code: fields.id("coupon_code", &request.coupon_code)?,
        transaction_id: fields.sized_text("transaction_id", &request.transaction_id, OFFICIAL_NUMBER_LEN)?,
        refund_id: fields.sized_text("refund_id", &request.refund_id, OFFICIAL_NUMBER_LEN)?,
        payer_merchant: fields.id("payer_merchant", &request.payer_merchant)?,
        payee_merchant: fields.id("payee_merchant", &request.payee_merchant)?,
        amount: request.amount,
        description: fields.filled_text("description", &request.description, DESCRIPTION_LEN_MAX)?,
        out_subsidy_return_no: fields.id("out_subsidy_return_no", &request.out_subsidy_return_no)?,
    };
    let principal = call.principal.clone();
    call.write(move |work| subsidy_return(work, &principal, &input)).await.map(Answer)
}
