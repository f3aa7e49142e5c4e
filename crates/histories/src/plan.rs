//! How many histories of which length, and what a failure says.

use quan_reference_model::command::Command;

use crate::at_once;
use crate::coverage::Coverage;
use crate::generator::Generator;
use crate::run::{self, Audited};
use crate::shrink::shrink;
use crate::subject::Store;

/// One command after another, or several at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Compared after every command.
    OneByOne,
    /// Batches that are submitted at once from many threads; some order must explain the answers.
    AtOnce,
}

/// What to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Seeds of the histories: this one and those behind it.
    pub seed: u64,
    /// How many histories.
    pub histories: u64,
    /// Commands of each.
    pub commands: usize,
    /// In which manner.
    pub manner: Manner,
    /// The invariants are asked for after one command in so many.
    pub audit_every: usize,
    /// Whether a history that fails is shortened, which takes some hundred runs.
    pub shortens: bool,
    /// What a person types to repeat a seed, the seed left out: the test of the store.
    pub command_line: &'static str,
}

impl Plan {
    /// The plan changed by what the caller of a test wants: another seed means that one history, a factor more of
    /// them. `seed` and `times` are the values of `TEST_SEED` and `TEST_HISTORIES`, which tests read.
    ///
    /// # Panics
    /// When one of them is no number.
    #[must_use]
    pub fn wanted(self, seed: Option<&str>, times: Option<&str>) -> Self {
        let number =
            |text: &str| text.trim().parse::<u64>().expect("TEST_SEED and TEST_HISTORIES are numbers");
        match (seed, times) {
            (Some(seed), _) => Self { seed: number(seed), histories: 1, ..self },
            (None, Some(times)) => Self { histories: self.histories.saturating_mul(number(times)), ..self },
            (None, None) => self,
        }
    }
}

/// A history on which the platform and the model differ.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Of the history.
    pub seed: u64,
    /// The shortest history that still fails.
    pub history: Vec<Command>,
    /// What differs at its end.
    pub what: String,
    /// What repeats it.
    pub command_line: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {}: the platform and the model differ", self.seed)?;
        for (place, command) in self.history.iter().enumerate() {
            writeln!(f, "{place:>4}  {command:?}")?;
        }
        writeln!(f, "then: {}", self.what)?;
        write!(f, "repeat: TEST_SEED={} {}", self.seed, self.command_line)
    }
}

/// Runs the histories of a plan, each on an empty store.
///
/// # Errors
/// The first failure, shortened.
///
/// # Panics
/// When no async runtime can be had.
pub fn check(plan: &Plan, open: &mut dyn FnMut() -> Store) -> Result<Coverage, Box<Failure>> {
    let mut coverage = Coverage::default();
    for seed in plan.seed..plan.seed.saturating_add(plan.histories) {
        run_one(plan, seed, open, &mut coverage)?;
    }
    Ok(coverage)
}

/// Runs the history of one seed.
///
/// # Errors
/// What differs, with the shortest history that shows it.
///
/// # Panics
/// When no async runtime can be had.
pub fn run_one(
    plan: &Plan,
    seed: u64,
    open: &mut dyn FnMut() -> Store,
    coverage: &mut Coverage,
) -> Result<(), Box<Failure>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime can be made");
    let command_line = plan.command_line.to_owned();
    match plan.manner {
        Manner::OneByOne => {
            let mut generator = Generator::new(seed);
            let mut commands = |world: &_, place| (place < plan.commands).then(|| generator.next(world));
            let audited =
                if plan.audit_every == 1 { Audited::Always } else { Audited::OneIn(plan.audit_every) };
            let (history, outcome) =
                runtime.block_on(run::run(open(), seed, &mut commands, audited, coverage));
            let Err(difference) = outcome else { return Ok(()) };
            if !plan.shortens {
                return Err(Box::new(Failure { seed, history, what: difference.what, command_line }));
            }
            let mut what = difference.what;
            let mut fails = |shorter: &[Command]| {
                let mut commands = |_: &_, place: usize| shorter.get(place).cloned();
                let mut ignored = Coverage::default();
                let running = run::run(open(), seed, &mut commands, Audited::Always, &mut ignored);
                match runtime.block_on(running).1 {
                    Ok(()) => false,
                    Err(difference) if difference.at == shorter.len() => {
                        what = difference.what;
                        true
                    }
                    Err(_) => false,
                }
            };
            let history = shrink(history[..difference.at].to_vec(), &mut fails);
            Err(Box::new(Failure { seed, history, what, command_line }))
        }
        Manner::AtOnce => {
            let running = at_once::run(open(), seed, plan.commands, coverage);
            runtime
                .block_on(running)
                .map_err(|(history, what)| Box::new(Failure { seed, history, what, command_line }))
        }
    }
}
