//! What every page shares, and what the console asks of its host.

use std::sync::Arc;

use quan_model::clock::Clock;
use quan_model::entropy::Entropy;
use quan_platform::console::request_log::RequestLog;
use quan_platform::{Error, Platform};

use crate::attempts::Attempts;
use crate::uploads::Uploads;

/// An error in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The HTTP status.
    pub status: u16,
    /// The word of the API, such as INVALID_REQUEST.
    pub code: String,
    /// The Chinese sentence.
    pub chinese: String,
    /// The English sentence.
    pub english: String,
    /// The member that is wrong, as a JSON pointer, when one is.
    pub field: Option<String>,
}

/// What only the binary and the gateway have.
pub trait Host: Send + Sync + 'static {
    /// Puts an error of a use case into words.
    fn explain(&self, error: &Error) -> Explained;
    /// Checks the form of a notify URL.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    fn check_notify_url(&self, url: &str) -> Result<(), String>;
    /// Reads an API certificate.
    ///
    /// # Errors
    /// Why it cannot be read, for people.
    fn read_certificate(&self, pem: &str) -> Result<ReadCertificate, String>;
    /// Which of the platform's own keys sign.
    fn platform_keys(&self, kind: PlatformKeyKind) -> PlatformKeyNames;
    /// Makes a step of a rotation and keeps it. It may take as long as making an RSA key does.
    ///
    /// # Errors
    /// Why the keys are as they were, for people.
    fn turn_platform_keys(&self, kind: PlatformKeyKind, step: KeyStep) -> Result<(), String>;
}

/// A kind of the platform's own keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformKeyKind {
    /// Platform certificates (平台证书).
    Certificate,
    /// WeChat Pay public keys (微信支付公钥).
    PublicKey,
}

/// A step of a rotation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStep {
    /// A new key is made and handed out; the old one still signs.
    Rotate,
    /// The other one signs.
    Switch,
    /// The one that does not sign is taken away.
    Retire,
}

/// The serial numbers or ids of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformKeyNames {
    /// The one that signs.
    pub signing: String,
    /// During a rotation the other one.
    pub other: Option<String>,
}

/// A certificate that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadCertificate {
    /// Serial number in upper-case hex without leading zeros.
    pub serial_no: String,
    /// The certificate alone.
    pub pem: String,
    /// Last instant at which it may sign, in Unix seconds.
    pub not_after: i64,
}

/// What a console is made of.
pub struct ConsoleParts {
    /// The use cases.
    pub platform: Platform,
    /// Real time: sessions, the audit log.
    pub wire_clock: Arc<dyn Clock>,
    /// For cookies and tokens.
    pub entropy: Arc<dyn Entropy>,
    /// The log that the gateway fills.
    pub request_log: RequestLog,
    /// What the URLs of this platform begin with; with `https` cookies are sent over TLS only.
    pub public_url: String,
    /// What only the binary and the gateway have.
    pub host: Arc<dyn Host>,
}

/// The shared state; cheap to clone.
#[derive(Clone)]
pub struct Console {
    inner: Arc<Inner>,
}

struct Inner {
    parts: ConsoleParts,
    attempts: Attempts,
    uploads: Uploads,
}

impl std::ops::Deref for Console {
    type Target = ConsoleParts;
    fn deref(&self) -> &ConsoleParts {
        &self.inner.parts
    }
}

impl Console {
    /// A console over its parts.
    #[must_use]
    pub fn new(parts: ConsoleParts) -> Self {
        Self { inner: Arc::new(Inner { parts, attempts: Attempts::default(), uploads: Uploads::default() }) }
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.inner.attempts
    }

    pub(crate) fn uploads(&self) -> &Uploads {
        &self.inner.uploads
    }

    /// Whether the platform is reached over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
