//! Serving, and stopping in order: not ready, no new connections, open requests, the sender, the write lane.

use std::sync::Arc;

use anyhow::Context;
use quan_console::Console;
use quan_gateway::{ConnectionLimits, Gateway, ServerSettings, serve_with};
use quan_platform::console::request_log::RequestLogWorker;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::configuration::Configuration;
use crate::node::Node;
use crate::serve::listening::Listening;
use crate::serve::readiness::NodeReadiness;

/// What the process is told by signals.
pub(crate) struct Signals {
    /// SIGTERM and Ctrl-C, each one.
    pub(crate) stop: mpsc::UnboundedReceiver<()>,
    /// SIGHUP.
    pub(crate) reload: mpsc::UnboundedReceiver<()>,
}

impl Signals {
    /// Listens from here on, so that no signal after the start is lost or kills the process.
    #[cfg(unix)]
    pub(crate) fn listen() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (stopping, stop) = mpsc::unbounded_channel();
        let (reloading, reload) = mpsc::unbounded_channel();
        for (kind, told) in [
            (SignalKind::terminate(), stopping.clone()),
            (SignalKind::interrupt(), stopping),
            (SignalKind::hangup(), reloading),
        ] {
            let mut signals = signal(kind).context("signals cannot be listened to")?;
            tokio::spawn(async move { while signals.recv().await.is_some() && told.send(()).is_ok() {} });
        }
        Ok(Self { stop, reload })
    }

    /// Listens from here on.
    #[cfg(not(unix))]
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let (stopping, stop) = mpsc::unbounded_channel();
        let (reloading, reload) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let _held = reloading;
            while tokio::signal::ctrl_c().await.is_ok() && stopping.send(()).is_ok() {}
        });
        Ok(Self { stop, reload })
    }
}

/// A node with its listeners.
pub(crate) struct Serving {
    pub(crate) public: TcpListener,
    pub(crate) operator: TcpListener,
    pub(crate) gateway: Gateway,
    pub(crate) console: Console,
    pub(crate) log_worker: RequestLogWorker,
    pub(crate) server: ServerSettings,
    pub(crate) node: Node,
    pub(crate) readiness: Arc<NodeReadiness>,
}

impl Serving {
    /// Serves until the first signal, or until a listener breaks down, then drains. A second signal ends the process at once.
    ///
    /// # Errors
    /// A listener broke down, or a part did not end well.
    pub(crate) async fn until(
        self,
        mut stop: mpsc::UnboundedReceiver<()>,
        configuration: &Configuration,
        stop_noting: &CancellationToken,
    ) -> anyhow::Result<()> {
        let Self { public, operator, gateway, console, log_worker, server, node, readiness } = self;
        let (closing, sender_stop, operator_stop) =
            (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
        let operator_limits = ConnectionLimits { connections_max: 256, ..server.limits };
        let operator_routes = quan_gateway::operator_routes(gateway.clone());
        let operator_server = ServerSettings { limits: operator_limits, ..ServerSettings::default() };
        let operating = serve_with(operator, operator_routes, operator_server.clone(), operator_stop.clone());
        let mut operating = Listening::new("operator", tokio::spawn(operating), operator_server);
        let sending = node.send(sender_stop.clone());
        let logging = node.log_requests(log_worker, sender_stop.clone());
        let public_routes = quan_gateway::public_routes(gateway).merge(quan_console::routes(console));
        let serving = serve_with(public, public_routes, server.clone(), closing.clone());
        let mut serving = Listening::new("public", tokio::spawn(serving), server);

        let broken = tokio::select! {
            _ = stop.recv() => None,
            broken = serving.broken_down() => Some(broken),
            broken = operating.broken_down() => Some(broken),
        };
        let unready = configuration.unready_seconds.get();
        tracing::info!(unready_seconds = unready.as_secs(), "stopping: not ready from here on");
        readiness.drain();
        // After a breakdown the first signal asks for what is under way.
        end_at_once_on_signal(stop, if broken.is_some() { 2 } else { 1 });
        tokio::time::sleep(unready).await;
        tracing::info!("no new connections; open requests are finished");
        closing.cancel();
        let cut_off = serving.ended().await?;
        stop_noting.cancel();
        sender_stop.cancel();
        sending.await.context("the sender of notifications broke down")?;
        logging.await.context("the request log broke down")?;
        node.close().await?;
        operator_stop.cancel();
        operating.ended().await?;
        tracing::info!(cut_off, "stopped");
        broken.map_or(Ok(()), Err)
    }
}

fn end_at_once_on_signal(mut stop: mpsc::UnboundedReceiver<()>, signals: usize) {
    tokio::spawn(async move {
        for _ in 0..signals {
            stop.recv().await;
        }
        tracing::warn!("a second signal: ending at once, open requests are cut off");
        std::process::exit(EXIT_AT_ONCE);
    });
}

/// As a shell reports a program that Ctrl-C ended.
const EXIT_AT_ONCE: i32 = 130;
