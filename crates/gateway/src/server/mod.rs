//! Serving HTTP/1.1 with title-case header names, plain or over TLS, within limits, and stopping cleanly.
//!
//! HTTP/2 is not offered: its names are lower-case, and the Java SDK looks up `Wechatpay-Timestamp`
//! literally (wire-protocol S-1). Knows connections and how long they may take, nothing of what is asked.

mod client_address;
mod connection;
mod limits;
mod pulse;

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use client_address::ClientAddress;
pub use client_address::TrustedProxies;
pub use limits::{ConnectionCounters, ConnectionLimits};

/// What a plain connection beyond the limit is told.
const NO_ROOM: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// How a listener is served. Each has its own: a copy counts and tracks the same connections.
#[derive(Clone, Default)]
pub struct ServerSettings {
    /// Sizes and times.
    pub limits: ConnectionLimits,
    /// With it every connection begins with a TLS handshake; offer `http/1.1` only.
    pub tls: Option<TlsAcceptor>,
    /// What is counted.
    pub counters: Arc<ConnectionCounters>,
    /// Who is believed about the address of a client.
    pub proxies: TrustedProxies,
    /// What is open; it goes on when the listener is gone.
    pub connections: TaskTracker,
}

impl ServerSettings {
    /// Lets open requests finish, for [`ConnectionLimits::drain`] at most; those that have not begun end when the `stop`
    /// of [`serve_with`] is cancelled. Returns how many connections were cut off.
    pub async fn drained(&self) -> usize {
        self.connections.close();
        let drain = self.limits.drain;
        if tokio::time::timeout(drain, self.connections.wait()).await.is_ok() {
            return 0;
        }
        let open = self.connections.len();
        tracing::warn!(open, "some requests were still open after {} s and are cut off", drain.as_secs());
        open
    }
}

/// Serves plainly with the default limits until `stop` is cancelled, then lets open requests finish.
///
/// # Errors
/// As [`serve_with`].
pub async fn serve(listener: TcpListener, routes: Router, stop: CancellationToken) -> io::Result<()> {
    serve_with(listener, routes, ServerSettings::default(), stop).await.map(drop)
}

/// Serves until `stop` is cancelled, then lets open requests finish, for [`ConnectionLimits::drain`] at most.
/// Returns how many connections were cut off.
///
/// # Errors
/// The listener listens no more. That is said at once: what is open goes on, and whoever serves cancels `stop` and waits
/// for it with [`ServerSettings::drained`].
pub async fn serve_with(
    listener: TcpListener,
    routes: Router,
    settings: ServerSettings,
    stop: CancellationToken,
) -> io::Result<usize> {
    let room = Arc::new(Semaphore::new(settings.limits.connections_max));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => match Arc::clone(&room).try_acquire_owned() {
                Ok(permit) => {
                    let serving =
                        connection::serve(stream, routes.clone(), settings.clone(), stop.clone(), permit);
                    settings.connections.spawn(serving);
                }
                Err(_full) => refuse(stream, &settings),
            },
            Err(error) if is_over(&error) => return Err(error),
            Err(error) => {
                // Out of file descriptors or the like: waiting lets connections close.
                tracing::warn!(error = &error as &dyn std::error::Error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    Ok(settings.drained().await)
}

/// Whether the socket itself does not listen any more (EINVAL of accept(2)): then no later try goes better.
fn is_over(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidInput
}

/// Tells a connection beyond the limit so and closes it. One that wants TLS is only closed.
fn refuse(stream: TcpStream, settings: &ServerSettings) {
    let before = settings.counters.refused.fetch_add(1, Ordering::Relaxed);
    // One line per thousand: a flood must not become a flood of the log.
    if before.is_multiple_of(1000) {
        let connections_max = settings.limits.connections_max;
        tracing::warn!(connections_max, refused = before + 1, "connections beyond the limit are refused");
    }
    if settings.tls.is_none() {
        tokio::spawn(async move {
            let mut stream = stream;
            let telling = async {
                stream.write_all(NO_ROOM).await?;
                stream.shutdown().await
            };
            drop(tokio::time::timeout(Duration::from_secs(1), telling).await);
        });
    }
}
