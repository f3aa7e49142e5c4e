//! Which of the platform's keys signs an answer (wire-protocol 2.3).

use quan_apiv3::platform_keys::{PlatformKeys, SigningKey};
use quan_model::verification::VerificationMode;

/// The key for the answer to a request with this `Wechatpay-Serial`.
///
/// A merchant that has both kinds decides by what it names; without a name, or with one that is not ours, the
/// certificate signs. Which certificate is never the caller's choice: during a rotation the platform decides.
/// Of two public keys the one that is named signs, as long as it is not retired.
pub(crate) fn signing_key<'k>(
    keys: &'k PlatformKeys,
    mode: VerificationMode,
    requested: Option<&str>,
) -> SigningKey<'k> {
    let named = requested.and_then(|requested| keys.public_key(requested));
    match mode {
        VerificationMode::PlatformCertificate => keys.by_certificate(),
        VerificationMode::Both => named.unwrap_or_else(|| keys.by_certificate()),
        VerificationMode::PublicKey => named.unwrap_or_else(|| keys.by_public_key()),
    }
}
