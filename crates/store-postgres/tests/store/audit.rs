//! The invariants are asked, and broken ones are found.

use quan_store::audit::{Audit, Invariant};
use quan_store::backend::{Backend, Verdict};
use quan_store_postgres::{Options, PostgresStore};

use crate::jobs::{issuing, job, put_stock};
use crate::server;

fn broken(store: &PostgresStore) -> Vec<Invariant> {
    let mut asked = Vec::new();
    let found = store.audit(Invariant::ALL, &mut |invariant| asked.push(invariant)).unwrap();
    assert_eq!(asked, Invariant::ALL);
    let mut broken: Vec<_> = found.iter().map(|finding| finding.invariant).collect();
    broken.dedup();
    broken
}

#[test]
fn an_empty_store_breaks_nothing_and_a_count_without_coupons_is_found() {
    let url = server::fresh_url();
    let store = PostgresStore::open(&url, Options::default()).unwrap();
    assert_eq!(broken(&store), []);
    put_stock(&store);
    store.commit(&mut [issuing("one").0]).unwrap();
    // The jobs of these tests count issues of a stock without a product coupon, and make no coupon.
    let counted =
        [Invariant::IssuedCounts, Invariant::DayCounts, Invariant::PersonCounts, Invariant::References];
    assert_eq!(broken(&store), counted);
    let refused = job(|_| Verdict::Discard);
    store.commit(&mut [refused]).unwrap();
    let (_, name) = url.rsplit_once('/').unwrap();
    server::shared().psql(name, "UPDATE stock SET creator = 'nobody'").unwrap();
    assert!(broken(&store).contains(&Invariant::Readable));
}
