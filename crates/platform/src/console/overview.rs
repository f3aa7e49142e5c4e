//! What is going on: the first page of the console.

pub use quan_store::outbox_list::TroubledDeliveries;
pub use quan_store::overview::{Activity, Spans};

use crate::console::error::ConsoleError;
use crate::console::notifications::{Delivery, DeliveryFilter};
use crate::console::stocks::{self, StockSeen};
use crate::console::user_coupons::{self, Stuck};
use crate::work::View;

/// A confirm that has not come after this long is worth a look, in seconds.
pub const STUCK_AFTER_SECONDS: i64 = 60;
/// Lines of each list of the overview.
const LINES_MAX: usize = 8;

/// Everything that the first page shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The spans of the chart.
    pub spans: Spans,
    /// What happened in each.
    pub activity: Vec<Activity>,
    /// How many notifications do not go well.
    pub troubled: TroubledDeliveries,
    /// Some of those that fail or were given up, the newest first.
    pub failing: Vec<Delivery>,
    /// How many coupons are stuck in CONFIRMING.
    pub stuck_count: u64,
    /// Some of them, the oldest first.
    pub stuck: Vec<Stuck>,
    /// Stocks near their limits.
    pub near_limits: Vec<StockSeen>,
}

/// Reads the overview over the last `count` spans of `seconds`, the last one holding the present.
///
/// # Errors
/// When the store fails.
pub fn overview(view: &View<'_>, seconds: i64, count: u32) -> Result<Overview, ConsoleError> {
    // Spans begin at full hours or days of UTC+08:00, which is a whole number of hours from UTC.
    let day_shift = 8 * 3600;
    let end = (view.now.unix_seconds() + day_shift).div_euclid(seconds) * seconds + seconds - day_shift;
    let begin = quan_model::time::Time::from_unix_seconds(end - seconds * i64::from(count));
    let spans = Spans { begin, seconds, count };
    let received_before = view.now.plus_seconds(-STUCK_AFTER_SECONDS);
    let failed = DeliveryFilter { has_failed: true, ..DeliveryFilter::default() };
    let mut near_limits = stocks::near_limits(view)?;
    near_limits.truncate(LINES_MAX);
    Ok(Overview {
        spans,
        activity: view.store.activity(spans)?,
        troubled: view.store.troubled_deliveries()?,
        failing: view.store.deliveries(&failed, None, LINES_MAX)?,
        stuck_count: view.store.unconfirmed_count(received_before, view.now)?,
        stuck: user_coupons::stuck(view, received_before, LINES_MAX)?,
        near_limits,
    })
}
