//! Which deliveries are news: by notification id, by business key, and only once the work is done.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

use quan_client::ProductCouponEvent;
use quan_client::notification::{Notification, SeenEvents, Sighting};
use quan_client::testing::{Delivery, FakePlatform, samples};

fn open(platform: &FakePlatform, delivery: &Delivery) -> Notification {
    platform.notification_parser().parse(delivery, &delivery.body).unwrap()
}

fn sent(platform: &FakePlatform, coupon_code: &str) -> Notification {
    let mut resource = samples::sent();
    resource.coupon_code = coupon_code.to_owned();
    open(platform, &platform.notify(&ProductCouponEvent::Sent(Box::new(resource))))
}

fn is_news(seen: &SeenEvents, notification: &Notification) -> bool {
    match seen.begin(notification) {
        Sighting::First(handling) => {
            handling.done();
            true
        }
        Sighting::InHand | Sighting::Done => false,
    }
}

#[test]
fn a_repetition_is_known_by_its_id_and_by_its_coupon() {
    let platform = FakePlatform::new();
    let seen = SeenEvents::default();
    let delivery = platform.notify(&ProductCouponEvent::Sent(Box::new(samples::sent())));
    assert!(is_news(&seen, &open(&platform, &delivery)));
    assert!(!is_news(&seen, &open(&platform, &platform.redeliver(&delivery))), "the same id");
    let again = platform.notify(&ProductCouponEvent::Sent(Box::new(samples::sent())));
    assert_ne!(open(&platform, &again).id, open(&platform, &delivery).id);
    assert!(!is_news(&seen, &open(&platform, &again)), "another id, the same coupon and event");
    assert!(is_news(&seen, &sent(&platform, "another_code")));
    let used = platform.notify(&ProductCouponEvent::Used(Box::new(samples::used())));
    assert!(is_news(&seen, &open(&platform, &used)), "the same coupon, another event");
    assert_eq!(seen.len(), 3);
}

#[test]
fn work_that_fails_is_given_again_and_work_in_hand_is_not_done_twice() {
    let platform = FakePlatform::new();
    let seen = SeenEvents::default();
    let notification = sent(&platform, "C1");
    let Sighting::First(handling) = seen.begin(&notification) else { panic!("it is news") };
    assert!(matches!(seen.clone().begin(&notification), Sighting::InHand));
    std::thread::spawn(move || drop(handling)).join().unwrap();
    assert!(seen.is_empty(), "the work failed, so nothing is known");
    assert!(is_news(&seen, &notification));
    assert!(matches!(seen.begin(&notification), Sighting::Done));
}

#[test]
fn the_memory_is_bounded_and_forgets_the_oldest() {
    let platform = FakePlatform::new();
    let seen = SeenEvents::new(2);
    let [one, two, three] = ["C1", "C2", "C3"].map(|code| sent(&platform, code));
    let Sighting::First(slow) = seen.begin(&one) else { panic!("it is news") };
    assert!(is_news(&seen, &two) && is_news(&seen, &three));
    assert_eq!(seen.len(), 2);
    assert!(is_news(&seen, &one), "forgotten");
    // Whoever was slow must not touch the entry that took the place of his own.
    slow.done();
    assert!(!is_news(&seen, &one) && !is_news(&seen, &three) && is_news(&seen, &two));
    let failed = (0..100).filter(|_| matches!(seen.begin(&sent(&platform, "failing")), Sighting::First(_)));
    assert_eq!(failed.count(), 100, "work that fails each time is news each time");
    assert!(seen.len() <= 2);
    assert!(!format!("{seen:?}").contains("failing"));
}
