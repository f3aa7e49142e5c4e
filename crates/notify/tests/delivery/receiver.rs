//! A receiver on loopback that keeps the raw requests and answers as told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;

pub(crate) const TAKEN: &str = "HTTP/1.1 204 No Content\r\n\r\n";
pub(crate) const BUSY: &str =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 15\r\n\r\n{\"code\":\"FAIL\"}";

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The value of a header, its name compared by case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    arrivals: Arc<Semaphore>,
    answer: Arc<Mutex<Option<String>>>,
    accepting: AbortHandle,
}

impl Receiver {
    /// Answers every request with the text; without one it never answers.
    pub(crate) async fn answering(answer: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let arrivals = Arc::new(Semaphore::new(0));
        let answer = Arc::new(Mutex::new(answer.map(str::to_owned)));
        let (keeps, counts, answers) = (Arc::clone(&received), Arc::clone(&arrivals), Arc::clone(&answer));
        let accepting = tokio::spawn(async move {
            let mut unanswered = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(request) = read(&mut stream).await else { continue };
                keeps.lock().unwrap().push(request);
                counts.add_permits(1);
                let answer = answers.lock().unwrap().clone();
                match answer {
                    Some(text) => drop(stream.write_all(text.as_bytes()).await),
                    None => unanswered.push(stream),
                }
            }
        });
        Self { address, received, arrivals, answer, accepting: accepting.abort_handle() }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/notify", self.address)
    }

    pub(crate) fn answer_from_now_on(&self, answer: &str) {
        *self.answer.lock().unwrap() = Some(answer.to_owned());
    }

    /// Waits for one more request.
    pub(crate) async fn arrival(&self) {
        self.arrivals.acquire().await.unwrap().forget();
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let body = bytes[end + 4..].to_vec();
            let received = Received { head, body };
            let length: usize = received.header("Content-Length").unwrap().parse().unwrap();
            if received.body.len() == length {
                return Some(received);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
