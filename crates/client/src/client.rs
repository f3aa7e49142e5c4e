//! The client: three ways to name an endpoint, over one shared core.

use std::fmt;
use std::future::Future;
use std::ops::Index;
use std::sync::Arc;

use quan_model::ids::{IdError, RequestNo};

use crate::brand::Brand;
use crate::builder::Builder;
use crate::download::{Download, DownloadTicket};
use crate::driver;
use crate::endpoint::Endpoint;
use crate::error::{Error, IntegrityError, KeysError};
use crate::frontend::Frontend;
use crate::interner::Table;
use crate::key_ring::KeyRing;
use crate::mode::{Async, Blocking, Mode};
use crate::notification::NotificationParser;
use crate::path::ApiPath;
use crate::protocol::Core;
use crate::refresh::{Cause, Refresher};
use crate::sealer::Sealer;
use crate::secret::Secret;
use crate::tree;
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
        tree::root(&self.core)
    }

    /// The typed tree of `/brand/…`, for brands that issue product coupons themselves.
    #[must_use]
    pub fn brand(&self) -> Brand<'_, M> {
        tree::root(&self.core)
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

    /// A file that the platform has announced in a verified answer, such as a bill. Nothing is sent until
    /// it is told where the file goes.
    pub fn download(&self, ticket: &DownloadTicket) -> Download<M> {
        Download::new(Arc::clone(&self.core), ticket.clone())
    }

    /// Seals sensitive fields to the platform's preferred key of this moment: a public key before any
    /// certificate.
    ///
    /// # Errors
    /// [`KeysError::NoValidKey`]; with certificates that are downloaded, call
    /// `refresh_keys` before.
    pub fn sealer(&self) -> Result<Sealer, KeysError> {
        let now = self.core.protocol.clock.now().unix_seconds();
        self.core.protocol.keys.preferred(now).map(Sealer::new).ok_or(KeysError::NoValidKey)
    }

    /// Opens a sensitive field of an answer with the private key of the merchant; of the brand when there
    /// is no merchant.
    ///
    /// # Errors
    /// [`Error::Integrity`], without a word about the padding.
    pub fn open(&self, ciphertext: impl AsRef<str>) -> Result<Secret<String>, Error> {
        let protocol = &self.core.protocol;
        let credential = protocol.merchant.as_ref().or(protocol.brand.as_ref());
        let opened = match credential {
            Some(credential) => credential.open(ciphertext.as_ref()),
            None => Err(IntegrityError::NoPrivateKey),
        };
        opened.map(Secret::new).map_err(|reason| Error::Integrity { context: None, reason })
    }

    /// Signs what web pages, mini programs and apps hand to WeChat.
    #[must_use]
    pub fn frontend(&self) -> Frontend<'_> {
        Frontend::new(&self.core.protocol)
    }

    /// A new request number, in the order of time: the prefix, 13 digits of milliseconds, 12 random
    /// characters. Keep it in your database before the call, and repeat the call with it.
    ///
    /// # Errors
    /// [`IdError`] for a prefix of more than 15 characters, or of others than `[0-9A-Za-z_-]`.
    pub fn new_request_no(&self, prefix: impl AsRef<str>) -> Result<RequestNo, IdError> {
        let protocol = &self.core.protocol;
        let random: String = protocol.nonces.next_nonce().chars().take(12).collect();
        RequestNo::parse(format!("{}{:013}{random}", prefix.as_ref(), protocol.clock.now_ms()))
    }

    /// Why the last download of certificates has failed, unless one has succeeded since.
    #[must_use]
    pub fn keys_failure(&self) -> Option<Arc<KeysError>> {
        self.core.protocol.refresher.as_ref()?.failure()
    }

    fn refreshed(&self) -> Result<(), Arc<KeysError>> {
        self.keys_failure().map_or(Ok(()), Err)
    }

    /// A parser for notifications that shares this client's keys and clock.
    #[must_use]
    pub fn notifications(&self) -> NotificationParser {
        self.core.protocol.notifications.clone()
    }

    #[cfg(test)]
    pub(crate) fn core(&self) -> &Core<M> {
        &self.core
    }

    #[cfg(test)]
    pub(crate) fn weak_core(&self) -> std::sync::Weak<Core<M>> {
        Arc::downgrade(&self.core)
    }
}

impl Client<Async> {
    /// Downloads the platform's certificates now, or waits for whoever does. At most once a minute
    /// something is really sent; in between, the outcome of the last download is given again.
    ///
    /// # Errors
    /// [`KeysError`]; the keys then stay as they are.
    pub async fn refresh_keys(&self) -> Result<(), Arc<KeysError>> {
        driver::refresh(&self.core, Cause::Asked, self.core.protocol.call_time_max).await;
        self.refreshed()
    }

    /// Downloads certificates if a notification names one that is not known: parse, call this with the
    /// serial of [`VerificationReason::UnknownKey`](crate::error::VerificationReason::UnknownKey), parse
    /// again. Malformed serials and floods cause no traffic.
    ///
    /// # Errors
    /// [`KeysError`]; the keys then stay as they are.
    pub async fn refresh_keys_for(&self, serial: impl AsRef<str>) -> Result<(), Arc<KeysError>> {
        let cause = Cause::UnknownSerial(serial.as_ref().to_owned());
        driver::refresh(&self.core, cause, self.core.protocol.call_time_max).await;
        self.refreshed()
    }

    /// A task that keeps the certificates fresh, to be spawned by whoever wants one: then no call waits
    /// for a download. It ends when the client is dropped, at the latest one interval later.
    pub fn refresher(&self) -> impl Future<Output = ()> + Send + 'static {
        let core = Arc::downgrade(&self.core);
        let mut cause = Cause::Due;
        async move {
            while let Some(strong) = core.upgrade() {
                let Some(interval) = strong.protocol.refresher.as_ref().map(Refresher::interval) else {
                    return;
                };
                driver::refresh(&strong, cause, strong.protocol.call_time_max).await;
                // Before they become old, and without holding the client in the meantime.
                cause = Cause::Asked;
                let pause = interval / 4 * 3;
                let transport = Arc::clone(&strong.transport);
                let sleeper = strong.sleeper.clone();
                drop(strong);
                match sleeper {
                    Some(sleeper) => sleeper.sleep(pause).await,
                    None => transport.pause(pause).await,
                }
            }
        }
    }
}

impl Client<Blocking> {
    /// Downloads the platform's certificates now, or waits for whoever does. At most once a minute
    /// something is really sent; in between, the outcome of the last download is given again.
    ///
    /// # Errors
    /// [`KeysError`]; the keys then stay as they are.
    pub fn refresh_keys(&self) -> Result<(), Arc<KeysError>> {
        driver::refresh_blocking(&self.core, &Cause::Asked, self.core.protocol.call_time_max);
        self.refreshed()
    }

    /// Downloads certificates if a notification names one that is not known: parse, call this with the
    /// serial of [`VerificationReason::UnknownKey`](crate::error::VerificationReason::UnknownKey), parse
    /// again. Malformed serials and floods cause no traffic.
    ///
    /// # Errors
    /// [`KeysError`]; the keys then stay as they are.
    pub fn refresh_keys_for(&self, serial: impl AsRef<str>) -> Result<(), Arc<KeysError>> {
        let cause = Cause::UnknownSerial(serial.as_ref().to_owned());
        driver::refresh_blocking(&self.core, &cause, self.core.protocol.call_time_max);
        self.refreshed()
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
