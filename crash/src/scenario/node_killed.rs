//! The node on SQLite is killed at random moments: under load, while it starts, while lost calls are repeated.

use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use super::Plan;
use crate::notified::Others;
use crate::play::Play;

/// The longest time of load before a kill, in milliseconds.
const LOAD_MILLIS_MAX: u64 = 2500;
/// A start that is killed gets at most this long.
const START_KILLED_WITHIN: Duration = Duration::from_millis(150);
/// Lives that are over are looked at in turns between the kills; at the end all are.
const LOOK_AT_EVERY: usize = 50;

pub(super) async fn run(plan: &Plan) -> Result<(Play, Vec<String>)> {
    let mut play = Play::begin(plan.seed).await?;
    let began = Instant::now();
    while began.elapsed() < plan.time {
        let load = Duration::from_millis(100 + play.random.below(LOAD_MILLIS_MAX));
        play.run_and_kill(load).await?;
        plan.show(began, "killed", &play);
        while play.random.percent(30) {
            play.start_and_kill(START_KILLED_WITHIN).await?;
        }
        play.start_again().await?;
        if play.random.percent(40) {
            let after = Duration::from_millis(play.random.below(40));
            play.settle_and_kill(after).await?;
            play.start_again().await?;
        }
        play.audit_some(LOOK_AT_EVERY).await?;
    }
    plan.show(began, "audit of everything", &play);
    play.audit_all().await?;
    play.audit_notifications(Others::AreFindings).await?;
    let data = play.data()?;
    play.audit_store(data).await?;
    Ok((play, Vec::new()))
}
