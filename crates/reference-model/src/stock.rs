//! Lots: stocks and stock bundles, with what they have issued and what may still be issued (semantics 3.2, 5).

use quan_model::enums::{CouponCodeMode, StockState};

use crate::answer::{Refused, StockView};
use crate::command::{Caller, Mode, Terms, User, person};
use crate::time::{Seconds, day, midnight};

/// A product coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Who created it.
    pub creator: Caller,
    /// When.
    pub created_at: Seconds,
    /// How often a coupon of it is used.
    pub mode: Mode,
    /// Whether its owner ended it.
    pub is_deactivated: bool,
}

/// One stock of a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stock {
    /// The budget in force.
    pub max_count: u64,
    /// The day's budget in force.
    pub max_per_day: Option<u64>,
    /// Every issue that counts: its day and its person.
    pub issues: Vec<(i64, User)>,
    /// Uploaded codes in the order of upload.
    pub pool: Vec<String>,
}

/// A stock, or a bundle of stocks that move together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Of which product coupon.
    pub product: u32,
    /// Who created it.
    pub creator: Caller,
    /// When.
    pub created_at: Seconds,
    /// As it was created; budgets change in `stocks`.
    pub terms: Terms,
    /// One, or one for each coupon of a chain.
    pub stocks: Vec<Stock>,
    /// Whether it is a bundle.
    pub is_bundle: bool,
    /// Whether an operator paused it.
    pub is_paused: bool,
    /// Whether its owner ended it.
    pub is_deactivated: bool,
}

impl Lot {
    /// A lot of a product coupon of this mode.
    #[must_use]
    pub fn new(product: u32, creator: Caller, created_at: Seconds, mode: Mode, terms: Terms) -> Self {
        let stock = Stock {
            max_count: terms.max_count,
            max_per_day: terms.max_per_day,
            issues: Vec::new(),
            pool: Vec::new(),
        };
        let (count, is_bundle) = match mode {
            Mode::Single | Mode::Sequential { .. } => (1, false),
            Mode::Bundle { count, .. } => (count, true),
        };
        let stocks = (0..count).map(|_| stock.clone()).collect();
        Self {
            product,
            creator,
            created_at,
            terms,
            stocks,
            is_bundle,
            is_paused: false,
            is_deactivated: false,
        }
    }

    /// The state that all stocks of the lot share.
    #[must_use]
    pub fn state(&self, product: &Product, now: Seconds) -> StockState {
        if self.is_deactivated || product.is_deactivated {
            StockState::Deactivated
        } else if now > self.terms.end {
            StockState::Stopped
        } else if now < self.created_at {
            StockState::Auditing
        } else if self.is_paused {
            StockState::Paused
        } else {
            StockState::Sending
        }
    }

    /// A stock of it as it is shown.
    #[must_use]
    pub fn view(&self, member: usize, product: &Product, now: Seconds) -> StockView {
        let stock = &self.stocks[member];
        let today = stock.issues.iter().filter(|issue| issue.0 == day(now)).count();
        StockView {
            state: self.state(product, now),
            max_count: stock.max_count,
            max_per_day: stock.max_per_day,
            total: stock.issues.len() as u64,
            today: today as u64,
        }
    }

    /// Whether a first coupon may be issued now, and its validity (semantics 5.2).
    ///
    /// # Errors
    /// `StockState`, `StockOut`, `DayOut`, `UserLimit`.
    pub fn may_issue(
        &self,
        product: &Product,
        user: User,
        now: Seconds,
    ) -> Result<(Seconds, Seconds), Refused> {
        if self.state(product, now) != StockState::Sending {
            return Err(Refused::StockState);
        }
        let window = self.window_at_issue(product.mode, now).ok_or(Refused::StockState)?;
        let shown = self.view(0, product, now);
        let persons = self.stocks[0].issues.iter().filter(|issue| issue.1 == person(user)).count();
        if shown.total >= shown.max_count {
            return Err(Refused::StockOut);
        }
        if shown.max_per_day.is_some_and(|max| shown.today >= max) {
            return Err(Refused::DayOut);
        }
        if persons as u64 >= self.terms.max_per_person {
            return Err(Refused::UserLimit);
        }
        Ok(window)
    }

    /// Days of validity, the first one included.
    fn days(&self, mode: Mode) -> Option<u32> {
        match mode {
            Mode::Sequential { days, .. } => Some(days),
            Mode::Single | Mode::Bundle { .. } => self.terms.days,
        }
    }

    /// Semantics 4.2.
    fn window_at_issue(&self, mode: Mode, receive_time: Seconds) -> Option<(Seconds, Seconds)> {
        let first = receive_time.max(self.terms.begin);
        let begin = match self.terms.wait_days {
            0 => first,
            wait => midnight(day(first) + i64::from(wait)),
        };
        self.window_from(mode, begin)
    }

    /// The validity that begins there, if the stock has not ended by then.
    #[must_use]
    pub fn window_from(&self, mode: Mode, begin: Seconds) -> Option<(Seconds, Seconds)> {
        if begin > self.terms.end {
            return None;
        }
        let end = match self.days(mode) {
            None => self.terms.end,
            Some(days) => midnight(day(begin) + i64::from(days)) - 1,
        };
        Some((begin, end.min(self.terms.end)))
    }

    /// Whether codes come from an uploaded pool.
    #[must_use]
    pub fn has_pool(&self) -> bool {
        self.terms.code_mode == CouponCodeMode::Upload
    }
}
