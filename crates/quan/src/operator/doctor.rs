//! `quan doctor`: looks at everything that a node needs, with the node's own settings, and says what to do.
//!
//! It changes nothing. It may be run beside a running node: what that node holds is then asked of it instead.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use quan_apiv3::certificate::Certificate;
use quan_model::clock::Clock;
use quan_store::backend::Backend;
use quan_store_sqlite::Migrations;

use crate::cli;
use crate::clock::WallClock;
use crate::configuration::{self, Configuration};
use crate::database;
use crate::exposure::exposed_mode;
use crate::platform_keys::PlatformKeyFiles;
use crate::serve::presence;
use crate::serve::tls::{CertificateFiles, ServedCertificate};

/// A certificate that expires within this is worth a word.
const EXPIRY_DAYS: i64 = 30;

/// How one look ended.
enum Finding {
    Good(String),
    /// It works, but somebody should know.
    Doubtful(String),
    /// The node would not start, or nobody could use it.
    Wrong(String),
}

use Finding::{Doubtful, Good, Wrong};

/// Looks, prints, and fails when something is wrong.
pub(crate) fn run(options: &cli::Doctor) -> anyhow::Result<()> {
    let (configuration, values) = configuration::load(&options.settings)?;
    let is_running = is_running(&configuration);
    let mut findings = vec![Good("the configuration can be used".to_owned())];
    findings.extend(values.secret_files().flat_map(exposed));
    findings.extend(addresses(&configuration, is_running));
    findings.extend(tls(&configuration));
    findings.extend(proxies(&configuration));
    findings.extend(keys(&configuration.platform_keys));
    findings.extend(policies(&configuration));
    findings.extend(store(&configuration, is_running));
    let mut wrong = 0;
    for finding in &findings {
        match finding {
            Good(text) => println!("ok    {text}"),
            Doubtful(text) => println!("note  {text}"),
            Wrong(text) => {
                wrong += 1;
                println!("WRONG {text}");
            }
        }
    }
    anyhow::ensure!(wrong == 0, "{wrong} of {} looks found something wrong", findings.len());
    println!("nothing is wrong");
    Ok(())
}

/// Whether a node answers on the operator's address.
fn is_running(configuration: &Configuration) -> bool {
    use std::io::{Read, Write};
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&configuration.admin_listen, SECOND)?;
        stream.set_read_timeout(Some(SECOND))?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: quan\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"))
}

const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

fn addresses(configuration: &Configuration, is_running: bool) -> Vec<Finding> {
    if is_running {
        return vec![Good(format!("a node answers on admin_listen {}", configuration.admin_listen))];
    }
    let free = |key: &str, address: SocketAddr| match TcpListener::bind(address) {
        Ok(_) => Good(format!("{key} {address} is free")),
        Err(error) => Wrong(format!(
            "{key} {address} cannot be listened on ({error}): stop who uses it, or choose another"
        )),
    };
    vec![free("listen", configuration.listen), free("admin_listen", configuration.admin_listen)]
}

fn tls(configuration: &Configuration) -> Vec<Finding> {
    let Some(files) = CertificateFiles::of(configuration) else {
        return if configuration.listen.ip().is_loopback() {
            vec![Good("no TLS, on this machine only: for a proxy in front".to_owned())]
        } else {
            vec![Doubtful(format!(
                "{} speaks plain HTTP: set tls_certificate_file and tls_key_file, or let only a proxy reach it",
                configuration.listen
            ))]
        };
    };
    let mut findings = exposed(&files.key);
    match ServedCertificate::open(files) {
        Ok(certificate) => {
            findings.push(expiry("the server's certificate", certificate.not_after().unwrap_or_default()));
        }
        Err(error) => findings.push(Wrong(format!("{error:#}"))),
    }
    findings
}

fn expiry(what: &str, not_after: i64) -> Finding {
    let days = (not_after - WallClock.now().unix_seconds()) / 86_400;
    match days {
        ..0 => Wrong(format!("{what} has expired: replace it")),
        0..EXPIRY_DAYS => Doubtful(format!("{what} expires in {days} days: replace it")),
        _ => Good(format!("{what} is valid for {days} days")),
    }
}

fn exposed(file: &Path) -> Vec<Finding> {
    let warning = exposed_mode(file).map(|mode| {
        let file = file.display();
        Doubtful(format!("others can read {file} (mode {mode:04o}): run `chmod 600 {file}`"))
    });
    warning.into_iter().collect()
}

/// Who is believed about the addresses of clients, by which claim calls are limited.
fn proxies(configuration: &Configuration) -> Vec<Finding> {
    let proxies = &configuration.trusted_proxies.0;
    if proxies.iter().any(|network| network.prefix_len() == 0) {
        return vec![Doubtful(
            "trusted_proxies holds every address: anybody can claim to be anybody, and the limit per address is none. \
             Name the proxies alone"
                .to_owned(),
        )];
    }
    let has_proxy = configuration.tls_certificate_file.is_none();
    if has_proxy && proxies.is_empty() && configuration.rate_limits {
        return vec![Doubtful(
            "trusted_proxies is empty: behind a proxy all people share its one limit of claim calls. Name the proxy's \
             address there"
                .to_owned(),
        )];
    }
    Vec::new()
}

fn keys(directory: &Path) -> Vec<Finding> {
    let keys = match PlatformKeyFiles::open_made(directory) {
        Ok(keys) => keys.described(),
        Err(error) => return vec![Wrong(format!("{error:#}"))],
    };
    let mut findings = Vec::new();
    let files = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    for file in files.filter(|file| file.to_string_lossy().ends_with("_key.pem")) {
        findings.extend(exposed(&file));
    }
    let certificate = std::fs::read_to_string(&keys.certificate_file).ok();
    match certificate.and_then(|pem| Certificate::from_pem(&pem).ok()) {
        Some(certificate) => findings.push(expiry("the platform's certificate", certificate.not_after)),
        None => findings.push(Wrong(format!("{} cannot be read", keys.certificate_file.display()))),
    }
    findings
}

fn policies(configuration: &Configuration) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &configuration.public_url {
        None => findings.push(Doubtful(
            "public_url is not set: URLs of pictures begin with the address that is listened on".to_owned(),
        )),
        Some(url) if url.0.starts_with("http://") => findings.push(Doubtful(format!(
            "public_url {} is plain HTTP: phones show no picture and no page from it",
            url.0
        ))),
        Some(url) => findings.push(Good(format!("public_url is {}", url.0))),
    }
    if !configuration.admin_listen.ip().is_loopback() {
        findings.push(Doubtful(format!(
            "admin_listen {} is not on loopback: let only the operator's machines reach it",
            configuration.admin_listen
        )));
    }
    if configuration.admin_token.is_none() {
        findings.push(Doubtful(
            "admin_token is not set: `quan parties` and the /_quan/ calls are off".to_owned(),
        ));
    }
    if configuration.private_receivers {
        findings.push(Doubtful(
            "private_receivers is on: merchants can make this node call into your network".to_owned(),
        ));
    }
    if !configuration.rate_limits {
        findings.push(Doubtful("rate_limits is off: one caller can take everything".to_owned()));
    }
    findings
}

fn store(configuration: &Configuration, is_running: bool) -> Vec<Finding> {
    let url = &configuration.database;
    if is_running && database::is_exclusive(url) {
        return vec![Good(format!("{url} is held by the node that runs"))];
    }
    match database::open(url, Migrations::Refuse, database::lanes(configuration)) {
        Ok(backend) => look(configuration, &backend),
        Err(error) => vec![Wrong(format!("{error:#}"))],
    }
}

fn look(configuration: &Configuration, backend: &Arc<dyn Backend>) -> Vec<Finding> {
    let mut findings =
        vec![Good(format!("{} opens, with the schema of this version", configuration.database))];
    match presence::newest_ms(&**backend, configuration.clock_behind_seconds_max.get()) {
        Ok(_) => findings.push(Good("the clock is not behind what other nodes have written".to_owned())),
        Err(error) => findings.push(Wrong(format!("{error:#}"))),
    }
    let seen = backend.snapshot(|store| {
        Ok::<_, quan_store::error::StoreError>((store.roster()?, store.backlog()?, store.unsafe_settings()?))
    });
    match seen {
        Ok(Ok((roster, backlog, unsafe_settings))) => {
            findings.extend(unsafe_settings.iter().map(|setting| {
                Doubtful(format!("{setting} is off: a crash of the database's machine loses what was acknowledged; turn it on"))
            }));
            let (merchants, brands) = (roster.merchants.len(), roster.brands.len());
            findings.push(if merchants + brands == 0 {
                Doubtful("nobody takes part yet: start the node and run `quan parties apply`".to_owned())
            } else {
                Good(format!("{merchants} merchants and {brands} brands take part"))
            });
            findings.push(Good(format!("{} notifications wait", backlog.waiting)));
        }
        Ok(Err(error)) | Err(error) => findings.push(Wrong(format!("the database cannot be read: {error}"))),
    }
    findings
}
