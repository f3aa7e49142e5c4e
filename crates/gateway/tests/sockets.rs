//! What only shows on a real socket: the spelling of header names, chunked bodies, `Expect: 100-continue`, bodies
//! that are too large or cut off, unknown URLs and methods as a raw client sees them.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::net::SocketAddr;

use quan_testkit::{Actor, PRE_SEND, TestPlatform};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// A platform that listens on a free loopback port.
struct Listening {
    platform: TestPlatform,
    address: SocketAddr,
    stop: CancellationToken,
    serving: AbortOnDropHandle<std::io::Result<()>>,
}

impl Listening {
    async fn start() -> Self {
        Self::on(TestPlatform::start().await).await
    }

    async fn on(platform: TestPlatform) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(quan_gateway::serve(listener, platform.routes.clone(), stop.clone()));
        Self { platform, address, stop, serving: AbortOnDropHandle::new(serving) }
    }

    /// Sends the parts one after the other and reads until the other side closes.
    async fn exchange(&self, parts: &[&[u8]]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        for part in parts {
            // The other side may answer and close before it has read everything.
            drop(stream.write_all(part).await);
        }
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer).await);
        String::from_utf8(answer).unwrap()
    }
}

fn head(method: &str, target: &str, authorization: &str, more: &str) -> Vec<u8> {
    format!(
        "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nConnection: close\r\nAuthorization: {authorization}\r\n{more}\r\n"
    )
    .into_bytes()
}

fn signed(actor: &Actor, method: &str, target: &str, body: &[u8]) -> String {
    actor.call(method, target).body(body.to_vec()).signed()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(7) {
        chunks.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        chunks.extend(chunk);
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    chunks
}

#[tokio::test]
async fn header_names_are_in_title_case() {
    let listening = Listening::start().await;
    let offer = listening.platform.single_offer(|_| {}).await;
    let body = listening.platform.pre_send_body(&offer).to_string();
    let authorization = signed(&listening.platform.merchant(), "POST", PRE_SEND, body.as_bytes());
    let head = head("POST", PRE_SEND, &authorization, &format!("Content-Length: {}\r\n", body.len()));
    let answer = listening.exchange(&[&head, body.as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    for name in [
        "Content-Type: application/json; charset=utf-8",
        "Content-Length: ",
        "Wechatpay-Timestamp: ",
        "Wechatpay-Nonce: ",
        "Wechatpay-Serial: ",
        "Wechatpay-Signature: ",
        "Wechatpay-Signature-Type: WECHATPAY2-SHA256-RSA2048",
        "Cache-Control: no-cache, must-revalidate",
        "Content-Language: zh-CN",
    ] {
        assert!(answer.contains(&format!("\r\n{name}")), "{name} is missing in {answer}");
    }
    // HTTP/1.1 names have no case; hyper can only write Title-Case, and no SDK looks this one up by case.
    assert!(answer.to_ascii_lowercase().contains("\r\nrequest-id: 08"), "{answer}");
}

#[tokio::test]
async fn a_chunked_body_is_taken() {
    let listening = Listening::start().await;
    let offer = listening.platform.single_offer(|_| {}).await;
    let body = listening.platform.pre_send_body(&offer).to_string();
    let authorization = signed(&listening.platform.merchant(), "POST", PRE_SEND, body.as_bytes());
    let head = head("POST", PRE_SEND, &authorization, "Transfer-Encoding: chunked\r\n");
    let answer = listening.exchange(&[&head, &chunked(body.as_bytes())]).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn a_caller_that_waits_for_100_continue_is_told_to_go_on() {
    let listening = Listening::start().await;
    let offer = listening.platform.single_offer(|_| {}).await;
    let body = listening.platform.pre_send_body(&offer).to_string();
    let authorization = signed(&listening.platform.merchant(), "POST", PRE_SEND, body.as_bytes());
    let more = format!("Content-Length: {}\r\nExpect: 100-continue\r\n", body.len());
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream.write_all(&head("POST", PRE_SEND, &authorization, &more)).await.unwrap();
    let go_on = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut interim = vec![0; go_on.len()];
    stream.read_exact(&mut interim).await.unwrap();
    assert_eq!(interim, go_on);
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_before_it_is_read() {
    let listening = Listening::start().await;
    let head = head("POST", PRE_SEND, "unread", "Content-Length: 10485760\r\n");
    let answer = listening.exchange(&[&head, &vec![b' '; 5 * 1024 * 1024]]).await;
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{answer}");
    assert!(answer.contains("\"code\":\"PARAM_ERROR\"") && answer.contains("4194304"), "{answer}");
    assert!(!answer.contains("Wechatpay-Signature"), "who called was not proved: {answer}");
}

#[tokio::test]
async fn a_body_that_breaks_off_changes_nothing() {
    let listening = Listening::start().await;
    let offer = listening.platform.single_offer(|_| {}).await;
    let body = listening.platform.pre_send_body(&offer).to_string();
    let authorization = signed(&listening.platform.merchant(), "POST", PRE_SEND, body.as_bytes());
    let head = head("POST", PRE_SEND, &authorization, &format!("Content-Length: {}\r\n", body.len()));
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream.write_all(&head).await.unwrap();
    stream.write_all(&body.as_bytes()[..body.len() / 2]).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    // The same call in whole is the first of its number.
    let whole = listening.platform.merchant().post_bytes(PRE_SEND, body).await;
    whole.ok();
}

#[tokio::test]
async fn a_stop_lets_the_open_request_finish() {
    let listening = Listening::start().await;
    let offer = listening.platform.single_offer(|_| {}).await;
    let body = listening.platform.pre_send_body(&offer).to_string();
    let authorization = signed(&listening.platform.merchant(), "POST", PRE_SEND, body.as_bytes());
    let more = format!("Content-Length: {}\r\nExpect: 100-continue\r\n", body.len());
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream.write_all(&head("POST", PRE_SEND, &authorization, &more)).await.unwrap();
    // The interim answer proves that the platform has begun with the request.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    listening.stop.cancel();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    listening.serving.await.unwrap().unwrap();
    assert!(TcpStream::connect(listening.address).await.is_err(), "the port is free again");
}

#[tokio::test]
async fn an_address_has_six_hundred_claim_calls_a_minute() {
    let platform = TestPlatform::start_with(quan_gateway::GatewaySettings::default()).await;
    let listening = Listening::on(platform).await;
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    let body = r#"{"token":"x"}"#;
    let request = format!(
        "POST /claim/v1/open HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut statuses = Vec::new();
    for _ in 0..601 {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await.unwrap();
        statuses.push(String::from_utf8_lossy(&answer[9..12.min(length)]).into_owned());
    }
    assert_eq!(statuses.iter().filter(|status| *status == "404").count(), 600);
    assert_eq!(statuses.last().unwrap(), "429");
    let page = listening.exchange(&[b"GET /claim HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]).await;
    assert!(page.starts_with("HTTP/1.1 200"), "the page itself has no limit: {page}");
}
