//! How a merchant verifies the platform (wire-protocol 3.1, 3.6): by platform certificate, by public key, or by
//! both while it migrates. Our own words: the official documents give the modes no names for the wire.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// With which of the platform's keys a merchant verifies. A brand always uses the public key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerificationMode {
    /// It has a platform certificate and has not begun to migrate: the certificate signs, whatever is asked.
    PlatformCertificate,
    /// It has both: a request that names the public key gets it, every other the certificate.
    #[default]
    Both,
    /// It was never given a platform certificate: the public key signs, and there is nothing to download.
    PublicKey,
}

/// The text is none of the three words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("none of PLATFORM_CERTIFICATE, BOTH, PUBLIC_KEY")]
pub struct UnknownMode;

impl VerificationMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::PlatformCertificate, Self::Both, Self::PublicKey];

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PlatformCertificate => "PLATFORM_CERTIFICATE",
            Self::Both => "BOTH",
            Self::PublicKey => "PUBLIC_KEY",
        }
    }
}

impl fmt::Display for VerificationMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for VerificationMode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or(UnknownMode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for mode in VerificationMode::ALL {
            assert_eq!(mode.to_string().parse(), Ok(mode));
            assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{mode}\""));
        }
        assert_eq!("both".parse::<VerificationMode>(), Err(UnknownMode));
    }
}
