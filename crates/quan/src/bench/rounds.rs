//! The run: fills the stores, starts their servers, takes the turns of each round, and sums them up.

use std::path::Path;
use std::time::Duration;

use quan_model::clock::Clock;

use crate::bench::filled_store::FilledStore;
use crate::bench::latency::percentile;
use crate::bench::limit::{self, Limit, to_f64};
use crate::bench::notifications::Delivered;
use crate::bench::plan::{Plan, Wanted};
use crate::bench::private_server::PrivateServer;
use crate::bench::receiver::Deliveries;
use crate::bench::report::{
    CostOfSize, Figures, LimitFigures, NotificationFigures, Report, SCHEMA, StoreFigures,
};
use crate::bench::subject::Subject;
use crate::bench::{claims, cpu, machine, pre_sends, progress};
use crate::clock::WallClock;

/// The share of a turn's calls that warms a server up before anything is counted.
const WARM_UP_SHARE: usize = 4;

/// Calls of one kind, summed over all turns.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    elapsed: Duration,
    latencies_us: Vec<u64>,
    cpu: cpu::Sides,
}

impl Tally {
    pub(crate) fn add(&mut self, elapsed: Duration, latencies_us: Vec<u64>, cpu: cpu::Sides) {
        self.elapsed += elapsed;
        self.latencies_us.extend(latencies_us);
        self.cpu.server += cpu.server;
        self.cpu.load += cpu.load;
    }

    fn calls(&self) -> u64 {
        u64::try_from(self.latencies_us.len()).unwrap_or(u64::MAX)
    }

    fn figures(mut self) -> Figures {
        self.latencies_us.sort_unstable();
        let (calls, seconds) = (self.calls(), self.elapsed.as_secs_f64());
        let milliseconds = |percent| to_f64(percentile(&self.latencies_us, percent)) / 1e3;
        Figures {
            calls,
            seconds,
            per_second: to_f64(calls) / seconds,
            p50_ms: milliseconds(50),
            p99_ms: milliseconds(99),
            server_cpu_us: self.cpu.server.as_secs_f64() * 1e6 / to_f64(calls),
            load_cpu_us: self.cpu.load.as_secs_f64() * 1e6 / to_f64(calls),
        }
    }
}

/// One store's sums.
struct Sums {
    subject: Subject,
    pre_sends: Tally,
    claims: Tally,
    claimed: u64,
    delivered: Delivered,
}

/// Measures everything that the plan says.
///
/// # Errors
/// When a store cannot be filled, a server does not run, or an answer is wrong.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Report> {
    let temporary = tempfile::Builder::new().prefix("quan-bench-").tempdir()?;
    let home = match &plan.cache {
        Some(cache) => crate::dev::directory(cache)?,
        None => temporary.path().to_owned(),
    };
    let machine = machine::describe(&home)?;
    let private = PrivateServer::of(plan)?;
    let mut stores = begin(plan, private.as_ref(), &home, temporary.path()).await?;
    for store in &mut stores {
        store.warm_up(plan).await?;
    }
    let mut limit = Limit::default();
    for round in 0..plan.rounds {
        progress(&format!("round {} of {}", round + 1, plan.rounds));
        for store in &mut stores {
            let key = &store.subject.key;
            let turn = || limit::turn(key, machine.cores, plan.limit_turn);
            limit.add(tokio::task::block_in_place(turn)?);
            store.turn(plan, &format!("R{round}"), true).await?;
        }
    }
    for store in &stores {
        store.subject.audit(store.claimed).await?;
    }
    report(plan, machine, &limit, stores)
}

/// Fills every store of the plan and starts its server. What lies on the private server is gone after the run, so that its
/// keys are not kept either.
async fn begin(
    plan: &Plan,
    private: Option<&PrivateServer>,
    home: &Path,
    temporary: &Path,
) -> anyhow::Result<Vec<Sums>> {
    let mut stores = Vec::new();
    for (database, coupons) in plan.stores() {
        let (home, database) = match (database, private) {
            (Wanted::Given(database), _) => (home, database.clone()),
            (Wanted::PrivatePostgres, Some(server)) => (temporary, server.create_database()?),
            (Wanted::PrivatePostgres, None) => anyhow::bail!("there is no private server"),
        };
        let store = FilledStore::open(home, &database, coupons).await?;
        let subject = Subject::begin(&store, Deliveries::listen()?).await?;
        stores.push(Sums {
            subject,
            pre_sends: Tally::default(),
            claims: Tally::default(),
            claimed: 0,
            delivered: Delivered::default(),
        });
    }
    Ok(stores)
}

impl Sums {
    async fn warm_up(&mut self, plan: &Plan) -> anyhow::Result<()> {
        let fewer = Plan { calls: plan.calls.div_ceil(WARM_UP_SHARE), ..plan.clone() };
        self.turn(&fewer, "W", false).await
    }

    /// Pre-sends, the claims of their tokens, and the notifications of those.
    async fn turn(&mut self, plan: &Plan, name: &str, is_counted: bool) -> anyhow::Result<()> {
        let (mut pre_sends, mut claims, mut delivered) =
            (Tally::default(), Tally::default(), Delivered::default());
        let subject = &self.subject;
        let tokens = pre_sends::turn(subject, name, plan.calls, plan.connections, &mut pre_sends).await?;
        let before = subject.deliveries.count();
        claims::turn(subject, &tokens, plan.connections, &mut claims).await?;
        self.claimed += claims.calls();
        delivered.turn(subject, before, self.claimed).await?;
        if is_counted {
            self.pre_sends.add(pre_sends.elapsed, pre_sends.latencies_us, pre_sends.cpu);
            self.claims.add(claims.elapsed, claims.latencies_us, claims.cpu);
            self.delivered.add(&delivered);
        }
        Ok(())
    }

    fn figures(self, limit_per_second: f64) -> StoreFigures {
        let (pre_send, delivered) = (self.pre_sends.figures(), self.delivered);
        let (alone, seconds) = (to_f64(delivered.alone), delivered.elapsed.as_secs_f64());
        // A run with few calls may leave nothing over for a time of its own.
        let of_alone = |sum: f64| if delivered.alone == 0 { 0.0 } else { sum / alone };
        StoreFigures {
            database: self.subject.database.name().to_owned(),
            coupons: self.subject.coupons,
            bytes: self.subject.bytes,
            pre_send_share_of_limit: pre_send.per_second / limit_per_second,
            pre_send,
            claim: self.claims.figures(),
            notification: NotificationFigures {
                delivered: delivered.alone,
                seconds,
                per_second: if delivered.alone == 0 { 0.0 } else { alone / seconds },
                delivered_beside_claims: delivered.beside_claims,
                server_cpu_us: of_alone(delivered.cpu.server.as_secs_f64() * 1e6),
                load_cpu_us: of_alone(delivered.cpu.load.as_secs_f64() * 1e6),
            },
        }
    }
}

fn report(
    plan: &Plan,
    machine: crate::bench::report::Machine,
    limit: &Limit,
    stores: Vec<Sums>,
) -> anyhow::Result<Report> {
    let per_second = limit.per_second();
    let stores: Vec<_> = stores.into_iter().map(|store| store.figures(per_second)).collect();
    let (sign_us, verify_us) = limit.sign_and_verify_us();
    Ok(Report {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: std::env::args().skip(1).fold("quan".to_owned(), |line, word| line + " " + &shown(&word)),
        measured_at: WallClock.now().to_string(),
        short: plan.is_short,
        rounds: plan.rounds,
        connections: plan.connections,
        machine,
        limit: LimitFigures { sign_us, verify_us, pairs_per_second: per_second },
        cost_of_size: stores
            .chunk_by(|left, right| left.database == right.database)
            .filter_map(cost_of_size)
            .collect(),
        stores,
    })
}

/// A word of the command line without the passwords of its databases: the report is for others to read.
fn shown(word: &str) -> String {
    let parts: Vec<String> = word.split(',').map(crate::database::masked).collect();
    parts.join(",")
}

/// The largest store against the smallest one; nothing when there is only one.
fn cost_of_size(stores: &[StoreFigures]) -> Option<CostOfSize> {
    let (fewest, most) = (stores.first()?, stores.last()?);
    let time = |most: &Figures, fewest: &Figures| fewest.per_second / most.per_second;
    let cpu = |most: &Figures, fewest: &Figures| most.server_cpu_us / fewest.server_cpu_us;
    (stores.len() > 1).then(|| CostOfSize {
        database: most.database.clone(),
        fewest_coupons: fewest.coupons,
        most_coupons: most.coupons,
        pre_send_time: time(&most.pre_send, &fewest.pre_send),
        claim_time: time(&most.claim, &fewest.claim),
        pre_send_server_cpu: cpu(&most.pre_send, &fewest.pre_send),
        claim_server_cpu: cpu(&most.claim, &fewest.claim),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_of_a_report_holds_no_password() {
        let word = "--database=sqlite,postgres://u:geheim@h/d";
        assert_eq!(shown(word), "--database=sqlite,postgres://u:***@h/d");
        assert_eq!(shown("--coupons=1,2"), "--coupons=1,2");
    }
}
