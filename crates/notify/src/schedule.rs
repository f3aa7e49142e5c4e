//! When a notification that was not taken is tried again, by event type.
//!
//! The one table of the delays, each with its source. It knows event types and times, nothing of
//! receivers. Delays count from the end of the failed attempt, on the rules' clock.

use quan_model::time::Time;
use quan_store::outbox::Next;

/// `PRODUCT_COUPON_SP.*` and `PRODUCT_COUPON.*`: every 60 s, at most 11 retries after the first attempt
/// (semantics 9.4; the public page of `PRODUCT_COUPON_SP.SEND` says it for that event, the others of
/// the family and the brand face follow it by assumption).
const PRODUCT_COUPON: [i64; 11] = [60; 11];

/// `COUPON.SEND` of merchant coupons: every 60 s, 11 attempts in all (api-busifavor 7).
const BUSIFAVOR: [i64; 10] = [60; 10];

/// Every other event: the platform's usual 15 retries over 24 h 4 min (wire-protocol 5.3).
const USUAL: [i64; 15] =
    [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600];

/// The delays in seconds after the first, second, … failed attempt of an event of this type. When the
/// list is used up, the notification is given up.
#[must_use]
pub fn retry_delays_seconds(event_type: &str) -> &'static [i64] {
    if event_type.starts_with("PRODUCT_COUPON_SP.") || event_type.starts_with("PRODUCT_COUPON.") {
        &PRODUCT_COUPON
    } else if event_type == "COUPON.SEND" {
        &BUSIFAVOR
    } else {
        &USUAL
    }
}

/// How often an event of this type is posted at most, the first attempt included.
#[must_use]
pub fn attempts_max(event_type: &str) -> usize {
    retry_delays_seconds(event_type).len() + 1
}

/// What follows a failed attempt. `attempts_before` counts those made before it, and `now` is the
/// rules' time at its end. A notification that a person sends again after it was given up has no
/// delay left, so one more failure gives it up again.
#[must_use]
pub(crate) fn after_failure(event_type: &str, attempts_before: u32, now: Time) -> Next {
    let delay = usize::try_from(attempts_before).ok().and_then(|at| retry_delays_seconds(event_type).get(at));
    delay.map_or(Next::DeadLetter, |seconds| Next::RetryAt(now.plus_seconds(*seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_in_all_by_event_type() {
        for (event_type, attempts) in [
            ("PRODUCT_COUPON_SP.SEND", 12),
            ("PRODUCT_COUPON_SP.IMAGE_GENERATION", 12),
            ("PRODUCT_COUPON.SEND", 12),
            ("PRODUCT_COUPON.RETURN", 12),
            ("COUPON.SEND", 11),
            ("TRANSACTION.SUCCESS", 16),
            ("PRODUCT_COUPONS", 16),
            ("", 16),
        ] {
            assert_eq!(attempts_max(event_type), attempts, "{event_type}");
        }
    }

    #[test]
    fn the_usual_retries_take_24_hours_and_4_minutes() {
        assert_eq!(USUAL.iter().sum::<i64>(), 24 * 3600 + 4 * 60);
    }

    #[test]
    fn the_last_failure_gives_up_and_the_one_before_does_not() {
        let now = Time::from_unix_seconds(1_760_000_000);
        let in_a_minute = Next::RetryAt(now.plus_seconds(60));
        for (event_type, attempts_before, next) in [
            ("PRODUCT_COUPON_SP.SEND", 0, in_a_minute),
            ("PRODUCT_COUPON_SP.SEND", 10, in_a_minute),
            ("PRODUCT_COUPON_SP.SEND", 11, Next::DeadLetter),
            ("COUPON.SEND", 9, in_a_minute),
            ("COUPON.SEND", 10, Next::DeadLetter),
            ("TRANSACTION.SUCCESS", 3, Next::RetryAt(now.plus_seconds(180))),
            ("TRANSACTION.SUCCESS", 15, Next::DeadLetter),
            ("PRODUCT_COUPON.SEND", u32::MAX, Next::DeadLetter),
        ] {
            assert_eq!(
                after_failure(event_type, attempts_before, now),
                next,
                "{event_type} {attempts_before}"
            );
        }
    }
}
