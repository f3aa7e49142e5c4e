//! What a notify URL must look like (通知地址), and the parts of it that a connection needs.
//!
//! Pure: no name is resolved here. A name that passes may still resolve to a private address, which the
//! connection checks once more. Used by `set_notify_config` and again before every attempt, because the
//! policy may have become stricter since the URL was set.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::Uri;

use crate::address::AddressPolicy;

/// The longest notify URL, in characters (wire-protocol 5.3).
pub const NOTIFY_URL_CHARS_MAX: usize = 256;

/// Endings of names that only a private network can resolve (RFC 6761, RFC 6762, RFC 8375, ICANN's
/// reservation of `internal`).
const PRIVATE_ENDINGS: [&str; 4] = [".localhost", ".local", ".internal", ".home.arpa"];

/// Why a text cannot be a notify URL. They are looked for in this order, except that the exact form of
/// host and port ([`UrlError::Malformed`] too) is looked at after the query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Longer than [`NOTIFY_URL_CHARS_MAX`].
    #[error("the notify URL has {chars} characters, more than 256")]
    TooLong {
        /// Its length in characters.
        chars: usize,
    },
    /// Not a URL: no scheme, no host, blanks, characters that must be escaped, an impossible port.
    #[error("the notify URL is not a URL")]
    Malformed,
    /// The scheme is not `https`; `http` is taken where private addresses are allowed.
    #[error("the notify URL does not begin with https://")]
    Scheme,
    /// It holds a user name or password.
    #[error("the notify URL holds a user name")]
    UserInfo,
    /// It has a fragment.
    #[error("the notify URL has a fragment (#)")]
    Fragment,
    /// It has a query string.
    #[error("the notify URL has a query string (?)")]
    Query,
    /// It is a bare host: not even a `/` follows.
    #[error("the notify URL has no path")]
    NoPath,
    /// The host is a number in a form that programs read differently, such as `2130706433` or `127.1`.
    #[error("the host of the notify URL is an ambiguous number")]
    AmbiguousHost,
    /// The host is this machine, a private network, or no receiver at all.
    #[error("the host of the notify URL is not public")]
    PrivateHost,
}

/// Checks a notify URL before it is kept. The rules are those of the product-coupon pages (wire-protocol
/// 5.3, S-12): HTTPS, at most 256 characters, a path, no query string, a public host. A single `/`
/// counts as a path and a port is allowed; both are assumptions. No name is resolved.
///
/// # Errors
/// The first [`UrlError`] that applies.
///
/// ```
/// use quan_notify::{AddressPolicy, UrlError, check_notify_url};
/// assert_eq!(check_notify_url("https://shop.example.com/notify", AddressPolicy::PublicOnly), Ok(()));
/// assert_eq!(check_notify_url("http://127.0.0.1:3000/notify", AddressPolicy::AllowPrivate), Ok(()));
/// assert_eq!(check_notify_url("http://127.0.0.1:3000/notify", AddressPolicy::PublicOnly), Err(UrlError::Scheme));
/// ```
pub fn check_notify_url(url: &str, policy: AddressPolicy) -> Result<(), UrlError> {
    Endpoint::parse(url, policy).map(drop)
}

/// A notify URL that passed the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The whole URL.
    pub(crate) uri: Uri,
    /// The host as a name or address, without the brackets of IPv6.
    pub(crate) host: String,
    /// The port, given or by the scheme.
    pub(crate) port: u16,
}

impl Endpoint {
    /// Checks as [`check_notify_url`] does and keeps the parts.
    pub(crate) fn parse(url: &str, policy: AddressPolicy) -> Result<Self, UrlError> {
        let chars = url.chars().count();
        if chars > NOTIFY_URL_CHARS_MAX {
            return Err(UrlError::TooLong { chars });
        }
        if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(UrlError::Malformed);
        }
        let (scheme, rest) = url.split_once("://").ok_or(UrlError::Malformed)?;
        let default_port = default_port(scheme, policy)?;
        let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, after) = rest.split_at(authority_end);
        if authority.contains('@') {
            return Err(UrlError::UserInfo);
        }
        if after.contains('#') {
            return Err(UrlError::Fragment);
        }
        if after.contains('?') {
            return Err(UrlError::Query);
        }
        let uri: Uri = url.parse().map_err(|_| UrlError::Malformed)?;
        let bracketed = uri.host().unwrap_or_default();
        let port = match &authority[bracketed.len().min(authority.len())..] {
            "" => default_port,
            port => port.strip_prefix(':').and_then(parse_port).ok_or(UrlError::Malformed)?,
        };
        let host = parse_host(bracketed)?;
        if after.is_empty() {
            return Err(UrlError::NoPath);
        }
        host.check(policy)?;
        Ok(Self { host: host.to_string(), port, uri })
    }
}

fn default_port(scheme: &str, policy: AddressPolicy) -> Result<u16, UrlError> {
    match (scheme.to_ascii_lowercase().as_str(), policy) {
        ("https", AddressPolicy::PublicOnly | AddressPolicy::AllowPrivate) => Ok(443),
        ("http", AddressPolicy::AllowPrivate) => Ok(80),
        _ => Err(UrlError::Scheme),
    }
}

fn parse_port(digits: &str) -> Option<u16> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|port| is_plain && *port != 0)
}

enum Host {
    Address(IpAddr),
    /// In lower case.
    Name(String),
}

impl Host {
    fn check(&self, policy: AddressPolicy) -> Result<(), UrlError> {
        match self {
            Self::Address(address) if policy.permits(*address) => Ok(()),
            Self::Address(_) => Err(UrlError::PrivateHost),
            Self::Name(name) if ends_in_number(name) => Err(UrlError::AmbiguousHost),
            Self::Name(name) if policy == AddressPolicy::PublicOnly && is_private_name(name) => {
                Err(UrlError::PrivateHost)
            }
            Self::Name(_) => Ok(()),
        }
    }
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

fn parse_host(text: &str) -> Result<Host, UrlError> {
    if let Some(inner) = text.strip_prefix('[') {
        let address: Option<Ipv6Addr> = inner.strip_suffix(']').and_then(|inner| inner.parse().ok());
        return address.map(|address| Host::Address(address.into())).ok_or(UrlError::Malformed);
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok(Host::Address(address.into()));
    }
    let name = text.to_ascii_lowercase();
    if is_dns_name(without_root(&name)) { Ok(Host::Name(name)) } else { Err(UrlError::Malformed) }
}

fn is_dns_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// The name without the dot of the root, which changes nothing about where it leads.
fn without_root(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// Whether resolvers would read the name as an IPv4 address in an old form: octal, hexadecimal, fewer
/// than four parts, or one large number. No top-level domain is a number.
fn ends_in_number(name: &str) -> bool {
    let last = without_root(name).rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hex || last.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether only a private network would resolve the name: `localhost`, single words, reserved endings.
fn is_private_name(name: &str) -> bool {
    let name = without_root(name);
    !name.contains('.') || PRIVATE_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::AddressPolicy::{AllowPrivate, PublicOnly};
    use super::*;

    #[test]
    fn what_the_public_policy_takes_and_refuses() {
        for (url, expected) in [
            ("https://shop.example.com/notify", Ok(())),
            ("HTTPS://Shop.Example.com./a/b%20c", Ok(())),
            ("https://shop.example.com/", Ok(())),
            ("https://shop.example.com:8443/notify", Ok(())),
            ("https://8.8.8.8/notify", Ok(())),
            ("https://[2400:3200::1]:443/notify", Ok(())),
            ("https://xn--fiqs8s.example/notify", Ok(())),
            ("", Err(UrlError::Malformed)),
            ("shop.example.com/notify", Err(UrlError::Malformed)),
            ("https:///notify", Err(UrlError::Malformed)),
            ("https://shop.example.com/a b", Err(UrlError::Malformed)),
            ("https://shop.example.com/通知", Err(UrlError::Malformed)),
            ("https://券.example.com/notify", Err(UrlError::Malformed)),
            ("https://shop.example.com:0/notify", Err(UrlError::Malformed)),
            ("https://shop.example.com:65536/notify", Err(UrlError::Malformed)),
            ("https://shop.example.com:/notify", Err(UrlError::Malformed)),
            ("https://shop..example.com/notify", Err(UrlError::Malformed)),
            ("https://-shop.example.com/notify", Err(UrlError::Malformed)),
            ("https://shop%2eexample.com/notify", Err(UrlError::Malformed)),
            ("https://shop.example.com\\@evil.example/notify", Err(UrlError::UserInfo)),
            ("http://shop.example.com/notify", Err(UrlError::Scheme)),
            ("ftp://shop.example.com/notify", Err(UrlError::Scheme)),
            ("https://user:pass@shop.example.com/notify", Err(UrlError::UserInfo)),
            ("https://shop.example.com@127.0.0.1/notify", Err(UrlError::UserInfo)),
            ("https://shop.example.com/notify#top", Err(UrlError::Fragment)),
            ("https://shop.example.com/notify?brand=1", Err(UrlError::Query)),
            ("https://shop.example.com/notify?", Err(UrlError::Query)),
            ("https://shop.example.com", Err(UrlError::NoPath)),
            ("https://2130706433/notify", Err(UrlError::AmbiguousHost)),
            ("https://127.1/notify", Err(UrlError::AmbiguousHost)),
            ("https://0x7f000001/notify", Err(UrlError::AmbiguousHost)),
            ("https://0X7f.0.0.0x1/notify", Err(UrlError::AmbiguousHost)),
            ("https://0177.0.0.1/notify", Err(UrlError::AmbiguousHost)),
            ("https://127.0.0.1./notify", Err(UrlError::AmbiguousHost)),
            ("https://localhost/notify", Err(UrlError::PrivateHost)),
            ("https://LOCALHOST./notify", Err(UrlError::PrivateHost)),
            ("https://shop.localhost/notify", Err(UrlError::PrivateHost)),
            ("https://intranet/notify", Err(UrlError::PrivateHost)),
            ("https://printer.local/notify", Err(UrlError::PrivateHost)),
            ("https://metadata.google.internal/notify", Err(UrlError::PrivateHost)),
            ("https://127.0.0.1/notify", Err(UrlError::PrivateHost)),
            ("https://10.1.2.3/notify", Err(UrlError::PrivateHost)),
            ("https://100.64.0.1/notify", Err(UrlError::PrivateHost)),
            ("https://169.254.169.254/latest", Err(UrlError::PrivateHost)),
            ("https://0.0.0.0/notify", Err(UrlError::PrivateHost)),
            ("https://[::1]/notify", Err(UrlError::PrivateHost)),
            ("https://[::]/notify", Err(UrlError::PrivateHost)),
            ("https://[fd00::1]/notify", Err(UrlError::PrivateHost)),
            ("https://[fe80::1]/notify", Err(UrlError::PrivateHost)),
            ("https://[::ffff:127.0.0.1]/notify", Err(UrlError::PrivateHost)),
            ("https://[::ffff:7f00:1]/notify", Err(UrlError::PrivateHost)),
            ("https://[fe80::1%25eth0]/notify", Err(UrlError::Malformed)),
        ] {
            assert_eq!(check_notify_url(url, PublicOnly), expected, "{url}");
        }
    }

    #[test]
    fn the_private_policy_differs_in_scheme_and_host_only() {
        for (url, expected) in [
            ("http://127.0.0.1:3000/notify", Ok(())),
            ("http://localhost:3000/", Ok(())),
            ("http://[::1]/notify", Ok(())),
            ("https://receiver/notify", Ok(())),
            ("http://shop.example.com/notify", Ok(())),
            ("ftp://localhost/notify", Err(UrlError::Scheme)),
            ("http://localhost/notify?x", Err(UrlError::Query)),
            ("http://localhost:3000", Err(UrlError::NoPath)),
            ("http://2130706433/notify", Err(UrlError::AmbiguousHost)),
            ("http://169.254.169.254/latest", Err(UrlError::PrivateHost)),
            ("http://0.0.0.0:3000/notify", Err(UrlError::PrivateHost)),
        ] {
            assert_eq!(check_notify_url(url, AllowPrivate), expected, "{url}");
        }
    }

    #[test]
    fn both_sides_of_the_length() {
        let url_of = |chars: usize| format!("https://shop.example.com/{}", "n".repeat(chars - 25));
        assert_eq!(check_notify_url(&url_of(256), PublicOnly), Ok(()));
        assert_eq!(check_notify_url(&url_of(257), PublicOnly), Err(UrlError::TooLong { chars: 257 }));
    }

    #[test]
    fn the_parts_for_a_connection() {
        for (url, host, port) in [
            ("https://Shop.example.com/n", "shop.example.com", 443),
            ("http://localhost/n", "localhost", 80),
            ("http://[::1]:3000/n", "::1", 3000),
        ] {
            let endpoint = Endpoint::parse(url, AllowPrivate).unwrap();
            assert_eq!((endpoint.host.as_str(), endpoint.port), (host, port), "{url}");
        }
    }
}
