//! The client: three ways to name an endpoint, over one shared core.

use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use crate::builder::Builder;
use crate::endpoint::Endpoint;
use crate::interner::Table;
use crate::key_ring::KeyRing;
use crate::mode::{Async, Mode};
use crate::notification::NotificationParser;
use crate::path::ApiPath;
use crate::protocol::Core;
use crate::v3::V3;

/// A client of the platform. Cheap to clone: clones share connections and keys.
///
/// `Client` is async, [`blocking::Client`](crate::blocking::Client) blocks; both are made by
/// [`Client::builder`] and offer the same calls.
pub struct Client<M: Mode = Async> {
    core: Arc<Core<M>>,
    interned: Arc<Table<M>>,
}

impl Client<Async> {
    /// Begins a client of either mode.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl<M: Mode> Client<M> {
    pub(crate) fn new(core: Core<M>) -> Self {
        Self { core: Arc::new(core), interned: Arc::new(Table::new()) }
    }

    /// The typed tree of `/v3/…`: each segment is a method, each path variable an argument, and a node
    /// has the verbs that its path supports.
    #[must_use]
    pub fn v3(&self) -> V3<'_, M> {
        V3::new(&self.core)
    }

    /// Any path, also one that is only known at run time. It never fails or panics: a malformed path
    /// makes the call fail before anything is signed. Put ids into variables, not into the text.
    pub fn chain(&self, path: impl AsRef<str>) -> Endpoint<M> {
        Endpoint::new(&self.core, path.as_ref())
    }

    /// The keys that answers and notifications are verified with.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.core.protocol.keys
    }

    /// A parser for notifications that shares this client's keys and clock.
    #[must_use]
    pub fn notifications(&self) -> NotificationParser {
        self.core.protocol.notifications.clone()
    }

    #[cfg(test)]
    pub(crate) fn weak_core(&self) -> std::sync::Weak<Core<M>> {
        Arc::downgrade(&self.core)
    }
}

impl<M: Mode> Clone for Client<M> {
    fn clone(&self) -> Self {
        Self { core: Arc::clone(&self.core), interned: Arc::clone(&self.interned) }
    }
}

impl<M: Mode> fmt::Debug for Client<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("core", &self.core).finish_non_exhaustive()
    }
}

/// `client["v3/…"]`. The index is a literal, so that ids cannot be pasted into it; it never panics,
/// and the same literal gives the same endpoint for the life of the client.
impl<M: Mode> Index<&'static str> for Client<M> {
    type Output = Endpoint<M>;
    fn index(&self, path: &'static str) -> &Endpoint<M> {
        self.interned.lookup(path, || Endpoint::new(&self.core, path))
    }
}

impl<M: Mode> Index<ApiPath> for Client<M> {
    type Output = Endpoint<M>;
    fn index(&self, path: ApiPath) -> &Endpoint<M> {
        &self[path.as_str()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mode::Blocking;
    use crate::testing_parts::blocking_client;

    const PRE_SEND: ApiPath = ApiPath::from_static("v3/marketing/busifavor/product-coupons/pre-send");

    #[test]
    fn the_same_literal_is_the_same_endpoint() {
        let client = blocking_client();
        assert!(std::ptr::eq(&client["v3/certificates"], &client["v3/certificates"]));
        assert!(std::ptr::eq(&client[PRE_SEND], &client[PRE_SEND.as_str()]));
        assert!(std::ptr::eq(&client["v3/marketing"]["busifavor"], &client["v3/marketing"]["busifavor"]));
        assert!(std::ptr::eq(&client.clone()["v3/certificates"], &client["v3/certificates"]));
        let nested = &client["v3/marketing/"]["/busifavor/product-coupons/pre-send"];
        assert_eq!(nested.path(), PRE_SEND.as_str());
        // Two clients keep their endpoints apart.
        assert!(!std::ptr::eq(&blocking_client()["v3/certificates"], &client["v3/certificates"]));
    }

    #[test]
    fn many_threads_get_the_same_endpoints() {
        const PATHS: [&str; 8] = ["v3/a", "v3/b", "v3/c", "v3/d", "v3/e", "v3/f", "v3/g", "v3/h"];
        let client = blocking_client();
        let addresses = || -> Vec<usize> {
            let address = |at: usize| std::ptr::from_ref(&client[PATHS[at % PATHS.len()]]) as usize;
            (0..1000).map(address).collect()
        };
        let seen: Vec<Vec<usize>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(addresses)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(seen.iter().all(|addresses| *addresses == seen[0]));
        assert_eq!(seen[0].iter().collect::<std::collections::HashSet<_>>().len(), PATHS.len());
    }

    #[test]
    fn a_client_drops_completely() {
        let client = blocking_client();
        let weak = client.weak_core();
        let endpoint = client["v3/a"]["b"].clone();
        let call = client.v3().marketing().chain("x").get();
        drop(client);
        assert!(weak.upgrade().is_some(), "the endpoint and the call still hold it");
        drop(endpoint);
        drop(call);
        assert!(weak.upgrade().is_none());
    }

    #[test]
    fn clients_endpoints_and_calls_move_between_threads() {
        fn is_send_and_sync<T: Send + Sync>() {}
        fn is_send_and_static<T: Send + 'static>(_: &T) {}
        is_send_and_sync::<Client<Async>>();
        is_send_and_sync::<Client<Blocking>>();
        is_send_and_sync::<Endpoint<Async>>();
        is_send_and_sync::<Endpoint<Blocking>>();
        let client = crate::testing_parts::async_client();
        is_send_and_static(&client["v3/a"].get().send());
        is_send_and_static(&client["v3/a"].get());
    }
}
