//! GET /v3/marketing/busifavor/subsidy/pay-receipts 查询营销补差付款单列表.

use quan_model::busifavor::PayReceiptList;
use quan_platform::busifavor::list_subsidy_pay_receipts::{
    ListSubsidyPayReceipts, list_subsidy_pay_receipts,
};

use crate::answer::Answer;
use crate::busifavor::filter;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call) -> Result<Answer<PayReceiptList>, Problem> {
    let query = call.query();
    let input = ListSubsidyPayReceipts {
        principal: call.principal.clone(),
        stock_id: query.id("stock_id")?,
        coupon_code: query.id("coupon_code")?,
        out_subsidy_no: filter::id(&query, "out_subsidy_no")?,
    };
    call.view(move |view| list_subsidy_pay_receipts(view, &input)).await.map(Answer)
}
