//! What a run does: sizes, turns and calls, out of the command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::bench::filled_store::Database;
use crate::bench::options::Options;

/// The most coupons that one stock may issue.
const COUPONS_MAX: u64 = 99_000_000;

/// A database as the command line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// This one.
    Given(Database),
    /// Fresh ones, in a PostgreSQL server of the run's own.
    PrivatePostgres,
}

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) is_short: bool,
    /// Coupons in each store, the fewest first.
    pub(crate) coupons: Vec<u64>,
    /// The same for PostgreSQL.
    pub(crate) postgres_coupons: Vec<u64>,
    pub(crate) databases: Vec<Wanted>,
    pub(crate) rounds: usize,
    /// Pre-sends, and so claims, of each turn of one store.
    pub(crate) calls: usize,
    pub(crate) connections: usize,
    /// How long each turn of the limit takes.
    pub(crate) limit_turn: Duration,
    pub(crate) cache: Option<PathBuf>,
}

impl Plan {
    pub(crate) fn of(options: &Options) -> anyhow::Result<Self> {
        let coupons = match (&*options.coupons, options.short) {
            ([], false) => vec![10_000, 5_000_000],
            ([], true) => vec![10_000, 100_000],
            (given, _) => ascending(given),
        };
        let postgres_coupons = match &*options.postgres_coupons {
            [] => coupons.clone(),
            given => ascending(given),
        };
        let (rounds, calls) = if options.short { (2, 8_000) } else { (6, 20_000) };
        let plan = Self {
            is_short: options.short,
            coupons,
            postgres_coupons,
            databases: options.databases.iter().map(|name| database(name)).collect::<Result<_, _>>()?,
            rounds: options.rounds.unwrap_or(rounds),
            calls: options.calls.unwrap_or(calls),
            connections: options.connections,
            limit_turn: Duration::from_millis(if options.short { 1_000 } else { 3_000 }),
            cache: options.cache.clone(),
        };
        anyhow::ensure!(
            plan.coupons.iter().chain(&plan.postgres_coupons).all(|count| (1..=COUPONS_MAX).contains(count)),
            "--coupons takes 1 to {COUPONS_MAX} coupons for each store"
        );
        let is_given =
            plan.databases.iter().any(|database| matches!(database, Wanted::Given(Database::Postgres(_))));
        anyhow::ensure!(
            !is_given || plan.postgres_coupons.len() == 1,
            "a database that is given by its URL holds one number of coupons: name it with --coupons"
        );
        anyhow::ensure!((1..=1000).contains(&plan.rounds), "--rounds takes 1 to 1000");
        anyhow::ensure!((1..=1_000_000).contains(&plan.calls), "--calls takes 1 to 1000000");
        anyhow::ensure!((1..=4096).contains(&plan.connections), "--connections takes 1 to 4096");
        Ok(plan)
    }

    /// Every store that is measured, those of one database together, the fewest coupons first.
    pub(crate) fn stores(&self) -> impl Iterator<Item = (&Wanted, u64)> {
        self.databases.iter().flat_map(|database| {
            let coupons = match database {
                Wanted::Given(Database::Sqlite) => &self.coupons,
                Wanted::Given(Database::Postgres(_)) | Wanted::PrivatePostgres => &self.postgres_coupons,
            };
            coupons.iter().map(move |coupons| (database, *coupons))
        })
    }
}

fn ascending(counts: &[u64]) -> Vec<u64> {
    let mut counts = counts.to_vec();
    counts.sort_unstable();
    counts.dedup();
    counts
}

fn database(name: &str) -> anyhow::Result<Wanted> {
    match name.split_once("://") {
        None if name == "sqlite" => Ok(Wanted::Given(Database::Sqlite)),
        None if name == "postgres" => Ok(Wanted::PrivatePostgres),
        Some(("postgres" | "postgresql", _)) => Ok(Wanted::Given(Database::Postgres(name.to_owned()))),
        None | Some(_) => {
            anyhow::bail!("--database takes sqlite, postgres or postgres://user:password@host:5432/name")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(coupons: &[u64], short: bool) -> Options {
        Options {
            short,
            json: false,
            pages: None,
            cache: None,
            coupons: coupons.to_vec(),
            postgres_coupons: Vec::new(),
            databases: vec!["sqlite".to_owned()],
            rounds: None,
            calls: None,
            connections: 8,
        }
    }

    #[test]
    fn a_short_run_has_fewer_of_everything() {
        let (long, short) = (Plan::of(&options(&[], false)).unwrap(), Plan::of(&options(&[], true)).unwrap());
        assert!(short.coupons.last() < long.coupons.last() && short.calls < long.calls);
        assert_eq!(Plan::of(&options(&[7, 3, 7], true)).unwrap().coupons, [3, 7]);
    }

    #[test]
    fn postgresql_may_have_numbers_of_its_own() {
        let databases = vec!["sqlite".to_owned(), "postgres".to_owned()];
        let both = Options { postgres_coupons: vec![5, 2], databases, ..options(&[3, 7], true) };
        let plan = Plan::of(&both).unwrap();
        let stores: Vec<_> = plan.stores().map(|(database, coupons)| (database.clone(), coupons)).collect();
        let sqlite = Wanted::Given(Database::Sqlite);
        let postgres = Wanted::PrivatePostgres;
        assert_eq!(stores, [(sqlite.clone(), 3), (sqlite, 7), (postgres.clone(), 2), (postgres, 5)]);
    }

    #[test]
    fn what_cannot_be_measured_is_refused_with_its_bounds() {
        let refusal = |options: &Options| Plan::of(options).unwrap_err().to_string();
        assert!(refusal(&options(&[0], true)).contains("--coupons"));
        let other = Options { databases: vec!["mysql://h/d".to_owned()], ..options(&[1], true) };
        assert!(refusal(&other).contains("--database"));
        let given = Options { databases: vec!["postgres://h/d".to_owned()], ..options(&[1, 2], true) };
        assert!(refusal(&given).contains("--coupons"));
        assert!(refusal(&Options { rounds: Some(0), ..options(&[], true) }).contains("--rounds"));
        assert!(refusal(&Options { calls: Some(0), ..options(&[], true) }).contains("--calls"));
        assert!(refusal(&Options { connections: 0, ..options(&[], true) }).contains("--connections"));
    }
}
