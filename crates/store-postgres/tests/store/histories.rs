//! Random histories on PostgreSQL, held against the reference model. Longer: `QUAN_HISTORIES=100` runs a hundred times
//! as many; `QUAN_SEED` repeats one.

use std::num::NonZeroUsize;

use quan_histories::{Coverage, Manner, Plan, Refused, Store, check};
use quan_store::lane::WriteLane;

use crate::server;

/// Lanes of the node: calls meet in the database, not only in one queue.
const LANES: NonZeroUsize = NonZeroUsize::new(4).unwrap();

fn open() -> Store {
    let backend = server::fresh_store();
    let lane = WriteLane::start_many(backend.clone(), LANES).into();
    // The invariants of this store are not asked for by SQL yet; the whole state is compared with the model's.
    Store { backend, audit: None, lane }
}

fn run(plan: Plan) -> Coverage {
    let read = |name| std::env::var(name).ok();
    let plan = plan.wanted(read("QUAN_SEED").as_deref(), read("QUAN_HISTORIES").as_deref());
    check(&plan, &mut open).unwrap_or_else(|failure| panic!("{failure}"))
}

#[test]
fn one_command_after_another() {
    run(Plan {
        seed: 1,
        histories: 6,
        commands: 150,
        manner: Manner::OneByOne,
        audit_every: 1,
        shortens: true,
        command_line: "cargo test -p quan-store-postgres --test store one_command_after_another",
    });
}

#[test]
fn many_at_once() {
    let coverage = run(Plan {
        seed: 1_000_000,
        histories: 12,
        commands: 150,
        manner: Manner::AtOnce,
        audit_every: 1,
        shortens: false,
        command_line: "cargo test -p quan-store-postgres --test store many_at_once",
    });
    let is_whole = std::env::var_os("QUAN_SEED").is_none();
    for refused in [Refused::StockOut, Refused::DayOut, Refused::UserLimit, Refused::PoolEmpty] {
        assert!(!is_whole || coverage.refused(refused) > 0, "{refused:?} was never reached");
    }
}
