//! The audit over the wire: everything that was acknowledged is there, and nothing was issued twice: per number, per
//! code, per limit.
//!
//! It runs when nothing else does and everything has settled. Knows lives, lists and stocks; changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::coupon::Coupon;
use crate::journal::Journal;
use crate::life::{Life, Stage};
use crate::load::Load;
use crate::offer::{Codes, Offer, Persons};
use crate::outcome::{Denied, Outcome};
use crate::wire::Wire;

/// The number of a request number used with other data.
const MISMATCH: u64 = 268_578_927;
/// Looks at once.
const LOOKS_AT_ONCE: usize = 16;

/// Looks at the lives that `is_asked` picks, and at every stock and limit.
///
/// # Errors
/// When the platform does not answer; what is wrong becomes a finding.
pub(crate) async fn audit(
    load: &Load,
    wire: &Wire,
    journal: &Arc<Journal>,
    is_asked: impl Fn(usize) -> bool,
) -> Result<()> {
    let asked = load.lives().enumerate().filter(|(at, _)| is_asked(*at)).map(|(_, life)| life);
    let mut looks = JoinSet::new();
    for life in asked.filter(|life| life.stage != Stage::Broken) {
        if looks.len() >= LOOKS_AT_ONCE
            && let Some(ended) = looks.join_next().await
        {
            ended.context("a look broke down")??;
        }
        looks.spawn(look(life.clone(), wire.clone(), Arc::clone(journal)));
    }
    while let Some(ended) = looks.join_next().await {
        ended.context("a look broke down")??;
    }
    codes(load, journal);
    for offer in &load.offers {
        let lives: Vec<&Life> = load.lives().filter(|life| Arc::ptr_eq(&life.offer, offer)).collect();
        counts(offer, &lives, wire, journal).await?;
        limits(offer, &lives, journal);
    }
    Ok(())
}

/// One life: its coupons are those that were acknowledged, with the facts that were acknowledged.
async fn look(life: Life, wire: Wire, journal: Arc<Journal>) -> Result<()> {
    let name = format!("{} ({})", life.number, life.offer.name);
    let shown = answered(life.holder().list(&wire).await)?;
    let shown = shown.as_array().map_or(&[][..], Vec::as_slice);
    let found: Vec<Coupon> = shown.iter().filter_map(|shown| Coupon::read(shown).ok()).collect();
    for known in &life.coupons {
        match found.iter().find(|coupon| coupon.code == known.code && coupon.stock_id == known.stock_id) {
            None => journal.find(format!("{name}: the acknowledged coupon {} is lost", known.code)),
            Some(now) if !known.is_shown_again(&now.shown) => journal.find(format!(
                "{name}: of coupon {} was acknowledged {}, found {}",
                known.code, known.shown, now.shown
            )),
            Some(_) => {}
        }
    }
    if found.len() > life.coupons.len() {
        let (found, known) = (found.len(), life.coupons.len());
        journal.find(format!("{name}: {found} coupons instead of {known} under one number"));
    }
    if let Some((path, body)) = life.forged_pre_send() {
        match wire.post(&path, &body).await {
            Outcome::Refused(refusal) if refusal.number == MISMATCH => {}
            Outcome::Unknown(lost) => anyhow::bail!("no answer to an audit: {}", lost.text),
            other => journal.find(format!("{name}: the acknowledged pre-send is lost: {other:?}")),
        }
    }
    journal.count(|counts| counts.audited += 1);
    Ok(())
}

/// A code is one coupon's, whoever asked for it.
fn codes(load: &Load, journal: &Journal) {
    let mut seen = HashMap::new();
    for life in load.lives() {
        for coupon in &life.coupons {
            if let Some(other) = seen.insert((&coupon.stock_id, &coupon.code), &life.number) {
                journal.find(format!("code {} was issued to {other} and to {}", coupon.code, life.number));
            }
        }
    }
}

/// What the stock counts is what was issued.
async fn counts(offer: &Offer, lives: &[&Life], wire: &Wire, journal: &Journal) -> Result<()> {
    for stock_id in &offer.stock_ids {
        // A link of a chain that is issued again does not count again.
        let issued: HashSet<(&str, u64)> = lives
            .iter()
            .flat_map(|life| life.coupons.iter().map(|coupon| (life.number.as_str(), coupon)))
            .filter(|(_, coupon)| coupon.stock_id == *stock_id)
            .map(|(number, coupon)| (number, coupon.index))
            .collect();
        let counted = sent_count(offer, stock_id, wire).await?;
        let is_broken = lives.iter().any(|life| life.stage == Stage::Broken || life.is_unsettled());
        if usize::try_from(counted)? != issued.len() && !is_broken {
            journal.find(format!(
                "{}: stock {stock_id} counts {counted} coupons, {} were issued",
                offer.name,
                issued.len()
            ));
        }
        if counted > offer.bounds.max {
            journal.find(format!("{}: {counted} coupons of {}", offer.name, offer.bounds.max));
        }
        journal.count(|counts| counts.audited += 1);
    }
    Ok(())
}

/// How many coupons a stock says it has issued.
///
/// # Errors
/// When the platform does not say.
pub(crate) async fn sent_count(offer: &Offer, stock_id: &str, wire: &Wire) -> Result<u64> {
    let (prefix, coupon) = (offer.face.prefix(), &offer.product_coupon_id);
    let path = format!("{prefix}/product-coupons/{coupon}/stocks/{stock_id}");
    let query: Vec<_> = offer.ground.brand_id.as_deref().map(|id| ("brand_id", id)).into_iter().collect();
    let shown = answered(wire.get(&path, &query).await)?;
    shown["sent_count_info"]["total_count"].as_u64().context("a stock shows no count")
}

/// Nobody has too many, and nobody was denied while there was something left.
fn limits(offer: &Offer, lives: &[&Life], journal: &Journal) {
    let issued = lives.iter().filter(|life| !life.coupons.is_empty());
    let denied = |why: Denied| lives.iter().filter(move |life| life.stage == Stage::Denied(why));
    let all = u64::try_from(issued.clone().count()).unwrap_or(u64::MAX);
    if denied(Denied::SoldOut).next().is_some() && all != offer.bounds.max {
        journal.find(format!("{}: sold out with {all} of {}", offer.name, offer.bounds.max));
    }
    if offer.persons != Persons::Fresh {
        let mut persons: BTreeMap<&str, u64> = BTreeMap::new();
        for life in issued.clone() {
            *persons.entry(&life.openid).or_default() += 1;
        }
        for (person, count) in &persons {
            if *count > offer.bounds.per_person {
                journal.find(format!("{}: {person} has {count} coupons", offer.name));
            }
        }
        for life in denied(Denied::PersonLimit) {
            if persons.get(life.openid.as_str()).copied().unwrap_or(0) != offer.bounds.per_person {
                journal.find(format!("{}: {} was denied below the limit", offer.name, life.openid));
            }
        }
    }
    match offer.codes {
        Codes::Minted => {}
        Codes::Pool => {
            let given: BTreeSet<&str> =
                issued.flat_map(|life| life.coupons.iter().map(|c| c.code.as_str())).collect();
            let pool: BTreeSet<&str> = offer.pool.iter().map(String::as_str).collect();
            if !given.is_subset(&pool) {
                journal.find(format!("{}: a code was given that nobody uploaded", offer.name));
            }
            if denied(Denied::PoolEmpty).next().is_some() && given != pool {
                journal.find(format!(
                    "{}: the pool was empty after {} of {}",
                    offer.name,
                    given.len(),
                    pool.len()
                ));
            }
        }
        Codes::Assigned => {
            let held: BTreeSet<_> = lives
                .iter()
                .filter(|life| matches!(life.stage, Stage::PreSent | Stage::Held))
                .filter_map(|life| life.assigned.as_deref())
                .collect();
            for life in denied(Denied::CodeTaken) {
                if !life.assigned.as_deref().is_some_and(|code| held.contains(code)) {
                    journal
                        .find(format!("{}: {} was told that a free code is taken", offer.name, life.number));
                }
            }
        }
    }
}

fn answered(outcome: Outcome) -> Result<Value> {
    match outcome {
        Outcome::Done(value) => Ok(value),
        other => anyhow::bail!("an audit got no answer: {other:?}"),
    }
}
