//! Where calls go: the base URLs and the rule that keeps them from going out in plain text.

use crate::error::ConfigError;

/// The platform's host for merchants in mainland China.
pub(crate) const PRIMARY: &str = "https://api.mch.weixin.qq.com";
/// Its backup in another place.
pub(crate) const BACKUP: &str = "https://api2.mch.weixin.qq.com";

/// Whether `http://` is allowed to a host that is not this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plaintext {
    LoopbackOnly,
    Allowed,
}

/// One base URL, split so that a target can be joined to it by concatenation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// Scheme, host and port, without a slash at the end.
    pub(crate) origin: String,
    /// What stands before the path on the request line; empty, or beginning with `/`.
    pub(crate) prefix: String,
    /// Whether the prefix is part of the signed target.
    pub(crate) is_prefix_signed: bool,
}

impl BaseUrl {
    pub(crate) fn parse(
        url: &str,
        plaintext: Plaintext,
        signed_prefix: Option<bool>,
    ) -> Result<Self, ConfigError> {
        let malformed = || ConfigError::BaseUrl { url: url.to_owned() };
        let (scheme, rest) = url.split_once("://").ok_or_else(malformed)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = path.trim_end_matches('/');
        let parsed: http::uri::Authority = authority.parse().map_err(|_| malformed())?;
        let is_plain = match scheme {
            "https" => false,
            "http" => true,
            _ => return Err(malformed()),
        };
        // User info would be sent to nobody and logged by somebody.
        if authority.contains('@') || parsed.host().is_empty() {
            return Err(malformed());
        }
        if is_plain && plaintext == Plaintext::LoopbackOnly && !is_loopback(parsed.host()) {
            return Err(ConfigError::Plaintext { url: url.to_owned() });
        }
        if !prefix.is_empty() && (signed_prefix.is_none() || crate::path::fault(prefix.as_bytes()).is_some())
        {
            return Err(ConfigError::PathPrefix { url: url.to_owned() });
        }
        Ok(Self {
            origin: format!("{scheme}://{authority}"),
            prefix: if prefix.is_empty() { String::new() } else { format!("/{prefix}") },
            is_prefix_signed: signed_prefix.unwrap_or(false),
        })
    }
}

/// Names are not resolved: only the name and the addresses that can be nothing else count.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<BaseUrl, ConfigError> {
        BaseUrl::parse(url, Plaintext::LoopbackOnly, None)
    }

    #[test]
    fn plain_text_stays_on_this_machine() {
        for url in
            ["http://127.0.0.1:8686", "http://127.9.9.9", "http://localhost/", "http://[::1]:1", PRIMARY]
        {
            assert!(parse(url).is_ok(), "{url}");
        }
        for url in ["http://10.0.0.1", "http://localhost.example.com", "http://127.0.0.1.example.com"] {
            assert!(matches!(parse(url), Err(ConfigError::Plaintext { .. })), "{url}");
        }
        assert!(BaseUrl::parse("http://10.0.0.1", Plaintext::Allowed, None).is_ok());
    }

    #[test]
    fn a_path_needs_a_word_about_the_signature() {
        let url = "https://proxy.example.com/pay/";
        assert!(matches!(parse(url), Err(ConfigError::PathPrefix { .. })));
        let base = BaseUrl::parse(url, Plaintext::LoopbackOnly, Some(true)).unwrap();
        assert_eq!((base.origin.as_str(), base.prefix.as_str()), ("https://proxy.example.com", "/pay"));
        assert!(base.is_prefix_signed);
    }

    #[test]
    fn other_texts_are_no_base_urls() {
        for url in ["", "api.mch.weixin.qq.com", "ftp://a", "https://", "https://u:p@host", "https://a b"] {
            assert!(matches!(parse(url), Err(ConfigError::BaseUrl { .. })), "{url}");
        }
    }
}
