//! An operator sees everybody who takes part, what waits and which nodes are there.

use std::sync::Arc;

use quan_model::ids::{Appid, BrandId, Mchid, Openid, Principal, StoreId};
use quan_model::verification::VerificationMode;

use super::records::{id, now};
use super::{Promise, commit};
use crate::backend::Backend;
use crate::operations::{Backlog, NodeRecord};
use crate::outbox::{Attempt, Next, Notification};
use crate::parties::{Brand, Grant, Merchant};

pub(super) const PROMISES: &[Promise] =
    &[the_roster_has_everybody_by_id, the_backlog_counts_what_waits, nodes_are_seen_and_forgotten];

fn the_roster_has_everybody_by_id(backend: &Arc<dyn Backend>) {
    let merchants = ["1900000002", "1900000001"].map(|mchid| Merchant {
        mchid: id::<Mchid>(mchid),
        name: format!("merchant {mchid}"),
        apiv3_key: None,
        verification_mode: VerificationMode::PublicKey,
    });
    let brand = Brand {
        brand_id: id::<BrandId>("120344"),
        name: "brand".to_owned(),
        logo_url: None,
        api_key: Some("k".repeat(32)),
    };
    let (appid, store) = (id::<Appid>("wx7c2e91b04d5fa368"), id::<StoreId>("100064"));
    let owner = Principal::Merchant(merchants[0].mchid.clone());
    let expected_merchants = vec![merchants[1].clone(), merchants[0].clone()];
    let expected = (brand.clone(), appid.clone(), store.clone(), owner.clone());
    let written = commit(backend, move |work| {
        for merchant in &merchants {
            work.put_merchant(merchant)?;
        }
        work.put_brand(&brand)?;
        work.put_authorisation(&brand.brand_id, &merchants[0].mchid, Grant::Given)?;
        work.put_authorisation(&brand.brand_id, &merchants[1].mchid, Grant::Given)?;
        work.put_authorisation(&brand.brand_id, &merchants[1].mchid, Grant::Withdrawn)?;
        work.bind_appid(&appid, &owner)?;
        work.put_person(&appid, &id::<Openid>("oUser"), &"person".to_owned())?;
        work.put_open_store(&brand.brand_id, &store)
    });
    written.expect("the parties are written");
    let roster = backend.snapshot(|view| view.roster()).expect("a view").expect("the roster");
    let (brand, appid, store, owner) = expected;
    assert_eq!(roster.merchants, expected_merchants);
    assert_eq!(roster.authorisations, [(brand.brand_id.clone(), expected_merchants[1].mchid.clone())]);
    assert_eq!(roster.stores, [(brand.brand_id.clone(), store)]);
    assert_eq!(roster.brands, [brand]);
    assert_eq!(roster.appids, [(appid, owner)]);
    assert_eq!(roster.persons, 1);
}

fn the_backlog_counts_what_waits(backend: &Arc<dyn Backend>) {
    let backlog = || backend.snapshot(|view| view.backlog()).expect("a view").expect("the backlog");
    assert_eq!(backlog(), Backlog::default());
    let notification = |number: i64| Notification {
        id: format!("N{number}"),
        receiver: Principal::Merchant(id::<Mchid>("1900000001")),
        brand_id: None,
        event_type: "E".to_owned(),
        create_time: now().plus_seconds(number),
        summary: String::new(),
        associated_data: String::new(),
        original_type: String::new(),
        resource: "{}".to_owned(),
    };
    commit(backend, move |work| {
        (0..3).try_for_each(|number| work.insert_notification(&notification(number)))
    })
    .expect("notifications are written");
    assert_eq!(backlog(), Backlog { waiting: 3, oldest: Some(now()) });
    commit(backend, move |work| {
        let later = now().plus_seconds(60);
        work.lease_notifications("sender", later, later.plus_seconds(30), 3)?;
        let attempt = Attempt { started_at: later, status: Some(200), outcome: "taken".to_owned() };
        work.record_attempt("sender", "N0", &attempt, Next::Delivered)?;
        work.record_attempt("sender", "N2", &attempt, Next::DeadLetter)
    })
    .expect("attempts are recorded");
    assert_eq!(backlog(), Backlog { waiting: 1, oldest: Some(now().plus_seconds(1)) });
}

fn nodes_are_seen_and_forgotten(backend: &Arc<dyn Backend>) {
    let nodes = || backend.snapshot(|view| view.nodes()).expect("a view").expect("the nodes");
    assert_eq!(nodes(), []);
    let node = |name: &str, seen: i64| NodeRecord {
        name: name.to_owned(),
        started_at: now(),
        seen_at: now().plus_seconds(seen),
    };
    let put = |node: NodeRecord, forget: i64| {
        commit(backend, move |work| work.put_node(&node, now().plus_seconds(forget)))
            .expect("a node is written");
    };
    put(node("a", 10), 0);
    put(node("b", 20), 0);
    assert_eq!(nodes(), [node("b", 20), node("a", 10)]);
    put(node("a", 30), 0);
    assert_eq!(nodes(), [node("a", 30), node("b", 20)]);
    put(node("a", 40), 21);
    assert_eq!(nodes(), [node("a", 40)], "who was not heard of for long is forgotten");
}
