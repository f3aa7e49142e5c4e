//! One history, one command after another: every answer, the whole state and the invariants after every command.

use quan_reference_model::command::Command;
use quan_reference_model::{Answer, World};
use quan_store::audit::Invariant;

use crate::compare::compare;
use crate::coverage::Coverage;
use crate::performing::comparable;
use crate::subject::{Store, Subject};
use crate::views::{Broken, broken};

/// Monday, 2026-03-02 10:00:00 +08:00: every history begins here.
pub(crate) const START: i64 = 1_772_416_800;

/// What differed, and after how many commands.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    pub(crate) at: usize,
    pub(crate) what: String,
}

/// How often the invariants of the store are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Audited {
    /// After every command.
    Always,
    /// After one command in so many, and at the end.
    OneIn(usize),
}

/// Where commands come from: a list, or a generator that looks at the model.
pub(crate) type Commands<'c> = &'c mut dyn FnMut(&World, usize) -> Option<Command>;

/// Runs a history and gives the commands that were run.
pub(crate) async fn run(
    store: Store,
    seed: u64,
    commands: Commands<'_>,
    audited: Audited,
    coverage: &mut Coverage,
) -> (Vec<Command>, Result<(), Difference>) {
    let mut history = Vec::new();
    let outcome = run_all(store, seed, commands, audited, coverage, &mut history).await;
    let at = history.len();
    (history, outcome.map_err(|what| Difference { at, what }))
}

async fn run_all(
    store: Store,
    seed: u64,
    commands: Commands<'_>,
    audited: Audited,
    coverage: &mut Coverage,
    history: &mut Vec<Command>,
) -> Result<(), Broken> {
    let subject = Subject::start(store, seed, START).await?;
    let mut world = World::new(START);
    while let Some(command) = commands(&world, history.len()) {
        history.push(command.clone());
        step(&subject, &mut world, &command, coverage).await?;
        let is_due = match audited {
            Audited::Always => true,
            Audited::OneIn(every) => history.len().is_multiple_of(every),
        };
        if is_due {
            audit(&subject)?;
        }
    }
    audit(&subject)
}

async fn step(
    subject: &Subject,
    world: &mut World,
    command: &Command,
    coverage: &mut Coverage,
) -> Result<(), Broken> {
    let before = world.clone();
    let expected = world.apply(command);
    coverage.look(command, &before, world);
    let performed = subject.perform(command).await?;
    coverage.count(command, &performed);
    if comparable(&performed.outcome) != comparable(&expected) {
        return Err(format!("answered {:?},\n  expected {expected:?}", performed.outcome));
    }
    subject.tell(world)?;
    if let Ok(Answer::Coupons(coupons)) = &expected {
        let told = |key| world.coupon(key).and_then(|coupon| coupon.code.clone());
        let mut of_model: Vec<_> = coupons.iter().filter_map(|(key, _)| told(key)).collect();
        let mut codes = performed.codes;
        of_model.sort();
        codes.sort();
        if codes != of_model {
            return Err(format!("answered the codes {codes:?}, expected {of_model:?}"));
        }
    }
    compare(subject, world)
}

/// Fails with the first finding.
pub(crate) fn audit(subject: &Subject) -> Result<(), Broken> {
    let findings = subject.audit.audit(Invariant::ALL, &mut |_| {}).map_err(|error| broken(&error))?;
    match findings.first() {
        None => Ok(()),
        Some(finding) => Err(format!("{finding} ({} findings)", findings.len())),
    }
}
