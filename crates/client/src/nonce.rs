//! Nonces of requests, behind a trait so that tests can know them beforehand.

use quan_model::entropy::{self, Entropy};

/// How many characters a nonce has, as the official SDKs send.
const NONCE_CHARS: usize = 32;

/// A source of nonces. Each must be new: 1 to 128 characters of `[0-9A-Za-z]` are expected.
pub trait NonceSource: Send + Sync + 'static {
    /// The next nonce.
    fn next_nonce(&self) -> String;
}

impl<S: NonceSource + ?Sized> NonceSource for std::sync::Arc<S> {
    fn next_nonce(&self) -> String {
        (**self).next_nonce()
    }
}

/// Nonces of 32 characters `[0-9A-Za-z]`, each character equally likely, drawn from any [`Entropy`].
#[derive(Clone, Copy, Debug)]
pub struct RandomNonces<E>(pub E);

impl<E: Entropy> NonceSource for RandomNonces<E> {
    fn next_nonce(&self) -> String {
        entropy::text(&self.0, entropy::ALPHANUMERIC, NONCE_CHARS)
    }
}
