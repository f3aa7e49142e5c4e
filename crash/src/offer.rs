//! What the load asks for: on each face a stock of every mode, of every source of codes, and two that are scarce.
//!
//! Knows the calls that create them. How much of them is given out is the audit's question.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use quan_model::time::{DAY_SECONDS, Time};
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::definition::{Bounds, Ground, product_coupon, stock, with_brand};
use crate::outcome::Outcome;
use crate::wire::Wire;

/// Days that a stock runs.
const STOCK_DAYS: i64 = 90;
/// Codes in one upload, and in a pool.
pub(crate) const POOL_CODES: usize = 150;
/// Coupons of a scarce stock.
pub(crate) const SCARCE_MAX: u64 = 40;
/// Coupons for each person of the stock whose persons come again and again.
pub(crate) const PERSON_MAX: u64 = 2;
/// More than any run issues.
const PLENTY: u64 = 100_000_000;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// The merchant for the brand.
    Partner,
    /// The brand itself.
    Brand,
}

impl Face {
    /// The beginning of its paths.
    #[must_use]
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Partner => "v3/marketing/partner/product-coupon",
            Self::Brand => "brand/marketing/product-coupon",
        }
    }
}

/// The usage mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Used once.
    Single,
    /// Used three times.
    Sequential,
    /// A chain of three coupons.
    Bundle,
}

/// Where codes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codes {
    /// The platform makes them.
    Minted,
    /// They were uploaded.
    Pool,
    /// The merchant names one with each send.
    Assigned,
}

/// How many lives one person leads in an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Persons {
    /// Everybody comes once.
    Fresh,
    /// This many lives in a row are one person's.
    Returning(u64),
}

/// One stock or bundle, and what is asked of it.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    /// What the report calls it.
    pub(crate) name: String,
    /// Who calls.
    pub(crate) face: Face,
    /// Usage mode.
    pub(crate) kind: Kind,
    /// Source of codes.
    pub(crate) codes: Codes,
    /// Its limits.
    pub(crate) bounds: Bounds,
    /// Who comes.
    pub(crate) persons: Persons,
    /// Brand, appid, period.
    pub(crate) ground: Ground,
    /// The product coupon.
    pub(crate) product_coupon_id: String,
    /// The stock, or the stocks of the bundle by index.
    pub(crate) stock_ids: Vec<String>,
    /// The bundle.
    pub(crate) stock_bundle_id: Option<String>,
    /// The uploaded codes.
    pub(crate) pool: Vec<String>,
}

/// What distinguishes the offers of a face.
struct Plan {
    name: &'static str,
    kind: Kind,
    codes: Codes,
    bounds: Bounds,
    persons: Persons,
}

const FREE: Bounds = Bounds { max: PLENTY, per_person: 5 };

/// Every face has these.
const PLANS: [Plan; 7] = [
    plan("single", Kind::Single, Codes::Minted, FREE, Persons::Fresh),
    plan("sequential", Kind::Sequential, Codes::Minted, FREE, Persons::Fresh),
    plan("chain", Kind::Bundle, Codes::Minted, FREE, Persons::Fresh),
    plan("pool", Kind::Single, Codes::Pool, FREE, Persons::Fresh),
    plan("assigned", Kind::Single, Codes::Assigned, FREE, Persons::Fresh),
    plan("scarce", Kind::Single, Codes::Minted, Bounds { max: SCARCE_MAX, per_person: 5 }, Persons::Fresh),
    plan(
        "twice",
        Kind::Single,
        Codes::Minted,
        Bounds { max: PLENTY, per_person: PERSON_MAX },
        Persons::Returning(4),
    ),
];

const fn plan(name: &'static str, kind: Kind, codes: Codes, bounds: Bounds, persons: Persons) -> Plan {
    Plan { name, kind, codes, bounds, persons }
}

/// Creates the offers of both faces. `run` is part of every number, so that a second run is no replay.
///
/// # Errors
/// When a creation is not acknowledged.
pub(crate) async fn create(
    wire: &Wire,
    connection: &Connection,
    run: &str,
    real_now: Time,
) -> Result<Vec<Arc<Offer>>> {
    let now: Time = if wire.has_movable_clock() { wire.advance(0).await?.parse()? } else { real_now };
    let begin = now.start_of_day_after(0);
    let text = |time: Time| time.to_string();
    let period = (text(begin), text(begin.plus_seconds(STOCK_DAYS * DAY_SECONDS - 1)));
    let mut offers = Vec::new();
    for face in [Face::Partner, Face::Brand] {
        let brand_id = (face == Face::Partner).then(|| connection.brand.brand_id.clone());
        let ground = Ground { brand_id, appid: connection.appid.clone(), period: period.clone() };
        for plan in &PLANS {
            let offer = one(wire, &ground, face, plan, run).await;
            offers.push(Arc::new(offer.with_context(|| format!("creating “{}”", plan.name))?));
        }
    }
    Ok(offers)
}

/// Tells the platform where merchant and brand want their notifications; the real time there.
///
/// # Errors
/// When that is not acknowledged.
pub(crate) async fn set_notify_url(wire: &Wire, notify_url: &str) -> Result<Time> {
    let mut seconds = 0;
    for face in [Face::Partner, Face::Brand] {
        let path = format!("{}/notify-configs", face.prefix());
        seconds = wire.post_at(&path, &json!({ "notify_url": notify_url })).await?;
    }
    Ok(Time::from_unix_seconds(seconds))
}

async fn one(wire: &Wire, ground: &Ground, face: Face, plan: &Plan, run: &str) -> Result<Offer> {
    let prefix = face.prefix();
    let number = format!("{run}_{}_{}", plan.name, if face == Face::Partner { "P" } else { "B" });
    let stock = stock(ground, plan.kind, plan.codes, plan.bounds);
    let body = product_coupon(ground, plan.kind, &number, &stock);
    let made = done(wire.post(&format!("{prefix}/product-coupons"), &body).await)?;
    let product_coupon_id = text(&made["product_coupon_id"])?;
    let bundle = &made["stock_bundle"];
    let stock_ids = match plan.kind {
        Kind::Single | Kind::Sequential => vec![text(&made["stock"]["stock_id"])?],
        Kind::Bundle => {
            let stocks = bundle["stock_list"].as_array().context("a bundle has its stocks")?;
            stocks.iter().map(|stock| text(&stock["stock_id"])).collect::<Result<_>>()?
        }
    };
    let stock_bundle_id = bundle["stock_bundle_id"].as_str().map(str::to_owned);
    let mut pool = Vec::new();
    if plan.codes == Codes::Pool {
        pool = (0..POOL_CODES).map(|code| format!("{run}-POOL-{code:05}")).collect();
        let body = json!({ "out_request_no": format!("{number}_UP"), "code_list": pool });
        let stock_id = &stock_ids[0];
        let path =
            format!("{prefix}/product-coupons/{product_coupon_id}/stocks/{stock_id}/upload-coupon-codes");
        done(wire.post(&path, &with_brand(ground, body)).await)?;
    }
    Ok(Offer {
        name: format!("{} {}", if face == Face::Partner { "partner" } else { "brand" }, plan.name),
        face,
        kind: plan.kind,
        codes: plan.codes,
        bounds: plan.bounds,
        persons: plan.persons,
        ground: ground.clone(),
        product_coupon_id,
        stock_ids,
        stock_bundle_id,
        pool,
    })
}

/// The answer of a call that has to succeed.
fn done(outcome: Outcome) -> Result<Value> {
    match outcome {
        Outcome::Done(value) => Ok(value),
        Outcome::Refused(refusal) => bail!("refused: {refusal}"),
        Outcome::Unknown(lost) => bail!("no answer: {}", lost.text),
        Outcome::Broken(text) => bail!("{text}"),
    }
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("an id is missing in the answer")
}
