//! What the histories reached: a generator that no longer tries a command or reaches a refusal fails its test.

use std::collections::BTreeMap;

use quan_reference_model::stock::Stock;
use quan_reference_model::{Answer, Command, Refused, World};

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

/// What happens seldom, and must happen all the same.
const BRANCHES: [&str; 6] = [
    "a coupon of a chain waits for a code",
    "a waiting coupon is issued when codes come",
    "a coupon of a chain is issued again after a return",
    "the clock steps back",
    "a budget is lowered to what was issued",
    "every round of a coupon is used",
];

/// Commands and refusals that are the use cases': who may ask, and which number was used before.
const OF_USE_CASES: (&str, [Refused; 5]) = (
    "authorise",
    [Refused::NoAuthority, Refused::NotFound, Refused::CouponNotFound, Refused::Exists, Refused::NumberSpent],
);

/// Commands tried and done, refusals reached.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// How many commands were performed.
    pub commands: usize,
    tried: BTreeMap<&'static str, usize>,
    done: BTreeMap<&'static str, usize>,
    refusals: BTreeMap<Refused, usize>,
    kinds: BTreeMap<String, usize>,
    branches: BTreeMap<&'static str, usize>,
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

    /// Looks for what happens seldom.
    pub(crate) fn look(&mut self, command: &Command, before: &World, after: &World) {
        let waiting = |world: &World| world.chains.iter().filter(|chain| chain.queued.is_some()).count();
        let again = |world: &World| world.coupons.iter().filter(|coupon| coupon.key.nth > 0).count();
        let is_upload = matches!(command, Command::UploadCodes { .. });
        let is_full = |stock: &Stock| stock.issues.len() as u64 == stock.max_count;
        let used_up = |world: &World| {
            let rounds = world.coupons.iter().filter(|coupon| coupon.total_rounds.is_some());
            rounds.filter(|coupon| coupon.is_used_up()).count()
        };
        let is_lowered = matches!(command, Command::UpdateBudget { lot, target, .. }
            if after.lots.get(lot).is_some_and(|lot| is_full(&lot.stocks[0]) && *target < lot.terms.max_count)
                && before != after);
        let happened = [
            waiting(after) > waiting(before),
            is_upload && waiting(after) < waiting(before) && after.coupons.len() > before.coupons.len(),
            again(after) > again(before),
            after.now < before.now,
            is_lowered,
            used_up(after) > used_up(before),
        ];
        for (branch, _) in BRANCHES.iter().zip(happened).filter(|(_, happened)| *happened) {
            *self.branches.entry(branch).or_default() += 1;
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
        for (branch, count) in &other.branches {
            *self.branches.entry(branch).or_default() += count;
        }
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind.clone()).or_default() += count;
        }
    }

    /// Which of these commands were never done, and which of these refusals never given.
    #[must_use]
    pub fn unreached(&self, commands: &[&str], refusals: &[Refused]) -> Vec<String> {
        let commands = commands
            .iter()
            .filter(|name| !self.done.contains_key(**name))
            .map(|name| format!("the command {name}"));
        let refusals = refusals
            .iter()
            .filter(|refused| !self.refusals.contains_key(refused))
            .map(|refused| format!("the refusal {refused:?}"));
        commands.chain(refusals).collect()
    }

    /// What was never reached of all that there is.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.missing_of(&Command::NAMES, &Refused::ALL)
    }

    /// What was never reached of all that the rules decide by themselves.
    #[must_use]
    pub fn missing_of_rules(&self) -> Vec<String> {
        let (command, refusals) = OF_USE_CASES;
        let commands: Vec<_> = Command::NAMES.into_iter().filter(|name| *name != command).collect();
        let refusals: Vec<_> =
            Refused::ALL.into_iter().filter(|refused| !refusals.contains(refused)).collect();
        self.missing_of(&commands, &refusals)
    }

    fn missing_of(&self, commands: &[&str], refusals: &[Refused]) -> Vec<String> {
        let named = self.unreached(commands, refusals);
        let kinds = FINER_KINDS
            .iter()
            .filter(|kind| !self.kinds.contains_key(**kind))
            .map(|kind| format!("the refusal {kind}"));
        let branches = BRANCHES
            .iter()
            .filter(|branch| !self.branches.contains_key(**branch))
            .map(|branch| format!("that {branch}"));
        named.into_iter().chain(kinds).chain(branches).collect()
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
        for (branch, count) in &self.branches {
            writeln!(f, "  {branch}: {count}")?;
        }
        Ok(())
    }
}
