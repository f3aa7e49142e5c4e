//! Making and ending product coupons and stocks, and pausing them (semantics 3.1 to 3.3).

use quan_model::enums::StockState;

use crate::answer::{Answer, Refused};
use crate::command::{Caller, Command, Mode, StockKey, Terms};
use crate::stock::{Lot, Product};
use crate::world::{Outcome, World};

impl World {
    pub(crate) fn create(&mut self, command: &Command) -> Outcome {
        let data = format!("{command:?}");
        match command {
            Command::CreateProductCoupon { caller, number, product, lot, mode, terms } => {
                self.ensure_authorised(*caller)?;
                let scope = (*caller, "create_product_coupon", "");
                if let Some(noted) = self.replay(scope, number, &data, Refused::Exists)? {
                    return Ok(self.shown_lot(noted.lot.unwrap_or(*lot)));
                }
                let made =
                    Product { creator: *caller, created_at: self.now, mode: *mode, is_deactivated: false };
                self.products.insert(*product, made);
                self.note(scope, number, data, (Some(*lot), None));
                self.put_lot(*product, *caller, *lot, *mode, terms)
            }
            Command::CreateStock { caller, number, product: name, lot, terms } => {
                let Some(product) = self.products.get(name) else { return Ok(Answer::Skipped) };
                let mode = product.mode;
                self.ensure_authorised(*caller)?;
                if *caller != Caller::Brand && *caller != product.creator {
                    return Err(Refused::NotFound);
                }
                if matches!(mode, Mode::Bundle { .. }) {
                    return Err(Refused::Rule);
                }
                let scope = (*caller, "create_stock", "");
                if let Some(noted) = self.replay(scope, number, &data, Refused::Exists)? {
                    return Ok(self.shown_lot(noted.lot.unwrap_or(*lot)));
                }
                if product.is_deactivated || self.now < product.created_at {
                    return Err(Refused::State);
                }
                self.note(scope, number, data, (Some(*lot), None));
                self.put_lot(*name, *caller, *lot, mode, terms)
            }
            _ => Ok(Answer::Skipped),
        }
    }

    fn put_lot(&mut self, product: u32, creator: Caller, name: u32, mode: Mode, terms: &Terms) -> Outcome {
        self.lots.insert(name, Lot::new(product, creator, self.now, mode, terms.clone()));
        Ok(self.shown_lot(name))
    }

    /// Pausing and resuming; of a bundle all its stocks.
    pub(crate) fn turn(&mut self, stock: StockKey, paused: bool) -> Outcome {
        let Some(lot) = self.lots.get_mut(&stock.lot) else { return Ok(Answer::Skipped) };
        let product = &self.products[&lot.product];
        let needed = if paused { StockState::Sending } else { StockState::Paused };
        if lot.state(product, self.now) != needed {
            return Err(Refused::State);
        }
        lot.is_paused = paused;
        Ok(Answer::StockState(lot.state(product, self.now)))
    }

    pub(crate) fn end(&mut self, command: &Command) -> Outcome {
        let data = format!("{command:?}");
        match command {
            Command::DeactivateStock { caller, number, stock, .. } => {
                let Some(lot) = self.lots.get(&stock.lot) else { return Ok(Answer::Skipped) };
                self.ensure_authorised(*caller)?;
                self.ensure_visible(*caller, lot)?;
                let target = format!("{stock:?}");
                let scope = (*caller, "deactivate_stock", target.as_str());
                if self.replay(scope, number, &data, Refused::Mismatch)?.is_none() {
                    if lot.is_bundle {
                        return Err(Refused::Rule);
                    }
                    if lot.state(&self.products[&lot.product], self.now) == StockState::Deactivated {
                        return Err(Refused::State);
                    }
                    self.note(scope, number, data, (None, None));
                    if let Some(lot) = self.lots.get_mut(&stock.lot) {
                        lot.is_deactivated = true;
                    }
                }
                Ok(self.shown_lot(stock.lot))
            }
            Command::DeactivateProductCoupon { caller, number, product: name, .. } => {
                let Some(product) = self.products.get(name).cloned() else { return Ok(Answer::Skipped) };
                self.ensure_authorised(*caller)?;
                if *caller != Caller::Brand && *caller != product.creator {
                    return Err(Refused::NotFound);
                }
                let target = name.to_string();
                let scope = (*caller, "deactivate_product_coupon", target.as_str());
                if self.replay(scope, number, &data, Refused::Mismatch)?.is_none() {
                    if product.is_deactivated || self.now < product.created_at {
                        return Err(Refused::State);
                    }
                    self.note(scope, number, data, (None, None));
                    self.products.insert(*name, Product { is_deactivated: true, ..product });
                }
                Ok(Answer::ProductCoupon { is_effective: false })
            }
            _ => Ok(Answer::Skipped),
        }
    }
}
