//! Serving HTTP/1.1 with title-case header names, and stopping cleanly.
//!
//! HTTP/2 is not offered: its names are lower-case, and the Java SDK looks up `Wechatpay-Timestamp`
//! literally (wire-protocol S-1).

use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::claim::PeerAddress;

/// How long the head of a request may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long open requests may go on after a stop was asked for.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves until `stop` is cancelled, then lets open requests finish, for ten seconds at most.
pub async fn serve(listener: TcpListener, routes: Router, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let served = serve_connection(stream, PeerAddress(peer.ip()), routes.clone(), stop.clone());
                connections.spawn(served);
            }
            Err(error) => {
                // Out of file descriptors or the like: waiting lets connections close.
                tracing::warn!(error = &error as &dyn std::error::Error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(DRAIN_TIMEOUT, connections.wait()).await.is_err() {
        tracing::warn!("some requests were still open after {} s and are cut off", DRAIN_TIMEOUT.as_secs());
    }
}

async fn serve_connection(stream: TcpStream, peer: PeerAddress, routes: Router, stop: CancellationToken) {
    // Answers are small and complete: waiting to fill packets would only delay them.
    drop(stream.set_nodelay(true));
    let routes = routes.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request
    });
    let mut server = http1::Builder::new();
    server.title_case_headers(true).timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let connection = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    tokio::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
    }
}
