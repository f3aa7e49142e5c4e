//! The use cases of the busifavor face (api-busifavor 5). One operation, one file.
//!
//! They decide nothing of their own: the rules are those of every coupon, and a stock created here is read into
//! the same terms (`quan_coupon::definition::busifavor`). Every number is unique within the caller
//! (api-busifavor 1.1), so idempotency records are kept under the caller itself.

pub mod associate_trade_info;
pub mod create_stock;
pub mod deactivate_coupon;
pub mod delete_coupon_code;
pub mod disassociate_trade_info;
pub mod get_callbacks;
pub mod get_coupon_code;
pub mod get_stock;
pub mod get_subsidy_pay_receipt;
pub mod get_subsidy_return_receipt;
pub mod get_user_coupon;
pub mod list_coupon_codes;
pub mod list_subsidy_pay_receipts;
pub mod list_user_coupons;
pub mod modify_stock;
pub mod modify_stock_budget;
pub(crate) mod notification;
mod reach;
mod receipts;
pub mod return_coupon;
pub mod send_coupon;
pub mod send_gov_card;
pub mod send_product_coupon;
mod sending;
pub mod set_callbacks;
mod shown;
mod shown_product_coupon;
pub mod subsidy_pay;
pub mod subsidy_return;
pub mod upload_coupon_codes;
pub mod use_coupon;
