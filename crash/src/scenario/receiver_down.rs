//! The receiver of notifications is down, slow, long-winded or redirecting, for an hour of the rules' clock and longer:
//! everything arrives afterwards that the documented schedule still tries, and nothing is tried more often than it says.
//!
//! Coupons are issued meanwhile as if nothing were; the node is killed in between.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::time::Instant;

use super::Plan;
use crate::audit::sent_count;
use crate::definition::with_brand;
use crate::notified::Others;
use crate::offer::Offer;
use crate::outcome::Outcome;
use crate::play::Play;
use crate::receiver::{Arrival, Manner};

/// Attempts of a notification in all: the first and eleven more, a minute apart.
const ATTEMPTS_MAX: u32 = 12;
/// From one attempt to the next, on the rules' clock; a second more is past it in any case.
const STEP_SECONDS: u32 = 61;
/// An hour.
const HOUR_SECONDS: u32 = 3600;
/// Coupons of each part. More than are posted at once, so that some have to wait their turn.
const COUPONS: usize = 70;
/// How long the attempts of one minute may take. Two turns of slow ones take ten seconds.
const ATTEMPTS_TAKE_MAX: Duration = Duration::from_secs(25);
/// How long those who take their time are waited for.
const ARRIVAL_MAX: Duration = Duration::from_secs(60);
/// The manners of one turn of the clock after the other; slow ones are few, since each costs five real seconds.
const MANNERS: [Manner; 4] = [Manner::Down, Manner::LongWinded, Manner::Redirecting, Manner::Slow];

pub(super) async fn run(plan: &Plan) -> Result<(Play, Vec<String>)> {
    let mut play = Play::begin(plan.seed).await?;
    let (began, mut notes) = (Instant::now(), Vec::new());
    let mut own = Own::take(&mut play);
    loop {
        plan.show(began, "down for an hour", &play);
        down_for_an_hour(&mut play, &mut own).await?;
        plan.show(began, "to the last attempt", &play);
        to_the_last_attempt(&mut play, &mut own).await?;
        plan.show(began, "under load", &play);
        under_load(&mut play).await?;
        if began.elapsed() >= plan.time {
            break;
        }
    }
    plan.show(began, "beyond the last attempt", &play);
    let given_up = beyond_the_last_attempt(&mut play, &mut own).await?;
    notes.push(format!(
        "{given_up} notifications were given up after {ATTEMPTS_MAX} attempts, as documented; their coupons are there"
    ));
    play.audit_all().await?;
    own.audit(&play).await?;
    let data = play.data()?;
    play.audit_store(data).await?;
    Ok((play, notes))
}

/// Down when the coupons come, an hour passes at once, down again: then well, and everything arrives.
async fn down_for_an_hour(play: &mut Play, own: &mut Own) -> Result<()> {
    play.receiver.behave(Manner::Down);
    let numbers = own.issue(play).await?;
    tried(play, &numbers, 1).await;
    play.kill()?;
    play.start_again().await?;
    play.wire.advance(HOUR_SECONDS).await?;
    tried(play, &numbers, 2).await;
    play.receiver.behave(Manner::Well);
    play.wire.advance(STEP_SECONDS).await?;
    arrived(play, &numbers).await
}

/// Badly behaved in every way at every attempt but the last.
async fn to_the_last_attempt(play: &mut Play, own: &mut Own) -> Result<()> {
    let mut manners: Vec<Manner> = MANNERS.to_vec();
    while manners.len() < 10 {
        manners.extend(play.random.pick(&MANNERS[..3]).copied());
    }
    play.receiver.behave(Manner::Down);
    let numbers = own.issue(play).await?;
    tried(play, &numbers, 1).await;
    for (before, manner) in (1..).zip(manners) {
        play.receiver.behave(manner);
        play.wire.advance(STEP_SECONDS).await?;
        tried(play, &numbers, before + 1).await;
    }
    play.receiver.behave(Manner::Well);
    play.wire.advance(STEP_SECONDS).await?;
    arrived(play, &numbers).await
}

/// The usual load, with a receiver that changes its manner, and with a kill.
async fn under_load(play: &mut Play) -> Result<()> {
    for manner in [Manner::Redirecting, Manner::Down, Manner::Well] {
        play.receiver.behave(manner);
        play.run_for(Duration::from_millis(300)).await?;
        play.wire.advance(STEP_SECONDS).await?;
    }
    play.run_and_kill(Duration::from_millis(300)).await?;
    play.start_again().await?;
    play.settle().await?;
    play.audit_notifications(Others::AreKnown).await
}

/// Down at every attempt: each is made, none more, the coupons stay, and the sender goes on with others.
async fn beyond_the_last_attempt(play: &mut Play, own: &mut Own) -> Result<usize> {
    play.receiver.behave(Manner::Down);
    let numbers = own.issue(play).await?;
    // An attempt may be noted after the clock was moved; then its turn comes a step later.
    for step in 1..=2 * ATTEMPTS_MAX {
        tried(play, &numbers, step.min(ATTEMPTS_MAX)).await;
        if least(play, &numbers) >= ATTEMPTS_MAX {
            break;
        }
        play.wire.advance(STEP_SECONDS).await?;
    }
    play.receiver.behave(Manner::Well);
    play.wire.advance(HOUR_SECONDS).await?;
    // When the next ones have arrived, the sender has looked at everything that is due.
    let fresh = own.issue(play).await?;
    arrived(play, &fresh).await?;
    let mut given_up = 0;
    let book = play.receiver.book();
    for arrival in of(&book.arrivals.values().collect::<Vec<_>>(), &numbers) {
        given_up += 1;
        if arrival.not_taken != ATTEMPTS_MAX || arrival.taken != 0 {
            play.journal.find(format!("{} was tried {} times", arrival.send_request_no, arrival.not_taken));
        }
    }
    Ok(given_up)
}

/// What the scenario issues beside the load: from two stocks, which the load then leaves alone.
struct Own {
    offers: Vec<Arc<Offer>>,
    issued: usize,
}

impl Own {
    fn take(play: &mut Play) -> Self {
        let all = std::mem::take(&mut play.load.offers);
        let (offers, others) = all.into_iter().partition(|offer| offer.name.ends_with(" single"));
        play.load.offers = others;
        Self { offers, issued: 0 }
    }

    /// Sends coupons directly; their numbers.
    async fn issue(&mut self, play: &Play) -> Result<HashSet<String>> {
        let mut numbers = HashSet::new();
        for offer in self.offers.iter().cycle().take(COUPONS) {
            self.issued += 1;
            let number = format!("RECEIVER{:06}", self.issued);
            let path = format!("{}/users/oReceiver{:06}/coupons", offer.face.prefix(), self.issued);
            let body = json!({
                "product_coupon_id": offer.product_coupon_id,
                "stock_id": offer.stock_ids[0],
                "appid": offer.ground.appid,
                "send_request_no": number,
            });
            let outcome = play.wire.post(&path, &with_brand(&offer.ground, body)).await;
            play.journal.note(&number, "send", 0, &outcome);
            ensure!(matches!(outcome, Outcome::Done(_)), "a send failed: {outcome:?}");
            numbers.insert(number);
        }
        Ok(numbers)
    }

    /// The stocks count what was issued.
    async fn audit(&self, play: &Play) -> Result<()> {
        let mut counted = 0;
        for offer in &self.offers {
            counted += sent_count(offer, &offer.stock_ids[0], &play.wire).await?;
        }
        if usize::try_from(counted)? != self.issued {
            play.journal.find(format!("the stocks count {counted} coupons, {} were issued", self.issued));
        }
        Ok(())
    }
}

/// Those of a book that tell of these numbers.
fn of<'b>(arrivals: &[&'b Arrival], numbers: &HashSet<String>) -> Vec<&'b Arrival> {
    arrivals.iter().copied().filter(|arrival| numbers.contains(&arrival.send_request_no)).collect()
}

/// The attempts of the notification that was tried least.
fn least(play: &Play, numbers: &HashSet<String>) -> u32 {
    let book = play.receiver.book();
    let tried = of(&book.arrivals.values().collect::<Vec<_>>(), numbers);
    if tried.len() < numbers.len() {
        return 0;
    }
    tried.iter().map(|arrival| arrival.not_taken).min().unwrap_or(0)
}

/// Waits for so many attempts of each, and a little for their being noted. Some may be late by one, see above; more than documented are a finding.
async fn tried(play: &Play, numbers: &HashSet<String>, attempts: u32) {
    let is_reached = |book: &crate::receiver::Book| {
        let tried = of(&book.arrivals.values().collect::<Vec<_>>(), numbers);
        tried.len() == numbers.len() && tried.iter().all(|arrival| arrival.not_taken >= attempts)
    };
    play.receiver.wait(ATTEMPTS_TAKE_MAX, is_reached).await;
    // Writes queue behind the notes of the attempts. What is noted later all the same has its turn a minute later.
    for _ in 0..3 {
        play.wire.post("v3/marketing/partner/product-coupon/notify-configs", &play.notify_body()).await;
    }
    let book = play.receiver.book();
    for arrival in of(&book.arrivals.values().collect::<Vec<_>>(), numbers) {
        if arrival.not_taken > attempts {
            let (number, made) = (&arrival.send_request_no, arrival.not_taken);
            play.journal.find(format!("{number}: {made} attempts where the schedule has {attempts}"));
        }
    }
}

/// Everything has come, and tells of what was sent.
async fn arrived(play: &Play, numbers: &HashSet<String>) -> Result<()> {
    let is_reached = |book: &crate::receiver::Book| {
        let tried = of(&book.arrivals.values().collect::<Vec<_>>(), numbers);
        tried.iter().filter(|arrival| arrival.taken > 0).count() == numbers.len()
    };
    let mut has_come = play.receiver.wait(ARRIVAL_MAX, is_reached).await;
    if !has_come {
        // What was noted late has its turn a minute later.
        play.wire.advance(STEP_SECONDS).await?;
        has_come = play.receiver.wait(ARRIVAL_MAX, is_reached).await;
    }
    let book = play.receiver.book();
    let arrivals: Vec<&Arrival> = book.arrivals.values().collect();
    let came = of(&arrivals, numbers).iter().filter(|arrival| arrival.taken > 0).count();
    if !has_come {
        play.journal.find(format!("{came} of {} notifications have arrived", numbers.len()));
    }
    play.journal.count(|counts| counts.notified += u64::try_from(came).unwrap_or(0));
    Ok(())
}
