//! Probe traffic (签名探测流量): messages that the platform signs wrongly on purpose, to find receivers that do
//! not verify (wire-protocol 2.7).
//!
//! Knows how a probe looks and how often one is drawn. When to send one, and what its answer means, is for the
//! caller; so are the random numbers.

use std::fmt;
use std::str::FromStr;

use crate::key::PROBE_PREFIX;

/// What a whole is divided into: ratios have six decimals.
const MILLION: u32 = 1_000_000;
const DECIMALS: usize = 6;

/// The share of messages that are probed first, from 0 (none) to 1 (all), in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeRatio {
    per_million: u32,
}

/// The text is no ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ratio is a number from 0 to 1 with at most six decimals, such as 0.001")]
pub struct RatioError;

impl ProbeRatio {
    /// No probes.
    pub const NEVER: Self = Self { per_million: 0 };
    /// A probe before everything.
    pub const ALWAYS: Self = Self { per_million: MILLION };
    /// One in a thousand, the share of a public service (semantics 9.5).
    pub const USUAL: Self = Self { per_million: 1_000 };

    /// Whether a draw hits. `random` is uniform over its whole range.
    #[must_use]
    pub fn hits(self, random: u64) -> bool {
        random % u64::from(MILLION) < u64::from(self.per_million)
    }
}

/// [`ProbeRatio::USUAL`].
impl Default for ProbeRatio {
    fn default() -> Self {
        Self::USUAL
    }
}

impl FromStr for ProbeRatio {
    type Err = RatioError;

    fn from_str(text: &str) -> Result<Self, RatioError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(decimals) || decimals.len() > DECIMALS {
            return Err(RatioError);
        }
        let whole: u32 = whole.parse().map_err(|_| RatioError)?;
        let millionths: u32 = format!("{decimals:0<DECIMALS$}").parse().map_err(|_| RatioError)?;
        let per_million = whole.checked_mul(MILLION).and_then(|whole| whole.checked_add(millionths));
        per_million.filter(|all| *all <= MILLION).map(|per_million| Self { per_million }).ok_or(RatioError)
    }
}

impl fmt::Display for ProbeRatio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = (self.per_million / MILLION, format!("{:06}", self.per_million % MILLION));
        match decimals.trim_end_matches('0') {
            "" => write!(formatter, "{whole}"),
            decimals => write!(formatter, "{whole}.{decimals}"),
        }
    }
}

/// Turns a right signature into a probe: it begins with [`PROBE_PREFIX`] and keeps length and alphabet, so it
/// still decodes from Base64 and fails only when it is verified.
#[must_use]
pub fn probe_signature(right: &str) -> String {
    format!("{PROBE_PREFIX}{}", right.get(PROBE_PREFIX.len()..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::key::{PrivateKey, SignatureError};

    #[test]
    fn a_probe_decodes_and_does_not_verify() {
        let key = PrivateKey::from_pem(include_str!("../tests/vectors/keys/wechatpay_key.pem")).unwrap();
        let right = key.sign(b"message").unwrap();
        let probe = probe_signature(&right);
        assert_eq!(PROBE_PREFIX.len(), 19);
        assert!(probe.starts_with(PROBE_PREFIX));
        assert_eq!((probe.len(), STANDARD.decode(&probe).unwrap().len()), (344, 256));
        assert_eq!(key.public_key().verify(b"message", &probe), Err(SignatureError::Probe));
        assert_eq!(key.public_key().verify(b"message", &right), Ok(()));
    }

    #[test]
    fn ratios_are_read_and_written() {
        for (text, written) in [
            ("0", "0"),
            ("0.0", "0"),
            ("0.001", "0.001"),
            ("0.000001", "0.000001"),
            ("0.999999", "0.999999"),
            ("1", "1"),
            ("1.000000", "1"),
            ("0.25", "0.25"),
        ] {
            assert_eq!(text.parse::<ProbeRatio>().unwrap().to_string(), written, "{text}");
        }
        for text in ["", ".", "1.", ".5", "1.000001", "2", "-0.1", "0.0000001", "1e-3", "4295", " 0"] {
            assert_eq!(text.parse::<ProbeRatio>(), Err(RatioError), "{text}");
        }
        assert_eq!(ProbeRatio::default().to_string(), "0.001");
    }

    #[test]
    fn both_sides_of_a_draw() {
        assert!(!ProbeRatio::NEVER.hits(0));
        assert!(ProbeRatio::ALWAYS.hits(999_999) && ProbeRatio::ALWAYS.hits(u64::MAX));
        assert!(ProbeRatio::USUAL.hits(999) && !ProbeRatio::USUAL.hits(1_000));
        assert!(ProbeRatio::USUAL.hits(1_000_000), "the draw is taken modulo a million");
    }
}
