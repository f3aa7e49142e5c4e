//! Product coupons and stocks: made, paused, resumed, ended, given budgets and codes.

use quan_coupon::budget::BudgetChange;
use quan_coupon::definition;
use quan_coupon::definition::StockTerms;
use quan_coupon::pool::{CodeState, classify};
use quan_coupon::product_coupon::Lifecycle;
use quan_coupon::stock::{Stock, StockBundlePlace};
use quan_model::enums::ProductCouponState;
use quan_model::ids::{CouponCode, ProductCouponId, StockBundleId, StockId};
use quan_reference_model::Answer;
use quan_reference_model::answer::UploadView;
use quan_reference_model::command::{Command, Mode, StockKey};

use super::kept::{Kept, KeptProduct, KeptStock, Stop, parsed};
use crate::views::broken;
use crate::{definition as requests, parties, performing};

impl Kept {
    pub(super) fn on_catalogue(&mut self, command: &Command) -> Result<Answer, Stop> {
        match command {
            Command::CreateProductCoupon { number, product, lot, mode, terms, .. } => {
                let request =
                    requests::product_coupon(number, terms, *mode).map_err(|error| broken(&error))?;
                let (terms, stocks) = definition::product_coupon(&request)?;
                let lifecycle = Lifecycle { effective_from: self.now, deactivated_at: None };
                self.products.insert(*product, KeptProduct { mode: *mode, terms, lifecycle });
                self.put_lot(*product, *lot, stocks)
            }
            Command::CreateStock { product: name, lot, terms, .. } => {
                let Some(product) = self.products.get(name) else { return Ok(Answer::Skipped) };
                let request = requests::stock(terms, product.mode).map_err(|error| broken(&error))?;
                let terms = definition::stock("/stock", &product.terms, &request)?;
                product.lifecycle.ensure_effective(self.now)?;
                self.put_lot(*name, *lot, vec![terms])
            }
            Command::Pause(stock) => self.turn(*stock, Stock::pause),
            Command::Resume(stock) => self.turn(*stock, Stock::resume),
            Command::DeactivateStock { stock: key, .. } => {
                let now = self.now;
                let Some(kept) = self.stock_mut(*key) else { return Ok(Answer::Skipped) };
                kept.stock.ensure_alone()?;
                kept.stock = kept.stock.deactivate(now)?;
                Ok(self.shown_lot(key.lot))
            }
            Command::DeactivateProductCoupon { product, .. } => self.end_product(*product),
            Command::UpdateBudget { .. } => self.update_budget(command),
            Command::UploadCodes { stock, codes, .. } => self.upload(*stock, codes),
            _ => Ok(Answer::Skipped),
        }
    }

    fn put_lot(&mut self, product: u32, lot: u32, terms: Vec<StockTerms>) -> Result<Answer, Stop> {
        let Some(of) = self.products.get(&product) else { return Ok(Answer::Skipped) };
        let is_bundle = matches!(of.mode, Mode::Bundle { .. });
        let mut stocks = Vec::new();
        for (index, terms) in (0..).zip(terms) {
            let bundle =
                StockBundlePlace { stock_bundle_id: parsed(StockBundleId::parse(format!("B{lot}")))?, index };
            let stock = Stock {
                stock_id: parsed(StockId::parse(format!("S{lot}x{index}")))?,
                product_coupon_id: parsed(ProductCouponId::parse(format!("P{product}")))?,
                owner: parties::principal(quan_reference_model::command::Caller::Brand),
                creator: parties::principal(quan_reference_model::command::Caller::Brand),
                terms,
                product: of.terms.clone(),
                effective_from: self.now,
                paused: false,
                deactivated: false,
                bundle: is_bundle.then_some(bundle),
            };
            stocks.push(KeptStock { stock, issues: Vec::new(), pool: Vec::new() });
        }
        self.lots.insert(lot, (product, stocks));
        Ok(self.shown_lot(lot))
    }

    /// Of a bundle all stocks turn together.
    fn turn(
        &mut self,
        key: StockKey,
        turned: fn(&Stock, quan_model::time::Time) -> Result<Stock, quan_coupon::refusal::Refusal>,
    ) -> Result<Answer, Stop> {
        let now = self.now;
        let Some((_, stocks)) = self.lots.get_mut(&key.lot) else { return Ok(Answer::Skipped) };
        for kept in stocks {
            kept.stock = turned(&kept.stock, now)?;
        }
        let state = self.stock(key).map(|kept| kept.stock.state(now));
        Ok(state.map_or(Answer::Skipped, Answer::StockState))
    }

    fn end_product(&mut self, name: u32) -> Result<Answer, Stop> {
        let now = self.now;
        let Some(product) = self.products.get_mut(&name) else { return Ok(Answer::Skipped) };
        product.lifecycle.ensure_effective(now)?;
        product.lifecycle.deactivated_at = Some(now);
        let is_effective = product.lifecycle.state(now) == ProductCouponState::Effective;
        let of_product = self.lots.values_mut().filter(|(product, _)| *product == name);
        for kept in of_product.flat_map(|(_, stocks)| stocks) {
            kept.stock.deactivated = true;
        }
        Ok(Answer::ProductCoupon { is_effective })
    }

    fn update_budget(&mut self, command: &Command) -> Result<Answer, Stop> {
        let Command::UpdateBudget { lot, alone, .. } = command else { return Ok(Answer::Skipped) };
        let change = BudgetChange::parse(
            &performing::budget_request(command).ok_or("no change of a budget".to_owned())?,
        )?;
        let now = self.now;
        let Some((_, stocks)) = self.lots.get_mut(lot) else { return Ok(Answer::Skipped) };
        for kept in stocks {
            if alone.is_some() {
                kept.stock.ensure_alone()?;
            }
            kept.stock.ensure_editable(now)?;
            let issued = kept.issues.len() as u64;
            kept.stock.terms.limits = change.apply(&kept.stock.terms.limits, issued)?;
        }
        Ok(self.shown_lot(*lot))
    }

    fn upload(&mut self, key: StockKey, codes: &[String]) -> Result<Answer, Stop> {
        let now = self.now;
        let Some(kept) = self.stock_mut(key) else { return Ok(Answer::Skipped) };
        kept.stock.ensure_editable(now)?;
        let state = |code: &CouponCode| {
            let known = kept.pool.iter().find(|known| known.0 == *code);
            known.map_or(CodeState::Absent, |known| known.1)
        };
        let is_known = |code: &CouponCode| state(code).is_known_to_upload();
        let upload = classify::<CouponCode>("/coupon_code_list", codes, is_known)?;
        kept.pool.extend(upload.added.into_iter().map(|code| (code, CodeState::Available)));
        let texts = |codes: Vec<CouponCode>| codes.iter().map(ToString::to_string).collect();
        let view = UploadView {
            total_count: upload.total_count,
            success: texts(upload.success),
            failed: upload.failed.into_iter().map(|failed| failed.0).collect(),
            already_exist: texts(upload.already_exist),
            duplicate: texts(upload.duplicate),
        };
        self.serve_queue(key)?;
        Ok(Answer::Upload(view))
    }
}
