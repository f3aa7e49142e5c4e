//! Errors of building a client: what was given cannot work.

use quan_apiv3::aead::AeadError;
use quan_apiv3::certificate::CertificateError;
use quan_model::ids::IdError;

/// A key or certificate that was given cannot be used. The cause says what it is instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The caller's private key: not RSA, under 2048 bits, encrypted, or something else by mistake.
    #[error("the private key cannot be used")]
    PrivateKey(#[source] quan_apiv3::key::KeyError),
    /// The platform's public key.
    #[error("the platform's public key {id} cannot be used")]
    PublicKey {
        /// The id that was given with it.
        id: String,
        /// What is wrong.
        #[source]
        cause: quan_apiv3::key::KeyError,
    },
    /// A certificate.
    #[error("the certificate cannot be used")]
    Certificate(#[source] CertificateError),
    /// The certificate is not that of the private key.
    #[error("the certificate {serial_no} does not belong to the private key")]
    KeyPairMismatch {
        /// Serial of the certificate.
        serial_no: String,
    },
    /// A key id or serial is empty or has characters that no header can hold.
    #[error("the key id is not printable ASCII without blanks")]
    KeyId,
    /// A text is not what a set of keys writes down.
    #[error("the text is not a set of keys that was written down")]
    Kept,
    /// Two different keys were given under one id.
    #[error("two different keys were given as {id}")]
    TwoKeysOneId {
        /// The id in question.
        id: String,
    },
}

/// The builder was given something unusable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A key or certificate.
    #[error("a key cannot be used")]
    Key(#[source] KeyError),
    /// The merchant number or brand id is not decimal.
    #[error("the merchant number or brand id is not one")]
    Identity(#[source] IdError),
    /// The serial of the caller's certificate is not hex.
    #[error("the certificate serial is not hexadecimal")]
    SerialNo,
    /// Neither a merchant nor a brand credential was given.
    #[error("no credential was given: call .merchant(…) or .brand(…)")]
    NoCredential,
    /// No key of the platform was given, so no answer could ever be verified.
    #[error(
        "no platform key was given: call .trust(…) with a public key or a certificate, or .auto_certificates(…)"
    )]
    NoPlatformKey,
    /// Certificates shall be downloaded, which takes a merchant credential and an APIv3 key.
    #[error("downloading certificates takes .merchant(…) and .api_v3_key(…)")]
    AutoCertificates,
    /// The APIv2 key is empty.
    #[error("the APIv2 key is empty")]
    ApiV2Key,
    /// The caller's own certificate or key was given as one of the platform: a common mix-up of files.
    #[error("{id} is the caller's own key, not one of the platform")]
    OwnKeyTrusted {
        /// The id under which it was given.
        id: String,
    },
    /// The APIv3 key (or brand API key) is not 32 bytes.
    #[error("the APIv3 key cannot be used")]
    ApiV3Key(#[source] AeadError),
    /// A base URL is not `http(s)://host[:port][/prefix]`.
    #[error("{url} is not a base URL of the form https://host[:port]")]
    BaseUrl {
        /// What was given.
        url: String,
    },
    /// No base URL at all.
    #[error("the list of base URLs is empty")]
    NoBaseUrl,
    /// `http://` to a host that is not this machine. Plain text would show every coupon code.
    #[error("{url} is plain text to another machine; say .allow_plaintext() if that is meant")]
    Plaintext {
        /// What was given.
        url: String,
    },
    /// A base URL has a path, and it was not said whether that is part of the signed target.
    #[error("{url} has a path; say with .signed_prefix(…) whether it is signed")]
    PathPrefix {
        /// What was given.
        url: String,
    },
    /// The window for the platform's timestamps is outside 30 s to 900 s.
    #[error("a clock window of {seconds} s is outside 30 s to 900 s")]
    ClockWindow {
        /// What was given.
        seconds: i64,
    },
    /// A text that becomes a header has characters that no header can hold.
    #[error("{name} holds characters that no header can hold")]
    HeaderText {
        /// Which setting.
        name: &'static str,
    },
    /// The TLS library could not be set up.
    #[cfg(feature = "async")]
    #[error("TLS could not be set up")]
    Tls(#[source] rustls::Error),
}

impl From<KeyError> for ConfigError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}
