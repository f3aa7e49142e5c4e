//! What the histories reached: a generator that no longer tries a command or reaches a refusal fails its test.

use std::collections::BTreeMap;

use quan_reference_model::{Answer, Command, Refused};

use crate::performing::Performed;

/// Kinds of the platform's refusals that the model has one word for.
const FINER_KINDS: [&str; 6] = [
    "WrongState",
    "RoundNotOpen",
    "NotLatestRedemption",
    "ChainOver",
    "StockWrongState",
    "ProductCouponNotEffective",
];

/// Commands tried and done, refusals reached.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// How many commands were performed.
    pub commands: usize,
    tried: BTreeMap<&'static str, usize>,
    done: BTreeMap<&'static str, usize>,
    refusals: BTreeMap<Refused, usize>,
    kinds: BTreeMap<String, usize>,
}

impl Coverage {
    pub(crate) fn count(&mut self, command: &Command, performed: &Performed) {
        if performed.outcome == Ok(Answer::Skipped) {
            return;
        }
        self.commands += 1;
        *self.tried.entry(command.name()).or_default() += 1;
        match &performed.outcome {
            Ok(_) => *self.done.entry(command.name()).or_default() += 1,
            Err(refused) => *self.refusals.entry(*refused).or_default() += 1,
        }
        if let Some(kind) = &performed.refusal {
            *self.kinds.entry(kind.clone()).or_default() += 1;
        }
    }

    /// Adds what another run reached.
    pub fn add(&mut self, other: &Self) {
        self.commands += other.commands;
        for (sum, part) in [(&mut self.tried, &other.tried), (&mut self.done, &other.done)] {
            for (name, count) in part {
                *sum.entry(name).or_default() += count;
            }
        }
        for (refused, count) in &other.refusals {
            *self.refusals.entry(*refused).or_default() += count;
        }
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind.clone()).or_default() += count;
        }
    }

    /// What was never reached: commands that were never done, refusals that were never given.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let commands = Command::NAMES
            .iter()
            .filter(|name| !self.done.contains_key(**name))
            .map(|name| format!("the command {name}"));
        let refusals = Refused::ALL
            .iter()
            .filter(|refused| !self.refusals.contains_key(refused))
            .map(|refused| format!("the refusal {refused:?}"));
        let kinds = FINER_KINDS
            .iter()
            .filter(|kind| !self.kinds.contains_key(**kind))
            .map(|kind| format!("the refusal {kind}"));
        commands.chain(refusals).chain(kinds).collect()
    }
}

impl std::fmt::Display for Coverage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} commands", self.commands)?;
        for (name, count) in &self.tried {
            writeln!(f, "  {name}: {count}, done {}", self.done.get(name).unwrap_or(&0))?;
        }
        for (refused, count) in &self.refusals {
            writeln!(f, "  {refused:?}: {count}")?;
        }
        Ok(())
    }
}
