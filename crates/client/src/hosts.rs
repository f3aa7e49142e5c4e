//! Which base URL a call goes to: the first one that is not in trouble.
//!
//! After two failures in a row a host is left alone for a minute, then one call tries it. The health of
//! hosts is shared by all calls of a client. Times are arguments (client.md C-70).

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many failures in a row make a host suspect. One may be chance.
const FAILURES_MAX: u32 = 2;

/// How long a suspect host is left alone.
const AVOIDED_MS: i64 = 60_000;

/// The health of the base URLs, by their position in the list.
pub(crate) struct Hosts {
    states: Mutex<Vec<State>>,
}

#[derive(Clone, Copy, Default)]
struct State {
    failures: u32,
    /// Until then the host gets no calls, but for the one that finds this time over.
    avoided_until_ms: Option<i64>,
}

impl Hosts {
    pub(crate) fn new(count: usize) -> Self {
        Self { states: Mutex::new(vec![State::default(); count]) }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The host of a call that begins now.
    pub(crate) fn first(&self, now_ms: i64) -> usize {
        let mut states = self.lock();
        let count = states.len();
        pick(&mut states, 0..count, now_ms).unwrap_or(0)
    }

    /// Another host than `tried`, if there is one.
    pub(crate) fn other(&self, tried: usize, now_ms: i64) -> usize {
        let mut states = self.lock();
        let count = states.len().max(1);
        let others = (1..count).map(|step| (tried + step) % count);
        pick(&mut states, others, now_ms).unwrap_or((tried + 1) % count)
    }

    /// The host has answered.
    pub(crate) fn succeeded(&self, host: usize) {
        if let Some(state) = self.lock().get_mut(host) {
            *state = State::default();
        }
    }

    /// The host seems to be in trouble.
    pub(crate) fn failed(&self, host: usize, now_ms: i64) {
        if let Some(state) = self.lock().get_mut(host) {
            state.failures = state.failures.saturating_add(1);
            if state.failures >= FAILURES_MAX {
                state.avoided_until_ms = Some(now_ms.saturating_add(AVOIDED_MS));
            }
        }
    }
}

/// The first candidate that is well, or whose time to be tried has come.
fn pick(states: &mut [State], candidates: impl Iterator<Item = usize>, now_ms: i64) -> Option<usize> {
    for host in candidates {
        match states.get_mut(host) {
            Some(State { avoided_until_ms: None, .. }) => return Some(host),
            Some(State { avoided_until_ms: Some(until_ms), .. }) if *until_ms <= now_ms => {
                // This call tries it; the others keep away until it is known how that went.
                *until_ms = now_ms.saturating_add(AVOIDED_MS);
                return Some(host);
            }
            Some(_) | None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_760_000_000_000;

    #[test]
    fn the_first_host_is_left_after_two_failures_and_tried_again_by_one_call() {
        let hosts = Hosts::new(2);
        assert_eq!((hosts.first(T), hosts.other(0, T), hosts.other(1, T)), (0, 1, 0));
        hosts.failed(0, T);
        assert_eq!(hosts.first(T), 0, "one failure may be chance");
        hosts.failed(0, T);
        assert_eq!((hosts.first(T), hosts.first(T + 59_999)), (1, 1));
        assert_eq!(hosts.first(T + 60_000), 0, "the probe");
        assert_eq!(hosts.first(T + 60_000), 1, "the others wait for its outcome");
        hosts.succeeded(0);
        assert_eq!(hosts.first(T + 60_001), 0);
    }

    #[test]
    fn a_success_between_two_failures_counts() {
        let hosts = Hosts::new(2);
        hosts.failed(0, T);
        hosts.succeeded(0);
        hosts.failed(0, T);
        assert_eq!(hosts.first(T), 0);
    }

    #[test]
    fn when_all_are_in_trouble_calls_still_go_somewhere() {
        let hosts = Hosts::new(2);
        for host in [0, 0, 1, 1] {
            hosts.failed(host, T);
        }
        assert_eq!((hosts.first(T), hosts.other(0, T), hosts.other(1, T)), (0, 1, 0));
        let single = Hosts::new(1);
        assert_eq!((single.first(T), single.other(0, T)), (0, 0));
    }
}
