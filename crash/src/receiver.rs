//! The receiver of notifications: verifies and opens every delivery and keeps a book, in whatever manner it answers.
//!
//! It may be well, or down, slow, long-winded, or redirecting. It never ends while nodes die and come back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use quan_client::notification::BODY_BYTES_MAX;
use quan_client::{NotificationParser, ProductCouponEvent};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

/// What the receiver answers in manner [`Manner::LongWinded`].
const LONG_ANSWER_BYTES: usize = 10 * 1024 * 1024;
/// Longer than the five seconds of an attempt.
const SLOW: Duration = Duration::from_secs(7);
/// What it says when nothing answers the redirected call.
const ELSEWHERE: &str = "/elsewhere";

/// How the receiver behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Takes what verifies.
    Well,
    /// Cuts every connection after the request.
    Down,
    /// Answers 200 after the time of an attempt.
    Slow,
    /// Answers 500 with 10 MB.
    LongWinded,
    /// Answers 302 to another of its paths, which would answer 200.
    Redirecting,
}

/// One event that was delivered, or tried to be.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// The stock that the event names.
    pub(crate) stock_id: String,
    /// The coupon.
    pub(crate) coupon_code: String,
    /// Its user.
    pub(crate) openid: String,
    /// The number it was sent under.
    pub(crate) send_request_no: String,
    /// Deliveries that were taken.
    pub(crate) taken: u32,
    /// Deliveries that were not.
    pub(crate) not_taken: u32,
    body: Bytes,
}

/// What came so far.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// By the id of the notification.
    pub(crate) arrivals: HashMap<String, Arrival>,
    /// What must not be: bodies that do not verify, redirects that were followed, bodies that changed.
    pub(crate) findings: Vec<String>,
    /// Deliveries that were taken.
    pub(crate) taken: u64,
}

/// A receiver that is listening. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Receiver {
    /// Where the platform shall post.
    pub(crate) notify_url: String,
    state: Arc<State>,
    _serving: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct State {
    parser: NotificationParser,
    manner: Mutex<Manner>,
    book: Mutex<Book>,
    changed: watch::Sender<u64>,
}

impl Receiver {
    /// Listens on a free loopback port.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn start(parser: NotificationParser) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("cannot listen for callbacks")?;
        let notify_url = format!("http://{}/notify", listener.local_addr()?);
        let state = Arc::new(State {
            parser,
            manner: Mutex::new(Manner::Well),
            book: Mutex::default(),
            changed: watch::Sender::new(0),
        });
        let serving = tokio::spawn(serve(listener, Arc::clone(&state)));
        Ok(Self { notify_url, state, _serving: AbortOnDropHandle::new(serving) })
    }

    /// From now on it behaves so.
    pub(crate) fn behave(&self, manner: Manner) {
        *lock(&self.state.manner) = manner;
    }

    /// What came so far.
    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.state.book)
    }

    /// Waits until the book is as asked; whether it came to that in time.
    pub(crate) async fn wait(&self, limit: Duration, is_reached: impl Fn(&Book) -> bool) -> bool {
        let mut changed = self.state.changed.subscribe();
        let reached = changed.wait_for(|_| is_reached(&self.book()));
        tokio::time::timeout(limit, reached).await.is_ok_and(|reached| reached.is_ok())
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connections.spawn(serve_connection(stream, Arc::clone(&state)));
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let state = Arc::clone(&state);
        async move { answer(&state, request).await }
    });
    // An error is a node that was killed in the middle of a delivery, or the cut that was asked for.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

/// The answer in the manner of the moment; an error cuts the connection.
async fn answer(state: &State, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let (head, body) = request.into_parts();
    if head.uri.path() == ELSEWHERE {
        lock(&state.book).findings.push("a redirect of the receiver was followed".to_owned());
        return Ok(response(StatusCode::OK, Bytes::new()));
    }
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX + 1).collect().await else {
        return Ok(response(StatusCode::BAD_REQUEST, Bytes::new()));
    };
    let manner = *lock(&state.manner);
    let body = body.to_bytes();
    if manner == Manner::Slow {
        // Noted when the sender has given up, which drops this call, or when the wait is over.
        let _noted = NoteAtEnd { state, headers: head.headers, body };
        tokio::time::sleep(SLOW).await;
        return Ok(response(StatusCode::OK, Bytes::new()));
    }
    let is_good = take(state, manner, &head.headers, &body);
    match manner {
        Manner::Well if is_good => Ok(response(StatusCode::NO_CONTENT, Bytes::new())),
        Manner::Well => Ok(response(StatusCode::UNAUTHORIZED, Bytes::new())),
        Manner::Down | Manner::Slow => Err(std::io::Error::other("down")),
        Manner::LongWinded => {
            Ok(response(StatusCode::INTERNAL_SERVER_ERROR, Bytes::from(vec![b'x'; LONG_ANSWER_BYTES])))
        }
        Manner::Redirecting => {
            let mut redirect = response(StatusCode::FOUND, Bytes::new());
            redirect.headers_mut().insert(header::LOCATION, header::HeaderValue::from_static(ELSEWHERE));
            Ok(redirect)
        }
    }
}

/// Books a slow delivery when its time is over.
struct NoteAtEnd<'s> {
    state: &'s State,
    headers: HeaderMap,
    body: Bytes,
}

impl Drop for NoteAtEnd<'_> {
    fn drop(&mut self) {
        take(self.state, Manner::Slow, &self.headers, &self.body);
    }
}

/// Verifies, opens and books one delivery; whether it was good.
fn take(state: &State, manner: Manner, headers: &HeaderMap, body: &Bytes) -> bool {
    let parsed = state.parser.parse(headers, body);
    let mut guard = lock(&state.book);
    let book = &mut *guard;
    let is_good = match parsed {
        Err(error) => {
            book.findings.push(format!("a notification does not verify or open: {error}"));
            false
        }
        Ok(notification) => match notification.event {
            ProductCouponEvent::Sent(sent) => {
                let fresh = || Arrival {
                    stock_id: sent.stock_id.clone(),
                    coupon_code: sent.coupon_code.clone(),
                    openid: sent.openid.clone(),
                    send_request_no: sent.send_request_no.clone(),
                    taken: 0,
                    not_taken: 0,
                    body: body.clone(),
                };
                let arrival = book.arrivals.entry(notification.id.clone()).or_insert_with(fresh);
                let is_same = arrival.body == *body;
                if manner == Manner::Well {
                    arrival.taken += 1;
                    book.taken += 1;
                } else {
                    arrival.not_taken += 1;
                }
                if !is_same {
                    book.findings.push(format!("notification {} has changed its body", notification.id));
                }
                true
            }
            _ => {
                book.findings.push(format!("an event that nobody caused: {}", notification.event_type));
                true
            }
        },
    };
    drop(guard);
    state.changed.send_modify(|changes| *changes += 1);
    is_good
}

fn response(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response
}
