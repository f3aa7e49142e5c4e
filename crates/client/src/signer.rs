//! Signing with a key that is not in this process: an HSM, a key service, a signing daemon.

use crate::transport::BoxFuture;

/// Why a signer did not sign. It becomes the source of
/// [`RequestError::Signing`](crate::RequestError::Signing).
pub type SignerError = Box<dyn std::error::Error + Send + Sync>;

/// Makes RSASSA-PKCS1-v1_5 signatures with SHA-256 over messages of this crate.
///
/// Give one to [`Merchant::with_signer`](crate::Merchant::with_signer) or
/// [`Brand::with_signer`](crate::Brand::with_signer). It is called once per attempt.
pub trait Signer: Send + Sync + 'static {
    /// Signs the message and returns the raw signature, 256 bytes for a 2048-bit key. Called by the
    /// blocking client, and by dry runs of both.
    ///
    /// # Errors
    /// Whatever keeps the signer from signing. Nothing is sent then.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError>;

    /// The same for the async client. By default it calls [`sign`](Self::sign), which must then not
    /// block for long.
    fn sign_async<'a>(&'a self, message: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, SignerError>> {
        Box::pin(std::future::ready(self.sign(message)))
    }
}

impl<S: Signer + ?Sized> Signer for std::sync::Arc<S> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        (**self).sign(message)
    }

    fn sign_async<'a>(&'a self, message: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, SignerError>> {
        (**self).sign_async(message)
    }
}
