//! What a life does next, and the bodies of its calls.
//!
//! Knows what may be asked of a coupon in each state. Choices come from the life's own stream of random numbers.

use serde_json::{Value, json};

use super::{Life, Stage, UnderWay};
use crate::coupon::Coupon;
use crate::definition::with_brand;
use crate::offer::{Face, Kind};
use crate::step::{Command, Post, Step};

/// Steps of the longest life.
const STEPS_MAX: u32 = 12;

impl Life {
    /// What to do next; nothing when the life is over.
    pub(super) fn next(&mut self) -> Option<UnderWay> {
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
    pub(super) fn is_over_busifavor(&self) -> bool {
        let is_third = self.number.bytes().map(u32::from).sum::<u32>().is_multiple_of(3);
        self.offer.face == Face::Partner && self.offer.kind != Kind::Bundle && is_third
    }

    pub(super) fn pre_send_path(&self) -> String {
        if self.is_over_busifavor() {
            return "v3/marketing/busifavor/product-coupons/pre-send".to_owned();
        }
        let bundle = if self.offer.kind == Kind::Bundle { "-bundle" } else { "" };
        format!("{}/users/{}/pre-send-coupon{bundle}", self.offer.face.prefix(), self.openid)
    }

    pub(super) fn pre_send_body(&self) -> Value {
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
