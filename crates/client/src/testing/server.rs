//! The fake platform behind a socket of this machine, for code under test that makes its own client from
//! a base URL.
//!
//! It speaks just enough HTTP/1.1: one request a connection, bodies with a length. It lives in real
//! time, because such code signs with the machine's clock.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use quan_model::clock::Clock as _;

use super::wire::MockTransport;
use crate::error::TransportError;
use crate::system::SystemClock;
use crate::transport::{Limits, WireRequest, WireResponse};

/// How long a connection is kept for an answer that never comes.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// Larger requests are not read.
const REQUEST_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Listens on a free port of this machine until it is dropped, and answers as its
/// [`MockTransport`] says.
///
/// Faults of the transport become what can be done on a socket: a timeout is silence, every other
/// failure a connection that is closed after the request was read.
pub struct FakeServer {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FakeServer {
    /// Begins to listen. From now on the clock of the platform follows the machine's.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(wire: &MockTransport) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let is_over = Arc::new(AtomicBool::new(false));
        wire.platform().clock().set(SystemClock.now().unix_seconds());
        let thread = std::thread::spawn({
            let (wire, is_over) = (wire.clone(), Arc::clone(&is_over));
            move || {
                for stream in listener.incoming() {
                    if is_over.load(Ordering::SeqCst) {
                        return;
                    }
                    let wire = wire.clone();
                    // A client that gives up midway is part of some tests.
                    std::thread::spawn(move || stream.and_then(|stream| serve(&wire, stream)));
                }
            }
        });
        Ok(Self { address, is_over, thread: Some(thread) })
    }

    /// The base URL, such as `http://127.0.0.1:40000`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener. When it does not, the thread is left alone rather than waited for.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _panicked = thread.join();
        }
    }
}

fn serve(wire: &MockTransport, stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    let request = read(&stream)?;
    wire.platform().clock().set(SystemClock.now().unix_seconds());
    match wire.exchange(&request, &Limits::default()) {
        Ok(answer) => write(stream, &answer),
        Err(TransportError::Timeout(_)) => {
            // Nothing comes; the wait ends when the client leaves.
            let _bytes = (&stream).read(&mut [0])?;
            Ok(())
        }
        Err(_) => Ok(()),
    }
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn read(stream: &TcpStream) -> io::Result<WireRequest> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.trim_end().split(' ');
    let method = words.next().and_then(|word| word.parse::<Method>().ok()).ok_or(invalid("no method"))?;
    let target = words.next().ok_or(invalid("no target"))?.to_owned();
    let mut headers = HeaderMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let name: HeaderName = name.parse().map_err(|_| invalid("a header's name"))?;
        headers.append(name, HeaderValue::from_str(value.trim()).map_err(|_| invalid("a header's value"))?);
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let length = text(http::header::CONTENT_LENGTH).map_or(Ok(0), str::parse::<usize>);
    let length = length.ok().filter(|length| *length <= REQUEST_BYTES_MAX).ok_or(invalid("the length"))?;
    let origin = format!("http://{}", text(http::header::HOST).unwrap_or_default());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(WireRequest { origin, target, method, headers, body: body.into() })
}

fn write(mut stream: TcpStream, answer: &WireResponse) -> io::Result<()> {
    let status = answer.status.as_u16();
    let mut out = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n").into_bytes();
    if status != 204 {
        out.extend_from_slice(format!("Content-Length: {}\r\n", answer.body.len()).as_bytes());
    }
    for (name, value) in &answer.headers {
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(&answer.body);
    stream.write_all(&out)
}

impl std::fmt::Debug for FakeServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FakeServer({})", self.address)
    }
}
