//! The merchant's side of notifications: a receiver that takes whatever comes, counts it, and keeps a sample that is
//! verified and opened after the clock has stopped.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use http::{HeaderMap, HeaderName, HeaderValue};
use quan_client::NotificationParser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::bench::answer::{self, Answer};

/// One delivery of so many is kept to be looked at.
const SAMPLED: u64 = 64;
const TAKEN: &[u8] = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";

/// What one store's notifications have come to. Clones tell of the same.
#[derive(Clone)]
pub(crate) struct Deliveries {
    /// Where they are to be posted.
    pub(crate) notify_url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    count: AtomicU64,
    sample: Mutex<Vec<Answer>>,
}

impl Deliveries {
    /// Listens on a port of its own, on a thread of its own.
    ///
    /// # Errors
    /// When there is no port or no thread.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        listener.set_nonblocking(true)?;
        let notify_url = format!("http://{}/notify", listener.local_addr()?);
        let state = Arc::new(State::default());
        let serving = Arc::clone(&state);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // It ends with the process.
        std::thread::Builder::new()
            .name("receiver".into())
            .spawn(move || runtime.block_on(serve(listener, serving)))?;
        Ok(Self { notify_url, state })
    }

    /// How many were taken so far.
    pub(crate) fn count(&self) -> u64 {
        self.state.count.load(Ordering::Relaxed)
    }

    /// Verifies and opens what was kept.
    ///
    /// # Errors
    /// When a delivery of the sample is not what a merchant's code would take.
    pub(crate) fn verify_sample(&self, parser: &NotificationParser) -> anyhow::Result<()> {
        let sample = std::mem::take(&mut *self.state.sample.lock().unwrap_or_else(PoisonError::into_inner));
        for delivery in sample {
            let mut headers = HeaderMap::new();
            for (name, value) in delivery.headers() {
                headers.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
            }
            parser.parse(&headers, delivery.body()).context("a notification does not verify")?;
        }
        Ok(())
    }
}

async fn serve(listener: std::net::TcpListener, state: Arc<State>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take_all(stream, Arc::clone(&state)));
        }
    }
}

/// Takes what comes over one connection. A sender that breaks off sends again, so there is nobody to tell.
async fn take_all(mut stream: TcpStream, state: Arc<State>) {
    drop(stream.set_nodelay(true));
    let mut buffer = Vec::with_capacity(4 * 1024);
    while let Ok(1..) = stream.read_buf(&mut buffer).await {
        let Ok(whole) = answer::whole(&buffer) else { return };
        let Some(length) = whole else { continue };
        if state.count.fetch_add(1, Ordering::Relaxed).is_multiple_of(SAMPLED) {
            let mut sample = state.sample.lock().unwrap_or_else(PoisonError::into_inner);
            sample.push(Answer::new(&buffer[..length]));
        }
        buffer.drain(..length);
        if stream.write_all(TAKEN).await.is_err() {
            return;
        }
    }
}
