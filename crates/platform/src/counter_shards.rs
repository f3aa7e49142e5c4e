//! Into how many counters a stock is split: a matter of who runs the platform, not of the stock's owner.
//!
//! A hot stock's issues all wait for its counter. Split, it grants the same and lets more of them go at once, on
//! stores where many commit side by side ([`quan_coupon::counter_shards`]).

pub use quan_coupon::counter_shards::{COUNTER_SHARDS_MAX, CounterShards};
use quan_coupon::refusal::Refusal;
use quan_model::ids::StockId;
use quan_store::lock::Lock;

use crate::error::Error;
use crate::work::Work;

/// Days of counters that are spread besides today's and later ones: one, for issues of nodes whose clocks are behind.
const DAYS_BACK: i64 = 1;
const DAY_SECONDS: i64 = 24 * 3600;

/// Splits a stock into so many counters. What was issued stays counted, limits and refusals stay as they are.
///
/// # Errors
/// `NotFound`.
pub fn set(work: &mut Work<'_>, stock_id: &StockId, shards: CounterShards) -> Result<(), Error> {
    // Nobody may count while the counts are spread.
    work.store.lock(Lock::Stock(stock_id))?;
    work.store.stock(stock_id)?.ok_or(Refusal::NotFound)?;
    spread(work, stock_id, shards)
}

/// After a limit of a stock was changed, under the lock of the stock: what was issued is spread anew, so that no
/// counter stands above its new share while another has room.
pub(crate) fn fit(work: &mut Work<'_>, stock_id: &StockId) -> Result<(), Error> {
    match work.store.counter_shards(stock_id)? {
        CounterShards::ONE => Ok(()),
        split => spread(work, stock_id, split),
    }
}

fn spread(work: &mut Work<'_>, stock_id: &StockId, shards: CounterShards) -> Result<(), Error> {
    let from = work.now.plus_seconds(-DAYS_BACK * DAY_SECONDS).date();
    Ok(work.store.spread_counters(stock_id, shards, from)?)
}
