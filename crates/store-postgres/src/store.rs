//! The store: connections that write, connections that read, and what is done when the server fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use quan_store::backend::{Backend, Job, Reader};
use quan_store::error::StoreError;

use crate::batch::{self, Ending, Savepoints};
use crate::connection::Connection;
use crate::failure::{Failure, Kind};
use crate::open::OpenError;
use crate::options::Options;
use crate::pool::{Lease, Pool};
use crate::reactor::Reactor;
use crate::schema;
use crate::target::Target;
use crate::unit::Unit;

/// A snapshot: what was committed when it first read, and nothing that came later.
const BEGIN_READING: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// How many batches begin with savepoints after one that needed them: a refusal seldom comes alone.
const SAVEPOINTS_STAY: u32 = 16;
/// Pauses between tries: the first, and the longest.
const PAUSE_FIRST: Duration = Duration::from_millis(5);
const PAUSE_MAX: Duration = Duration::from_millis(250);

/// A PostgreSQL database, which other nodes may use at the same time.
pub struct PostgresStore {
    writers: Pool,
    readers: Pool,
    target: Target,
    options: Options,
    /// How many of the next batches begin with savepoints, because a recent one needed them.
    batches_with_savepoints: AtomicU32,
    // Last, so that it outlives the connections, which wait by it.
    reactor: Arc<Reactor>,
}

impl PostgresStore {
    /// Whether a URL names a database for this store.
    pub fn is_url(url: &str) -> bool {
        url.starts_with("postgresql://") || url.starts_with("postgres://")
    }

    /// Opens the database of a URL such as `postgresql://user:password@host:5432/database?sslmode=verify-full`.
    ///
    /// Several hosts (`host1,host2`) are tried in turn for the one that takes writes, also when the present one fails.
    /// `options=-csearch_path%3Dquan` chooses a schema other than the default one.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do.
    pub fn open(url: &str, options: Options) -> Result<Self, OpenError> {
        let target = Target::parse(url)?;
        let reactor = Reactor::start()
            .map_err(|cause| OpenError::Failed { place: target.to_string(), cause: Box::new(cause) })?;
        let reactor = Arc::new(reactor);
        let deadline = Instant::now() + options.connect_timeout;
        let connection = Connection::open(&reactor, &target, &options, deadline)
            .map_err(|error| OpenError::of_connecting(&target, error))?;
        schema::prepare(&connection, &target, options.schema)?;
        drop(connection);
        Ok(Self {
            writers: Pool::new(options.writers_max),
            readers: Pool::new(options.readers_max),
            target,
            options,
            batches_with_savepoints: AtomicU32::new(0),
            reactor,
        })
    }

    /// Host, port and database, without user or password.
    pub fn place(&self) -> String {
        self.target.to_string()
    }

    fn take<'p>(&self, pool: &'p Pool, deadline: Instant) -> Result<Lease<'p>, Failure> {
        pool.take(deadline, || {
            Connection::open(&self.reactor, &self.target, &self.options, deadline).map_err(Failure::from)
        })
    }

    /// A connection to read by. While the server is away or fails over, it is asked again until the wait is over.
    fn reader(&self, deadline: Instant) -> Result<Lease<'_>, Failure> {
        let mut pauses = Pauses::until(deadline);
        loop {
            match self.take(&self.readers, deadline) {
                Err(failure) if failure.kind == Kind::Lost && pauses.pause() => {}
                outcome => return outcome,
            }
        }
    }

    /// Shows one snapshot. When its connection is lost meanwhile, another one is shown on a new connection, until the
    /// wait is over; what the last one was answered stands, a failure too.
    pub(crate) fn view(&self, view: &mut dyn FnMut(&Unit<'_>)) -> Result<(), StoreError> {
        let deadline = Instant::now() + self.options.read_wait;
        let mut pauses = Pauses::until(deadline);
        loop {
            let connection =
                self.reader(deadline).map_err(Failure::while_doing("get a connection to read"))?;
            connection.lead(BEGIN_READING);
            view(&Unit::reading(&connection));
            if connection.take_lead().is_empty() {
                connection.post("COMMIT");
            }
            let is_lost = !connection.is_usable();
            connection.give_back();
            if !is_lost || !pauses.pause() {
                return Ok(());
            }
            tracing::debug!("a view whose connection was lost is shown again");
        }
    }

    /// One try of a batch.
    fn attempt(
        &self,
        jobs: &mut [Box<dyn Job>],
        savepoints: Savepoints,
        deadline: Instant,
    ) -> Result<(), Ending> {
        let connection = self.take(&self.writers, deadline).map_err(Ending::Repeat)?;
        let outcome = batch::run(&connection, jobs, savepoints);
        match &outcome {
            Ok(()) => connection.give_back(),
            Err(Ending::Unknown { .. }) => {}
            Err(Ending::Repeat(_) | Ending::Needs(_) | Ending::Refused(_)) => {
                // What was kept back belongs to the transaction that ends here.
                drop(connection.take_lead());
                if connection.is_usable() && connection.control("ROLLBACK").is_ok() {
                    connection.give_back();
                }
            }
        }
        outcome
    }

    /// When jobs get their savepoints in the first try of a batch.
    fn first_savepoints(&self, jobs: usize) -> Savepoints {
        let fewer = |left: u32| left.checked_sub(1);
        let were_needed =
            self.batches_with_savepoints.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer);
        if were_needed.is_ok() && jobs > 1 { Savepoints::Lazy } else { Savepoints::Never }
    }

    /// Whether a commit without an answer happened. Asks until the server answers, or the deadline passes.
    fn resolve(&self, session: &str, number: i64, deadline: Instant) -> Result<bool, Failure> {
        let mut pauses = Pauses::until(deadline);
        loop {
            let asked = self.take(&self.writers, deadline).and_then(|connection| {
                let committed = batch::was_committed(&connection, session, number)?;
                connection.give_back();
                Ok(committed)
            });
            match asked {
                Err(_) if pauses.pause() => {}
                outcome => return outcome,
            }
        }
    }
}

impl Backend for PostgresStore {
    fn read(&self, view: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
        self.view(&mut |unit| view(unit))
    }

    fn reads_ahead(&self) -> bool {
        true
    }

    fn parties_version(&self) -> Option<u64> {
        None
    }

    fn commit(&self, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let deadline = Instant::now() + self.options.commit_patience;
        let mut pauses = Pauses::until(deadline);
        let mut savepoints = self.first_savepoints(jobs.len());
        loop {
            let failure = match self.attempt(jobs, savepoints, deadline) {
                Ok(()) => return Ok(()),
                Err(Ending::Needs(more)) => {
                    savepoints = more;
                    self.batches_with_savepoints.store(SAVEPOINTS_STAY, Ordering::Relaxed);
                    continue;
                }
                Err(Ending::Refused(failure)) => return Err(StoreError::backend("commit a batch", failure)),
                Err(Ending::Repeat(failure)) => failure,
                Err(Ending::Unknown { session, number }) => {
                    tracing::warn!(
                        store.batch = number,
                        "the answer to a commit was lost; asking whether it happened"
                    );
                    match self.resolve(&session, number, deadline) {
                        Ok(true) => return Ok(()),
                        Ok(false) => continue,
                        Err(failure) => {
                            return Err(StoreError::backend(
                                "find out whether a batch was committed",
                                failure,
                            ));
                        }
                    }
                }
            };
            tracing::debug!(error = &failure as &dyn std::error::Error, "a batch is tried again");
            if !pauses.pause() {
                return Err(StoreError::backend("commit a batch", failure));
            }
        }
    }
}

/// Growing pauses between tries.
struct Pauses {
    next: Duration,
    deadline: Instant,
}

impl Pauses {
    fn until(deadline: Instant) -> Self {
        Self { next: PAUSE_FIRST, deadline }
    }

    /// Waits before the next try. `false` when there is no time for one.
    fn pause(&mut self) -> bool {
        if Instant::now() + self.next >= self.deadline {
            return false;
        }
        std::thread::sleep(self.next);
        self.next = (self.next * 2).min(PAUSE_MAX);
        true
    }
}
