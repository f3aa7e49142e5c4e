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
    serving: JoinHandle<std::io::Result<()>>,
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
        self.serving.await.unwrap().unwrap();
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

#[cfg(unix)]
#[tokio::test]
async fn a_listener_that_listens_no_more_ends_with_an_error_and_what_is_open_goes_on() {
    let served = served().await;
    let body = served.body().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let socket = std::net::TcpStream::from(std::os::fd::OwnedFd::from(listener.try_clone().unwrap()));
    let address = listener.local_addr().unwrap();
    let settings = quan_gateway::ServerSettings::default();
    let (routes, stop) = (served.platform.routes.clone(), CancellationToken::new());
    let listener = TcpListener::from_std(listener).unwrap();
    let serving = tokio::spawn(quan_gateway::serve_with(listener, routes, settings.clone(), stop.clone()));
    let mut open = TcpStream::connect(address).await.unwrap();
    let lines = format!("content-length: {}\r\nexpect: 100-continue\r\nconnection: close\r\n", body.len());
    open.write_all(served.head(&body, &lines).as_bytes()).await.unwrap();
    let go_on = read_head(&mut open).await;
    assert!(go_on.starts_with("HTTP/1.1 100 "), "the call is under way: {go_on}");
    socket.shutdown(std::net::Shutdown::Both).unwrap();
    serving.await.unwrap().expect_err("it is over");
    open.write_all(body.as_bytes()).await.unwrap();
    let answer = rest(open).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    stop.cancel();
    assert_eq!(settings.drained().await, 0);
    served.stopped().await;
}
