//! What can go wrong with a call, split by phase, and what it means for the caller.
//!
//! Every error says whether the request may have taken effect. No error holds `Authorization`, keys,
//! signatures or the body that was sent, and `Display` shows the endpoint's template, never the
//! expanded path.

mod api;
mod code;
mod config;
mod decode;
mod diagnosis;
mod integrity;
mod keys;
mod request;
mod transport;
mod verification;

use std::fmt;
use std::sync::Arc;

use http::{Method, StatusCode};

pub use self::api::ApiError;
pub(crate) use self::code::Meanings;
pub use self::code::{Code, meaning_of_detail_code};
pub use self::config::{ConfigError, KeyError};
pub use self::decode::{DecodeError, DecodeReason};
pub use self::diagnosis::{Part, SignDiagnosis};
pub use self::integrity::IntegrityError;
pub use self::keys::{CertificateListError, KeysError};
pub use self::request::RequestError;
pub use self::transport::{Phase, TransportError};
pub use self::verification::{VerificationError, VerificationReason};

/// The error of every call and of building a client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The builder was given something unusable.
    #[error("the client cannot be built")]
    Config(#[source] ConfigError),
    /// The call is not one that could be signed: path, variable, header, body or credential. Nothing
    /// left the process.
    #[error("{context}: the request was not sent")]
    Request {
        /// Which call.
        context: Box<CallContext>,
        /// What is wrong with it.
        #[source]
        reason: RequestError,
    },
    /// There is no key of the platform to verify an answer with, and none could be fetched. Nothing was
    /// sent in this attempt.
    #[error("{context}: there is no key to verify the answer with")]
    Keys {
        /// Which call.
        context: Box<CallContext>,
        /// Why. Calls that waited for the same download share it.
        #[source]
        reason: Arc<KeysError>,
    },
    /// The request or its answer was lost on the way.
    #[error("{context}: transport failure")]
    Transport {
        /// Which call.
        context: Box<CallContext>,
        /// Where it failed.
        #[source]
        reason: TransportError,
    },
    /// An answer came, but it cannot be trusted.
    #[error(transparent)]
    Verification(Box<VerificationError>),
    /// The platform said no.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The answer is the platform's, but not of the expected shape.
    #[error(transparent)]
    Decode(Box<DecodeError>),
    /// What came is not what was announced or sealed: a file whose digest differs, a field that does not
    /// open.
    #[error("{}the content is not intact", prefix(context.as_deref()))]
    Integrity {
        /// Which call; `None` for a field that was opened by itself.
        context: Option<Box<CallContext>>,
        /// What is wrong.
        #[source]
        reason: IntegrityError,
    },
    /// The next attempt would not fit into the time of the whole call.
    #[error("{context}: the deadline of the call is reached")]
    Deadline {
        /// Which call.
        context: Box<CallContext>,
        /// How the last attempt ended.
        #[source]
        last: Box<Error>,
    },
}

/// Which call an error belongs to, and what is known about its effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallContext {
    /// The method.
    pub method: Method,
    /// The endpoint's template, variables not expanded. What a caller pastes into `chain` himself is
    /// part of it.
    pub template: String,
    /// How many attempts were made; 0 when nothing was sent.
    pub attempts: u32,
    /// Whether the platform may have carried out the call.
    pub may_have_taken_effect: bool,
    /// Whether repeating the identical request later may succeed and does no harm.
    pub retryable: bool,
}

impl CallContext {
    pub(crate) fn new(method: Method, template: &str) -> Self {
        Self {
            method,
            template: template.to_owned(),
            attempts: 0,
            may_have_taken_effect: false,
            retryable: false,
        }
    }

    pub(crate) fn is_write(&self) -> bool {
        !matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }
}

impl fmt::Display for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

fn prefix(context: Option<&CallContext>) -> String {
    context.map(|context| format!("{context}: ")).unwrap_or_default()
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl Error {
    /// Which call it was; `None` when no call was made.
    #[must_use]
    pub fn context(&self) -> Option<&CallContext> {
        match self {
            Self::Config(_) => None,
            Self::Integrity { context, .. } => context.as_deref(),
            Self::Request { context, .. }
            | Self::Keys { context, .. }
            | Self::Transport { context, .. }
            | Self::Deadline { context, .. } => Some(context),
            Self::Verification(error) => Some(&error.context),
            Self::Api(error) => Some(&error.context),
            Self::Decode(error) => Some(&error.context),
        }
    }

    /// Whether any byte of a request that is not a GET may have reached the platform while no verified
    /// refusal came back. When true: ask for the state, or repeat with the same request number.
    #[must_use]
    pub fn may_have_taken_effect(&self) -> bool {
        self.context().is_some_and(|context| context.may_have_taken_effect)
    }

    /// Whether repeating the identical request later may succeed and is safe.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.context().is_some_and(|context| context.retryable)
    }

    /// Whether the platform has refused for good: a verified 4xx other than 408 and 429. Only this may
    /// be taken as "it did not happen".
    #[must_use]
    pub fn is_definite_refusal(&self) -> bool {
        match self {
            Self::Api(error) => error.is_definite_refusal(),
            Self::Config(_)
            | Self::Request { .. }
            | Self::Keys { .. }
            | Self::Transport { .. }
            | Self::Verification(_)
            | Self::Decode(_)
            | Self::Integrity { .. }
            | Self::Deadline { .. } => false,
        }
    }

    /// Whether time ran out: of an attempt or of the whole call.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Transport { reason: TransportError::Timeout(_), .. } | Self::Deadline { .. } => true,
            Self::Config(_)
            | Self::Request { .. }
            | Self::Keys { .. }
            | Self::Transport { .. }
            | Self::Verification(_)
            | Self::Api(_)
            | Self::Decode(_)
            | Self::Integrity { .. } => false,
        }
    }

    /// Whether no connection came about, so that nothing was sent in the last attempt.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.last_attempt(), Self::Transport { reason, .. } if !reason.may_have_sent())
    }

    /// Whether the platform asks for fewer calls.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        matches!(self.last_attempt(), Self::Api(error) if error.is_rate_limited())
    }

    /// Whether the platform did not accept our signature.
    #[must_use]
    pub fn is_signature_error(&self) -> bool {
        matches!(self.last_attempt(), Self::Api(error) if error.code == Code::SignError)
    }

    /// The platform's id of the request, for support cases.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self.last_attempt() {
            Self::Verification(error) => error.request_id.as_deref(),
            Self::Api(error) => error.request_id.as_deref(),
            Self::Decode(error) => error.request_id.as_deref(),
            Self::Config(_)
            | Self::Request { .. }
            | Self::Keys { .. }
            | Self::Transport { .. }
            | Self::Integrity { .. }
            | Self::Deadline { .. } => None,
        }
    }

    /// Where the call ended: `config`, `request`, `keys`, `resolve`, `connect`, `tls`, `write`, `read`,
    /// `verification`, `api`, `decode` or `integrity`. Of a deadline it is the phase of the last attempt.
    #[must_use]
    pub fn phase(&self) -> &'static str {
        match self.last_attempt() {
            Self::Config(_) => "config",
            Self::Request { .. } => "request",
            Self::Keys { .. } => "keys",
            Self::Transport { reason, .. } => reason.phase().as_str(),
            Self::Verification(_) => "verification",
            Self::Api(_) => "api",
            Self::Decode(_) => "decode",
            Self::Integrity { .. } => "integrity",
            // `last_attempt` has looked behind it.
            Self::Deadline { .. } => "deadline",
        }
    }

    /// What the number in the request id means, when it is a known one.
    #[must_use]
    pub fn meaning(&self) -> Option<&str> {
        match self.last_attempt() {
            Self::Api(error) => error.meaning.as_deref(),
            _other_phases_have_none => self.detail_code().and_then(meaning_of_detail_code),
        }
    }

    /// The number that names the precise cause; see [`meaning_of_detail_code`].
    #[must_use]
    pub fn detail_code(&self) -> Option<u64> {
        self.request_id().and_then(quan_apiv3::request_id::suffix)
    }

    /// The HTTP status, when an answer came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.last_attempt() {
            Self::Verification(error) => Some(error.status),
            Self::Api(error) => Some(error.status),
            Self::Decode(error) => Some(error.status),
            Self::Config(_)
            | Self::Request { .. }
            | Self::Keys { .. }
            | Self::Transport { .. }
            | Self::Integrity { .. }
            | Self::Deadline { .. } => None,
        }
    }

    /// The error word of the platform.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        match self.last_attempt() {
            Self::Api(error) => Some(&error.code),
            _other_phases_have_none => None,
        }
    }

    /// Behind a deadline stands the error of the last attempt.
    fn last_attempt(&self) -> &Self {
        let mut error = self;
        while let Self::Deadline { last, .. } = error {
            error = last;
        }
        error
    }
}
