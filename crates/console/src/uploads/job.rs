//! An upload on its way: one task each, owned here, and what became of every code.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quan_model::ids::StockId;
use quan_platform::console::codes::{self, CODES_PER_CALL, CodeResults};
use quan_platform::console::{ConsoleError, Operator};
use quan_platform::error::LaneError;
use quan_platform::{Error, Platform};
use tokio::task::AbortHandle;

use crate::context::Context;
use crate::state::{Console, Host};
use crate::uploads::code_file::CodeFile;

/// Uploads that are remembered, the newest; each holds its codes.
const KEPT_MAX: usize = 4;
/// How long a full write lane is waited for, and how often.
const LANE_PAUSE: Duration = Duration::from_millis(250);
const LANE_TRIES: usize = 40;

/// The uploads of this node. When it goes, they are cut off.
#[derive(Default)]
pub(crate) struct Uploads {
    kept: Mutex<VecDeque<(Arc<Job>, AbortHandle)>>,
}

impl Drop for Uploads {
    fn drop(&mut self) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        kept.iter().for_each(|(_, task)| task.abort());
    }
}

impl Uploads {
    /// The upload with this id.
    pub(super) fn find(&self, id: &str) -> Option<Arc<Job>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(job, _)| job).find(|job| job.id == id).cloned()
    }

    /// Whether one is on its way. One at a time is enough: each takes its share of the write lane.
    pub(super) fn is_busy(&self) -> bool {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().any(|(job, _)| job.state().0)
    }

    /// Begins a job.
    pub(super) fn start(&self, console: &Console, job: Arc<Job>, by: Operator) {
        // The task holds no console, which holds the uploads.
        let (platform, host) = (console.platform.clone(), Arc::clone(&console.host));
        let task = tokio::spawn(run(platform, host, Arc::clone(&job), by)).abort_handle();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((job, task));
        while kept.len() > KEPT_MAX {
            kept.pop_front();
        }
    }
}

/// One upload.
pub(super) struct Job {
    pub(super) id: String,
    pub(super) stock_id: StockId,
    pub(super) name: String,
    pub(super) file: CodeFile,
    done: AtomicUsize,
    outcome: Mutex<Outcome>,
}

/// What became of it so far.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) results: CodeResults,
    pub(super) is_running: bool,
    /// Why it ended early.
    pub(super) problem: Option<String>,
}

impl Job {
    pub(super) fn new(id: String, stock_id: StockId, name: String, file: CodeFile) -> Self {
        let outcome = Outcome { results: CodeResults::default(), is_running: true, problem: None };
        Self { id, stock_id, name, file, done: AtomicUsize::new(0), outcome: Mutex::new(outcome) }
    }

    /// Codes dealt with.
    pub(super) fn done_count(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Success, failed, already there, duplicate.
    pub(super) fn counts(&self) -> [usize; 4] {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let results = &outcome.results;
        [results.success.len(), results.failed.len(), results.already_exist.len(), self.file.duplicates.len()]
    }

    /// A copy of what became of it.
    pub(super) fn outcome(&self) -> Outcome {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, count: usize, results: CodeResults) {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.results.success.extend(results.success);
        outcome.results.failed.extend(results.failed);
        outcome.results.already_exist.extend(results.already_exist);
        self.done.fetch_add(count, Ordering::Relaxed);
    }

    fn finish(&self, problem: Option<String>) {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.is_running = false;
        outcome.problem = problem;
    }

    /// State and problem without the lists.
    pub(super) fn state(&self) -> (bool, Option<String>) {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        (outcome.is_running, outcome.problem.clone())
    }
}

async fn run(platform: Platform, host: Arc<dyn Host>, job: Arc<Job>, by: Operator) {
    for chunk in job.file.codes.chunks(CODES_PER_CALL) {
        match put(&platform, &job.stock_id, &by, chunk).await {
            Ok(results) => job.add(chunk.len(), results),
            Err(error) => {
                let told = match &error {
                    ConsoleError::UseCase(error) => host.explain(error).english,
                    other => other.to_string(),
                };
                job.finish(Some(told));
                return;
            }
        }
    }
    let (stock_id, counts) = (job.stock_id.clone(), job.counts());
    let end = move |work: &mut quan_platform::work::Work<'_>| codes::end(work, &by, &stock_id, counts);
    let ended = platform.write::<_, ConsoleError>(end).await;
    job.finish(ended.err().map(|error| error.to_string()));
}

/// One call's worth. A full lane is waited for: callers of the API go first.
async fn put(
    platform: &Platform,
    stock_id: &StockId,
    by: &Operator,
    chunk: &[String],
) -> Result<CodeResults, ConsoleError> {
    let mut tries = 0;
    loop {
        let (stock_id, by, chunk) = (stock_id.clone(), by.clone(), chunk.to_vec());
        let add = move |work: &mut quan_platform::work::Work<'_>| codes::add(work, &by, &stock_id, &chunk);
        match platform.write::<_, ConsoleError>(add).await {
            Err(ConsoleError::UseCase(Error::Lane(LaneError::Full | LaneError::Late)))
                if tries < LANE_TRIES =>
            {
                tries += 1;
                tokio::time::sleep(LANE_PAUSE).await;
            }
            other => return other,
        }
    }
}

/// The upload that a page is about.
pub(super) fn find(context: &Context, id: &str) -> Result<Arc<Job>, crate::failure::Failure> {
    context.console.uploads().find(id).ok_or(crate::failure::Failure::NotFound)
}
