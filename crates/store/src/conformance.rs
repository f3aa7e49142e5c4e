//! The suite that every backend must pass: one function per promise, called by each backend's own tests.
//!
//! It speaks to a backend through its traits only. Every function is given a fresh, empty store.

mod bundles;
mod busifavor;
mod conflicts;
mod console;
mod counting;
mod definitions;
mod delivery;
mod foreseeing;
mod images;
mod listing;
mod looking;
mod operations;
pub mod racing;
mod reading_once;
mod records;
mod stock_lists;
mod store_associations;
mod transactions;

use std::sync::Arc;

use crate::backend::{Backend, Ended, Job, UnitOfWork, Verdict};
use crate::error::StoreError;

/// Runs the whole suite; `open` gives an empty store at each call. A store that can be opened twice runs
/// [`racing::check`] with two handles besides.
///
/// # Panics
/// When a promise is broken.
pub fn check(mut open: impl FnMut() -> Arc<dyn Backend>) {
    for promise in transactions::PROMISES
        .iter()
        .chain(records::PROMISES)
        .chain(reading_once::PROMISES)
        .chain(foreseeing::PROMISES)
        .chain(definitions::PROMISES)
        .chain(bundles::PROMISES)
        .chain(conflicts::PROMISES)
        .chain(counting::PROMISES)
        .chain(delivery::PROMISES)
        .chain(images::PROMISES)
        .chain(listing::PROMISES)
        .chain(operations::PROMISES)
        .chain(stock_lists::PROMISES)
        .chain(store_associations::PROMISES)
        .chain(busifavor::PROMISES)
        .chain(console::PROMISES)
        .chain(looking::PROMISES)
    {
        promise(&open());
    }
    racing::check(|| {
        let backend = open();
        (backend.clone(), backend)
    });
}

/// Checks that what was committed, and only that, is there after opening the same store again.
///
/// # Panics
/// When it is not.
pub fn check_durability(mut open: impl FnMut() -> Arc<dyn Backend>) {
    let backend = open();
    records::write_every_record(&backend);
    conflicts::discard_a_record(&backend);
    drop(backend);
    let backend = open();
    records::read_every_record(&backend);
    conflicts::the_discarded_record_is_absent(&backend);
}

/// One promise of a store.
type Promise = fn(&Arc<dyn Backend>);

/// A job that runs a closure, each time that the backend asks, and forgets its caller.
struct Run<F>(F);

impl<F: FnMut(&mut dyn UnitOfWork) -> Verdict + Send + 'static> Job for Run<F> {
    fn run(&mut self, unit: &mut dyn UnitOfWork) -> Verdict {
        (self.0)(unit)
    }

    fn finish(self: Box<Self>, _: Ended) -> Option<Box<dyn Job>> {
        None
    }
}

fn job(work: impl FnMut(&mut dyn UnitOfWork) -> Verdict + Send + 'static) -> Box<dyn Job> {
    Box::new(Run(work))
}

/// Commits one piece of work and gives its result. It is run once: alone in its batch it takes no other job along.
fn commit<T: Send + 'static>(
    backend: &Arc<dyn Backend>,
    work: impl FnOnce(&mut dyn UnitOfWork) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (result, results) = std::sync::mpsc::channel();
    let mut work = Some(work);
    let mut batch = [job(move |unit| {
        let work = work.take().expect("a batch of one is not run again on a store that works");
        let done = work(unit);
        let verdict = if done.is_ok() { Verdict::Keep } else { Verdict::Discard };
        result.send(done).expect("the caller waits for the result");
        verdict
    })];
    backend.commit(&mut batch).expect("the batch commits");
    results.recv().expect("the job ran")
}
