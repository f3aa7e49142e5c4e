//! Promises about many who commit at once, from several threads, each with a lane of its own, over one handle
//! on the database or over two.
//!
//! Work here does what the platform's use cases do: it locks, it looks, it writes. Whoever loses runs again,
//! as the lane has it.

mod counting;
mod excluding;
mod winning;

use std::sync::Arc;
use std::thread;

use crate::backend::{Backend, Reader, UnitOfWork};
use crate::error::StoreError;
use crate::lane::{LaneKey, WriteLane};

/// Threads that commit at once.
const RACERS: usize = 4;

/// Two handles on one empty database. They may be the same.
pub type Handles = (Arc<dyn Backend>, Arc<dyn Backend>);

type Promise = fn(&Handles);

/// Runs the promises about many who commit at once; `open` gives two handles on an empty store at each call.
///
/// # Panics
/// When a promise is broken.
pub fn check(mut open: impl FnMut() -> Handles) {
    let promises = counting::PROMISES.iter().chain(excluding::PROMISES).chain(winning::PROMISES);
    for promise in promises {
        promise(&open());
    }
}

/// One of those who commit at once.
struct Racer {
    number: usize,
    lane: WriteLane,
}

impl Racer {
    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        let done = self.lane.run_blocking(LaneKey::NONE, work);
        done.expect("the work is committed").expect("the store does not fail")
    }
}

/// Lets all run at once, every other one over the second handle, and gives what each one came to.
fn race<T: Send>(handles: &Handles, run: impl Fn(&Racer) -> T + Sync) -> Vec<T> {
    let racer = |number: usize| {
        let backend = if number.is_multiple_of(2) { &handles.0 } else { &handles.1 };
        Racer { number, lane: WriteLane::start(Arc::clone(backend)) }
    };
    thread::scope(|scope| {
        let run = &run;
        let running: Vec<_> = (0..RACERS).map(|number| scope.spawn(move || run(&racer(number)))).collect();
        running.into_iter().map(|racer| racer.join().expect("a racer keeps its promises")).collect()
    })
}

/// Writes what the racers meet.
fn prepare(
    handles: &Handles,
    work: impl FnMut(&mut dyn UnitOfWork) -> Result<(), StoreError> + Send + 'static,
) {
    Racer { number: 0, lane: WriteLane::start(Arc::clone(&handles.0)) }.write(work);
}

/// Looks at what they left, over the second handle.
fn look<T>(handles: &Handles, look: impl FnMut(&dyn Reader) -> Result<T, StoreError>) -> T {
    handles.1.snapshot(look).expect("a snapshot").expect("readable")
}
