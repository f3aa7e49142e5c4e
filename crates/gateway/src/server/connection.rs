//! One connection: its handshake if it has one, its requests one after the other, its end.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use crate::server::pulse::{Phase, Pulse, Watched};
use crate::server::{ClientAddress, ConnectionCounters, ServerSettings};

/// Serves one connection to its end. The permit is its place among the open ones.
pub(crate) async fn serve(
    stream: TcpStream,
    routes: Router,
    settings: ServerSettings,
    stop: CancellationToken,
    permit: OwnedSemaphorePermit,
) {
    let _open = Open::count(Arc::clone(&settings.counters), permit);
    // Answers are small and complete: waiting to fill packets would only delay them.
    drop(stream.set_nodelay(true));
    // Only a connection that is gone already has no address.
    let Ok(address) = stream.peer_addr() else { return };
    let peer = address.ip();
    let counters = &settings.counters;
    let Some(tls) = &settings.tls else {
        return exchange(stream, peer, routes, &settings, stop).await;
    };
    let shaken = tokio::select! {
        shaken = tokio::time::timeout(settings.limits.head, tls.accept(stream)) => shaken,
        () = stop.cancelled() => return,
    };
    match shaken {
        Ok(Ok(stream)) => exchange(stream, peer, routes, &settings, stop).await,
        Ok(Err(error)) => {
            counters.handshake_failures.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(error = &error as &dyn std::error::Error, "a TLS handshake failed");
        }
        Err(_late) => {
            counters.handshake_failures.fetch_add(1, Ordering::Relaxed);
            tracing::debug!("a TLS handshake took too long");
        }
    }
}

async fn exchange<S>(
    stream: S,
    peer: IpAddr,
    routes: Router,
    settings: &ServerSettings,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let pulse = Pulse::begin(settings.limits);
    let beating = pulse.clone();
    let proxies = settings.proxies.clone();
    let routes = TowerToHyperService::new(routes);
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        beating.enter(Phase::Exchange);
        let mut request = request.map(Body::new);
        let client = ClientAddress(proxies.client(peer, request.headers()));
        request.extensions_mut().insert(client);
        let (answering, beating) = (routes.call(request), beating.clone());
        async move {
            let answered = answering.await;
            beating.enter(Phase::Idle);
            answered
        }
    });
    let mut server = http1::Builder::new();
    server
        .title_case_headers(true)
        .timer(TokioTimer::new())
        // The pulse watches instead, and tells a slow head from an idle connection.
        .header_read_timeout(None)
        .max_buf_size(settings.limits.header_bytes_max);
    let watched = Watched { stream, pulse: pulse.clone() };
    let connection = server.serve_connection(TokioIo::new(watched), service);
    tokio::pin!(connection);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            served = connection.as_mut() => {
                if let Err(error) = served {
                    tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
                }
                return;
            }
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            phase = pulse.stopped() => {
                if phase != Phase::Idle {
                    settings.counters.timed_out.fetch_add(1, Ordering::Relaxed);
                    tracing::debug!(?phase, "a connection took too long and is closed");
                }
                return;
            }
        }
    }
}

/// Counts a connection for as long as it is open.
struct Open {
    counters: Arc<ConnectionCounters>,
    _permit: OwnedSemaphorePermit,
}

impl Open {
    fn count(counters: Arc<ConnectionCounters>, permit: OwnedSemaphorePermit) -> Self {
        counters.open.fetch_add(1, Ordering::Relaxed);
        Self { counters, _permit: permit }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.counters.open.fetch_sub(1, Ordering::Relaxed);
    }
}
