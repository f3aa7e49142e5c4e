//! The load: requests that are ready to be sent, over keep-alive HTTP/1.1 connections with one call under way on each.
//!
//! One thread of its own drives all connections and does as little as it can: write a request, read the answer to its
//! end, note how long that took. What the answers say is looked at after the clock has stopped.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::bench::answer::{self, Answer};

/// How long the whole load may take; a server that hangs must not hang the bench.
const LOAD_MAX: Duration = Duration::from_secs(600);

/// What a load came to.
pub(crate) struct Outcome {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// Of each call, in microseconds, in no particular order.
    pub(crate) latencies_us: Vec<u64>,
    /// In the order of the requests.
    pub(crate) answers: Vec<Answer>,
}

/// Sends all requests, each once, and returns when all are answered.
///
/// # Errors
/// When a connection fails, or an answer cannot be read.
pub(crate) async fn run(
    address: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    connections: usize,
) -> anyhow::Result<Outcome> {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("load".into()).spawn(move || {
        // Nobody waits any more when the bench was stopped.
        drop(tell.send(drive(address, &requests, connections)));
    })?;
    told.await.context("the load broke down")?
}

fn drive(address: SocketAddr, requests: &Arc<Vec<Vec<u8>>>, connections: usize) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let driven =
        runtime.block_on(async { tokio::time::timeout(LOAD_MAX, all(address, requests, connections)).await });
    driven.with_context(|| format!("the load did not end within {} s", LOAD_MAX.as_secs()))?
}

/// One call, done.
struct Done {
    number: usize,
    took: Duration,
    answer: Answer,
}

async fn all(
    address: SocketAddr,
    requests: &Arc<Vec<Vec<u8>>>,
    connections: usize,
) -> anyhow::Result<Outcome> {
    let mut open = Vec::new();
    for _ in 0..connections.min(requests.len()) {
        let stream = TcpStream::connect(address).await.context("cannot connect to the server")?;
        stream.set_nodelay(true)?;
        open.push(stream);
    }
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for stream in open {
        running.spawn(one_connection(stream, Arc::clone(requests), Arc::clone(&next)));
    }
    let mut done = Vec::with_capacity(requests.len());
    while let Some(ended) = running.join_next().await {
        done.extend(ended.context("a connection of the load broke down")?.context("a call failed")?);
    }
    let elapsed = begun.elapsed();
    done.sort_unstable_by_key(|call: &Done| call.number);
    let latencies_us =
        done.iter().map(|call| u64::try_from(call.took.as_micros()).unwrap_or(u64::MAX)).collect();
    Ok(Outcome { elapsed, latencies_us, answers: done.into_iter().map(|call| call.answer).collect() })
}

async fn one_connection(
    mut stream: TcpStream,
    requests: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
) -> io::Result<Vec<Done>> {
    let mut done = Vec::new();
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(request) = requests.get(number) else { return Ok(done) };
        let begun = Instant::now();
        stream.write_all(request).await?;
        let length = loop {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server hung up"));
            }
            if let Some(length) = answer::whole(&buffer)? {
                break length;
            }
        };
        let took = begun.elapsed();
        done.push(Done { number, took, answer: Answer::new(&buffer[..length]) });
        buffer.drain(..length);
    }
}
