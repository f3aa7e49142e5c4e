//! A notification server on actix-web.
//!
//! Run it: `cargo run -p quan-client --example notifications_on_actix`
//!
//! Your crate needs `quan-client` with the feature `actix`. The parser comes from `client.notifications()`
//! or from `NotificationParser::new`.

use std::error::Error;
use std::sync::Mutex;

use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use quan_client::ProductCouponEvent;
use quan_client::notification::{NotificationReply, SeenEvents, Sighting, VerifiedNotification};
use quan_client::testing::{FakePlatform, samples};

/// Numbers of the uses that were booked.
type Booked = Mutex<Vec<String>>;

/// What is not the platform's never comes here: the extractor has answered it.
async fn notify(
    notification: VerifiedNotification,
    seen: Data<SeenEvents>,
    booked: Data<Booked>,
) -> NotificationReply {
    let Sighting::First(handling) = seen.begin(&notification) else {
        return NotificationReply::accepted();
    };
    if let ProductCouponEvent::Used(used) = &notification.event {
        let Ok(mut booked) = booked.lock() else { return NotificationReply::failed() };
        booked.extend(used.usage.use_request_no.clone());
    }
    handling.done();
    NotificationReply::accepted()
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let (parser, seen) = (Data::new(platform.notification_parser()), Data::new(SeenEvents::default()));
    let booked: Data<Booked> = Data::new(Mutex::default());
    let handlers_booked = booked.clone();
    actix_web::rt::System::new().block_on(async move {
        let make = move || {
            App::new()
                .app_data(parser.clone())
                .app_data(seen.clone())
                .app_data(handlers_booked.clone())
                .route("/notify", web::post().to(notify))
        };
        let server = HttpServer::new(make).workers(1).disable_signals().bind("127.0.0.1:0")?;
        let address = server.addrs().first().copied().ok_or("it listens")?;
        let server = server.run();
        let handle = server.handle();
        let running = actix_web::rt::spawn(server);

        let first = platform.notify(&ProductCouponEvent::Used(Box::new(samples::used())));
        let mut second = samples::used();
        second.usage.use_request_no = Some("use_20250109_000002".to_owned());
        let second = platform.notify(&ProductCouponEvent::Used(Box::new(second)));
        for (what, delivery, expected) in [
            ("a round was used", first.clone(), 204),
            ("the platform repeats it", platform.redeliver(&first), 204),
            ("the next round was used", second, 204),
            ("an event that is not known yet", platform.notify_as("PRODUCT_COUPON_SP.NEW", &"x".into()), 204),
            ("somebody else posts", first.tampered(), 401),
        ] {
            let posted = web::block(move || delivery.post(address, "/notify"));
            let status = posted.await??;
            println!("{what}: answered {status}");
            assert_eq!(status, expected, "{what}");
        }
        handle.stop(false).await;
        running.await??;
        Ok::<(), Box<dyn Error>>(())
    })?;
    let booked = booked.lock().map_err(|_| "a handler ended early")?;
    assert_eq!(*booked, ["use_20250102_000001", "use_20250109_000002"]);
    Ok(())
}
