//! Several commands at once: submitted from many threads, and answered as some order of them would be.
//!
//! After each batch the model is asked whether an order of its commands gives all the answers and the state that
//! the store has. Batches are small, so that every order can be tried.

use std::sync::Arc;

use quan_reference_model::World;
use quan_reference_model::command::Command;

use crate::compare::compare;
use crate::coverage::Coverage;
use crate::generator::Generator;
use crate::orders::orders;
use crate::performing::Performed;
use crate::run::{START, audit};
use crate::subject::{Store, Subject};
use crate::views::Broken;

/// Commands of a batch at most: their orders are 120.
const BATCH_MAX: u64 = 5;

/// Runs a history in batches. A failure has the commands so far; which of them meet is up to the threads, so that
/// it is not shortened.
pub(crate) async fn run(
    store: Store,
    seed: u64,
    commands: usize,
    coverage: &mut Coverage,
) -> Result<(), (Vec<Command>, Broken)> {
    let mut history = Vec::new();
    let outcome = run_all(store, seed, commands, coverage, &mut history).await;
    outcome.map_err(|what| (history, what))
}

async fn run_all(
    store: Store,
    seed: u64,
    commands: usize,
    coverage: &mut Coverage,
    history: &mut Vec<Command>,
) -> Result<(), Broken> {
    let subject = Arc::new(Subject::start(store, seed, START).await?);
    let mut world = World::new(START);
    let mut generator = Generator::new(seed);
    while history.len() < commands {
        let batch = batch(&mut generator, &world);
        history.extend(batch.iter().cloned());
        let performed = submit(&subject, &batch).await?;
        for (command, performed) in batch.iter().zip(&performed) {
            coverage.count(command, performed);
        }
        let after = explain(&subject, &world, &batch, &performed)?;
        for command in &batch {
            coverage.look(command, &world, &after);
        }
        world = after;
        audit(&subject)?;
    }
    Ok(())
}

/// Commands that may meet: the clock moves alone, and some are there twice.
fn batch(generator: &mut Generator, world: &World) -> Vec<Command> {
    let size = usize::try_from(1 + generator.random().below(BATCH_MAX)).unwrap_or(1);
    let mut batch = Vec::new();
    while batch.len() < size {
        match generator.next(world) {
            alone @ (Command::Wait(_) | Command::Authorise { .. }) if batch.is_empty() => return vec![alone],
            Command::Wait(_) | Command::Authorise { .. } => return batch,
            command => batch.push(command),
        }
        if batch.len() < size && generator.random().percent(30) {
            // The same call comes in twice at once.
            batch.extend(batch.last().cloned());
        }
    }
    batch
}

async fn submit(subject: &Arc<Subject>, batch: &[Command]) -> Result<Vec<Performed>, Broken> {
    let submitted: Vec<_> = batch
        .iter()
        .cloned()
        .map(|command| {
            let subject = subject.clone();
            tokio::spawn(async move { subject.perform(&command).await })
        })
        .collect();
    let mut performed = Vec::new();
    for answer in submitted {
        performed.push(answer.await.map_err(|error| crate::views::broken(&error))??);
    }
    Ok(performed)
}

/// The world after the batch, in an order that explains all answers and the state.
fn explain(
    subject: &Subject,
    world: &World,
    batch: &[Command],
    performed: &[Performed],
) -> Result<World, Broken> {
    let mut why = String::from("no order of the commands gives these answers");
    let mut fits = |mut after: World| match subject.tell(&mut after).and_then(|()| compare(subject, &after)) {
        Ok(()) => Some(after),
        Err(difference) => {
            why = format!("an order gives the answers, but the state differs: {difference}");
            None
        }
    };
    match orders(world, batch, performed, &mut fits) {
        Some(after) => Ok(after),
        None => {
            let answers: Vec<_> = batch
                .iter()
                .zip(performed)
                .map(|(command, performed)| format!("\n  {command:?}\n    {:?}", performed.outcome))
                .collect();
            Err(format!("{why}; at once:{}", answers.concat()))
        }
    }
}
