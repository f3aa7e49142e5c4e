//! Budgets, one dimension a call (semantics 3.2).

use quan_model::enums::StockState;

use crate::answer::{Answer, Refused};
use crate::command::{Command, Dimension};
use crate::stock::{Lot, Stock};
use crate::world::{Outcome, World};

/// The highest budget.
const MAX: u64 = 100_000_000;

impl World {
    pub(crate) fn update_budget(&mut self, command: &Command) -> Outcome {
        let Command::UpdateBudget { caller, number, lot: name, alone, dimension, current, target } = command
        else {
            return Ok(Answer::Skipped);
        };
        let Some(lot) = self.lots.get(name) else { return Ok(Answer::Skipped) };
        if *target < 1 || *target > MAX {
            return Err(Refused::Range);
        }
        self.ensure_authorised(*caller)?;
        self.ensure_visible(*caller, lot)?;
        let (of, data) = (format!("{name} {alone:?}"), format!("{command:?}"));
        let scope = (*caller, "update_budget", of.as_str());
        if self.replay(scope, number, &data, Refused::Mismatch)?.is_none() {
            if lot.is_bundle && alone.is_some() {
                return Err(Refused::Rule);
            }
            self.ensure_editable(lot)?;
            let mut after = lot.clone();
            for stock in &mut after.stocks {
                change(stock, *dimension, *current, *target)?;
            }
            self.lots.insert(*name, after);
            self.note(scope, number, data, (None, None));
        }
        Ok(self.shown_lot(*name))
    }

    /// Neither STOPPED nor DEACTIVATED.
    pub(crate) fn ensure_editable(&self, lot: &Lot) -> Result<(), Refused> {
        match lot.state(&self.products[&lot.product], self.now) {
            StockState::Stopped | StockState::Deactivated => Err(Refused::StockClosed),
            StockState::Auditing | StockState::Sending | StockState::Paused => Ok(()),
        }
    }
}

fn change(stock: &mut Stock, dimension: Dimension, current: u64, target: u64) -> Result<(), Refused> {
    match dimension {
        Dimension::Total if stock.max_count != current => Err(Refused::BudgetStale),
        Dimension::Total if target < stock.issues.len() as u64 => Err(Refused::BudgetLow),
        Dimension::Total => {
            stock.max_count = target;
            Ok(())
        }
        // A cap can neither come nor go.
        Dimension::Day if stock.max_per_day.is_none() => Err(Refused::Rule),
        Dimension::Day if stock.max_per_day != Some(current) => Err(Refused::BudgetStale),
        // Below what was issued today is legal and stops the day.
        Dimension::Day => {
            stock.max_per_day = Some(target);
            Ok(())
        }
    }
}
