//! The merchant's callback receiver: verifies and opens every delivery, answers, and keeps a book of coupons.
//!
//! It trusts nothing that does not verify, answers before any work is done, and takes repeated deliveries
//! of one event as one. It never stops while the platform is killed and started again.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use quan_client::notification::{BODY_BYTES_MAX, NotificationReply};
use quan_client::{NotificationParser, ProductCouponEvent};
use quan_model::notification::SendResource;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

/// The path of the notify URL.
pub(crate) const PATH: &str = "/notify";
/// How long a notification is waited for. They come within milliseconds; a busy machine needs more.
const ARRIVAL_MAX: Duration = Duration::from_secs(15);

/// What was delivered so far.
#[derive(Default)]
pub(crate) struct Book {
    coupons: HashMap<String, SendResource>,
    /// Deliveries that verified, repeated ones included.
    pub(crate) accepted: usize,
    /// Deliveries that were turned away.
    pub(crate) refused: usize,
    /// The last delivery that verified, as it came.
    last: Option<(HeaderMap, Bytes)>,
}

impl Book {
    fn of_stock(&self, stock_id: &str) -> impl Iterator<Item = &SendResource> {
        self.coupons.values().filter(move |coupon| coupon.stock_id == stock_id)
    }
}

/// A receiver that is listening. Dropping it closes it.
pub(crate) struct Receiver {
    /// Where the platform shall post.
    pub(crate) notify_url: String,
    book: Arc<watch::Sender<Book>>,
    _serving: AbortOnDropHandle<()>,
}

impl Receiver {
    /// Listens on a free loopback port.
    pub(crate) async fn start(parser: NotificationParser) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("cannot listen for callbacks")?;
        let notify_url = format!("http://{}{PATH}", listener.local_addr()?);
        let book = Arc::new(watch::Sender::new(Book::default()));
        let serving = tokio::spawn(serve(listener, parser, Arc::clone(&book)));
        Ok(Self { notify_url, book, _serving: AbortOnDropHandle::new(serving) })
    }

    /// The coupon that was claimed under this number, once its notification has come.
    pub(crate) async fn coupon(&self, send_request_no: &str) -> anyhow::Result<SendResource> {
        let find = |book: &Book| {
            book.coupons.values().find(|coupon| coupon.send_request_no == send_request_no).cloned()
        };
        self.wait(|book| find(book).is_some())
            .await
            .with_context(|| format!("waiting for the notification of {send_request_no}"))?;
        find(&self.book.borrow()).context("the book has lost a coupon")
    }

    /// The coupons of a stock, once there are as many as expected; more are a surprise.
    pub(crate) async fn coupons(&self, stock_id: &str, count: usize) -> anyhow::Result<Vec<SendResource>> {
        let arrived = self.wait(|book| book.of_stock(stock_id).count() >= count).await;
        let coupons: Vec<_> = self.book.borrow().of_stock(stock_id).cloned().collect();
        arrived.with_context(|| format!("{} of {count} notifications have arrived", coupons.len()))?;
        anyhow::ensure!(
            coupons.len() == count,
            "notifications tell of {} coupons, but {count} were issued",
            coupons.len()
        );
        Ok(coupons)
    }

    /// How many coupons of a stock the receiver knows.
    pub(crate) fn known(&self, stock_id: &str) -> usize {
        self.book.borrow().of_stock(stock_id).count()
    }

    /// The last delivery that verified, as it came.
    pub(crate) fn last_delivery(&self) -> anyhow::Result<(HeaderMap, Bytes)> {
        self.book.borrow().last.clone().context("nothing was delivered yet")
    }

    /// How many deliveries were accepted and turned away.
    pub(crate) fn tally(&self) -> (usize, usize) {
        let book = self.book.borrow();
        (book.accepted, book.refused)
    }

    async fn wait(&self, is_reached: impl Fn(&Book) -> bool) -> anyhow::Result<()> {
        let mut book = self.book.subscribe();
        let reached = tokio::time::timeout(ARRIVAL_MAX, book.wait_for(|book| is_reached(book))).await;
        reached.with_context(|| format!("nothing more came in {} s", ARRIVAL_MAX.as_secs()))?.map(drop)?;
        Ok(())
    }
}

async fn serve(listener: TcpListener, parser: NotificationParser, book: Arc<watch::Sender<Book>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connections.spawn(serve_connection(stream, parser.clone(), Arc::clone(&book)));
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(stream: TcpStream, parser: NotificationParser, book: Arc<watch::Sender<Book>>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (parser, book) = (parser.clone(), Arc::clone(&book));
        async move { Ok::<_, Infallible>(answer(&parser, &book, request).await) }
    });
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    if let Err(error) = served {
        // The platform was killed in the middle of a delivery: it will deliver again.
        tracing::debug!(error = &error as &dyn std::error::Error, "a delivery was cut off");
    }
}

async fn answer(
    parser: &NotificationParser,
    book: &watch::Sender<Book>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    if head.method != Method::POST || head.uri.path() != PATH {
        return response(StatusCode::NOT_FOUND, "");
    }
    // One byte more than a notification may have is enough to see that it is too large.
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX + 1).collect().await else {
        return response(StatusCode::BAD_REQUEST, "");
    };
    let reply = take(parser, book, head.headers, body.to_bytes());
    response(reply.status(), reply.body())
}

/// Verifies, opens and books one delivery.
fn take(
    parser: &NotificationParser,
    book: &watch::Sender<Book>,
    headers: HeaderMap,
    body: Bytes,
) -> NotificationReply {
    match parser.parse(&headers, &body) {
        Ok(notification) => {
            book.send_modify(|book| {
                book.accepted += 1;
                book.last = Some((headers, body));
                let key = notification.dedupe_key();
                if let ProductCouponEvent::Sent(coupon) = notification.event {
                    book.coupons.insert(key, *coupon);
                }
            });
            NotificationReply::accepted()
        }
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "a delivery was turned away");
            book.send_modify(|book| book.refused += 1);
            error.reply()
        }
    }
}

fn response(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    response
}
