//! The merchant's callback receiver: verifies and opens each notification with the client's own parser.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use quan_client::{NotificationParser, ProductCouponEvent};
use quan_model::notification::SendResource;
use tokio::net::TcpListener;

const BODY_BYTES_MAX: usize = 1024 * 1024;
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// What arrived, by stock and code; a repetition counts once, as a receiver must.
type Inbox = Arc<Mutex<HashMap<(String, String), SendResource>>>;

/// A running receiver.
pub(super) struct Receiver {
    pub(super) url: String,
    inbox: Inbox,
}

impl Receiver {
    /// Listens on a free loopback port until the demo ends.
    pub(super) async fn start(parser: NotificationParser) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for the receiver")?;
        let url = format!("http://{}/notify", listener.local_addr()?);
        let inbox = Inbox::default();
        let (parser, kept) = (Arc::new(parser), inbox.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (parser, inbox) = (parser.clone(), kept.clone());
                let service = service_fn(move |request| take(parser.clone(), inbox.clone(), request));
                // A delivery that breaks off is repeated by the platform.
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Ok(Self { url, inbox })
    }

    /// What arrived for a coupon, if it did.
    pub(super) fn of_request(&self, stock_id: &str, send_request_no: &str) -> Option<SendResource> {
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sent = inbox.values();
        sent.find(|sent| sent.stock_id == stock_id && sent.send_request_no == send_request_no).cloned()
    }

    /// Waits for the notification of a pre-send that was claimed.
    pub(super) async fn wait_for(
        &self,
        stock_id: &str,
        send_request_no: &str,
        limit: Duration,
    ) -> anyhow::Result<SendResource> {
        let arrival = async {
            loop {
                if let Some(sent) = self.of_request(stock_id, send_request_no) {
                    return sent;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let arrived = tokio::time::timeout(limit, arrival).await;
        arrived.with_context(|| format!("no notification arrived for {send_request_no}"))
    }
}

async fn take(
    parser: Arc<NotificationParser>,
    inbox: Inbox,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        return Ok(answer(400, ""));
    };
    let body = body.to_bytes();
    Ok(match parser.parse(&head.headers, &body) {
        Ok(notification) => {
            if let ProductCouponEvent::Sent(sent) = notification.event {
                let key = (sent.stock_id.clone(), sent.coupon_code.clone());
                inbox.lock().unwrap_or_else(PoisonError::into_inner).insert(key, *sent);
            }
            answer(204, "")
        }
        Err(error) => {
            eprintln!("the receiver refused a notification: {error}");
            let reply = error.reply();
            answer(reply.status().as_u16(), reply.body())
        }
    })
}

fn answer(status: u16, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response
}
