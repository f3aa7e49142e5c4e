//! The PostgreSQL that a node writes to is killed, and its streaming replica promoted: replication is synchronous, so
//! what was acknowledged is on both, and the node's URL names both.

use std::time::Duration;

use anyhow::{Result, ensure};
use quan_postgres_server::PostgresServer;
use tokio::time::{Instant, sleep};

use super::Plan;
use crate::notified::Others;
use crate::play::Play;

/// The longest time of load before the kill and after the promotion, in milliseconds.
const LOAD_MILLIS_MAX: u64 = 1500;
/// How long a replica may take to follow.
const FOLLOWS_MAX: Duration = Duration::from_secs(30);
/// Lives that are over are looked at in turns; at the end all are.
const LOOK_AT_EVERY: usize = 50;

pub(super) async fn run(plan: &Plan) -> Result<(Play, Vec<String>)> {
    let mut primary = PostgresServer::start()?;
    let url = primary.create_database()?;
    let mut play = Play::begin_serving(plan.seed, &url).await?;
    let began = Instant::now();
    let (mut promotions, mut last) = (0, url.clone());
    while began.elapsed() < plan.time || promotions == 0 {
        let replica = primary.replica()?;
        make_synchronous(&primary).await?;
        // The ports of servers are free ones, so each pair has a URL of its own.
        play.node.stop().await?;
        last = both(&url, &primary, &replica);
        play.launch.on_database(&last);
        play.start_again().await?;
        let mut millis = || Duration::from_millis(100 + play.random.below(LOAD_MILLIS_MAX));
        let (before, after) = (millis(), millis());
        play.run_while(async {
            sleep(before).await;
            primary.kill()?;
            replica.promote()?;
            sleep(after).await;
            Ok(())
        })
        .await?;
        play.journal.count(|counts| counts.kills += 1);
        promotions += 1;
        play.node.ensure_running()?;
        plan.show(began, "replica promoted", &play);
        play.audit_some(LOOK_AT_EVERY).await?;
        primary = replica;
    }
    play.audit_all().await?;
    play.audit_notifications(Others::AreFindings).await?;
    // The node goes before the database.
    play.audit_store(last).await?;
    Ok((play, vec![format!("{promotions} replicas were promoted")]))
}

/// From now on a commit waits until the replica has it on its disk too.
async fn make_synchronous(primary: &PostgresServer) -> Result<()> {
    primary.psql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'")?;
    primary.psql("postgres", "SELECT pg_reload_conf()")?;
    let deadline = Instant::now() + FOLLOWS_MAX;
    let states = "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'";
    while primary.psql("postgres", states)?.trim() != "sync" {
        ensure!(Instant::now() < deadline, "the replica does not follow");
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// The URL of the database on both servers; the one that takes writes is asked for.
fn both(url: &str, one: &PostgresServer, other: &PostgresServer) -> String {
    let (before, database) = url.rsplit_once('/').unwrap_or((url, ""));
    let credentials = before.rsplit_once('@').map_or(before, |(credentials, _)| credentials);
    let (one, other) = (one.port(), other.port());
    format!("{credentials}@127.0.0.1:{one},127.0.0.1:{other}/{database}?target_session_attrs=read-write")
}
