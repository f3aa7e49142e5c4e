//! What a store reads less often than it is asked is still what it would read: facts in one statement, and definitions and
//! parties that are kept from job to job.

use std::sync::Arc;
use std::sync::mpsc;

use jiff::civil::date;
use quan_coupon::definition::Limits;

use super::records::{self, brand_id, id};
use super::{Promise, commit, job};
use crate::backend::{Backend, Verdict};
use crate::parties::Grant;
use crate::pre_send::{PreSendAsked, pre_send_facts_of};

pub(super) const PROMISES: &[Promise] = &[
    the_facts_of_a_pre_send_are_those_of_its_reads,
    a_job_sees_what_the_jobs_before_it_have_kept_and_nothing_else,
    what_a_batch_could_not_commit_is_not_remembered,
];

fn the_facts_of_a_pre_send_are_those_of_its_reads(backend: &Arc<dyn Backend>) {
    let record = records::pre_send();
    let (stock, day) = (records::stock(), date(2025, 8, 5));
    let written = commit(backend, move |unit| {
        unit.insert_stock(&records::stock())?;
        unit.insert_pre_send(&records::pre_send())?;
        unit.put_person(&id("wx1"), &id("o1"), &"known".to_owned())?;
        let limits = Limits { max_count: 100, max_count_per_day: None, max_count_per_user: 100 };
        for person in ["known", "known", "wx1:o2"] {
            unit.count_issue(&records::stock().stock_id, day, &person.to_owned(), &limits)?;
        }
        Ok(())
    });
    written.expect("records can be written");
    for (openid, number, person_count) in
        [("o1", "SEND_0001", 2), ("o1", "NEW", 2), ("o2", "NEW", 1), ("o3", "SEND_0001", 0)]
    {
        let (owner, appid, openid, number) = (record.owner.clone(), id("wx1"), id(openid), id(number));
        let asked = PreSendAsked {
            principal: &record.principal,
            owner: &owner,
            send_request_no: &number,
            appid: &appid,
            openid: &openid,
            stock_id: &stock.stock_id,
            day,
        };
        let look = |reader: &dyn crate::backend::Reader| {
            let facts = reader.pre_send_facts(&asked).expect("facts can be read");
            assert_eq!(facts, pre_send_facts_of(reader, &asked).expect("facts can be read one by one"));
            assert_eq!(facts.record.is_some(), number == record.send_request_no);
            assert_eq!((facts.counts.total, facts.counts.person), (3, person_count), "{openid}");
        };
        backend.snapshot(look).expect("a snapshot can be taken");
    }
}

/// Whether the stock is paused and the brand has authorised the merchant, as each of these jobs sees it.
type Seen = (bool, bool);

fn a_job_sees_what_the_jobs_before_it_have_kept_and_nothing_else(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| unit.insert_stock(&records::stock())).expect("a stock can be written");
    let (see, seen) = mpsc::channel::<Seen>();
    let look = || {
        let see = see.clone();
        job(move |unit| {
            let stock = unit.stock(&records::stock().stock_id).expect("a stock can be read");
            let is_authorised = unit.is_authorised(&brand_id(), &id("1")).expect("it can be read");
            see.send((stock.expect("it is there").paused, is_authorised)).expect("the test waits");
            Verdict::Keep
        })
    };
    let change = |verdict: Verdict| {
        let see = see.clone();
        job(move |unit| {
            let stock_id = records::stock().stock_id;
            unit.set_stock_paused(&stock_id, false).expect("a stock can go on");
            unit.put_authorisation(&brand_id(), &id("1"), Grant::Given).expect("it can be written");
            let stock = unit.stock(&stock_id).expect("a stock can be read").expect("it is there");
            let is_authorised = unit.is_authorised(&brand_id(), &id("1")).expect("it can be read");
            see.send((stock.paused, is_authorised)).expect("the test waits");
            verdict
        })
    };
    let (before, after) = ((true, false), (false, true));
    // A store may run a batch again from the start, so only the last of what was seen counts.
    let run = |mut batch: Vec<_>, expected: &[Seen]| {
        backend.commit(&mut batch).expect("the batch commits");
        let all: Vec<Seen> = seen.try_iter().collect();
        assert_eq!(&all[all.len() - expected.len()..], expected);
    };
    run(vec![look(), change(Verdict::Discard), look()], &[before, after, before]);
    run(vec![look(), change(Verdict::Keep), look()], &[before, after, after]);
    run(vec![look()], &[after]);
}

fn what_a_batch_could_not_commit_is_not_remembered(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| unit.insert_stock(&records::stock())).expect("a stock can be written");
    let mut batch = [
        job(|unit| {
            unit.set_stock_paused(&records::stock().stock_id, false).expect("a stock can go on");
            Verdict::Keep
        }),
        job(|unit| {
            let stock = unit.stock(&records::stock().stock_id).expect("a stock can be read");
            assert!(stock.is_some_and(|stock| !stock.paused));
            Verdict::Keep
        }),
        job(|_| std::panic::resume_unwind(Box::new("a store that breaks down"))),
    ];
    let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| backend.commit(&mut batch)));
    assert!(broken.is_err());
    let is_paused =
        commit(backend, |unit| Ok(unit.stock(&records::stock().stock_id)?.is_some_and(|stock| stock.paused)));
    assert!(is_paused.expect("a stock can be read"), "nothing of the batch is there");
}
