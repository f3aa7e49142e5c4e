//! subsidy_pay_receipt and subsidy_return_receipt.

use quan_coupon::benefit::Fen;
use quan_model::ids::{CouponCode, StockId};
use quan_store::busifavor_receipts::{PayReceiptRecord, ReceiptReader, ReceiptWriter, ReturnReceiptRecord};
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use rusqlite::{Row, params};

use crate::unit::Unit;

const PAY_COLUMNS: &str = "receipt_id, stock_id, coupon_code, transaction_id, payer, payee, description,
    out_subsidy_no, amount, created_at";

type PayColumns = ([String; 8], i64, i64);

fn pay_columns(row: &Row<'_>) -> Result<PayColumns, rusqlite::Error> {
    let texts = [
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
        row.get(7)?,
    ];
    Ok((texts, row.get(8)?, row.get(9)?))
}

fn pay_record((texts, amount, created_at): PayColumns) -> Result<PayReceiptRecord, StoreError> {
    let [receipt_id, stock_id, coupon_code, transaction_id, payer, payee, description, number] = texts;
    let origin = Origin { table: "subsidy_pay_receipt", row: &receipt_id };
    Ok(PayReceiptRecord {
        stock_id: origin.word("stock_id", &stock_id)?,
        coupon_code: origin.word("coupon_code", &coupon_code)?,
        transaction_id,
        payer: origin.word("payer", &payer)?,
        payee: origin.word("payee", &payee)?,
        amount: Fen::new(amount).ok_or_else(|| origin.impossible("amount"))?,
        description,
        out_subsidy_no: origin.word("out_subsidy_no", &number)?,
        created_at: time(created_at),
        receipt_id,
    })
}

impl ReceiptReader for Unit<'_> {
    fn pay_receipt(&self, receipt_id: &str) -> Result<Option<PayReceiptRecord>, StoreError> {
        let sql = format!("SELECT {PAY_COLUMNS} FROM subsidy_pay_receipt WHERE receipt_id = ?1");
        self.one("read a receipt", &sql, [receipt_id], pay_columns)?.map(pay_record).transpose()
    }

    fn pay_receipts(&self, stock: &StockId, code: &CouponCode) -> Result<Vec<PayReceiptRecord>, StoreError> {
        let sql = format!(
            "SELECT {PAY_COLUMNS} FROM subsidy_pay_receipt WHERE stock_id = ?1 AND coupon_code = ?2
             ORDER BY created_at, receipt_id"
        );
        let rows = self.all("read receipts", &sql, [stock.as_str(), code.as_str()], pay_columns)?;
        rows.into_iter().map(pay_record).collect()
    }

    fn returned_amount(&self, receipt_id: &str) -> Result<Fen, StoreError> {
        let sql = "SELECT coalesce(sum(amount), 0) FROM subsidy_return_receipt WHERE receipt_id = ?1";
        let sum: Option<i64> = self.one("add up returns", sql, [receipt_id], |row| row.get(0))?;
        let origin = Origin { table: "subsidy_return_receipt", row: receipt_id };
        Fen::new(sum.unwrap_or(0)).ok_or_else(|| origin.impossible("amount"))
    }

    fn return_receipt(&self, return_receipt_id: &str) -> Result<Option<ReturnReceiptRecord>, StoreError> {
        let sql = "SELECT receipt_id, refund_id, description, out_subsidy_return_no, amount, created_at
                   FROM subsidy_return_receipt WHERE return_receipt_id = ?1";
        let found: Option<([String; 4], i64, i64)> =
            self.one("read a return receipt", sql, [return_receipt_id], |row| {
                let texts = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
                Ok((texts, row.get(4)?, row.get(5)?))
            })?;
        let Some(([receipt_id, refund_id, description, number], amount, created_at)) = found else {
            return Ok(None);
        };
        let origin = Origin { table: "subsidy_return_receipt", row: return_receipt_id };
        Ok(Some(ReturnReceiptRecord {
            return_receipt_id: return_receipt_id.to_owned(),
            receipt_id,
            refund_id,
            amount: Fen::new(amount).ok_or_else(|| origin.impossible("amount"))?,
            description,
            out_subsidy_return_no: origin.word("out_subsidy_return_no", &number)?,
            created_at: time(created_at),
        }))
    }
}

impl ReceiptWriter for Unit<'_> {
    fn insert_pay_receipt(&mut self, receipt: &PayReceiptRecord) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO subsidy_pay_receipt ({PAY_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT DO NOTHING"
        );
        let values = params![
            receipt.receipt_id,
            receipt.stock_id.as_str(),
            receipt.coupon_code.as_str(),
            receipt.transaction_id,
            receipt.payer.as_str(),
            receipt.payee.as_str(),
            receipt.description,
            receipt.out_subsidy_no.as_str(),
            receipt.amount.get(),
            receipt.created_at.unix_seconds()
        ];
        let row = || receipt.receipt_id.clone();
        self.change_one("write a receipt", "subsidy_pay_receipt", row, &sql, values)
    }

    fn insert_return_receipt(&mut self, receipt: &ReturnReceiptRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO subsidy_return_receipt (return_receipt_id, receipt_id, refund_id, description,
                     out_subsidy_return_no, amount, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
        let values = params![
            receipt.return_receipt_id,
            receipt.receipt_id,
            receipt.refund_id,
            receipt.description,
            receipt.out_subsidy_return_no.as_str(),
            receipt.amount.get(),
            receipt.created_at.unix_seconds()
        ];
        let row = || receipt.return_receipt_id.clone();
        self.change_one("write a return receipt", "subsidy_return_receipt", row, sql, values)
    }
}
