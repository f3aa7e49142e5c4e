//! The busifavor face: `/v3/marketing/busifavor/…`. One operation, one file.

mod associate_trade_info;
mod create_stock;
mod deactivate_coupon;
mod delete_coupon_code;
mod disassociate_trade_info;
mod filter;
mod get_callbacks;
mod get_coupon_code;
mod get_stock;
mod get_subsidy_pay_receipt;
mod get_subsidy_return_receipt;
mod get_user_coupon;
mod list_coupon_codes;
mod list_subsidy_pay_receipts;
mod list_user_coupons;
mod modify_stock;
mod modify_stock_budget;
mod pre_send_product_coupon;
mod return_coupon;
mod send_coupon;
mod send_gov_card;
mod send_product_coupon;
mod set_callbacks;
mod subsidy_pay;
mod subsidy_return;
mod upload_coupon_codes;
mod use_coupon;

use axum::routing::{get, patch, post};
use axum::{Extension, Router};
use quan_model::ids::{Mchid, Principal};

use crate::call::Call;
use crate::problem::Problem;
use crate::refusal::{self, Face};
use crate::state::Gateway;

/// The operations and their URLs, in the order of the official documentation.
pub(crate) fn routes() -> Router<Gateway> {
    const CODES: &str = "/stocks/{stock_id}/couponcodes";
    const PAY: &str = "/subsidy/pay-receipts";
    const RETURN: &str = "/subsidy/return-receipts";
    Router::new()
        .route("/product-coupons/pre-send", post(pre_send_product_coupon::handle))
        .route("/product-coupons/send", post(send_product_coupon::handle))
        .route("/stocks", post(create_stock::handle))
        .route("/stocks/{stock_id}", get(get_stock::handle).patch(modify_stock::handle))
        .route("/stocks/{stock_id}/budget", patch(modify_stock_budget::handle))
        .route(CODES, post(upload_coupon_codes::handle).get(list_coupon_codes::handle))
        .route(
            &format!("{CODES}/{{coupon_code}}"),
            get(get_coupon_code::handle).delete(delete_coupon_code::handle),
        )
        .route("/coupons/send", post(send_coupon::handle))
        .route("/coupons/{card_id}/send", post(send_gov_card::handle))
        .route("/coupons/use", post(use_coupon::handle))
        .route("/coupons/return", post(return_coupon::handle))
        .route("/coupons/deactivate", post(deactivate_coupon::handle))
        .route("/coupons/associate", post(associate_trade_info::handle))
        .route("/coupons/disassociate", post(disassociate_trade_info::handle))
        .route("/users/{openid}/coupons", get(list_user_coupons::handle))
        .route("/users/{openid}/coupons/{coupon_code}/appids/{appid}", get(get_user_coupon::handle))
        .route("/callbacks", post(set_callbacks::handle).get(get_callbacks::handle))
        .route(PAY, post(subsidy_pay::handle).get(list_subsidy_pay_receipts::handle))
        .route(&format!("{PAY}/{{subsidy_receipt_id}}"), get(get_subsidy_pay_receipt::handle))
        .route(RETURN, post(subsidy_return::handle))
        .route(&format!("{RETURN}/{{subsidy_return_receipt_id}}"), get(get_subsidy_return_receipt::handle))
        .layer(Extension(Face::Busifavor))
}

/// The merchant that calls: the signature of this face is a merchant's.
fn merchant(call: &Call) -> Result<Mchid, Problem> {
    match &call.principal {
        Principal::Merchant(mchid) => Ok(mchid.clone()),
        Principal::Brand(_) => Err(refusal::system_error("a brand called a merchant's face".to_owned())),
    }
}
