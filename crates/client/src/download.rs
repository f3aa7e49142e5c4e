//! Downloads of files that the platform has announced: bills and use flows.
//!
//! The announcement (URL, kind of digest, digest) comes in a signed answer; the file itself is not signed,
//! so it is believed only when its digest fits. The URL is checked before anything is signed, because a
//! signature for another host's URL would be valid there (client.md 14).

mod drive;
mod intake;
mod landing;
mod ticket;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use http::header::ACCEPT;

pub use self::ticket::{DownloadTicket, TicketError};
use crate::credential::Credential;
use crate::error::{Error, RequestError};
use crate::mode::Mode;
use crate::plan::{Plan, Purpose};
use crate::protocol::{Core, Protocol};
use crate::request::{Body, Draft, DraftPath};

/// How long a download may stand still (client.md C-80).
const IDLE_TIME_MAX: Duration = Duration::from_secs(30);

/// The largest file by default, in bytes, unpacked.
const BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// The largest file that is taken into memory by default, in bytes, unpacked.
const MEMORY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The platform's hosts, from which files may be downloaded beside the base URLs.
const PLATFORM_HOSTS: [&str; 5] = [
    "api.mch.weixin.qq.com",
    "api2.mch.weixin.qq.com",
    "apihk.mch.weixin.qq.com",
    "api.wechatpay.cn",
    "api2.wechatpay.cn",
];

/// A download that was described and not yet made; say where it goes.
#[must_use = "a download does nothing until it is told where the file goes"]
pub struct Download<M: Mode> {
    core: Arc<Core<M>>,
    ticket: DownloadTicket,
    credential: Option<Credential>,
    bytes_max: Option<u64>,
    idle: Duration,
}

/// A file that has arrived, and whose digest fits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Its size in bytes, unpacked.
    pub bytes: u64,
    /// Its digest in lower-case hex, of the kind that the ticket names.
    pub digest: String,
}

impl<M: Mode> Download<M> {
    pub(crate) fn new(core: Arc<Core<M>>, ticket: DownloadTicket) -> Self {
        Self { core, ticket, credential: None, bytes_max: None, idle: IDLE_TIME_MAX }
    }

    /// Signs with another credential than the client's.
    pub fn credential(mut self, credential: impl Into<Credential>) -> Self {
        self.credential = Some(credential.into());
        self
    }

    /// The largest file that is taken, in bytes, unpacked. By default 4 GiB, and 64 MiB into memory.
    pub fn bytes_max(mut self, bytes_max: u64) -> Self {
        self.bytes_max = Some(bytes_max);
        self
    }

    /// How long the download may stand still; 30 s by default.
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// The plan that opens the download. The query of the URL is kept byte for byte.
    fn plan(&mut self) -> Result<Plan<'_>, Error> {
        let protocol = &self.core.protocol;
        let path = DraftPath::new("download");
        let mut draft = Draft::new(protocol, Method::GET, path, Ok(Body::none()));
        match checked(protocol, self.ticket.url()) {
            Ok(parts) => draft.fixed_target = Some(parts),
            Err(mistake) => draft.mistake = Some(mistake),
        }
        draft.credential = self.credential.take();
        draft.limits.attempt = self.idle;
        draft.call_time_max = draft.call_time_max.max(self.idle);
        draft.headers.insert(ACCEPT, http::HeaderValue::from_static("*/*"));
        Ok(Plan::with_purpose(protocol, draft.prepare(protocol)?, Purpose::Download))
    }
}

/// Splits a URL into origin and target, if it may be signed.
fn checked(protocol: &Protocol, url: &str) -> Result<(String, String), RequestError> {
    let refused = RequestError::DownloadUrl;
    let (scheme, rest) = url.split_once("://").ok_or(refused("it has no scheme"))?;
    let (authority, path_and_query) = rest.split_once('/').ok_or(refused("it has no path"))?;
    if url.contains('#') {
        return Err(refused("it has a fragment"));
    }
    if authority.contains('@') {
        return Err(refused("it has user info"));
    }
    let origin = format!("{scheme}://{authority}");
    let is_base = protocol.base_urls.iter().any(|base| base.origin.eq_ignore_ascii_case(&origin));
    // A base URL in plain text was allowed when the client was built.
    if scheme != "https" && !is_base {
        return Err(refused("it is not https"));
    }
    let host = authority.strip_suffix(":443").unwrap_or(authority);
    let own = protocol.download_hosts.iter().map(String::as_str);
    let is_known = PLATFORM_HOSTS.into_iter().chain(own).any(|known| known.eq_ignore_ascii_case(host));
    if !is_base && !is_known {
        return Err(RequestError::ForeignHost(authority.to_owned()));
    }
    let target = format!("/{path_and_query}");
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    if let Some(fault) = crate::path::fault(path.as_bytes()) {
        return Err(RequestError::InvalidPath(fault));
    }
    if !query.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(refused("its query has a blank or a byte that is not ASCII"));
    }
    Ok((origin, target))
}

impl<M: Mode> fmt::Debug for Download<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing_parts::blocking_client;

    fn check(url: &str) -> Result<(String, String), RequestError> {
        let client = blocking_client();
        checked(&client.core().protocol, url)
    }

    #[test]
    fn the_platforms_urls_are_taken_as_they_stand() {
        let url = "https://api.mch.weixin.qq.com/v3/billdownload/file?token=a+b~c&e=%7E%20";
        assert_eq!(
            check(url).unwrap(),
            (
                "https://api.mch.weixin.qq.com".to_owned(),
                "/v3/billdownload/file?token=a+b~c&e=%7E%20".to_owned()
            )
        );
        assert!(check("https://API.wechatpay.cn:443/v3/x").is_ok());
    }

    #[test]
    fn other_urls_are_refused_before_signing() {
        use RequestError as E;
        for url in [
            "https://evil.example.com/v3/billdownload/file?token=x",
            "https://api.mch.weixin.qq.com.evil.example.com/v3/x",
            "https://api.mch.weixin.qq.com:8443/v3/x",
            "https://evilapi.mch.weixin.qq.com/v3/x",
        ] {
            assert!(matches!(check(url), Err(E::ForeignHost(_))), "{url}");
        }
        for url in [
            "http://api.mch.weixin.qq.com/v3/x",
            "https://api.mch.weixin.qq.com@evil.example.com/v3/x",
            "https://user:word@api.mch.weixin.qq.com/v3/x",
            "https://api.mch.weixin.qq.com/v3/x#y",
            "https://api.mch.weixin.qq.com",
            "/v3/x",
            "https://api.mch.weixin.qq.com/v3/x?a b",
            "https://api.mch.weixin.qq.com/v3/x?券",
        ] {
            assert!(matches!(check(url), Err(E::DownloadUrl(_))), "{url}");
        }
        let dots = check("https://api.mch.weixin.qq.com/v3/%2e%2e/x");
        assert!(matches!(dots, Err(E::InvalidPath(_))));
    }
}
