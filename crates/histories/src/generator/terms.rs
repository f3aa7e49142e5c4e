//! Terms of stocks: small limits, short validities, every mode of codes.

use quan_model::enums::CouponCodeMode;
use quan_reference_model::command::{Mode, Terms, Weekly};
use quan_reference_model::time::{DAY, day, midnight};

use crate::random::Random;

fn small(random: &Random, low: i64, high: i64) -> u32 {
    u32::try_from(random.between(low, high)).unwrap_or(1)
}

/// A mode of use.
pub(crate) fn mode(random: &Random) -> Mode {
    let interval_days = if random.percent(50) { 0 } else { small(random, 1, 2) };
    match random.below(3) {
        0 => Mode::Single,
        1 => Mode::Sequential { count: small(random, 3, 4), interval_days, days: small(random, 3, 8) },
        _ => Mode::Bundle { count: 3, interval_days },
    }
}

/// Terms for a lot of that mode.
pub(crate) fn terms(random: &Random, mode: Mode, now: i64) -> Terms {
    let is_bundle = matches!(mode, Mode::Bundle { .. });
    let is_sequential = matches!(mode, Mode::Sequential { .. });
    let code_mode = match random.below(3) {
        0 => CouponCodeMode::Wechatpay,
        1 if !is_bundle => CouponCodeMode::ApiAssign,
        _ => CouponCodeMode::Upload,
    };
    let days = (!is_sequential && random.percent(60)).then(|| small(random, 1, 6));
    let begin = midnight(day(now) + random.between(-2, 1));
    let weekly = random.percent(25).then(|| Weekly {
        days: (0..7).filter(|_| random.percent(70)).collect(),
        hours: random.percent(50).then(|| (random.between(0, 30_000), random.between(40_000, 86_399))),
    });
    Terms {
        code_mode,
        max_count: 2 + random.below(9),
        max_per_day: random.percent(60).then(|| 1 + random.below(4)),
        max_per_person: 1 + random.below(4),
        begin,
        end: begin + random.between(3, 25) * DAY - 1,
        days,
        wait_days: if (days.is_some() || is_sequential) && random.percent(30) {
            small(random, 1, 2)
        } else {
            0
        },
        weekly: weekly.filter(|weekly| !weekly.days.is_empty()),
    }
}
