//! Backpressure: a write lane that is full or late answers before anything is done.

use std::num::NonZeroUsize;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use quan_platform::Error;
use quan_testkit::{APPID, LaneSettings, OPENID, PARTNER, PRE_SEND, TestPlatform};
use serde_json::json;

const NUMBER: u64 = 270_924_289;

async fn refuses(platform: &TestPlatform) {
    let merchant = platform.merchant();
    let send = json!({
        "stock_id": "3000000000000001",
        "appid": APPID,
        "openid": OPENID,
        "send_request_no": "SEND_00001",
    });
    merchant.post(PRE_SEND, &send).await.refused(429, "FREQUENCY_LIMITED", NUMBER);
    let url = json!({ "notify_url": "https://merchant.example.com/told" });
    let configs = format!("{PARTNER}/notify-configs");
    merchant.post(&configs, &url).await.refused(429, "RATELIMIT_EXCEEDED", NUMBER);
    merchant.get(&configs).await.refused(404, "NOT_FOUND", 268_578_608);
    let stock = json!({ "stock_id": "3000000000000001" });
    let paused = platform.admin("/_quan/stocks/pause", Some(&stock)).await;
    assert_eq!((paused.status, paused.json()["code"].as_str()), (429, Some("RATELIMIT_EXCEEDED")));
}

#[tokio::test]
async fn a_full_lane_refuses_and_does_nothing_and_the_same_number_goes_through_later() {
    let queue_max = NonZeroUsize::MIN;
    let platform = TestPlatform::start_with_lane(LaneSettings { queue_max, ..LaneSettings::default() }).await;
    let offer = platform.single_offer(|_| {}).await;
    let token = platform.token(&platform.pre_send_body(&offer)).await;
    let (begun, begins) = mpsc::channel();
    let (go_on, held) = mpsc::channel::<()>();
    let (working, held) = (platform.platform.clone(), Mutex::new(held));
    let holding = tokio::spawn(async move {
        let hold = move |_: &mut quan_platform::work::Work<'_>| {
            begun.send(()).unwrap();
            let _ = held.lock().unwrap().recv();
            Ok::<_, Error>(())
        };
        working.write(hold).await
    });
    tokio::task::spawn_blocking(move || begins.recv()).await.unwrap().unwrap();
    // The writer is busy; one more fills the queue as soon as it is asked for the first time.
    let mut waiting = Box::pin(platform.platform.write(|_| Ok::<_, Error>(())));
    tokio::select! {
        biased;
        done = &mut waiting => panic!("nothing is written while the writer is held: {done:?}"),
        () = std::future::ready(()) => {}
    }
    refuses(&platform).await;
    let claim = platform.claim_call("receive", &token).await;
    assert_eq!((claim.status, claim.json()["code"].as_str()), (429, Some("FREQUENCY_LIMITED")));
    drop(go_on);
    waiting.await.unwrap();
    holding.await.unwrap().unwrap();
    let claimed = platform.claim_call("receive", &token).await;
    assert_eq!((claimed.status, &claimed.json()["first_time"]), (200, &json!(true)));
}

#[tokio::test]
async fn work_that_waited_too_long_is_refused_unrun() {
    let lane = LaneSettings { wait_max: Duration::ZERO, ..LaneSettings::default() };
    refuses(&TestPlatform::start_with_lane(lane).await).await;
}
