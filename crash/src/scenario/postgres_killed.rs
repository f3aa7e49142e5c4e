//! PostgreSQL is killed under load (SIGKILL of its main process, which its children notice), and started again: the
//! node stays, goes on by itself, and loses nothing that it has acknowledged.

use std::time::Duration;

use anyhow::Result;
use quan_postgres_server::PostgresServer;
use tokio::time::{Instant, sleep};

use super::Plan;
use crate::notified::Others;
use crate::play::Play;

/// The longest time of load before a kill, and after the database is back, in milliseconds.
const LOAD_MILLIS_MAX: u64 = 2000;
/// The longest time without a database, in milliseconds: some calls outlast it, some do not.
const AWAY_MILLIS_MAX: u64 = 4000;
/// Lives that are over are looked at in turns; at the end all are.
const LOOK_AT_EVERY: usize = 50;

pub(super) async fn run(plan: &Plan) -> Result<(Play, Vec<String>)> {
    let server = PostgresServer::start()?;
    let url = server.create_database()?;
    let mut play = Play::begin_serving(plan.seed, &url).await?;
    let began = Instant::now();
    let mut kills = 0;
    while began.elapsed() < plan.time {
        let mut millis = |max: u64| Duration::from_millis(100 + play.random.below(max));
        let (before, away, after) =
            (millis(LOAD_MILLIS_MAX), millis(AWAY_MILLIS_MAX), millis(LOAD_MILLIS_MAX));
        play.run_while(async {
            sleep(before).await;
            server.kill()?;
            sleep(away).await;
            server.start_again()?;
            sleep(after).await;
            Ok(())
        })
        .await?;
        kills += 1;
        play.journal.count(|counts| counts.kills += 1);
        play.node.ensure_running()?;
        plan.show(began, "PostgreSQL killed", &play);
        play.audit_some(LOOK_AT_EVERY).await?;
    }
    play.audit_all().await?;
    play.audit_notifications(Others::AreFindings).await?;
    play.audit_store(url).await?;
    Ok((play, vec![format!("PostgreSQL was killed {kills} times; the node was never started again")]))
}
