//! A notification server on axum: verified by the extractor, each event handled once.
//!
//! Run it: `cargo run -p quan-client --example notifications_on_axum`
//!
//! Your crate needs `quan-client` with the feature `axum`. The parser comes from `client.notifications()`
//! or from `NotificationParser::new`.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::post;
use quan_client::ProductCouponEvent;
use quan_client::notification::{
    NotificationParser, NotificationReply, RecentNonces, SeenEvents, Sighting, VerifiedNotification,
};
use quan_client::testing::{FakePlatform, samples};

/// What the handlers share. The extractor takes the parser out of it.
#[derive(Clone)]
struct Shop {
    parser: NotificationParser,
    seen: SeenEvents,
    to_confirm: Arc<Mutex<Vec<String>>>,
}

impl FromRef<Shop> for NotificationParser {
    fn from_ref(shop: &Shop) -> Self {
        shop.parser.clone()
    }
}

/// What is not the platform's never comes here: the extractor has answered it.
async fn notify(State(shop): State<Shop>, notification: VerifiedNotification) -> NotificationReply {
    let handling = match shop.seen.begin(&notification) {
        Sighting::First(handling) => handling,
        Sighting::InHand => return NotificationReply::failed(),
        Sighting::Done => return NotificationReply::accepted(),
    };
    match &notification.event {
        // Answer within 5 seconds: only note what is to be done.
        ProductCouponEvent::Sent(coupon) => {
            shop.to_confirm.lock().unwrap_or_else(PoisonError::into_inner).push(coupon.coupon_code.clone());
        }
        other => println!("nothing to do for {other:?}"),
    }
    handling.done();
    NotificationReply::accepted()
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let shop = Shop {
        parser: platform.notification_parser().replay_guard(RecentNonces::default()),
        seen: SeenEvents::default(),
        to_confirm: Arc::default(),
    };
    let router = Router::new().route("/notify", post(notify)).with_state(shop.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move { axum::serve(listener, router).await });

    let sent = platform.notify(&ProductCouponEvent::Sent(Box::new(samples::sent())));
    let used = platform.notify(&ProductCouponEvent::Used(Box::new(samples::used())));
    let repeated = platform.redeliver(&sent);
    let deliveries = [
        ("a coupon was issued", sent.clone(), 204),
        ("somebody sends the recorded bytes again", sent.clone(), 401),
        ("the platform repeats it", repeated, 204),
        ("the platform tests whether we verify", platform.redeliver(&sent).probe(), 401),
        ("the coupon was used", used, 204),
    ];
    for (what, delivery, expected) in deliveries {
        let status = tokio::task::spawn_blocking(move || delivery.post(address, "/notify"));
        let status = status.await??;
        println!("{what}: answered {status}");
        assert_eq!(status, expected, "{what}");
    }
    assert_eq!(*shop.to_confirm.lock().unwrap_or_else(PoisonError::into_inner), ["Code_123456"]);
    server.abort();
    Ok(())
}
