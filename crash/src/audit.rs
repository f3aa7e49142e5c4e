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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::definition::{Bounds, Ground};
    use crate::notified::Others;
    use crate::offer::{Face, Kind};
    use crate::play::Play;
    use crate::random::Random;

    /// How long a load may take to have led lives of every kind that is looked for.
    const LIVES_MAX: Duration = Duration::from_secs(60);

    /// What the audit says after something was made untrue.
    async fn said(play: &mut Play, spoil: impl FnOnce(&mut Load)) -> String {
        let sound = play.load.clone();
        let journal = Arc::new(Journal::create(&play.home().unwrap().join("spoilt")).unwrap());
        spoil(&mut play.load);
        audit(&play.load, &play.wire, &journal, |_| true).await.unwrap();
        let limit = Duration::from_millis(100);
        crate::notified::audit(&play.load, &play.receiver, &journal, limit, Others::AreFindings).await;
        play.load = sound;
        journal.findings().join("\n")
    }

    /// The first life that is over at this stage.
    fn over(load: &Load, stage: Stage) -> Option<usize> {
        load.over.iter().position(|life| life.stage == stage)
    }

    /// The first life that is over and has a coupon.
    fn held(load: &mut Load) -> usize {
        over(load, Stage::Held).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_audit_bites() {
        let mut play = Play::begin(1).await.unwrap();
        let deadline = tokio::time::Instant::now() + LIVES_MAX;
        while [Stage::Held, Stage::PreSent].iter().any(|stage| over(&play.load, *stage).is_none()) {
            assert!(tokio::time::Instant::now() < deadline, "no life ends with a token or a coupon");
            play.run_for(Duration::from_secs(1)).await.unwrap();
        }
        play.audit_all().await.unwrap();
        play.audit_notifications(Others::AreFindings).await.unwrap();
        assert_eq!(said(&mut play, |_| ()).await, "", "a sound platform");

        let lost_write = said(&mut play, |load| {
            let at = held(load);
            load.over[at].coupons[0].shown["coupon_state"] = json!("LOST");
        });
        assert!(lost_write.await.contains("was acknowledged"));
        let lost_coupon = said(&mut play, |load| {
            let at = held(load);
            load.over[at].coupons[0].code = "1".to_owned();
        });
        let lost_coupon = lost_coupon.await;
        assert!(lost_coupon.contains("is lost") && lost_coupon.contains("no notification"), "{lost_coupon}");
        let twice = said(&mut play, |load| {
            let at = held(load);
            load.over[at].coupons.clear();
        });
        let twice = twice.await;
        assert!(twice.contains("under one number") && twice.contains("no known coupon"), "{twice}");
        let uncounted = said(&mut play, |load| {
            let at = held(load);
            load.over.swap_remove(at);
        });
        assert!(uncounted.await.contains("were issued"));
        let same_code = said(&mut play, |load| {
            let at = held(load);
            let mut other = load.over[at].clone();
            other.number = "ANOTHER".to_owned();
            load.over.push(other);
        });
        assert!(same_code.await.contains("was issued to"));
        let another_user = said(&mut play, |load| {
            let at = held(load);
            load.over[at].openid.push('X');
        });
        assert!(another_user.await.contains("a notification names"));
        let too_many = said(&mut play, |load| {
            let at = held(load);
            let whole = Arc::clone(&load.over[at].offer);
            let mut small = Offer::clone(&whole);
            small.bounds.max = 0;
            let small = Arc::new(small);
            let of_lives = load.active.iter_mut().chain(&mut load.over).map(|life| &mut life.offer);
            for offer in of_lives.chain(&mut load.offers).filter(|offer| Arc::ptr_eq(offer, &whole)) {
                *offer = Arc::clone(&small);
            }
        });
        assert!(too_many.await.contains("coupons of 0"));
        // Last, since the audit makes the pre-send that it looks for.
        let lost_pre_send = said(&mut play, |load| {
            let at = over(load, Stage::PreSent).unwrap();
            load.over[at].number = "NEVER_ASKED_FOR".to_owned();
        });
        assert!(lost_pre_send.await.contains("the acknowledged pre-send is lost"));
        assert_eq!(play.end(), None);
    }

    /// An offer of two coupons, one for each person.
    fn offer(codes: Codes, persons: Persons) -> Arc<Offer> {
        let period = (String::new(), String::new());
        Arc::new(Offer {
            name: "offer".to_owned(),
            face: Face::Brand,
            kind: Kind::Single,
            codes,
            bounds: Bounds { max: 2, per_person: 1 },
            persons,
            ground: Ground { brand_id: None, appid: String::new(), period },
            product_coupon_id: String::new(),
            stock_ids: vec!["1".to_owned()],
            stock_bundle_id: None,
            pool: vec!["A".to_owned(), "B".to_owned()],
        })
    }

    /// Lives of an offer: whose, at which stage, with which code.
    fn lives(offer: &Arc<Offer>, of: &[(&str, Stage, Option<&str>)]) -> Vec<Life> {
        let life = |(serial, (openid, stage, code)): (u64, &(&str, Stage, Option<&str>))| {
            let mut life = Life::new(offer, "RUN", serial, Random::new(serial));
            (life.openid, life.stage) = ((*openid).to_owned(), *stage);
            life.assigned = code.map(str::to_owned).filter(|_| offer.codes == Codes::Assigned);
            if let (Stage::Held, Some(code)) = (stage, code) {
                let shown = json!({ "coupon_code": code, "stock": { "stock_id": "1" } });
                life.coupons = vec![Coupon::read(&shown).unwrap()];
            }
            life
        };
        (0..).zip(of).map(life).collect()
    }

    /// What is said of the limits of such lives.
    fn limits_of(codes: Codes, persons: Persons, of: &[(&str, Stage, Option<&str>)]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::create(&folder.path().join("journal")).unwrap();
        let offer = offer(codes, persons);
        let lives = lives(&offer, of);
        limits(&offer, &lives.iter().collect::<Vec<_>>(), &journal);
        journal.findings().join("\n")
    }

    #[test]
    fn limits_that_are_kept_are_no_finding() {
        let (held, denied) = (Stage::Held, Stage::Denied);
        let all = [("p", held, Some("A")), ("q", held, Some("B"))];
        let with = |last| [&all[..], &[last]].concat();
        let returning = Persons::Returning(4);
        assert_eq!(limits_of(Codes::Minted, Persons::Fresh, &with(("r", denied(Denied::SoldOut), None))), "");
        assert_eq!(limits_of(Codes::Minted, returning, &with(("p", denied(Denied::PersonLimit), None))), "");
        assert_eq!(limits_of(Codes::Pool, Persons::Fresh, &with(("r", denied(Denied::PoolEmpty), None))), "");
        let taken = ("r", denied(Denied::CodeTaken), Some("A"));
        assert_eq!(limits_of(Codes::Assigned, Persons::Fresh, &with(taken)), "");
    }

    #[test]
    fn limits_that_are_not_kept_are_found() {
        let (held, denied) = (Stage::Held, Stage::Denied);
        let one = ("p", held, Some("A"));
        let returning = Persons::Returning(4);
        let said = limits_of(Codes::Minted, Persons::Fresh, &[one, ("q", denied(Denied::SoldOut), None)]);
        assert_eq!(said, "offer: sold out with 1 of 2");
        let said = limits_of(Codes::Minted, returning, &[one, ("p", held, Some("B"))]);
        assert_eq!(said, "offer: p has 2 coupons");
        let said = limits_of(Codes::Minted, returning, &[one, ("q", denied(Denied::PersonLimit), None)]);
        assert_eq!(said, "offer: q was denied below the limit");
        let said = limits_of(Codes::Pool, Persons::Fresh, &[one, ("q", held, Some("C"))]);
        assert_eq!(said, "offer: a code was given that nobody uploaded");
        let said = limits_of(Codes::Pool, Persons::Fresh, &[one, ("q", denied(Denied::PoolEmpty), None)]);
        assert_eq!(said, "offer: the pool was empty after 1 of 2");
        let free = ("q", denied(Denied::CodeTaken), Some("B"));
        let said = limits_of(Codes::Assigned, Persons::Fresh, &[one, free]);
        assert!(said.contains("was told that a free code is taken"), "{said}");
    }
}
