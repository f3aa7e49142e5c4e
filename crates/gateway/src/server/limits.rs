//! The sizes and times of connections, and what is counted of them.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// What a connection may cost. The defaults are those of a public service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Open connections at once; further ones are answered 503 and closed.
    pub connections_max: usize,
    /// The largest head of a request, in bytes, at least 8192; a larger one is answered 431.
    pub header_bytes_max: usize,
    /// How long a handshake, and then a head, may take to arrive from its first byte on.
    pub head: Duration,
    /// How long a connection may stay open without a request, taking an answer included.
    pub idle: Duration,
    /// How long one exchange may take from the end of its head to its answer; then it is cut off.
    pub exchange: Duration,
    /// How long open requests may go on after a stop was asked for.
    pub drain: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections_max: 10_000,
            header_bytes_max: 64 * 1024,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            exchange: Duration::from_secs(45),
            drain: Duration::from_secs(10),
        }
    }
}

/// What is counted of the connections of a listener.
#[derive(Debug, Default)]
pub struct ConnectionCounters {
    /// Open now.
    pub open: AtomicU64,
    /// Beyond the limit.
    pub refused: AtomicU64,
    /// Handshakes that failed or took too long.
    pub handshake_failures: AtomicU64,
    /// Cut off because a head or an exchange took too long. A connection that was idle for too long is closed and not counted.
    pub timed_out: AtomicU64,
}
