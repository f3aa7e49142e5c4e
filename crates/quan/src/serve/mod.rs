//! `quan serve`: a node in production.
//!
//! Wires a node with the real clock, the keys and the policies of its configuration, listens for the public and, on
//! an address of its own, for the operator, and stops in order. Nothing here can move a clock or seed anything.

mod drain;
mod listening;
mod metrics;
pub(crate) mod presence;
mod readiness;
mod reload;
#[cfg(test)]
#[cfg(unix)]
mod tests;
pub(crate) mod tls;
mod traces;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use quan_gateway::{
    Admin, ConnectionCounters, ConnectionLimits, GatewaySettings, NoCertificateCode, RateLimits,
    RequestLimits, ServerSettings, TrustedProxies,
};
use quan_notify::AddressPolicy;
use quan_platform::Settings;
use quan_platform::console::request_log::RequestLog;
use quan_store::backend::Backend;
use quan_store_sqlite::Migrations;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cli::{self, NoCertificate};
use crate::clock::{GuardedClock, WallClock};
use crate::configuration::{self, Configuration};
use crate::database;
use crate::node::{Face, Node, NodeParts};
use crate::platform_keys::PlatformKeyFiles;
use crate::serve::metrics::{Metrics, ObservedBackend, Sources};
use crate::serve::readiness::NodeReadiness;
use crate::serve::tls::{CertificateFiles, ServedCertificate};
use crate::serve::traces::Traces;

/// Runs until SIGTERM or Ctrl-C, or until a listener breaks down, which is an error.
pub(crate) fn run(options: &cli::Serve) -> anyhow::Result<()> {
    let (configuration, mut values) = configuration::load(&options.settings)?;
    if options.print_config {
        print!("{}", configuration::effective(&mut values));
        return Ok(());
    }
    crate::logs::begin(&configuration.log.0, configuration.log_format)?;
    values.secret_files().for_each(crate::exposure::warn_if_exposed);
    let opened = Opened::open(&configuration)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(configuration, opened))
}

/// What is opened before anything is served: a failure here has changed nothing.
struct Opened {
    public: std::net::TcpListener,
    operator: std::net::TcpListener,
    certificate: Option<Arc<ServedCertificate>>,
    keys: Arc<PlatformKeyFiles>,
    backend: Arc<dyn Backend>,
    metrics: Arc<Metrics>,
    readiness: Arc<NodeReadiness>,
    clock: Arc<GuardedClock>,
    node: Node,
}

impl Opened {
    fn open(configuration: &Configuration) -> anyhow::Result<Self> {
        let public = listener(configuration.listen, "listen")?;
        let operator = listener(configuration.admin_listen, "admin_listen")?;
        let certificate = CertificateFiles::of(configuration).map(ServedCertificate::open).transpose()?;
        let keys = Arc::new(PlatformKeyFiles::open_made(&configuration.platform_keys)?);
        let migrations = if configuration.migrate { Migrations::Apply } else { Migrations::Refuse };
        let backend = database::open(&configuration.database, migrations, database::lanes(configuration))?;
        presence::warn_of_unsafe_settings(&*backend)?;
        let newest_ms = presence::newest_ms(&*backend, configuration.clock_behind_seconds_max.get())?;
        let clock = Arc::new(GuardedClock::begin(WallClock, newest_ms));
        let metrics = Arc::new(Metrics::new()?);
        let backend: Arc<dyn Backend> = Arc::new(ObservedBackend { backend, metrics: metrics.clone() });
        let readiness = Arc::new(NodeReadiness::new(backend.clone()));
        let node = Node::open(NodeParts {
            backend: backend.clone(),
            clock: clock.clone(),
            platform_keys: keys.live(),
            probe_ratio: configuration.probe_ratio.0,
            policy: policy(configuration),
            settings: platform_settings(configuration),
            lanes: database::lanes(configuration),
            name: node_name(configuration),
        })?;
        Ok(Self {
            public,
            operator,
            certificate: certificate.map(Arc::new),
            keys,
            backend,
            metrics,
            readiness,
            clock,
            node,
        })
    }
}

fn listener(address: SocketAddr, key: &str) -> anyhow::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}: another program may use the port, or the address is not this machine's; set {key} to another")
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn serve(configuration: Configuration, opened: Opened) -> anyhow::Result<()> {
    let Opened { public, operator, certificate, keys, backend, metrics, readiness, clock, node } = opened;
    let signals = drain::Signals::listen()?;
    let (public, operator) = (TcpListener::from_std(public)?, TcpListener::from_std(operator)?);
    let base_url = base_url(&configuration, public.local_addr()?);
    let (request_log, log_worker) = RequestLog::new();
    let console = crate::console::console(
        node.platform.clone(),
        request_log.clone(),
        base_url.clone(),
        node.url_check(),
        keys.clone(),
    );
    let gateway = node.gateway(Face {
        request_log: Some(request_log),
        public_url: base_url.clone(),
        claim_origins: configuration.claim_origins.0.clone(),
        settings: gateway_settings(&configuration),
        admin: Some(Admin {
            token: configuration.admin_token.as_ref().map(|token| token.reveal().to_owned()),
            clock: None,
            metrics: Some(metrics.clone()),
            platform_keys: keys.clone(),
        }),
        observer: metrics.clone(),
        readiness: readiness.clone(),
    });
    let server = ServerSettings {
        limits: connection_limits(&configuration),
        tls: certificate.as_deref().map(ServedCertificate::acceptor).transpose()?,
        counters: Arc::new(ConnectionCounters::default()),
        proxies: TrustedProxies::new(configuration.trusted_proxies.0.iter().copied()),
        ..ServerSettings::default()
    };
    metrics.attach(Sources {
        backend,
        platform: node.platform.clone(),
        sender: node.sender(),
        lane: node.lane(),
        clock: clock.clone(),
        connections: server.counters.clone(),
        readiness: readiness.clone(),
        certificate: certificate.clone(),
    });
    let tracing = configuration.otlp_endpoint.as_ref().map(|endpoint| {
        let (traces, sender) = Traces::begin(&endpoint.0, configuration.trace_ratio.0, &node.name);
        metrics.trace(traces);
        sender
    });
    reload::watch(certificate, keys, signals.reload);
    let stop_noting = CancellationToken::new();
    presence::note(&node, clock, stop_noting.clone());
    greet(&base_url, public.local_addr()?, operator.local_addr()?);
    let serving = drain::Serving { public, operator, gateway, console, log_worker, server, node, readiness };
    let served = serving.until(signals.stop, &configuration, &stop_noting).await;
    if let Some(tracing) = tracing {
        tracing.finish().await;
    }
    served
}

fn node_name(configuration: &Configuration) -> String {
    let name = configuration.node_name.as_ref().map(|name| name.0.clone());
    name.unwrap_or_else(|| std::process::id().to_string())
}

fn policy(configuration: &Configuration) -> AddressPolicy {
    if configuration.private_receivers { AddressPolicy::AllowPrivate } else { AddressPolicy::PublicOnly }
}

fn platform_settings(configuration: &Configuration) -> Settings {
    Settings {
        require_store_for_specific: configuration.require_store,
        show_coupon_code: configuration.show_coupon_code,
        notify_use_return: configuration.notify_use_return,
    }
}

fn gateway_settings(configuration: &Configuration) -> GatewaySettings {
    GatewaySettings {
        rate_limits: if configuration.rate_limits { RateLimits::On } else { RateLimits::Off },
        answer_probes: configuration.answer_probe_ratio.0,
        no_certificate_code: match configuration.no_certificate_code {
            NoCertificate::ResourceNotExists => NoCertificateCode::ResourceNotExists,
            NoCertificate::NotFound => NoCertificateCode::NotFound,
        },
        explain_signatures: false,
        limits: RequestLimits {
            body_bytes_max: configuration.body_bytes_max.get(),
            body: configuration.body_seconds.get(),
            request: configuration.request_seconds.get(),
        },
    }
}

fn connection_limits(configuration: &Configuration) -> ConnectionLimits {
    let request = configuration.request_seconds.get();
    ConnectionLimits {
        connections_max: configuration.connections_max.get(),
        header_bytes_max: configuration.header_bytes_max.get(),
        head: configuration.head_seconds.get(),
        idle: configuration.idle_seconds.get(),
        // The request's own limit answers first; this one is for what it cannot see.
        exchange: request + request / 2,
        drain: configuration.drain_seconds.get(),
    }
}

fn base_url(configuration: &Configuration, listening: SocketAddr) -> String {
    let scheme = if configuration.tls_certificate_file.is_some() { "https" } else { "http" };
    configuration.public_url.as_ref().map_or_else(|| format!("{scheme}://{listening}"), |url| url.0.clone())
}

/// For scripts: where it listens, since port 0 takes a free one.
fn greet(base_url: &str, public: SocketAddr, operator: SocketAddr) {
    println!("listening on {public}\noperator on {operator}\npublic url {base_url}");
    tracing::info!(listen = %public, admin_listen = %operator, public_url = base_url, "serving");
}
