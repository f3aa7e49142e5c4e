//! Connections: one carries many calls, and what is no HTTP ends it.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_testkit::{PRE_SEND, TestPlatform};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A platform behind a socket.
struct Served {
    platform: TestPlatform,
    address: std::net::SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

async fn served() -> Served {
    let platform = TestPlatform::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(quan_gateway::serve(listener, platform.routes.clone(), stop.clone()));
    Served { platform, address, stop, serving }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn body(&self) -> String {
        let offer = self.platform.single_offer(|_| {}).await;
        self.platform.pre_send_body(&offer).to_string()
    }

    /// The head of a signed pre-send, with these lines after it.
    fn head(&self, body: &str, lines: &str) -> String {
        let authorization = self.platform.merchant().call("POST", PRE_SEND).body(body.to_owned()).signed();
        format!(
            "POST {PRE_SEND} HTTP/1.1\r\nhost: {}\r\nauthorization: {authorization}\r\n\
             content-type: application/json\r\n{lines}\r\n",
            self.address
        )
    }

    async fn stopped(self) {
        self.stop.cancel();
        self.serving.await.unwrap();
    }
}

/// Reads until the connection is closed.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Reads up to and with the end of a head.
async fn read_head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn one_connection_carries_many_calls() {
    let served = served().await;
    let body = served.body().await;
    let mut stream = served.connect().await;
    for _ in 0..3 {
        let lines = format!("content-length: {}\r\n", body.len());
        stream.write_all((served.head(&body, &lines) + &body).as_bytes()).await.unwrap();
        let head = read_head(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
        let mut answer = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"{\"token\":"));
    }
    drop(stream);
    served.stopped().await;
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let served = served().await;
    for garbage in ["\x16\x03\x01\x02\r\n\r\n", "POST\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"] {
        let mut stream = served.connect().await;
        stream.write_all(garbage.as_bytes()).await.unwrap();
        let answer = rest(stream).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{garbage:?}: {answer}");
    }
    served.stopped().await;
}
