//! Pausing and resuming a stock: what an operator does on the platform. No call of the API does it (semantics 3.2).

use quan_coupon::refusal::Refusal;
use quan_model::enums::StockState;
use quan_model::ids::StockId;
use quan_store::lock::Lock;

use crate::access;
use crate::error::Error;
use crate::work::Work;

/// Pauses a stock, of a bundle all its stocks: nothing more is issued from it until it is resumed. Coupons that
/// users hold are untouched.
///
/// # Errors
/// `NotFound`; `StockWrongState` when it is not SENDING.
pub fn pause_stock(work: &mut Work<'_>, stock_id: &StockId) -> Result<StockState, Error> {
    turn(work, stock_id, true)
}

/// Resumes a stock that was paused, of a bundle all its stocks.
///
/// # Errors
/// `NotFound`; `StockWrongState` when it is not PAUSED.
pub fn resume_stock(work: &mut Work<'_>, stock_id: &StockId) -> Result<StockState, Error> {
    turn(work, stock_id, false)
}

fn turn(work: &mut Work<'_>, stock_id: &StockId, paused: bool) -> Result<StockState, Error> {
    // Once this is answered, nothing is issued any more.
    work.store.lock(Lock::Stock(stock_id))?;
    work.store.stock(stock_id)?.ok_or(Refusal::NotFound)?;
    let stock = access::stock_of_record(work.store, stock_id)?.stock;
    let after = if paused { stock.pause(work.now)? } else { stock.resume(work.now)? };
    work.store.set_stock_paused(stock_id, paused)?;
    Ok(after.state(work.now))
}
