//! Serving, and stopping in order: not ready, no new connections, open requests, the sender, the write lane.

use std::sync::Arc;

use anyhow::Context;
use quan_gateway::{ConnectionLimits, Gateway, ServerSettings};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::configuration::Configuration;
use crate::node::Node;
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
    pub(crate) server: ServerSettings,
    pub(crate) node: Node,
    pub(crate) readiness: Arc<NodeReadiness>,
}

impl Serving {
    /// Serves until the first signal, then drains. A second signal ends the process at once.
    pub(crate) async fn until(
        self,
        mut stop: mpsc::UnboundedReceiver<()>,
        configuration: &Configuration,
        stop_noting: &CancellationToken,
    ) -> anyhow::Result<()> {
        let Self { public, operator, gateway, server, node, readiness } = self;
        let (closing, sender_stop, operator_stop) =
            (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
        let operator_limits = ConnectionLimits { connections_max: 256, ..server.limits };
        let operator_routes = quan_gateway::operator_routes(gateway.clone());
        let operator_server = ServerSettings { limits: operator_limits, ..ServerSettings::default() };
        let operating = tokio::spawn(quan_gateway::serve_with(
            operator,
            operator_routes,
            operator_server,
            operator_stop.clone(),
        ));
        let sending = node.send(sender_stop.clone());
        let public_routes = quan_gateway::public_routes(gateway);
        let serving = tokio::spawn(quan_gateway::serve_with(public, public_routes, server, closing.clone()));

        stop.recv().await;
        let unready = configuration.unready_seconds.get();
        tracing::info!(unready_seconds = unready.as_secs(), "stopping: not ready from here on");
        readiness.drain();
        tokio::spawn(async move {
            stop.recv().await;
            tracing::warn!("a second signal: ending at once, open requests are cut off");
            std::process::exit(EXIT_AT_ONCE);
        });
        tokio::time::sleep(unready).await;
        tracing::info!("no new connections; open requests are finished");
        closing.cancel();
        let cut_off = serving.await.context("the public listener broke down")?;
        stop_noting.cancel();
        sender_stop.cancel();
        sending.await.context("the sender of notifications broke down")?;
        node.close().await?;
        operator_stop.cancel();
        operating.await.context("the operator's listener broke down")?;
        tracing::info!(cut_off, "stopped");
        Ok(())
    }
}

/// As a shell reports a program that Ctrl-C ended.
const EXIT_AT_ONCE: i32 = 130;
