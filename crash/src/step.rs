//! One step of a life: a call that is made again and again with the same number until an answer tells.
//!
//! Knows paths and bodies. What an answer means to the life is the life's.

use serde_json::{Value, json};

use crate::coupon::is_same_answer;
use crate::offer::Offer;
use crate::outcome::Outcome;
use crate::wire::Wire;

/// Coupons on one page of a list.
const PAGE_SIZE: &str = "50";

/// What is done to a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// 确认.
    Confirm,
    /// 核销.
    Use,
    /// 退券.
    Return,
    /// 失效.
    Deactivate,
}

impl Command {
    /// The last part of its path.
    #[must_use]
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Use => "use",
            Self::Return => "return",
            Self::Deactivate => "deactivate",
        }
    }
}

/// What the list of coupons must show after the step before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// The first coupon, and no other.
    Issued,
    /// The coupon of this index of the chain, open.
    Grown(u64),
    /// No open coupon of this index.
    Shrunk(u64),
    /// Nothing open.
    Ended,
}

/// A signed POST.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    /// Path without a leading slash.
    pub(crate) path: String,
    /// The same bytes at every attempt.
    pub(crate) body: Value,
}

/// One step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Asks for a token.
    PreSend(Post),
    /// Sends without a claim.
    Send(Post),
    /// Asks for a token again, by the same number, and claims it.
    Receive(Post),
    /// Reads what there is.
    Learn(Expect),
    /// A command on the coupon with this place in the life.
    Command(Command, usize, Post),
    /// Ends the chain.
    EndChain(Post),
}

impl Step {
    /// What the journal calls it.
    #[must_use]
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::PreSend(_) => "pre-send",
            Self::Send(_) => "send",
            Self::Receive(_) => "claim",
            Self::Learn(_) => "list",
            Self::Command(command, _, _) => command.word(),
            Self::EndChain(_) => "deactivate chain",
        }
    }

    /// Makes the call once, or as twins: the same call twice at the same time.
    pub(crate) async fn perform(&self, wire: &Wire, holder: &Holder<'_>, is_twin: bool) -> Outcome {
        match self {
            Self::PreSend(post) | Self::Send(post) | Self::Command(_, _, post) | Self::EndChain(post) => {
                if is_twin {
                    let (one, other) =
                        tokio::join!(wire.post(&post.path, &post.body), wire.post(&post.path, &post.body));
                    return of_twins(one, other);
                }
                wire.post(&post.path, &post.body).await
            }
            Self::Receive(post) => match wire.post(&post.path, &post.body).await {
                Outcome::Done(answer) => match answer["token"].as_str() {
                    Some(token) => wire.receive(token).await,
                    None => Outcome::Broken(format!("a pre-send without a token: {answer}")),
                },
                other => other,
            },
            Self::Learn(_) => holder.list(wire).await,
        }
    }
}

/// What two calls with the same number must have in common.
fn of_twins(one: Outcome, other: Outcome) -> Outcome {
    match (one, other) {
        (Outcome::Broken(text), _) | (_, Outcome::Broken(text)) => Outcome::Broken(text),
        (Outcome::Done(one), Outcome::Done(other)) => {
            let differ = !is_same_answer(&one, &other);
            if differ {
                Outcome::Broken(format!("the same call twice at once: {one} and {other}"))
            } else {
                Outcome::Done(one)
            }
        }
        (Outcome::Done(_), Outcome::Refused(refusal)) | (Outcome::Refused(refusal), Outcome::Done(_)) => {
            Outcome::Broken(format!("the same call twice at once: one done, the other refused: {refusal}"))
        }
        (Outcome::Unknown(_), known) => known,
        (known, Outcome::Unknown(_)) => known,
        (refused @ Outcome::Refused(_), Outcome::Refused(_)) => refused,
    }
}

/// Who holds what is listed: an openid under an offer and a number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder<'l> {
    /// What it is of.
    pub(crate) offer: &'l Offer,
    /// Whose.
    pub(crate) openid: &'l str,
    /// The number of the send or pre-send.
    pub(crate) number: &'l str,
}

impl Holder<'_> {
    /// The coupons of this number as a JSON list, oldest last.
    pub(crate) async fn list(&self, wire: &Wire) -> Outcome {
        let Self { offer, openid, number } = *self;
        let path = format!("{}/users/{openid}/coupons", offer.face.prefix());
        let (mut found, mut page_token) = (Vec::new(), None::<String>);
        loop {
            let mut query = vec![
                ("appid", offer.ground.appid.as_str()),
                ("product_coupon_id", offer.product_coupon_id.as_str()),
                ("page_size", PAGE_SIZE),
            ];
            query.extend(offer.ground.brand_id.as_deref().map(|brand_id| ("brand_id", brand_id)));
            query.extend(page_token.as_deref().map(|token| ("page_token", token)));
            let page = match wire.get(&path, &query).await {
                Outcome::Done(page) => page,
                other => return other,
            };
            let coupons = page["user_coupon_list"].as_array().cloned().unwrap_or_default();
            found.extend(coupons.into_iter().filter(|coupon| coupon["send_request_no"] == number));
            page_token = page["next_page_token"].as_str().map(str::to_owned);
            if page_token.is_none() {
                return Outcome::Done(json!(found));
            }
        }
    }
}
