//! One POST and its answer, over HTTP/1.1, inside the time of an attempt.
//!
//! Header names go out in title case, since some receivers compare them by case. Redirects are not
//! followed; of the answer's body no more than a few kilobytes are read. Knows neither notifications nor
//! signatures.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use tokio::time::Instant;

use crate::connection::{ConnectError, Connection, Connector};
use crate::notify_url::Endpoint;

/// How long a receiver may take, in seconds of real time: resolving, connecting, and answering with its
/// status (wire-protocol 5.3).
pub const ATTEMPT_SECONDS_MAX: u64 = 5;

/// How much of the answer's body is read, in bytes. The body has no meaning; its beginning is kept so
/// that a person can see what a failing receiver said.
pub const ANSWER_BYTES_MAX: usize = 4096;

/// The largest answer head that is read, in bytes; also all that a connection buffers.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// What to post, and where.
#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) endpoint: Endpoint,
    /// Beside the usual ones.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The beginning of the body, at most [`ANSWER_BYTES_MAX`].
    pub(crate) body: Vec<u8>,
}

/// What the attempt was waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Resolving,
    Connecting,
    Answering,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Resolving => "its name to resolve",
            Self::Connecting => "the connection",
            Self::Answering => "its answer",
        })
    }
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("the receiver took longer than {ATTEMPT_SECONDS_MAX} seconds, while waiting for {0}")]
    Late(Phase),
    #[error("the request cannot be written")]
    Unwritable(#[source] http::Error),
    #[error("the receiver broke off")]
    BrokenOff(#[source] hyper::Error),
}

/// Posts once and returns the answer, whatever its status.
pub(crate) async fn post(connector: &Connector, post: Post) -> Result<Answer, PostError> {
    let deadline = Instant::now() + Duration::from_secs(ATTEMPT_SECONDS_MAX);
    let request = request(&post)?;
    let addresses = within(deadline, Phase::Resolving, connector.resolve(&post.endpoint)).await??;
    let connecting = connector.connect(&post.endpoint, addresses);
    let connection = within(deadline, Phase::Connecting, connecting).await??;
    exchange(deadline, connection, request).await
}

async fn within<T>(deadline: Instant, phase: Phase, work: impl Future<Output = T>) -> Result<T, PostError> {
    tokio::time::timeout_at(deadline, work).await.map_err(|_elapsed| PostError::Late(phase))
}

/// The request in origin form: the path in the first line, the host in its own header.
fn request(post: &Post) -> Result<Request<Full<Bytes>>, PostError> {
    let host = post.endpoint.uri.authority().map_or("", http::uri::Authority::as_str);
    let mut request = Request::post(post.endpoint.uri.path())
        .header(HOST, host)
        .header(USER_AGENT, concat!("quan-notify/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "*/*")
        .header(CONTENT_TYPE, "application/json");
    for (name, value) in &post.headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(post.body.clone())).map_err(PostError::Unwritable)
}

async fn exchange(
    deadline: Instant,
    connection: Connection,
    request: Request<Full<Bytes>>,
) -> Result<Answer, PostError> {
    let mut client = http1::Builder::new();
    client.title_case_headers(true).max_buf_size(HEAD_BYTES_MAX);
    let (mut sender, connection) = client.handshake(connection).await.map_err(PostError::BrokenOff)?;
    // The connection does the reading and writing. Its own end is no result: what it received, or the
    // error it met, arrives at the side that asked.
    let driving = async {
        drop(connection.await);
        std::future::pending::<Infallible>().await
    };
    let asking = async {
        let answered = within(deadline, Phase::Answering, sender.send_request(request)).await?;
        let answer = answered.map_err(PostError::BrokenOff)?;
        let status = answer.status().as_u16();
        Ok(Answer { status, body: beginning(deadline, answer).await })
    };
    tokio::select! {
        answer = asking => answer,
        never = driving => match never {},
    }
}

/// Reads the beginning of the body, as far as it comes in time. The status has been given already, so
/// nothing that goes wrong here changes the result.
async fn beginning(deadline: Instant, answer: Response<Incoming>) -> Vec<u8> {
    let mut body = answer.into_body();
    let mut read = Vec::new();
    while read.len() < ANSWER_BYTES_MAX
        && let Ok(Some(Ok(frame))) = tokio::time::timeout_at(deadline, body.frame()).await
    {
        if let Some(data) = frame.data_ref() {
            read.extend_from_slice(&data[..data.len().min(ANSWER_BYTES_MAX - read.len())]);
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::address::AddressPolicy;

    async fn listen() -> (TcpListener, Post) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/notify/a%2Fb", listener.local_addr().unwrap());
        let endpoint = Endpoint::parse(&url, AddressPolicy::AllowPrivate).unwrap();
        let headers = vec![("Wechatpay-Signature-Type", "T".to_owned())];
        (listener, Post { endpoint, headers, body: Bytes::from_static(b"{\"a\":1}") })
    }

    async fn send(request: Post) -> Result<Answer, PostError> {
        post(&Connector::new(AddressPolicy::AllowPrivate), request).await
    }

    /// Accepts one connection and reads until the end of the test's body.
    async fn accept(listener: &TcpListener) -> (TcpStream, String) {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut read = Vec::new();
        while !read.ends_with(b"{\"a\":1}") {
            assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "the sender broke off");
        }
        (stream, String::from_utf8(read).unwrap())
    }

    #[tokio::test]
    async fn the_bytes_of_a_request() {
        let (listener, request) = listen().await;
        let authority = listener.local_addr().unwrap();
        let receiver = async {
            let (mut stream, request) = accept(&listener).await;
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            request
        };
        let (answer, request) = tokio::join!(send(request), receiver);
        assert_eq!(answer.unwrap(), Answer { status: 204, body: vec![] });
        let expected = format!(
            "POST /notify/a%2Fb HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: quan-notify/{}\r\nAccept: */*\r\n\
             Content-Type: application/json\r\nWechatpay-Signature-Type: T\r\nContent-Length: 7\r\n\r\n{{\"a\":1}}",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(request, expected);
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let (listener, request) = listen().await;
        let receiver = async {
            let (mut stream, _) = accept(&listener).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            // Ends only because the sender hangs up.
            while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
        };
        let (answer, ()) = tokio::join!(send(request), receiver);
        assert_eq!(answer.unwrap(), Answer { status: 200, body: vec![b'x'; ANSWER_BYTES_MAX] });
    }

    #[tokio::test]
    async fn an_answer_without_end_of_head_is_cut_off() {
        let (listener, request) = listen().await;
        let receiver = async {
            let (mut stream, _) = accept(&listener).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\nX-Long: ").await.unwrap();
            while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
        };
        let (answer, ()) = tokio::join!(send(request), receiver);
        assert!(matches!(answer, Err(PostError::BrokenOff(_))), "{answer:?}");
    }

    #[tokio::test]
    async fn a_receiver_that_never_answers_has_five_seconds() {
        let (listener, request) = listen().await;
        let receiver = async {
            let held = accept(&listener).await;
            // From here on nothing happens but time, so time may pass at once.
            tokio::time::pause();
            (Instant::now(), held)
        };
        let started = Instant::now();
        let sending = async { (send(request).await, Instant::now()) };
        let ((answer, ended), (accepted, _held)) = tokio::join!(sending, receiver);
        assert!(matches!(answer, Err(PostError::Late(Phase::Answering))), "{answer:?}");
        assert!(ended - started >= Duration::from_secs(5), "{:?}", ended - started);
        // The five seconds began before the connection; the timer counts in milliseconds.
        assert!(ended - accepted <= Duration::from_millis(5002), "{:?}", ended - accepted);
    }

    #[tokio::test]
    async fn a_status_in_time_counts_even_if_the_body_never_ends() {
        let (listener, request) = listen().await;
        let receiver = async {
            let (mut stream, _) = accept(&listener).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart").await.unwrap();
            tokio::time::pause();
            stream
        };
        let (answer, _held) = tokio::join!(send(request), receiver);
        assert_eq!(answer.unwrap().status, 200);
    }

    #[tokio::test]
    async fn nobody_listens_or_hangs_up() {
        let (listener, request) = listen().await;
        let hang_up = async { drop(accept(&listener).await) };
        let (answer, ()) = tokio::join!(send(request), hang_up);
        assert!(matches!(answer, Err(PostError::BrokenOff(_))), "{answer:?}");
        let (listener, request) = listen().await;
        drop(listener);
        let answer = send(request).await;
        assert!(matches!(answer, Err(PostError::Connect(ConnectError::Connect(_)))), "{answer:?}");
    }
}
