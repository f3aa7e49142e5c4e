//! The documented examples of the user-coupon operations on both faces: each request is taken as it is, and each
//! answer is the documented one, value by value; only the ids that the platform makes are put in their places.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::path::Path;

use quan_model::clock::Clock;
use quan_model::ids::{BrandId, StoreId};
use quan_model::time::Time;
use quan_platform::Error;
use quan_testkit::{BRAND_ID, Coupon, Offer, Side, TestPlatform};
use serde_json::{Value, json};

const EXAMPLE_BRAND: &str = "40286";
const EXAMPLE_PRODUCT_COUPON: &str = "2000008831";
const EXAMPLE_STOCK: &str = "2000009914207";
const EXAMPLE_CODE: &str = "UC_20260915_00042";
/// The user of the examples, and the minute of the issue.
const OPENID: &str = "oR4mT1v9XkQ_7bLzN2eWc-8HfYpD";
const RECEIVED: &str = "2026-09-15T12:04:31+08:00";

/// A face with its folder of examples.
struct Examples {
    platform: TestPlatform,
    side: Side,
    folder: &'static str,
}

/// Both faces, each on a platform of its own whose clock stands at the issue of the examples.
async fn both_faces() -> Vec<Examples> {
    let mut faces = Vec::new();
    for folder in ["partner", "brand"] {
        let platform = TestPlatform::start().await;
        let side = if folder == "partner" { platform.partner_side() } else { platform.brand_side() };
        let store = StoreId::parse("100064").unwrap();
        let brand = BrandId::parse(BRAND_ID).unwrap();
        let put =
            move |work: &mut quan_platform::work::Work<'_>| Ok(work.store.put_open_store(&brand, &store)?);
        platform.platform.write::<_, Error>(put).await.unwrap();
        faces.push(Examples { platform, side, folder });
    }
    faces
}

impl Examples {
    fn read(&self, name: &str) -> Value {
        let file = format!("../../fixtures/examples/{}/{name}.json", self.folder);
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        serde_json::from_str(&text.replace(&format!("\"{EXAMPLE_BRAND}\""), &format!("\"{BRAND_ID}\"")))
            .unwrap()
    }

    /// An example about our coupon.
    fn about(&self, name: &str, coupon: &Coupon) -> Value {
        let text = self.read(name).to_string();
        let text = text.replace(EXAMPLE_CODE, &coupon.coupon_code);
        let text = text.replace(EXAMPLE_STOCK, &coupon.offer.stock_id);
        serde_json::from_str(&text.replace(EXAMPLE_PRODUCT_COUPON, &coupon.offer.product_coupon_id)).unwrap()
    }

    fn go_to(&self, time: &str) {
        let time: Time = time.parse().unwrap();
        self.platform.clock.move_by_seconds(time.seconds_since(self.platform.clock.now()));
    }

    /// Makes the call of an example; `edit` changes what the body says.
    async fn call(&self, name: &str, coupon: &Coupon, edit: impl FnOnce(&mut Value)) -> Value {
        let mut example = self.about(&format!("{name}.request"), coupon);
        let path = example["path"].as_str().unwrap().to_owned();
        if example["method"] == "GET" {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let pairs = example["query"].as_object().unwrap().iter();
            let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", text(value))).collect();
            return self.side.actor.get(&format!("{path}?{}", pairs.join("&"))).await.ok();
        }
        edit(&mut example["body"]);
        self.side.actor.post(&path, &example["body"]).await.ok()
    }

    /// The documented answer about our coupon, with today's counts of the stock.
    fn documented(&self, name: &str, coupon: &Coupon) -> Value {
        let mut body = self.about(&format!("{name}.response"), coupon)["body"].clone();
        let counts = json!({ "total_count": 1, "today_count": i64::from(self.is_day_of_issue()) });
        if let Some(list) = body.get_mut("user_coupon_list") {
            list[0]["stock"]["sent_count_info"] = counts;
        } else {
            body["stock"]["sent_count_info"] = counts;
        }
        body
    }

    fn is_day_of_issue(&self) -> bool {
        self.platform.now().date() == RECEIVED.parse::<Time>().unwrap().date()
    }

    /// The product coupon of the examples, and nothing sent yet.
    async fn offered(&self) -> Coupon {
        self.go_to(RECEIVED);
        let request = self.read("create-product-coupon/01-all-normal-single");
        let offer = self.side.create(&request).await;
        Coupon { offer, openid: OPENID.to_owned(), coupon_code: EXAMPLE_CODE.to_owned() }
    }

    /// The coupon of the examples, sent without tags and confirmed two seconds later.
    async fn confirmed(&self) -> Coupon {
        let mut coupon = self.offered().await;
        let untagged = |body: &mut Value| drop(body.as_object_mut().unwrap().remove("coupon_tag_info"));
        let sent = self.call("send-user-coupon", &coupon, untagged).await;
        sent["coupon_code"].as_str().unwrap().clone_into(&mut coupon.coupon_code);
        self.go_to("2026-09-15T12:04:33+08:00");
        let confirmed = self.call("confirm-user-coupon", &coupon, |_| {}).await;
        assert_eq!(confirmed, self.documented("confirm-user-coupon", &coupon), "{}", self.folder);
        coupon
    }
}

#[tokio::test]
async fn a_coupon_is_sent_as_documented() {
    for face in both_faces().await {
        let mut coupon = face.offered().await;
        let sent = face.call("send-user-coupon", &coupon, |_| {}).await;
        sent["coupon_code"].as_str().unwrap().clone_into(&mut coupon.coupon_code);
        assert_eq!(sent, face.documented("send-user-coupon", &coupon), "{}", face.folder);
    }
}

#[tokio::test]
async fn a_coupon_of_the_merchant_s_own_code_is_sent_as_documented() {
    for face in both_faces().await {
        face.go_to(RECEIVED);
        let mut request = face.read("create-product-coupon/01-all-normal-single");
        request["stock"]["coupon_code_mode"] = json!("API_ASSIGN");
        let offer = face.side.create(&request).await;
        let coupon = Coupon { offer, openid: OPENID.to_owned(), coupon_code: "MALL-7Q2X-0001".to_owned() };
        let sent = face.call("send-user-coupon.api-assign", &coupon, |_| {}).await;
        let mut documented = face.documented("send-user-coupon.api-assign", &coupon);
        // The documented answer has the attach, number and code of the other example.
        for (name, value) in [("send_request_no", "SEND_20260915_00043"), ("coupon_code", "MALL-7Q2X-0001")] {
            documented[name] = json!(value);
        }
        documented.as_object_mut().unwrap().remove("attach");
        documented["stock"]["coupon_code_mode"] = json!("API_ASSIGN");
        assert_eq!(sent, documented, "{}", face.folder);
    }
}

#[tokio::test]
async fn a_coupon_is_shown_and_listed_as_documented() {
    for face in both_faces().await {
        let coupon = face.confirmed().await;
        face.go_to("2026-09-16T00:00:00+08:00");
        let mut documented = face.documented("get-user-coupon", &coupon);
        // The coupon of this example was claimed, ours was sent.
        documented["send_channel"] = json!("API");
        assert_eq!(face.call("get-user-coupon", &coupon, |_| {}).await, documented, "{}", face.folder);
        let listed = face.call("list-user-coupons", &coupon, |_| {}).await;
        assert_eq!(listed, face.documented("list-user-coupons", &coupon), "{}", face.folder);
    }
}

#[tokio::test]
async fn a_coupon_is_used_and_returned_as_documented() {
    for face in both_faces().await {
        let coupon = face.confirmed().await;
        face.go_to("2026-09-20T18:20:00+08:00");
        let used = face.call("use-user-coupon", &coupon, |_| {}).await;
        assert_eq!(used, face.documented("use-user-coupon", &coupon), "{}", face.folder);
        face.go_to("2026-09-21T10:00:05+08:00");
        let mut documented = face.documented("return-user-coupon", &coupon);
        // What was saved stays with the use; the example of the return leaves it out.
        documented["single_usage_detail"]["saved_amount"] = json!(1500);
        let returned = face.call("return-user-coupon", &coupon, |_| {}).await;
        assert_eq!(returned, documented, "{}", face.folder);
    }
}

#[tokio::test]
async fn a_coupon_is_used_for_a_pay_score_order_as_documented() {
    for face in both_faces().await {
        let coupon = face.confirmed().await;
        face.go_to("2026-09-20T18:20:00+08:00");
        let used = face.call("use-user-coupon.pay-score", &coupon, |_| {}).await;
        assert_eq!(used, face.documented("use-user-coupon.pay-score", &coupon), "{}", face.folder);
    }
}

#[tokio::test]
async fn a_link_of_a_chain_is_used_as_documented() {
    for face in both_faces().await {
        face.go_to("2026-09-15T12:10:00+08:00");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let request = face.read("create-product-coupon/06-all-normal-multi");
        let made = face.side.post("/product-coupons", &request).await.ok();
        let bundle = &made["stock_bundle"];
        let offer = Offer {
            product_coupon_id: text(&made["product_coupon_id"]),
            stock_id: text(&bundle["stock_list"][0]["stock_id"]),
        };
        let mut coupon = Coupon { offer, openid: OPENID.to_owned(), coupon_code: String::new() };
        let mut send = face.about("send-user-coupon-bundle.request", &coupon);
        send["body"]["stock_bundle_id"] = bundle["stock_bundle_id"].clone();
        let sent = face.side.actor.post(send["path"].as_str().unwrap(), &send["body"]).await.ok();
        coupon.coupon_code = text(&sent["user_product_coupon_list"][0]["coupon_code"]);
        face.go_to("2026-09-15T12:10:02+08:00");
        let confirm = coupon.body("CONFB_20260915_0007");
        face.side.post(&format!("{}/confirm", coupon.tail()), &confirm).await.ok();

        let ours = |name: &str| -> Value {
            let mut example = face.about(name, &coupon).to_string();
            for (theirs, ours) in [
                ("UCB_20260915_0007_1", &coupon.coupon_code),
                ("2000009914301", &coupon.offer.stock_id),
                ("3000000562", &text(&bundle["stock_bundle_id"])),
                ("4000001178304", &text(&sent["user_coupon_bundle_id"])),
            ] {
                example = example.replace(theirs, ours);
            }
            serde_json::from_str(&example).unwrap()
        };
        face.go_to("2026-09-21T08:40:00+08:00");
        let example = ours("use-user-coupon.bundle-round.request");
        let used = face.side.actor.post(example["path"].as_str().unwrap(), &example["body"]).await.ok();
        let mut documented = ours("use-user-coupon.bundle-round.response")["body"].clone();
        documented["stock"]["sent_count_info"] = used["stock"]["sent_count_info"].clone();
        assert_eq!(used, documented, "{}", face.folder);
    }
}

#[tokio::test]
async fn a_coupon_is_ended_as_documented() {
    for face in both_faces().await {
        let coupon = face.confirmed().await;
        let documented = face.about("deactivate-user-coupon.response", &coupon);
        face.go_to(documented["body"]["deactivate_time"].as_str().unwrap());
        let ended = face.call("deactivate-user-coupon", &coupon, |_| {}).await;
        assert_eq!(ended, face.documented("deactivate-user-coupon", &coupon), "{}", face.folder);
    }
}
