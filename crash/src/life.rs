//! A life: what happens to one number, from the pre-send to the last use, one step after the other.
//!
//! Knows what was acknowledged and what has to follow from it. A step without an answer is kept and made again with
//! the same number; nothing else of the life goes on before it has settled. Everything that contradicts what was
//! acknowledged is a finding.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::coupon::Coupon;
use crate::definition::with_brand;
use crate::journal::Journal;
use crate::offer::{Codes, Face, Kind, Offer, Persons};
use crate::outcome::{Denied, Outcome, Refusal};
use crate::random::Random;
use crate::step::{Command, Expect, Holder, Post, Step};
use crate::wire::Wire;

/// Steps of the longest life.
const STEPS_MAX: u32 = 12;
/// How often a write is made twice at the same time, in per cent.
const TWINS_PERCENT: u64 = 8;

/// How far a life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
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
pub struct UnderWay {
    step: Step,
    tries: u32,
}

/// One number and everything that was done under it.
#[derive(Clone, Debug)]
pub struct Life {
    /// What it asks for.
    pub offer: Arc<Offer>,
    /// Who.
    pub openid: String,
    /// The number of the send or pre-send.
    pub number: String,
    /// The code that the merchant names, with API_ASSIGN.
    pub assigned: Option<String>,
    /// How far it has come.
    pub stage: Stage,
    /// Every coupon that it was ever shown.
    pub coupons: Vec<Coupon>,
    /// Whether nothing more will be done.
    pub is_over: bool,
    chain_id: Option<String>,
    under_way: Option<UnderWay>,
    steps: u32,
    random: Random,
}

impl Life {
    /// The life of this serial number in a run.
    #[must_use]
    pub fn new(offer: &Arc<Offer>, run: &str, serial: u64, mut random: Random) -> Self {
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
            under_way: None,
            steps: 0,
            random,
        }
    }

    /// Whether a step waits for an answer that tells.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.under_way.is_some()
    }

    /// Whom the lists have to name.
    #[must_use]
    pub fn holder(&self) -> Holder<'_> {
        Holder { offer: &self.offer, openid: &self.openid, number: &self.number }
    }

    /// The pre-send of this life with other data, which its number has to refuse.
    #[must_use]
    pub fn forged_pre_send(&self) -> Option<(String, Value)> {
        let (path, mut body) = (self.pre_send_path(), self.pre_send_body());
        (self.stage == Stage::PreSent).then(|| {
            let other = if self.is_over_busifavor() { "openid" } else { "attach" };
            body[other] = json!("oAnother");
            (path, body)
        })
    }

    /// Makes the step that has no answer yet, or the next one. False when there was no answer.
    pub async fn advance(&mut self, wire: &Wire, journal: &Journal) -> bool {
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
            Step::EndChain(_) => self.look(Expect::Ended),
        }
        Ok(())
    }

    /// A command was acknowledged: its answer shows the number, and the chain moves with it.
    fn changed(
        &mut self,
        command: Command,
        place: usize,
        post: &Post,
        answer: &Value,
    ) -> Result<(), String> {
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
                Command::Use if next < 3 => self.look(Expect::Grown(next)),
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
            if !known.is_shown_again(&now.shown) && !(may_end && now.state() == "DEACTIVATED") {
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
            return Err(format!("expected {expect:?} of {} known coupons, found {shown:?}", self.coupons.len()));
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

    /// What to do next; nothing when the life is over.
    fn next(&mut self) -> Option<UnderWay> {
        self.steps += 1;
        if self.is_over || self.steps > STEPS_MAX {
            return None;
        }
        let step = match self.stage {
            Stage::New if self.random.percent(35) => Some(Step::Send(self.send())),
            Stage::New => Some(Step::PreSend(self.pre_send())),
            // Some users never come.
            Stage::PreSent if self.random.percent(4) => None,
            Stage::PreSent => Some(Step::Receive(self.pre_send())),
            Stage::Held => self.next_of_held(),
            Stage::Denied(_) | Stage::Broken => None,
        };
        step.map(|step| UnderWay { step, tries: 0 })
    }

    fn next_of_held(&mut self) -> Option<Step> {
        if self.random.percent(6) {
            return None;
        }
        if self.chain_id.is_some() && self.random.percent(5) && self.coupons.iter().any(Coupon::is_open) {
            return Some(Step::EndChain(self.end_chain()));
        }
        let places: Vec<usize> = (0..self.coupons.len()).collect();
        let place = *self.random.pick(&places)?;
        let (used, latest_used) = (used_rounds(&self.coupons[place]), self.latest_used());
        let can_return = used > 0 || Some(place) == latest_used;
        let command = match self.coupons[place].state() {
            "CONFIRMING" if self.random.percent(90) => Command::Confirm,
            "EFFECTIVE" if self.random.percent(75) => Command::Use,
            "EFFECTIVE" if used > 0 && self.random.percent(50) => Command::Return,
            "CONFIRMING" | "EFFECTIVE" if self.random.percent(50) => Command::Deactivate,
            "USED" if can_return && self.random.percent(40) => Command::Return,
            _ => return self.next_open(),
        };
        Some(self.command(command, place))
    }

    /// Goes on with the open coupon of a chain, when the choice fell on one that is done with.
    fn next_open(&mut self) -> Option<Step> {
        let place = self.coupons.iter().position(Coupon::is_open)?;
        let command = match self.coupons[place].state() {
            "CONFIRMING" => Command::Confirm,
            "EFFECTIVE" => Command::Use,
            _ => return None,
        };
        Some(self.command(command, place))
    }

    /// Of a chain, and of a single coupon, the one use that can be returned.
    fn latest_used(&self) -> Option<usize> {
        let used = self.coupons.iter().enumerate().filter(|(_, coupon)| coupon.state() == "USED");
        used.max_by_key(|(_, coupon)| coupon.index).map(|(place, _)| place)
    }

    fn command(&mut self, command: Command, place: usize) -> Step {
        let coupon = &self.coupons[place];
        let number = format!("{}_{}_{:02}", self.number, command.word(), self.steps);
        let mut body = json!({
            "product_coupon_id": self.offer.product_coupon_id,
            "stock_id": coupon.stock_id,
            "appid": self.offer.ground.appid,
            "out_request_no": number,
        });
        let used = used_rounds(coupon);
        let round = match command {
            Command::Use => Some(used),
            Command::Return => used.checked_sub(1),
            Command::Confirm | Command::Deactivate => None,
        };
        if self.offer.kind == Kind::Sequential
            && let Some(round) = round
        {
            body["sequential_coupon_index"] = json!(round);
        }
        match command {
            Command::Use => {
                body["use_time"] = use_time(coupon);
                body["associated_order_info"] = json!({ "transaction_id": "4200000000202603021234567890" });
            }
            Command::Deactivate => body["deactivate_reason"] = json!("演练"),
            Command::Confirm | Command::Return => {}
        }
        let (prefix, openid, code) = (self.offer.face.prefix(), &self.openid, &coupon.code);
        let path = format!("{prefix}/users/{openid}/coupons/{code}/{}", command.word());
        Step::Command(command, place, Post { path, body: with_brand(&self.offer.ground, body) })
    }

    fn end_chain(&self) -> Post {
        let (prefix, openid) = (self.offer.face.prefix(), &self.openid);
        let chain = self.chain_id.as_deref().unwrap_or_default();
        let body = json!({
            "product_coupon_id": self.offer.product_coupon_id,
            "stock_bundle_id": self.offer.stock_bundle_id,
            "appid": self.offer.ground.appid,
            "out_request_no": format!("{}_end_{:02}", self.number, self.steps),
            "deactivate_reason": "演练",
        });
        let path = format!("{prefix}/users/{openid}/coupon-bundles/{chain}/deactivate");
        Post { path, body: with_brand(&self.offer.ground, body) }
    }

    fn send(&self) -> Post {
        let end = if self.offer.kind == Kind::Bundle { "coupon-bundles" } else { "coupons" };
        let path = format!("{}/users/{}/{end}", self.offer.face.prefix(), self.openid);
        Post { path, body: with_brand(&self.offer.ground, self.issue_body()) }
    }

    fn pre_send(&self) -> Post {
        Post { path: self.pre_send_path(), body: self.pre_send_body() }
    }

    /// Every third partner's pre-send of a single stock goes over the busifavor face.
    fn is_over_busifavor(&self) -> bool {
        let is_third = self.number.bytes().map(u32::from).sum::<u32>().is_multiple_of(3);
        self.offer.face == Face::Partner && self.offer.kind != Kind::Bundle && is_third
    }

    fn pre_send_path(&self) -> String {
        if self.is_over_busifavor() {
            return "v3/marketing/busifavor/product-coupons/pre-send".to_owned();
        }
        let bundle = if self.offer.kind == Kind::Bundle { "-bundle" } else { "" };
        format!("{}/users/{}/pre-send-coupon{bundle}", self.offer.face.prefix(), self.openid)
    }

    fn pre_send_body(&self) -> Value {
        if !self.is_over_busifavor() {
            return with_brand(&self.offer.ground, self.issue_body());
        }
        let mut body = json!({
            "stock_id": self.offer.stock_ids[0],
            "appid": self.offer.ground.appid,
            "openid": self.openid,
            "send_request_no": self.number,
        });
        if let Some(code) = &self.assigned {
            body["coupon_code"] = json!(code);
        }
        body
    }

    fn issue_body(&self) -> Value {
        let mut body = json!({
            "product_coupon_id": self.offer.product_coupon_id,
            "appid": self.offer.ground.appid,
            "send_request_no": self.number,
        });
        match &self.offer.stock_bundle_id {
            Some(bundle) => body["stock_bundle_id"] = json!(bundle),
            None => body["stock_id"] = json!(self.offer.stock_ids[0]),
        }
        if let Some(code) = &self.assigned {
            body["coupon_code"] = json!(code);
        }
        body
    }
}

/// Rounds of a sequential coupon that are used.
fn used_rounds(coupon: &Coupon) -> u64 {
    coupon.shown["sequential_usage_detail"]["used_count"].as_u64().unwrap_or(0)
}

/// A time at which the coupon may be used, and that is not ahead of any clock: when it was received, or became valid.
fn use_time(coupon: &Coupon) -> Value {
    let text = |name: &str| coupon.shown[name].as_str().unwrap_or_default();
    json!(text("receive_time").max(text("valid_begin_time")))
}
