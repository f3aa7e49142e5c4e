//! POST /v3/marketing/busifavor/product-coupons/send 向用户发放商品券.

use axum::body::Bytes;
use quan_coupon::refusal::ViolationKind;
use quan_model::busifavor::{CouponType, SendProductCouponRequest, SendProductCouponResponse};
use quan_model::coupon::{CouponTagInfo, MemberTagInfo};
use quan_model::enums::CouponTag;
use quan_model::ids::BusifavorCode;
use quan_platform::LaneKey;
use quan_platform::busifavor::send_product_coupon::{Send, send_product_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

const MEMBER_CARD_ID_LEN_MAX: usize = 32;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<SendProductCouponResponse>, Problem> {
    let request: SendProductCouponRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let code = fields.optional::<BusifavorCode>("coupon_code", request.coupon_code.as_deref())?;
    let input = Send {
        openid: fields.id("openid", &request.openid)?,
        appid: fields.id("appid", &request.appid)?,
        stock_id: fields.id("stock_id", &request.stock_id)?,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        coupon_code: code.map(Into::into),
        tags: tags(&call, &request)?,
    };
    let principal = call.principal.clone();
    call.write_for(LaneKey::from(&input.stock_id), move |work| send_product_coupon(work, &principal, &input))
        .await
        .map(Answer)
}

/// A member coupon names the card; whose card it is, is not asked (semantics 3.4).
fn tags(call: &Call, request: &SendProductCouponRequest) -> Result<Option<CouponTagInfo>, Problem> {
    match request.coupon_type {
        CouponType::Normal => Ok(None),
        CouponType::Member => {
            let name = "member_card_id";
            let card = request.member_card_id.as_deref().ok_or_else(|| {
                let issue = "券类型为MEMBER时必须填写member_card_id".to_owned();
                call.in_body().wrong(name, ViolationKind::Rule, issue, None)
            })?;
            let member_card_id = call.in_body().filled_text(name, card, MEMBER_CARD_ID_LEN_MAX)?;
            Ok(Some(CouponTagInfo {
                coupon_tag_list: Some(vec![CouponTag::Member]),
                member_tag_info: Some(MemberTagInfo { member_card_id }),
            }))
        }
    }
}
