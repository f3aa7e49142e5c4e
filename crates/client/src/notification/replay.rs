//! Refusing recorded deliveries: each nonce counts once within the clock window.
//!
//! This is about attackers. Telling repetitions of an event from news is another matter, see
//! [`SeenEvents`](super::SeenEvents). A nonce is looked at only after the signature held, so nobody but
//! the platform can fill the memory.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Remembers the nonces of deliveries. Implement it over a shared store when several processes receive.
pub trait ReplayGuard: Send + Sync + 'static {
    /// Notes a delivery by its nonce and timestamp (Unix seconds, inside the clock window), and says
    /// whether it is the first with both.
    fn first_seen(&self, nonce: &str, timestamp: i64) -> bool;
}

impl<G: ReplayGuard + ?Sized> ReplayGuard for std::sync::Arc<G> {
    fn first_seen(&self, nonce: &str, timestamp: i64) -> bool {
        (**self).first_seen(nonce, timestamp)
    }
}

/// The nonces of this process, in memory and bounded: when it is full, the oldest is forgotten.
#[derive(Debug)]
pub struct RecentNonces {
    capacity: usize,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    members: HashSet<(String, i64)>,
    order: VecDeque<(String, i64)>,
}

impl RecentNonces {
    /// Ten minutes (the clock window on both sides) at a hundred deliveries a second.
    pub const CAPACITY: usize = 60_000;

    /// Remembers at most this many deliveries; 0 counts as 1.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity: capacity.max(1), seen: Mutex::default() }
    }

    /// How many deliveries are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).order.len()
    }

    /// Whether none is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Default for RecentNonces {
    fn default() -> Self {
        Self::new(Self::CAPACITY)
    }
}

impl ReplayGuard for RecentNonces {
    fn first_seen(&self, nonce: &str, timestamp: i64) -> bool {
        let key = (nonce.to_owned(), timestamp);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.members.contains(&key) {
            return false;
        }
        if seen.order.len() >= self.capacity
            && let Some(oldest) = seen.order.pop_front()
        {
            seen.members.remove(&oldest);
        }
        seen.members.insert(key.clone());
        seen.order.push_back(key);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_counts_once_and_the_oldest_is_forgotten() {
        let guard = RecentNonces::new(2);
        assert!(guard.is_empty());
        assert!(guard.first_seen("a", 1));
        assert!(!guard.first_seen("a", 1));
        assert!(guard.first_seen("a", i64::MIN), "another time is another delivery");
        assert!(guard.first_seen("b", i64::MAX));
        assert_eq!(guard.len(), 2);
        assert!(guard.first_seen("a", 1), "forgotten");
        assert!(RecentNonces::new(0).first_seen("a", 1));
    }
}
