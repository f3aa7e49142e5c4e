//! Batches, savepoints, snapshots and the write lane.

use std::sync::Arc;

use quan_model::ids::{Appid, BrandId, Mchid, Principal};
use quan_model::time::Time;

use super::{Promise, commit, job};
use crate::backend::{Backend, Reader, Verdict};
use crate::error::StoreError;
use crate::lane::{LaneError, LaneKey, RERUNS_MAX, WorkError, WriteLane};
use crate::parties::{CallerCertificate, Merchant};

pub(super) const PROMISES: &[Promise] = &[
    a_discarded_job_leaves_nothing_and_its_neighbours_stay,
    a_later_job_of_a_batch_sees_the_earlier_ones,
    a_snapshot_does_not_move,
    a_panic_inside_a_batch_leaves_nothing_and_the_store_goes_on,
    the_lane_answers_in_order_and_survives_a_panic,
    work_that_lost_runs_again_on_a_fresh_view,
    work_that_always_loses_is_given_up,
    a_closed_lane_takes_no_work,
    the_version_of_the_parties_rises_when_one_is_written,
];

fn merchant(mchid: &str) -> Merchant {
    Merchant {
        mchid: Mchid::parse(mchid).expect("digits"),
        name: format!("merchant {mchid}"),
        apiv3_key: None,
        verification_mode: quan_model::verification::VerificationMode::default(),
    }
}

fn has(reader: &dyn Reader, mchid: &str) -> bool {
    let found = reader.merchant(&Mchid::parse(mchid).expect("digits"));
    found.expect("a merchant can be read").is_some()
}

fn exists(backend: &Arc<dyn Backend>, mchid: &'static str) -> bool {
    backend.snapshot(|reader| has(reader, mchid)).expect("a snapshot can be taken")
}

fn a_discarded_job_leaves_nothing_and_its_neighbours_stay(backend: &Arc<dyn Backend>) {
    let write = |mchid: &'static str, verdict: Verdict| {
        job(move |unit| {
            unit.put_merchant(&merchant(mchid)).expect("a merchant can be written");
            verdict
        })
    };
    let mut batch = [write("1", Verdict::Keep), write("2", Verdict::Discard), write("3", Verdict::Keep)];
    backend.commit(&mut batch).expect("the batch commits");
    assert!(exists(backend, "1") && !exists(backend, "2") && exists(backend, "3"));
}

fn a_later_job_of_a_batch_sees_the_earlier_ones(backend: &Arc<dyn Backend>) {
    let (seen, saw) = std::sync::mpsc::channel();
    let mut batch = [
        job(|unit| {
            unit.put_merchant(&merchant("1")).expect("a merchant can be written");
            Verdict::Keep
        }),
        job(move |unit| {
            let mchid = Mchid::parse("1").expect("digits");
            seen.send(unit.merchant(&mchid).expect("readable").is_some()).expect("the test waits");
            Verdict::Keep
        }),
    ];
    backend.commit(&mut batch).expect("the batch commits");
    assert_eq!(saw.recv(), Ok(true));
}

fn a_snapshot_does_not_move(backend: &Arc<dyn Backend>) {
    let writer = backend.clone();
    let (before, during) = backend
        .snapshot(|reader| {
            let before = has(reader, "1");
            commit(&writer, |unit| unit.put_merchant(&merchant("1"))).expect("a write beside a reader");
            (before, has(reader, "1"))
        })
        .expect("a snapshot can be taken");
    assert!(!before && !during, "a reader saw a commit that came after its beginning");
    assert!(exists(backend, "1"), "the next reader sees it");
}

fn a_panic_inside_a_batch_leaves_nothing_and_the_store_goes_on(backend: &Arc<dyn Backend>) {
    let write = |mchid: &'static str, breaks: bool| {
        job(move |unit| {
            unit.put_merchant(&merchant(mchid)).expect("a merchant can be written");
            if breaks {
                std::panic::resume_unwind(Box::new("a store that breaks down"));
            }
            Verdict::Keep
        })
    };
    // The lane catches what its callers' work does; this panic goes through the store itself, as one of its own would.
    let mut batch = [write("1", false), write("2", true)];
    let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| backend.commit(&mut batch)));
    assert!(broken.is_err());
    backend.commit(&mut [write("3", false)]).expect("the next batch commits");
    assert!(!exists(backend, "1") && !exists(backend, "2") && exists(backend, "3"));
}

/// What a rule says.
#[derive(Debug)]
struct Refused;

impl WorkError for Refused {
    fn conflict(&self) -> Option<&StoreError> {
        None
    }
}

fn the_lane_answers_in_order_and_survives_a_panic(backend: &Arc<dyn Backend>) {
    let lane = WriteLane::start(backend.clone());
    let kept = lane.run_blocking::<_, StoreError>(LaneKey::NONE, |unit| unit.put_merchant(&merchant("1")));
    assert!(matches!(kept, Ok(Ok(()))));
    let refused = lane.run_blocking::<(), Refused>(LaneKey::NONE, |unit| {
        unit.put_merchant(&merchant("2")).expect("a merchant can be written");
        Err(Refused)
    });
    assert!(matches!(refused, Ok(Err(Refused))));
    let broken = lane.run_blocking::<(), StoreError>(LaneKey::NONE, |unit| {
        unit.put_merchant(&merchant("3")).expect("a merchant can be written");
        std::panic::resume_unwind(Box::new("a job that breaks down"))
    });
    assert!(matches!(broken, Err(LaneError::NotCommitted)));
    let bound = lane.run_blocking::<_, StoreError>(LaneKey::NONE, |unit| {
        let owner = Principal::Brand(BrandId::parse("9").expect("digits"));
        unit.bind_appid(&Appid::parse("wx").expect("letters"), &owner)
    });
    assert!(matches!(bound, Ok(Ok(()))), "the lane goes on after a panic");
    assert!(exists(backend, "1") && !exists(backend, "2") && !exists(backend, "3"));
}

fn lost() -> StoreError {
    StoreError::Conflict { table: "merchant", row: "1".into() }
}

fn work_that_lost_runs_again_on_a_fresh_view(backend: &Arc<dyn Backend>) {
    let lane = WriteLane::start(backend.clone());
    let mut runs = 0;
    let won = lane.run_blocking(LaneKey::NONE, move |unit| {
        runs += 1;
        assert!(!has(unit, "1"), "what the run before wrote is gone");
        unit.put_merchant(&merchant("1"))?;
        if runs < 3 { Err(lost()) } else { Ok(runs) }
    });
    assert!(matches!(won, Ok(Ok(3))), "{won:?}");
    let gauge = &lane.gauges()[0];
    assert_eq!((gauge.reruns(), gauge.batch_sizes().count(), gauge.failed_commits()), (2, 3, 0));
    assert!(exists(backend, "1"));
}

fn work_that_always_loses_is_given_up(backend: &Arc<dyn Backend>) {
    let lane = WriteLane::start(backend.clone());
    let (ran, runs) = std::sync::mpsc::channel();
    let given_up = lane.run_blocking::<(), StoreError>(LaneKey::NONE, move |unit| {
        ran.send(()).expect("the suite listens");
        unit.put_merchant(&merchant("1"))?;
        Err(lost())
    });
    assert!(matches!(given_up, Err(LaneError::NotCommitted)), "{given_up:?}");
    assert_eq!(u32::try_from(runs.iter().count()), Ok(1 + RERUNS_MAX));
    assert!(!exists(backend, "1"));
}

fn a_closed_lane_takes_no_work(backend: &Arc<dyn Backend>) {
    let lane = WriteLane::start(backend.clone());
    lane.close();
    let late = lane.run_blocking::<_, StoreError>(LaneKey::NONE, |unit| unit.put_merchant(&merchant("1")));
    assert!(matches!(late, Err(LaneError::Closed)));
}

/// Only a store that nobody else writes to has a version.
fn the_version_of_the_parties_rises_when_one_is_written(backend: &Arc<dyn Backend>) {
    let Some(before) = backend.parties_version() else { return };
    let principal: Principal = "mchid:1".parse().expect("a principal");
    let certificate = CallerCertificate {
        principal: principal.clone(),
        serial_no: "4A6F".to_owned(),
        pem: "PEM".to_owned(),
        not_after: Time::from_unix_seconds(1_760_000_000),
        revoked_at: None,
    };
    let appid = Appid::parse("wx").expect("an appid");
    let written = [
        job(|unit| {
            unit.put_merchant(&merchant("1")).expect("a merchant can be written");
            Verdict::Keep
        }),
        job(move |unit| {
            unit.put_certificate(&certificate).expect("a certificate can be written");
            Verdict::Keep
        }),
        job(move |unit| {
            unit.bind_appid(&appid, &principal).expect("an appid can be bound");
            Verdict::Keep
        }),
    ];
    let mut newest = before;
    for job in written {
        backend.commit(&mut [job]).expect("the batch commits");
        let version = backend.parties_version().expect("a store that has a version keeps it");
        assert!(version > newest, "{version} after {newest}");
        newest = version;
    }
    let idle = job(|unit| {
        assert!(has(&*unit, "1"), "what was written is there");
        Verdict::Keep
    });
    backend.commit(&mut [idle]).expect("the batch commits");
    assert_eq!(backend.parties_version(), Some(newest), "nothing was written");
}
