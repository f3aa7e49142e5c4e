//! Errors of carrying a request, by phase: what matters is whether a byte may have been sent.

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Where an attempt stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Finding the address of the host.
    Resolve,
    /// Making the connection.
    Connect,
    /// Agreeing on TLS.
    Tls,
    /// Sending the request.
    Write,
    /// Waiting for the answer or reading it.
    Read,
}

/// Why an attempt brought no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The host has no address.
    #[error("the host name does not resolve")]
    Resolve(#[source] Cause),
    /// No connection came about.
    #[error("no connection")]
    Connect(#[source] Cause),
    /// No TLS session came about, for example because the server's certificate is not valid.
    #[error("no TLS session")]
    Tls(#[source] Cause),
    /// The request could not be sent completely.
    #[error("the request could not be sent completely")]
    Write(#[source] Cause),
    /// The answer did not come, or not completely.
    #[error("no complete answer")]
    Read(#[source] Cause),
    /// Time ran out in the given phase.
    #[error("timeout ({0:?})")]
    Timeout(Phase),
    /// The body is larger than allowed.
    #[error("the answer is larger than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// What was received could not be written to where the caller wants it.
    #[error("the received bytes could not be written")]
    Sink(#[source] std::io::Error),
    /// The library below would have sent another target than the one that was signed.
    #[error("the request target would have been rewritten")]
    TargetRewritten,
}

impl Phase {
    /// In one lower-case word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Write => "write",
            Self::Read => "read",
        }
    }
}

impl TransportError {
    /// Where the attempt stood.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self {
            Self::Resolve(_) => Phase::Resolve,
            Self::Connect(_) => Phase::Connect,
            Self::Tls(_) => Phase::Tls,
            Self::Write(_) | Self::TargetRewritten => Phase::Write,
            Self::Read(_) | Self::TooLarge { .. } | Self::Sink(_) => Phase::Read,
            Self::Timeout(phase) => *phase,
        }
    }

    /// Whether any byte of the request may have reached the platform.
    #[must_use]
    pub fn may_have_sent(&self) -> bool {
        match self {
            Self::Resolve(_) | Self::Connect(_) | Self::Tls(_) | Self::TargetRewritten => false,
            Self::Write(_) | Self::Read(_) | Self::TooLarge { .. } | Self::Sink(_) => true,
            Self::Timeout(phase) => match phase {
                Phase::Resolve | Phase::Connect | Phase::Tls => false,
                Phase::Write | Phase::Read => true,
            },
        }
    }
}
