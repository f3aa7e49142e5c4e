//! A job that says what it is going to read is answered as if it had said nothing, whatever the others of its batch do.

use std::sync::{Arc, Mutex};

use jiff::civil::date;
use quan_coupon::definition::Limits;
use quan_model::ids::{Openid, RequestNumber};

use super::records::{self, brand_id, id};
use super::{Promise, commit};
use crate::backend::{Backend, Ended, Job, UnitOfWork, Verdict};
use crate::error::StoreError;
use crate::foresight::{Foreseen, ForeseenPreSend};
use crate::lock::Lock;
use crate::pre_send::{PreSendAsked, PreSendFacts, PreSendId, PreSendRecord};

pub(super) const PROMISES: &[Promise] = &[
    each_of_a_batch_is_told_what_is_so,
    a_number_is_used_once_in_a_batch,
    what_was_foreseen_wrongly_does_no_harm,
    a_refused_job_takes_nothing_of_the_others_along,
];

/// What a job foresees, what it asks in the end, and what it was told.
struct Foreseeing {
    hint: Foreseen,
    asks: ForeseenPreSend,
    /// Whether it keeps what it wrote.
    verdict: Verdict,
    told: Arc<Mutex<Option<Result<PreSendFacts, StoreError>>>>,
}

impl Foreseeing {
    fn pre_send(&self, unit: &mut dyn UnitOfWork) -> Result<PreSendFacts, StoreError> {
        let owner = records::pre_send().owner;
        let ForeseenPreSend { principal, send_request_no, appid, openid, stock_id, day } = &self.asks;
        unit.lock(Lock::SendNumber { principal, request_no: send_request_no.as_str() })?;
        let (owner, day) = (&owner, *day);
        let facts = unit.pre_send_facts(&PreSendAsked {
            principal,
            owner,
            send_request_no,
            appid,
            openid,
            stock_id,
            day,
        })?;
        if facts.record.is_none() {
            unit.insert_pre_send(&record(send_request_no, openid))?;
        }
        Ok(facts)
    }
}

impl Job for Foreseeing {
    fn run(&mut self, unit: &mut dyn UnitOfWork) -> Verdict {
        let facts = self.pre_send(unit);
        let verdict = if facts.is_ok() { self.verdict } else { Verdict::Discard };
        *self.told.lock().expect("nobody panics with it") = Some(facts);
        verdict
    }

    fn foreseen(&self) -> Option<&Foreseen> {
        Some(&self.hint)
    }

    fn finish(self: Box<Self>, _: Ended) -> Option<Box<dyn Job>> {
        None
    }
}

/// The pre-send of a number; its name follows from it.
fn record(number: &RequestNumber, openid: &Openid) -> PreSendRecord {
    let mut name = [0; 16];
    for (at, byte) in number.as_str().bytes().enumerate() {
        name[at % 16] ^= byte.rotate_left(u32::try_from(at / 16).unwrap_or(0));
    }
    let sample = records::pre_send();
    PreSendRecord {
        id: PreSendId(name),
        send_request_no: number.clone(),
        openid: openid.clone(),
        claimed: None,
        coupon_code: None,
        ..sample
    }
}

fn foreseen(number: &str, openid: &str) -> ForeseenPreSend {
    let sample = records::pre_send();
    ForeseenPreSend {
        principal: sample.principal,
        send_request_no: id(number),
        appid: id("wx1"),
        openid: id(openid),
        stock_id: records::stock().stock_id,
        day: date(2025, 8, 5),
    }
}

/// A store with a stock, a person and some counts.
fn begin(backend: &Arc<dyn Backend>) {
    let written = commit(backend, |unit| {
        unit.insert_stock(&records::stock())?;
        unit.put_person(&id("wx1"), &id("o1"), &"known".to_owned())?;
        let limits = Limits { max_count: 100, max_count_per_day: None, max_count_per_user: 100 };
        for person in ["known", "known", "wx1:o2"] {
            unit.count_issue(&records::stock().stock_id, date(2025, 8, 5), &person.to_owned(), &limits)?;
        }
        Ok(())
    });
    written.expect("records can be written");
}

/// Runs a batch of these; each is foreseen, asked, and its verdict. What each was told in its last run.
fn run(
    backend: &Arc<dyn Backend>,
    batch: Vec<(ForeseenPreSend, ForeseenPreSend, Verdict)>,
) -> Vec<PreSendFacts> {
    let told: Vec<Arc<Mutex<_>>> = batch.iter().map(|_| Arc::default()).collect();
    let jobs = batch.into_iter().zip(&told).map(|((foreseen, asks, verdict), told)| {
        let hint = Foreseen::PreSend(foreseen);
        Box::new(Foreseeing { hint, asks, verdict, told: Arc::clone(told) }) as Box<dyn Job>
    });
    backend.commit(&mut jobs.collect::<Vec<_>>()).expect("the batch commits");
    let taken = told.iter().map(|told| told.lock().expect("nobody panics with it").take());
    taken.map(|told| told.expect("the job ran").expect("the store does not fail")).collect()
}

fn is_there(backend: &Arc<dyn Backend>, number: &str) -> bool {
    let number: RequestNumber = id(number);
    let sample = records::pre_send();
    let look = |reader: &dyn crate::backend::Reader| {
        reader
            .pre_send_by_number(&sample.principal, &sample.owner, &number)
            .expect("it can be read")
            .is_some()
    };
    backend.snapshot(look).expect("a snapshot can be taken")
}

fn kept(foreseen: ForeseenPreSend) -> (ForeseenPreSend, ForeseenPreSend, Verdict) {
    (foreseen.clone(), foreseen, Verdict::Keep)
}

fn each_of_a_batch_is_told_what_is_so(backend: &Arc<dyn Backend>) {
    begin(backend);
    run(backend, vec![kept(foreseen("USED", "o1"))]);
    let batch = [("A", "o1"), ("USED", "o1"), ("B", "o2"), ("C", "o3")].map(|(n, o)| kept(foreseen(n, o)));
    let told = run(backend, batch.into());
    let seen = |facts: &PreSendFacts| (facts.person.clone(), facts.record.is_some(), facts.counts.person);
    let expected =
        [(Some("known".to_owned()), false, 2), (Some("known".to_owned()), true, 2), (None, false, 1)];
    assert_eq!(told.iter().take(3).map(seen).collect::<Vec<_>>(), expected);
    assert_eq!(seen(&told[3]), (None, false, 0));
    assert!(told.iter().all(|facts| (facts.counts.total, facts.counts.today) == (3, 3)));
    let record = told[1].record.as_ref().expect("the number is used");
    assert_eq!(record.send_request_no, id("USED"));
    assert!(["A", "B", "C"].iter().all(|number| is_there(backend, number)));
}

fn a_number_is_used_once_in_a_batch(backend: &Arc<dyn Backend>) {
    begin(backend);
    let told = run(backend, ["A", "B", "A", "A"].map(|number| kept(foreseen(number, "o1"))).into());
    let is_repetition: Vec<bool> = told.iter().map(|facts| facts.record.is_some()).collect();
    assert_eq!(is_repetition, [false, false, true, true]);
}

fn what_was_foreseen_wrongly_does_no_harm(backend: &Arc<dyn Backend>) {
    begin(backend);
    let nowhere = ForeseenPreSend { stock_id: id("999"), ..foreseen("D", "o1") };
    let batch = vec![
        (foreseen("A", "o3"), foreseen("A", "o1"), Verdict::Keep),
        (foreseen("X", "o1"), foreseen("B", "o2"), Verdict::Keep),
        (foreseen("C", "o1"), foreseen("B", "o1"), Verdict::Keep),
        (nowhere, foreseen("D", "o1"), Verdict::Keep),
    ];
    let told = run(backend, batch);
    let seen: Vec<_> = told.iter().map(|facts| (facts.record.is_some(), facts.counts.person)).collect();
    assert_eq!(seen, [(false, 2), (false, 1), (true, 2), (false, 2)]);
    assert!(!is_there(backend, "X") && !is_there(backend, "C"), "foreseeing writes nothing");
}

fn a_refused_job_takes_nothing_of_the_others_along(backend: &Arc<dyn Backend>) {
    begin(backend);
    let discarded = |number: &str| {
        let foreseen = foreseen(number, "o1");
        (foreseen.clone(), foreseen, Verdict::Discard)
    };
    let batch = vec![discarded("A"), kept(foreseen("B", "o1")), discarded("C"), kept(foreseen("C", "o1"))];
    let told = run(backend, batch);
    assert!(told.iter().all(|facts| facts.record.is_none()), "what is given up is used by nobody");
    let numbers = ["A", "B", "C"].map(|number| is_there(backend, number));
    assert_eq!(numbers, [false, true, true]);
    // Also behind a job that has to be rolled back by the store.
    let change = super::job(|unit| {
        unit.put_authorisation(&brand_id(), &id("1"), crate::parties::Grant::Given)
            .expect("it can be written");
        Verdict::Discard
    });
    let told: Arc<Mutex<_>> = Arc::default();
    let last = foreseen("E", "o1");
    let jobs = [foreseen("D", "o1"), last].map(|foreseen| {
        let (asks, told) = (foreseen.clone(), Arc::clone(&told));
        let hint = Foreseen::PreSend(foreseen);
        Box::new(Foreseeing { hint, asks, verdict: Verdict::Keep, told }) as Box<dyn Job>
    });
    let [first, last] = jobs;
    backend.commit(&mut [first, change, last]).expect("the batch commits");
    assert!(is_there(backend, "D") && is_there(backend, "E"));
}
