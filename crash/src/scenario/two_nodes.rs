//! Two nodes on one PostgreSQL, and on the same stocks: one of them is killed again and again, the other goes on, takes
//! over what the dead one had leased, and together they issue not one coupon too many.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use quan_postgres_server::PostgresServer;
use tokio::time::{Instant, sleep};

use super::Plan;
use crate::audit::sent_count;
use crate::journal::Journal;
use crate::life::Stage;
use crate::notified::Others;
use crate::offer::{Offer, SCARCE_MAX};
use crate::outcome::Denied;
use crate::play::Play;
use crate::wire::Wire;

/// The longest time of load before a kill and after it, in milliseconds.
const LOAD_MILLIS_MAX: u64 = 1500;
/// Lives that are over are looked at in turns; at the end all are.
const LOOK_AT_EVERY: usize = 50;
/// How long a write may take to be acknowledged on a busy machine, as long as one node lives.
const GOES_ON_MAX: Duration = Duration::from_secs(30);
/// Load at a time until the scarce stocks are used up.
const UNTIL_SOLD_OUT: Duration = Duration::from_millis(500);
/// How long that may take.
const SOLD_OUT_MAX: Duration = Duration::from_secs(60);

pub(super) async fn run(plan: &Plan) -> Result<(Play, Vec<String>)> {
    let server = PostgresServer::start()?;
    let url = server.create_database()?;
    let mut play = Play::begin_serving(plan.seed, &url).await?;
    let other_launch = play.launch.with_log(&play.home()?.join("other.log"));
    let mut other = other_launch.start().await.context("the second node")?;
    play.more = vec![Wire::open(&other.connection)?];
    let began = Instant::now();
    while began.elapsed() < plan.time {
        let mut millis = || Duration::from_millis(100 + play.random.below(LOAD_MILLIS_MAX));
        let (before, after) = (millis(), millis());
        let acknowledged = play.journal.counts().acknowledged;
        let mut at_kill = 0;
        let journal = Arc::clone(&play.journal);
        let dying = &mut other.node;
        play.run_while(async {
            sleep(before).await;
            goes_on(&journal, acknowledged).await;
            dying.ensure_running()?;
            dying.kill()?;
            at_kill = journal.counts().acknowledged;
            sleep(after).await;
            goes_on(&journal, at_kill).await;
            Ok(())
        })
        .await?;
        play.journal.count(|counts| counts.kills += 1);
        let at_end = play.journal.counts().acknowledged;
        if at_kill == acknowledged || at_end == at_kill {
            play.journal.find(format!("acknowledged {acknowledged}, then {at_kill}, then {at_end}"));
        }
        play.node.ensure_running()?;
        plan.show(began, "one of two killed", &play);
        // The dead node's calls settle at the other.
        play.more.clear();
        play.audit_some(LOOK_AT_EVERY).await?;
        other = other_launch.start().await.context("the second node again")?;
        play.more = vec![Wire::open(&other.connection)?];
    }
    sell_out(&mut play).await?;
    other.node.kill()?;
    play.journal.count(|counts| counts.kills += 1);
    play.more.clear();
    play.audit_all().await?;
    // The first node alone: what the dead one had leased is taken over when the leases end.
    play.audit_notifications(Others::AreFindings).await?;
    let exact = exact(&play).await?;
    play.audit_store(url).await?;
    Ok((
        play,
        vec![format!("{exact} stocks of {SCARCE_MAX} were sold out with exactly {SCARCE_MAX} coupons")],
    ))
}

/// Waits until more than this is acknowledged; that it never is shows afterwards.
async fn goes_on(journal: &Journal, acknowledged: u64) {
    let deadline = Instant::now() + GOES_ON_MAX;
    while journal.counts().acknowledged <= acknowledged && Instant::now() < deadline {
        sleep(Duration::from_millis(20)).await;
    }
}

/// The offers that have an end.
fn scarce(play: &Play) -> Vec<Arc<Offer>> {
    play.load.offers.iter().filter(|offer| offer.bounds.max <= SCARCE_MAX).cloned().collect()
}

/// Everybody wants the scarce ones, at both nodes, until somebody of each was told that there are no more.
async fn sell_out(play: &mut Play) -> Result<()> {
    let scarce = scarce(play);
    let all = std::mem::replace(&mut play.load.offers, scarce.clone());
    let deadline = Instant::now() + SOLD_OUT_MAX;
    let is_sold_out = |play: &Play, offer: &Arc<Offer>| {
        let mut lives = play.load.lives().filter(|life| Arc::ptr_eq(&life.offer, offer));
        lives.any(|life| life.stage == Stage::Denied(Denied::SoldOut))
    };
    while !scarce.iter().all(|offer| is_sold_out(play, offer)) && Instant::now() < deadline {
        play.run_for(UNTIL_SOLD_OUT).await?;
    }
    play.load.offers = all;
    Ok(())
}

/// How many of the scarce stocks have issued exactly what they have; others are findings.
async fn exact(play: &Play) -> Result<usize> {
    let mut exact = 0;
    for offer in scarce(play) {
        let issued = sent_count(&offer, &offer.stock_ids[0], &play.wire).await?;
        if issued == offer.bounds.max {
            exact += 1;
        } else {
            play.journal.find(format!("{}: {issued} coupons of {}", offer.name, offer.bounds.max));
        }
    }
    Ok(exact)
}
