//! Receipts of 营销补差: payments between merchants for used coupons, and their returns. Facts; no money moves.

use quan_coupon::benefit::Fen;
use quan_model::ids::{CouponCode, Mchid, RequestNumber, StockId};
use quan_model::time::Time;

use crate::error::StoreError;

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayReceiptRecord {
    /// Its id.
    pub receipt_id: String,
    /// The stock of the coupon.
    pub stock_id: StockId,
    /// The coupon.
    pub coupon_code: CouponCode,
    /// The paid order.
    pub transaction_id: String,
    /// Who pays.
    pub payer: Mchid,
    /// Who gets the money.
    pub payee: Mchid,
    /// How much.
    pub amount: Fen,
    /// As it was given.
    pub description: String,
    /// The number of the request.
    pub out_subsidy_no: RequestNumber,
    /// When it was made, and succeeded.
    pub created_at: Time,
}

/// A return of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnReceiptRecord {
    /// Its id.
    pub return_receipt_id: String,
    /// The payment.
    pub receipt_id: String,
    /// The refund of the order.
    pub refund_id: String,
    /// How much.
    pub amount: Fen,
    /// As it was given.
    pub description: String,
    /// The number of the request.
    pub out_subsidy_return_no: RequestNumber,
    /// When it was made, and done.
    pub created_at: Time,
}

/// Reading receipts.
pub trait ReceiptReader {
    /// A payment by its id.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn pay_receipt(&self, receipt_id: &str) -> Result<Option<PayReceiptRecord>, StoreError>;
    /// The payments for a coupon, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn pay_receipts(&self, stock: &StockId, code: &CouponCode) -> Result<Vec<PayReceiptRecord>, StoreError>;
    /// What was returned of a payment in all.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn returned_amount(&self, receipt_id: &str) -> Result<Fen, StoreError>;
    /// A return by its id.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn return_receipt(&self, return_receipt_id: &str) -> Result<Option<ReturnReceiptRecord>, StoreError>;
}

/// Writing receipts.
pub trait ReceiptWriter {
    /// Adds a payment.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken; otherwise when the store fails.
    fn insert_pay_receipt(&mut self, receipt: &PayReceiptRecord) -> Result<(), StoreError>;
    /// Adds a return.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken; otherwise when the store fails.
    fn insert_return_receipt(&mut self, receipt: &ReturnReceiptRecord) -> Result<(), StoreError>;
}
