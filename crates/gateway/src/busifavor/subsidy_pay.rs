//! POST /v3/marketing/busifavor/subsidy/pay-receipts 营销补差付款.

use axum::body::Bytes;
use quan_model::busifavor::{PayReceipt, SubsidyPayRequest};
use quan_platform::busifavor::subsidy_pay::{SubsidyPay, subsidy_pay};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

/// Characters of the numbers that WeChat Pay gives orders and refunds.
pub(super) const OFFICIAL_NUMBER_LEN: (usize, usize) = (28, 32);
/// Characters of a description.
pub(super) const DESCRIPTION_LEN_MAX: usize = 1024;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<PayReceipt>, Problem> {
    let request: SubsidyPayRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let input = SubsidyPay {
        stock_id: fields.id("stock_id", &request.stock_id)?,
        coupon_code: fields.id("coupon_code", &request.coupon_code)?,
        transaction_id: fields.sized_text("transaction_id", &request.transaction_id, OFFICIAL_NUMBER_LEN)?,
        payer_merchant: fields.id("payer_merchant", &request.payer_merchant)?,
        payee_merchant: fields.id("payee_merchant", &request.payee_merchant)?,
        amount: request.amount,
        description: fields.filled_text("description", &request.description, DESCRIPTION_LEN_MAX)?,
        out_subsidy_no: fields.id("out_subsidy_no", &request.out_subsidy_no)?,
    };
    let principal = call.principal.clone();
    call.write(move |work| subsidy_pay(work, &principal, &input)).await.map(Answer)
}
