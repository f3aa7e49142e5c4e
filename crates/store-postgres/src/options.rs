//! What may be chosen about a store besides its URL: bounds in number and time.

use std::time::Duration;

/// What to do about the schema when a store is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// It must be up to date.
    Require,
    /// It is made, or brought up to date. Several nodes may do so at once.
    Migrate,
}

/// Bounds of a store. [`Options::default`] gives those that are named here.
#[derive(Clone, Debug)]
pub struct Options {
    /// What to do about the schema: [`Schema::Require`].
    pub schema: Schema,
    /// Connections that write, at most: 8. One for each write lane is enough.
    pub writers_max: usize,
    /// Connections that read, at most: 16.
    pub readers_max: usize,
    /// How long a reader may wait for a connection, also while the server is away: 5 s.
    pub read_wait: Duration,
    /// How long a batch is tried again when the server fails or is away: 20 s, enough for a fail-over.
    pub commit_patience: Duration,
    /// How long making a connection may take: 5 s.
    pub connect_timeout: Duration,
    /// How long one statement may take: 15 s. The server ends it; 5 s later the connection is given up.
    pub statement_timeout: Duration,
    /// How long a statement may wait for a lock: 3 s. Then the batch is rolled back and tried again.
    pub lock_timeout: Duration,
    /// How long the server keeps a transaction of which it hears nothing: 15 s.
    pub idle_transaction_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            schema: Schema::Require,
            writers_max: 8,
            readers_max: 16,
            read_wait: seconds(5),
            commit_patience: seconds(20),
            connect_timeout: seconds(5),
            statement_timeout: seconds(15),
            lock_timeout: seconds(3),
            idle_transaction_timeout: seconds(15),
        }
    }
}

/// What was acknowledged must be on the server's disk: with `synchronous_commit = off` it would not be. Every other
/// value of the server stays, `remote_apply` too; here it is set, so that none that comes later reaches the session.
pub(crate) const DURABLE: &str = "SELECT set_config('synchronous_commit',
    replace(current_setting('synchronous_commit'), 'off', 'on'), false)";

impl Options {
    /// What a new connection is set to.
    pub(crate) fn settings(&self) -> String {
        format!(
            "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; \
             SET jit = off; SET client_min_messages = warning",
            self.statement_timeout.as_millis(),
            self.lock_timeout.as_millis(),
            self.idle_transaction_timeout.as_millis(),
        )
    }
}
