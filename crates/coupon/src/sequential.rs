//! The rounds of a sequential coupon: one code, several uses in order (semantics 3.5 and 4.6).
//!
//! Knows rounds, their windows and their uses. Whether the coupon is alive is [`crate::user_coupon`]'s.

use quan_model::enums::{RoundState, UserCouponState};
use quan_model::ids::RequestNo;
use quan_model::time::Time;

use crate::redemption::Redemption;
use crate::window::Window;

/// The rounds issued so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rounds {
    /// Rounds in all, fixed at issue.
    pub total_count: u32,
    /// Every used round, then at most one that is not; the position is the round's index.
    pub rounds: Vec<Round>,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// When it may be used.
    pub window: Window,
    /// Its use; one that was returned stays until the next.
    pub redemption: Option<Redemption>,
}

impl Round {
    /// Whether it is used: it has a use that was not returned.
    pub fn is_used(&self) -> bool {
        self.redemption.as_ref().is_some_and(Redemption::is_standing)
    }

    /// The state of the round in a coupon that is in `coupon` at `now`. While the coupon waits for its
    /// confirm the round is PENDING: the documentation has no CONFIRMING round.
    pub fn state(&self, coupon: UserCouponState, now: Time) -> RoundState {
        if self.is_used() {
            return RoundState::Used;
        }
        match coupon {
            UserCouponState::Deleted => RoundState::Deleted,
            UserCouponState::Deactivated => RoundState::Deactivated,
            UserCouponState::Expired => RoundState::Expired,
            UserCouponState::Confirming | UserCouponState::Pending => RoundState::Pending,
            UserCouponState::Effective | UserCouponState::Used => {
                if now < self.window.begin {
                    RoundState::Pending
                } else {
                    RoundState::Effective
                }
            }
        }
    }
}

impl Rounds {
    /// The rounds of a new coupon: the first one open, with the coupon's own window.
    pub fn first(total_count: u32, window: Window) -> Self {
        Self { total_count, rounds: vec![Round { window, redemption: None }] }
    }

    /// How many rounds are used.
    pub fn used_count(&self) -> u32 {
        let used = self.rounds.iter().filter(|round| round.is_used()).count();
        u32::try_from(used).unwrap_or(u32::MAX)
    }

    /// Whether every round is used.
    pub fn is_used_up(&self) -> bool {
        self.used_count() >= self.total_count
    }

    /// The round whose turn it is, with its index. There is none when all are used, or when the next one
    /// would begin after the coupon's end.
    pub fn open(&self) -> Option<(u32, &Round)> {
        let round = self.rounds.last().filter(|round| !round.is_used())?;
        Some((self.used_count(), round))
    }

    /// The rounds after the open one was used: it keeps the use, and the next one opens if it can begin
    /// before the end. Without an open round nothing changes.
    #[must_use]
    pub(crate) fn with_use(&self, redemption: Redemption, interval_days: u32) -> Self {
        let mut after = self.clone();
        let use_time = redemption.use_time;
        if let Some(open) = after.rounds.last_mut().filter(|round| !round.is_used()) {
            open.redemption = Some(redemption);
            let end = open.window.end;
            let begin = next_begin(use_time, interval_days);
            if begin <= end && !after.is_used_up() {
                after.rounds.push(Round { window: Window { begin, end }, redemption: None });
            }
        }
        after
    }

    /// The rounds after the latest use was returned: its round opens again with its old window, and the
    /// open round after it is dropped. Without a use nothing changes.
    #[must_use]
    pub(crate) fn with_return(&self, request_no: RequestNo, time: Time) -> Self {
        let mut after = self.clone();
        if let Some(latest) = after.rounds.iter().rposition(Round::is_used) {
            after.rounds.truncate(latest + 1);
            let round = &mut after.rounds[latest];
            round.redemption = round.redemption.take().map(|used| used.returned(request_no, time));
        }
        after
    }
}

/// When the round after a use may begin: at once without an interval, else at 00:00:00 of a later day.
pub fn next_begin(use_time: Time, interval_days: u32) -> Time {
    if interval_days == 0 { use_time } else { use_time.start_of_day_after(i64::from(interval_days)) }
}
