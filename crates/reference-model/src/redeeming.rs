//! Confirm, use, return and deactivate: the tables of semantics 3.4 and 3.5.

use quan_model::enums::UserCouponState as State;

use crate::answer::{Answer, Refused, UseView};
use crate::command::{Command, Mode, OnCoupon, Place};
use crate::coupon::{Coupon, Round};
use crate::time::{Seconds, after_interval, second_of_day, weekday};
use crate::world::{Outcome, World};

/// How far a use may lie ahead of the clock.
const AHEAD: Seconds = 300;

impl World {
    pub(crate) fn confirm(&mut self, command: &Command, on: &OnCoupon) -> Outcome {
        let Some(coupon) = self.reach(on)? else { return Ok(Answer::Skipped) };
        let target = format!("{:?}", coupon.key);
        let (scope, data) = ((on.caller, "confirm", target.as_str()), format!("{command:?}"));
        if self.replay(scope, &on.number, &data, Refused::Mismatch)?.is_none() {
            match coupon.state(self.now) {
                State::Confirming => {}
                State::Expired => return Err(Refused::Expired),
                State::Deleted => return Err(Refused::Deleted),
                State::Pending | State::Effective | State::Used | State::Deactivated => {
                    return Err(Refused::State);
                }
            }
            let confirmed = Some((on.number.clone(), self.now));
            if let Some(coupon) = self.coupon_mut(&on.coupon) {
                coupon.confirmed = confirmed;
            }
            self.note(scope, &on.number, data, (None, None));
        }
        Ok(self.shown(&on.coupon))
    }

    pub(crate) fn use_(&mut self, command: &Command, on: &OnCoupon) -> Outcome {
        let Command::Use { use_time, round, with_order, place, .. } = command else {
            return Ok(Answer::Skipped);
        };
        let Some(coupon) = self.reach(on)? else { return Ok(Answer::Skipped) };
        let (scope, data) = ((on.caller, "use", ""), format!("{command:?}"));
        if self.replay(scope, &on.number, &data, Refused::Mismatch)?.is_some() {
            let usage = coupon.rounds.get(round.unwrap_or(0) as usize).and_then(|round| round.usage.as_ref());
            let stands = usage.is_some_and(|usage| usage.number == on.number && usage.returned.is_none());
            return if stands { Ok(self.shown(&on.coupon)) } else { Err(Refused::NumberSpent) };
        }
        if round.is_some() != coupon.total_rounds.is_some() {
            return Err(Refused::Rule);
        }
        if *use_time > self.now + AHEAD {
            return Err(Refused::Range);
        }
        let window = match round {
            None => ensure_usable(coupon, self.now).map(|()| coupon.window)?,
            Some(round) => open_round(coupon, *round, self.now)?,
        };
        if *use_time < coupon.receive_time {
            return Err(Refused::Range);
        }
        if *use_time < window.0 || *use_time > window.1 {
            return Err(Refused::Window);
        }
        self.ensure_in_week(coupon, *use_time)?;
        if *place == Place::Unknown {
            return Err(Refused::Store);
        }
        if !with_order {
            return Err(Refused::Rule);
        }
        self.redeem(on, *use_time);
        self.note(scope, &on.number, data, (None, None));
        Ok(self.shown(&on.coupon))
    }

    /// Semantics 4.5.
    fn ensure_in_week(&self, coupon: &Coupon, at: Seconds) -> Result<(), Refused> {
        let Some(weekly) = &self.lots[&coupon.stock.lot].terms.weekly else { return Ok(()) };
        let in_hours =
            weekly.hours.is_none_or(|(from, to)| from <= second_of_day(at) && second_of_day(at) <= to);
        if weekly.days.contains(&weekday(at)) && in_hours { Ok(()) } else { Err(Refused::Period) }
    }

    fn redeem(&mut self, on: &OnCoupon, use_time: Seconds) {
        let stock = self.coupon(&on.coupon).map(|coupon| coupon.stock.lot);
        let mode = stock.map(|lot| self.products[&self.lots[&lot].product].mode);
        let interval_days = match mode {
            Some(Mode::Sequential { interval_days, .. }) => interval_days,
            Some(Mode::Single | Mode::Bundle { .. }) | None => 0,
        };
        let Some(coupon) = self.coupon_mut(&on.coupon) else { return };
        let usage = UseView { number: on.number.clone(), time: use_time, returned: None };
        if let Some(open) = coupon.rounds.iter_mut().find(|round| !round.is_used()) {
            open.usage = Some(usage);
        }
        let begin = after_interval(use_time, interval_days);
        if !coupon.is_used_up() && begin <= coupon.window.1 {
            coupon.rounds.push(Round { window: (begin, coupon.window.1), usage: None });
        }
        self.after_use(&on.coupon, use_time);
    }

    pub(crate) fn return_(&mut self, command: &Command, on: &OnCoupon, round: Option<u32>) -> Outcome {
        let Some(coupon) = self.reach(on)? else { return Ok(Answer::Skipped) };
        let (scope, data) = ((on.caller, "return", ""), format!("{command:?}"));
        if self.replay(scope, &on.number, &data, Refused::Mismatch)?.is_none() {
            self.ensure_latest_use(coupon)?;
            ensure_returnable(coupon, round, self.now)?;
            let returned = Some((on.number.clone(), self.now));
            if let Some(coupon) = self.coupon_mut(&on.coupon) {
                let latest = coupon.used_count() - 1;
                coupon.rounds.truncate(latest + 1);
                if let Some(usage) = &mut coupon.rounds[latest].usage {
                    usage.returned = returned;
                }
                coupon.hidden = None;
            }
            self.after_return(&on.coupon, &on.number);
            self.note(scope, &on.number, data, (None, None));
        }
        Ok(self.shown(&on.coupon))
    }

    pub(crate) fn deactivate(&mut self, command: &Command, on: &OnCoupon) -> Outcome {
        let Some(coupon) = self.reach(on)? else { return Ok(Answer::Skipped) };
        let (scope, data) = ((on.caller, "deactivate", ""), format!("{command:?}"));
        if self.replay(scope, &on.number, &data, Refused::Mismatch)?.is_none() {
            match coupon.state(self.now) {
                State::Confirming | State::Pending | State::Effective => {}
                State::Expired => return Err(Refused::ExpiredForOperation),
                State::Deleted => return Err(Refused::Deleted),
                State::Used | State::Deactivated => return Err(Refused::State),
            }
            let ended = Some((on.number.clone(), self.now));
            if let Some(coupon) = self.coupon_mut(&on.coupon) {
                coupon.deactivated = ended;
            }
            self.note(scope, &on.number, data, (None, None));
        }
        Ok(self.shown(&on.coupon))
    }
}

/// The row "use" of 3.4.
fn ensure_usable(coupon: &Coupon, now: Seconds) -> Result<(), Refused> {
    match coupon.state(now) {
        State::Effective => Ok(()),
        State::Confirming | State::Deactivated => Err(Refused::State),
        State::Pending => Err(Refused::Window),
        State::Used => Err(Refused::Used),
        State::Expired => Err(Refused::Expired),
        State::Deleted => Err(Refused::Deleted),
    }
}

/// The rows "use" of 3.5: the window of the round asked for.
fn open_round(coupon: &Coupon, round: u32, now: Seconds) -> Result<(Seconds, Seconds), Refused> {
    let (asked, open) = (round as usize, coupon.used_count());
    let state = coupon.state(now);
    if state == State::Confirming {
        return Err(Refused::State);
    }
    if asked < open {
        return Err(Refused::Used);
    }
    if asked > open && matches!(state, State::Pending | State::Effective | State::Used) {
        let is_beyond = Some(round) >= coupon.total_rounds;
        return Err(if is_beyond { Refused::Range } else { Refused::State });
    }
    ensure_usable(coupon, now)?;
    match coupon.rounds.get(open) {
        Some(round) if now >= round.window.0 => Ok(round.window),
        Some(_) | None => Err(Refused::Window),
    }
}

/// The rows "return" of 3.4 and 3.5.
fn ensure_returnable(coupon: &Coupon, round: Option<u32>, now: Seconds) -> Result<(), Refused> {
    if round.is_some() != coupon.total_rounds.is_some() {
        return Err(Refused::Rule);
    }
    let state = coupon.state(now);
    if let Some(round) = round
        && (state == State::Confirming || round as usize + 1 != coupon.used_count())
    {
        return Err(Refused::State);
    }
    match state {
        State::Used if now > coupon.window.1 => Err(Refused::Expired),
        State::Used => Ok(()),
        State::Effective if round.is_some() => Ok(()),
        State::Expired => Err(Refused::Expired),
        State::Deleted => Err(Refused::Deleted),
        State::Effective | State::Confirming | State::Pending | State::Deactivated => Err(Refused::State),
    }
}
