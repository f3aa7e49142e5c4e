//! Connections that are lent out one by one, at most so many, and kept for the next who asks.

use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::connection::Connection;
use crate::failure::Failure;

/// Connections of one purpose.
pub(crate) struct Pool {
    state: Mutex<State>,
    returned: Condvar,
    connections_max: usize,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    /// Idle ones and lent ones.
    open: usize,
}

/// All connections are lent, and none came back in time.
#[derive(Debug, thiserror::Error)]
#[error("all {0} connections to PostgreSQL were busy for too long")]
struct AllBusy(usize);

impl Pool {
    pub(crate) fn new(connections_max: usize) -> Self {
        Self { state: Mutex::default(), returned: Condvar::new(), connections_max: connections_max.max(1) }
    }

    /// Lends a connection: the one that was used last, else a new one, else whichever comes back by the deadline.
    pub(crate) fn take(
        &self,
        deadline: Instant,
        open: impl FnOnce() -> Result<Connection, Failure>,
    ) -> Result<Lease<'_>, Failure> {
        let mut state = self.state();
        loop {
            while let Some(connection) = state.idle.pop() {
                if connection.is_usable() {
                    return Ok(Lease { pool: self, connection: Some(connection), is_in_order: false });
                }
                state.open -= 1;
            }
            if state.open < self.connections_max {
                break;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::unavailable(AllBusy(self.connections_max)));
            }
            state = self
                .returned
                .wait_timeout(state, left)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
        }
        state.open += 1;
        drop(state);
        // From here on the lease gives the place back, whatever happens.
        let mut lease = Lease { pool: self, connection: None, is_in_order: false };
        lease.connection = Some(open()?);
        Ok(lease)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is lent. Dropped without [`Lease::give_back`], it is closed: nobody knows what state it is in.
pub(crate) struct Lease<'p> {
    pool: &'p Pool,
    connection: Option<Connection>,
    is_in_order: bool,
}

impl Lease<'_> {
    /// Gives the connection back for the next one, if it is of use.
    pub(crate) fn give_back(mut self) {
        self.is_in_order = true;
    }
}

impl Deref for Lease<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("a lease that was handed out has its connection until it is given back")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let kept = self.connection.take().filter(|connection| self.is_in_order && connection.is_usable());
        let mut state = self.pool.state();
        match kept {
            Some(connection) => state.idle.push(connection),
            None => state.open -= 1,
        }
        drop(state);
        self.pool.returned.notify_one();
    }
}
