//! Pools of uploaded codes, and the codes that the platform chose (semantics 3.7).

use quan_model::enums::CouponCodeMode;

use crate::answer::{Answer, Refused, UploadView};
use crate::command::{Caller, Command, CouponKey, StockKey};
use crate::world::{Outcome, World};

/// Digits of a code that the platform makes.
const MADE_DIGITS: usize = 22;

fn is_legal(code: &str) -> bool {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    (1..=40).contains(&code.len()) && code.chars().all(is_allowed)
}

impl World {
    /// Whether an issue needs an uploaded code and there is none: each coupon took one.
    pub(crate) fn is_pool_empty(&self, stock: StockKey) -> bool {
        self.lots[&stock.lot].has_pool() && self.free_codes(stock) == 0
    }

    /// How many uploaded codes are left.
    #[must_use]
    pub fn free_codes(&self, stock: StockKey) -> usize {
        let pool = &self.lots[&stock.lot].stocks[stock.member as usize].pool;
        pool.len().saturating_sub(self.coupons_of_stock(stock).count())
    }

    pub(crate) fn upload(
        &mut self,
        command: &Command,
        caller: Caller,
        number: &str,
        stock: StockKey,
        codes: &[String],
    ) -> Outcome {
        let Some(lot) = self.lots.get(&stock.lot) else { return Ok(Answer::Skipped) };
        self.ensure_authorised(caller)?;
        self.ensure_visible(caller, lot)?;
        let (target, data) = (format!("{stock:?}"), format!("{command:?}"));
        let scope = (caller, "upload_codes", target.as_str());
        if let Some(noted) = self.replay(scope, number, &data, Refused::Mismatch)? {
            return Ok(Answer::Upload(noted.upload.clone().unwrap_or_default()));
        }
        if !lot.has_pool() {
            return Err(Refused::Rule);
        }
        self.ensure_editable(lot)?;
        let upload = self.fill(stock, codes);
        self.serve_queue(stock);
        self.note(scope, number, data, (None, Some(upload.clone())));
        Ok(Answer::Upload(upload))
    }

    fn fill(&mut self, stock: StockKey, codes: &[String]) -> UploadView {
        let mut upload = UploadView::default();
        let Some(lot) = self.lots.get_mut(&stock.lot) else { return upload };
        let pool = &mut lot.stocks[stock.member as usize].pool;
        let known = pool.clone();
        for (place, code) in codes.iter().enumerate() {
            if codes[..place].contains(code) {
                continue;
            }
            upload.total_count += 1;
            if !is_legal(code) {
                upload.failed.push(code.clone());
            } else if known.contains(code) {
                upload.already_exist.push(code.clone());
            } else {
                let is_repeated = codes[place + 1..].contains(code);
                let list = if is_repeated { &mut upload.duplicate } else { &mut upload.success };
                list.push(code.clone());
                pool.push(code.clone());
            }
        }
        upload
    }

    /// Takes note of the code that the platform gave a coupon, and judges whether it may.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn tell_code(&mut self, key: &CouponKey, code: &str) -> Result<(), String> {
        let coupon = self.coupon(key).ok_or_else(|| format!("{key:?} does not exist"))?;
        let stock = coupon.stock;
        if let Some(told) = &coupon.code {
            return if told == code { Ok(()) } else { Err(format!("{key:?} has {code}, not {told}")) };
        }
        let lot = &self.lots[&stock.lot];
        let pool = &lot.stocks[stock.member as usize].pool;
        if self.coupons_of_stock(stock).any(|other| other.code.as_deref() == Some(code)) {
            return Err(format!("{code} was given twice"));
        }
        let fits = match lot.terms.code_mode {
            CouponCodeMode::Upload => pool.iter().any(|uploaded| uploaded == code),
            CouponCodeMode::Wechatpay => {
                let is_anywhere = self.coupons.iter().any(|other| other.code.as_deref() == Some(code));
                code.len() == MADE_DIGITS && !is_anywhere
            }
            CouponCodeMode::ApiAssign => false,
        };
        if !fits {
            return Err(format!("{code} is no code for {key:?}"));
        }
        if let Some(coupon) = self.coupon_mut(key) {
            coupon.code = Some(code.to_owned());
        }
        Ok(())
    }

    /// Takes note of the platform's id of the chain that an order began.
    pub fn tell_chain(&mut self, sender: Caller, number: &str, id: &str) {
        let begun =
            |chain: &&mut crate::chain::Chain| chain.order.caller == sender && chain.order.number == number;
        if let Some(chain) = self.chains.iter_mut().find(begun) {
            chain.id = Some(id.to_owned());
        }
    }
}
