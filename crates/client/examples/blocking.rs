//! A program without any async runtime: the blocking client.
//!
//! Run it: `cargo run -p quan-client --example blocking`

use std::error::Error;

use http::Method;
use quan_client::testing::{FakePlatform, MockTransport};
use quan_model::product_coupon::{NotifyConfigResponse, SetNotifyConfigRequest};
use serde_json::json;

const CONFIG: &str = "v3/marketing/partner/product-coupon/notify-configs";

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let answer = json!({
        "notify_url": "https://shop.example.com/notify",
        "update_time": "2025-10-09T16:53:20+08:00",
    });
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, CONFIG)
        .reply_json(200, &answer)
        .expect(Method::GET, CONFIG)
        .reply_json(200, &answer);
    let client = platform.blocking_client(&wire);

    // The client is Send and Sync and cheap to clone, so threads may share it.
    let setter = std::thread::spawn({
        let client = client.clone();
        move || {
            let body = SetNotifyConfigRequest { notify_url: "https://shop.example.com/notify".to_owned() };
            client.v3().marketing().partner().product_coupon().notify_configs().post(&body).send()
        }
    });
    let set = setter.join().map_err(|_| "the thread ended early")??;
    assert_eq!(set.notify_url, "https://shop.example.com/notify");

    // The same endpoint by its path; `decode` gives the answer a type.
    let read = client.chain(CONFIG).get().decode::<NotifyConfigResponse>().send()?;
    assert_eq!(read.notify_url, set.notify_url);
    println!("notifications go to {}", read.notify_url);
    wire.verify_all();
    Ok(())
}
