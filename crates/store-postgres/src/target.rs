//! The URL of a database: what of it the driver reads, what concerns TLS, and how it is shown without its password.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::str::FromStr;

use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::open::OpenError;
use crate::tls::{self, Trust};

/// How often a silent peer is probed, and how long bytes may stay unacknowledged: a server whose machine is gone is
/// noticed in this time.
const SILENCE_MAX: std::time::Duration = std::time::Duration::from_secs(10);

/// Where to connect, and how.
pub(crate) struct Target {
    config: Config,
    tls: MakeRustlsConnect,
    pub(crate) has_tls: bool,
    pub(crate) has_password: bool,
}

/// A new connection: the client, what moves its bytes, and the server's version.
pub(crate) type Connected = (Client, Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>, String);

impl Target {
    /// Reads a URL such as `postgresql://user:password@host:5432/database?sslmode=verify-full`, with the parameters of
    /// libpq: `sslmode` in all its values, `sslrootcert`, `options`, several hosts, `target_session_attrs` and others.
    pub(crate) fn parse(url: &str) -> Result<Self, OpenError> {
        let (plain, asked) = take_tls_parameters(url)?;
        let mut config =
            Config::from_str(&plain).map_err(|cause| OpenError::Url { cause: Box::new(cause) })?;
        if config.get_hosts().is_empty() {
            return Err(OpenError::Url { cause: "it names no host".into() });
        }
        if let Some(mode) = asked.mode {
            config.ssl_mode(mode);
        }
        config.keepalives_idle(SILENCE_MAX).tcp_user_timeout(SILENCE_MAX);
        if config.get_application_name().is_none() {
            config.application_name("quan");
        }
        if config.get_target_session_attrs() == TargetSessionAttrs::Any {
            // Of several servers the one that takes writes; readers want to see what was just written.
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let tls = tls::connector(&asked.trust)?;
        Ok(Self {
            has_tls: config.get_ssl_mode() != SslMode::Disable,
            has_password: config.get_password().is_some(),
            config,
            tls,
        })
    }

    pub(crate) async fn connect(&self) -> Result<Connected, Error> {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        let version = connection.parameter("server_version").unwrap_or_default().to_owned();
        Ok((client, Box::pin(connection), version))
    }

    /// The database's name; the user's when none is given.
    pub(crate) fn database(&self) -> &str {
        self.config.get_dbname().or(self.config.get_user()).unwrap_or("(of the user)")
    }

    /// The user, if one is given.
    pub(crate) fn user(&self) -> &str {
        self.config.get_user().unwrap_or("(this system's user)")
    }
}

/// `host:port/database`, without user or password.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ports = self.config.get_ports();
        for (number, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            let port = ports.get(number).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}:{port}")?,
                Host::Unix(path) => write!(f, "{comma}{}:{port}", path.display())?,
            }
        }
        write!(f, "/{}", self.database())
    }
}

/// What a URL asks about TLS.
struct Asked {
    mode: Option<SslMode>,
    trust: Trust,
}

/// Takes `sslmode` and `sslrootcert` out of a URL: the driver knows only a part of their values.
fn take_tls_parameters(url: &str) -> Result<(String, Asked), OpenError> {
    if !url.starts_with("postgresql://") && !url.starts_with("postgres://") {
        return Err(OpenError::Url { cause: "it does not begin with postgresql://".into() });
    }
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut root) = (None, None);
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let value = || {
            let decoded = form_urlencoded::parse(pair.as_bytes()).next();
            decoded.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        match pair.split_once('=').map_or(pair, |(name, _)| name) {
            "sslmode" => mode = Some(value()),
            "sslrootcert" => root = Some(value()),
            _ => rest.push(pair),
        }
    }
    let root = root.filter(|root| root != "system").map(PathBuf::from);
    // As libpq has it: `require` looks at the certificate only when a root is named.
    let (mode, trust) = match (mode.as_deref(), root) {
        (None, None) => (None, Trust::Anybody),
        (None, Some(root)) => (None, Trust::Chain { root: Some(root) }),
        (Some("disable"), _) => (Some(SslMode::Disable), Trust::Anybody),
        (Some("allow" | "prefer"), _) => (Some(SslMode::Prefer), Trust::Anybody),
        (Some("require"), None) => (Some(SslMode::Require), Trust::Anybody),
        (Some("require"), Some(root)) => (Some(SslMode::Require), Trust::Chain { root: Some(root) }),
        (Some("verify-ca"), root) => (Some(SslMode::Require), Trust::Chain { root }),
        (Some("verify-full"), root) => (Some(SslMode::Require), Trust::ChainAndName { root }),
        (Some(_), _) => {
            let cause = "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full";
            return Err(OpenError::Url { cause: cause.into() });
        }
    };
    let plain = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    Ok((plain, Asked { mode, trust }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(url: &str) -> Result<(String, Option<SslMode>, Trust), String> {
        let (plain, asked) = take_tls_parameters(url).map_err(|error| error.to_string())?;
        Ok((plain, asked.mode, asked.trust))
    }

    #[test]
    fn the_parameters_of_tls_mean_what_they_mean_to_libpq() {
        let root = || Some(PathBuf::from("/a b"));
        let plain = "postgresql://h/d".to_owned();
        for (query, mode, trust) in [
            ("", None, Trust::Anybody),
            ("?sslmode=disable", Some(SslMode::Disable), Trust::Anybody),
            ("?sslmode=allow", Some(SslMode::Prefer), Trust::Anybody),
            ("?sslmode=prefer", Some(SslMode::Prefer), Trust::Anybody),
            ("?sslmode=require", Some(SslMode::Require), Trust::Anybody),
            ("?sslmode=require&sslrootcert=/a%20b", Some(SslMode::Require), Trust::Chain { root: root() }),
            ("?sslmode=verify-ca&sslrootcert=system", Some(SslMode::Require), Trust::Chain { root: None }),
            ("?sslmode=verify-full", Some(SslMode::Require), Trust::ChainAndName { root: None }),
            (
                "?sslmode=verify-full&sslrootcert=/a%20b",
                Some(SslMode::Require),
                Trust::ChainAndName { root: root() },
            ),
        ] {
            assert_eq!(asked(&format!("{plain}{query}")), Ok((plain.clone(), mode, trust)), "{query}");
        }
        let (rest, mode, _) =
            asked("postgres://h/d?options=-csearch_path%3Dq&sslmode=disable&connect_timeout=3").unwrap();
        assert_eq!(rest, "postgres://h/d?options=-csearch_path%3Dq&connect_timeout=3");
        assert_eq!(mode, Some(SslMode::Disable));
        assert!(asked("postgresql://h/d?sslmode=maybe").unwrap_err().contains("DATABASE"));
    }

    #[test]
    fn a_url_that_is_none_is_refused_and_a_password_never_shown() {
        for url in
            ["", "mysql://h/d", "postgresql:///d", "postgresql://h:port/d", "postgresql://h/d?colour=red"]
        {
            let error = Target::parse(url).map(drop).unwrap_err();
            assert!(matches!(error, OpenError::Url { .. }), "{url}: {error:?}");
        }
        let target = Target::parse("postgresql://u:geheim@one:1,two:2/d?sslmode=disable").unwrap();
        assert_eq!(target.to_string(), "one:1,two:2/d");
        assert_eq!((target.user(), target.database(), target.has_tls), ("u", "d", false));
        let wrong = Target::parse("postgresql://u:geheim@h:nonsense/d").map(drop).unwrap_err();
        let shown =
            format!("{wrong} {wrong:?} {:?}", std::error::Error::source(&wrong).map(ToString::to_string));
        assert!(!shown.contains("geheim"), "{shown}");
    }
}
