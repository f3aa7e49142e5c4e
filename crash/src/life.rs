//! A life: what happens to one number, from the pre-send to the last use, one step after the other.
//!
//! Knows what was acknowledged and what has to follow from it. A step without an answer is kept and made again with
//! the same number; nothing else of the life goes on before it has settled. Everything that contradicts what was
//! acknowledged is a finding.

mod choice;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::coupon::Coupon;
use crate::journal::Journal;
use crate::offer::{Codes, Kind, Offer, Persons};
use crate::outcome::{Denied, Outcome, Refusal};
use crate::random::Random;
use crate::step::{Command, Expect, Holder, Post, Step};
use crate::wire::Wire;

/// How often a write is made twice at the same time, in per cent.
const TWINS_PERCENT: u64 = 8;

/// How far a life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing was asked yet.
    New,
    /// A token was given.
    PreSent,
    /// There are coupons.
    Held,
    /// There is none, and none will be.
    Denied(Denied),
    /// What is wrong was noted.
    Broken,
}

/// A step that has no answer yet.
#[derive(Clone, Debug)]
pub(crate) struct UnderWay {
    step: Step,
    tries: u32,
}

/// One number and everything that was done under it.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// What it asks for.
    pub(crate) offer: Arc<Offer>,
    /// Who.
    pub(crate) openid: String,
    /// The number of the send or pre-send.
    pub(crate) number: String,
    /// The code that the merchant names, with API_ASSIGN.
    pub(crate) assigned: Option<String>,
    /// How far it has come.
    pub(crate) stage: Stage,
    /// Every coupon that it was ever shown.
    pub(crate) coupons: Vec<Coupon>,
    /// Whether nothing more will be done.
    pub(crate) is_over: bool,
    chain_id: Option<String>,
    /// The merchant has ended the chain: a use issues nothing more.
    chain_has_ended: bool,
    under_way: Option<UnderWay>,
    steps: u32,
    random: Random,
}

impl Life {
    /// The life of this serial number in a run.
    #[must_use]
    pub(crate) fn new(offer: &Arc<Offer>, run: &str, serial: u64, mut random: Random) -> Self {
        let person = match offer.persons {
            Persons::Fresh => format!("oCrash{run}{serial:07}"),
            Persons::Returning(lives) => format!("oCrash{run}P{:06}", serial / (lives * 16)),
        };
        // Some codes are asked for by two numbers: one of them must be told that it is taken.
        let rival = if random.percent(50) { serial / 64 * 64 } else { serial };
        let assigned = (offer.codes == Codes::Assigned).then(|| format!("{run}-CODE-{rival:07}"));
        Self {
            offer: Arc::clone(offer),
            openid: person,
            number: format!("{run}{serial:07}"),
            assigned,
            stage: Stage::New,
            coupons: Vec::new(),
            is_over: false,
            chain_id: None,
            chain_has_ended: false,
            under_way: None,
            steps: 0,
            random,
        }
    }

    /// Whether a step waits for an answer that tells.
    #[must_use]
    pub(crate) fn is_unsettled(&self) -> bool {
        self.under_way.is_some()
    }

    /// Whom the lists have to name.
    #[must_use]
    pub(crate) fn holder(&self) -> Holder<'_> {
        Holder { offer: &self.offer, openid: &self.openid, number: &self.number }
    }

    /// The pre-send of this life with other data, which its number has to refuse.
    #[must_use]
    pub(crate) fn forged_pre_send(&self) -> Option<(String, Value)> {
        let (path, mut body) = (self.pre_send_path(), self.pre_send_body());
        (self.stage == Stage::PreSent).then(|| {
            let other = if self.is_over_busifavor() { "openid" } else { "attach" };
            body[other] = json!("oAnother");
            (path, body)
        })
    }

    /// Makes the step that has no answer yet, or the next one. False when there was no answer.
    pub(crate) async fn advance(&mut self, wire: &Wire, journal: &Journal) -> bool {
        let Some(UnderWay { step, tries }) = self.under_way.take().or_else(|| self.next()) else {
            self.is_over = true;
            return true;
        };
        let is_twin = self.random.percent(TWINS_PERCENT);
        let outcome = step.perform(wire, &self.holder(), is_twin).await;
        if !matches!(step, Step::Learn(_)) {
            journal.note(&self.number, step.name(), tries, &outcome);
        }
        let judged = match outcome {
            Outcome::Unknown(lost) => {
                if lost.status.is_some() && !lost.has_request_id {
                    journal.find(format!("{}: an answer without a request id: {}", self.number, lost.text));
                }
                self.under_way = Some(UnderWay { step, tries: tries + 1 });
                return false;
            }
            Outcome::Done(answer) => self.apply(&step, tries, &answer),
            Outcome::Refused(refusal) => self.refused(&step, &refusal),
            Outcome::Broken(text) => Err(text),
        };
        if let Err(finding) = judged {
            journal.find(format!("{} ({}), {}: {finding}", self.number, self.offer.name, step.name()));
            (self.stage, self.is_over) = (Stage::Broken, true);
        }
        true
    }

    fn refused(&mut self, step: &Step, refusal: &Refusal) -> Result<(), String> {
        let is_issue = matches!(step, Step::PreSend(_) | Step::Send(_) | Step::Receive(_));
        match refusal.denied() {
            Some(denied) if is_issue && self.may_be(denied) => {
                (self.stage, self.is_over) = (Stage::Denied(denied), true);
                Ok(())
            }
            _ => Err(format!("refused: {refusal}")),
        }
    }

    /// Whether the offer is so that this denial may come.
    fn may_be(&self, denied: Denied) -> bool {
        match denied {
            Denied::SoldOut => self.offer.bounds.max <= crate::offer::SCARCE_MAX,
            Denied::PersonLimit => self.offer.persons != Persons::Fresh,
            Denied::PoolEmpty => self.offer.codes == Codes::Pool,
            Denied::CodeTaken => self.offer.codes == Codes::Assigned,
        }
    }

    fn apply(&mut self, step: &Step, tries: u32, answer: &Value) -> Result<(), String> {
        match step {
            Step::PreSend(_) => {
                answer["token"].as_str().ok_or("a pre-send without a token")?;
                self.stage = Stage::PreSent;
            }
            Step::Send(_) => {
                let chain = answer["user_product_coupon_list"].as_array();
                let shown = chain.cloned().unwrap_or_else(|| vec![answer.clone()]);
                self.hold(&shown, Expect::Issued)?;
            }
            Step::Receive(_) => {
                if tries == 0 && answer["first_time"] != true {
                    return Err("the first claim found the coupon claimed".to_owned());
                }
                self.stage = Stage::Held;
                self.look(Expect::Issued);
            }
            Step::Learn(expect) => self.hold(answer.as_array().map_or(&[], Vec::as_slice), *expect)?,
            Step::Command(command, place, post) => self.changed(*command, *place, post, answer)?,
            Step::EndChain(_) => {
                self.chain_has_ended = true;
                self.look(Expect::Ended);
            }
        }
        Ok(())
    }

    /// A command was acknowledged: its answer shows the number, and the chain moves with it.
    fn changed(&mut self, command: Command, place: usize, post: &Post, answer: &Value) -> Result<(), String> {
        let number = post.body["out_request_no"].as_str().unwrap_or_default();
        if !answer.to_string().contains(number) {
            return Err(format!("the answer does not show {number}: {answer}"));
        }
        let coupon = self.coupons.get_mut(place).ok_or("the coupon is gone")?;
        if answer["coupon_code"] != coupon.code.as_str() {
            return Err(format!("the answer is about another coupon than {}", coupon.code));
        }
        coupon.shown = answer.clone();
        let next = coupon.index + 1;
        if self.offer.kind == Kind::Bundle {
            match command {
                Command::Use if next < 3 && !self.chain_has_ended => self.look(Expect::Grown(next)),
                Command::Use if next < 3 => self.look(Expect::Shrunk(next)),
                Command::Return if next < 3 => self.look(Expect::Shrunk(next)),
                Command::Use | Command::Return | Command::Confirm | Command::Deactivate => {}
            }
        }
        Ok(())
    }

    fn look(&mut self, expect: Expect) {
        self.under_way = Some(UnderWay { step: Step::Learn(expect), tries: 0 });
    }

    /// Takes what is shown as what is held, after comparing it with what was acknowledged before.
    fn hold(&mut self, shown: &[Value], expect: Expect) -> Result<(), String> {
        let found: Vec<Coupon> = shown.iter().map(Coupon::read).collect::<Result<_, _>>()?;
        for known in &self.coupons {
            let now = found.iter().find(|coupon| coupon.code == known.code);
            let now = now.ok_or_else(|| format!("coupon {} is gone", known.code))?;
            let may_end = match expect {
                Expect::Shrunk(index) => known.index == index && known.is_open(),
                Expect::Ended => known.is_open(),
                Expect::Issued | Expect::Grown(_) => false,
            };
            let has_ended = may_end && now.state() == "DEACTIVATED";
            if !known.is_shown_again(&now.shown) && !has_ended {
                return Err(format!("coupon {} has changed: {} to {}", known.code, known.shown, now.shown));
            }
        }
        let open_at = |index: u64| found.iter().filter(|c| c.index == index && c.is_open()).count();
        let is_expected = match expect {
            Expect::Issued => found.len() == 1 && open_at(0) == 1,
            Expect::Grown(index) => found.len() == self.coupons.len() + 1 && open_at(index) == 1,
            Expect::Shrunk(index) => found.len() == self.coupons.len() && open_at(index) == 0,
            Expect::Ended => found.len() == self.coupons.len() && !found.iter().any(Coupon::is_open),
        };
        if !is_expected {
            return Err(format!(
                "expected {expect:?} of {} known coupons, found {shown:?}",
                self.coupons.len()
            ));
        }
        if let Some(coupon) = found.iter().find(|_| self.assigned.is_some())
            && Some(&coupon.code) != self.assigned.as_ref()
        {
            return Err(format!("asked for code {:?}, got {}", self.assigned, coupon.code));
        }
        let chain = &found[0].shown["user_product_coupon_bundle_info"]["user_coupon_bundle_id"];
        self.chain_id = chain.as_str().map(str::to_owned);
        (self.coupons, self.stage) = (found, Stage::Held);
        Ok(())
    }
}
