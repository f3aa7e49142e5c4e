//! The documented example requests of the busifavor face, in the order of a merchant's life, are taken as they
//! are, and the answers have the documented members and no others. Only ids that the platform makes, and the
//! merchants, are put in their places.

use quan_model::clock::Clock;
use quan_testkit::{BUSIFAVOR, MCHID, OTHER_MCHID, TestPlatform};
use serde_json::{Value, json};

/// The user in the examples.
const USER: &str = "oR4mT1v9XkQ_7bLzN2eWc-8HfYpD";

/// A walk through the examples; each pair is a text of the examples with ours.
struct Walk {
    platform: TestPlatform,
    swaps: Vec<(String, String)>,
}

impl Walk {
    fn example(&self, name: &str) -> Value {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/examples/busifavor");
        let mut text =
            std::fs::read_to_string(format!("{folder}/{name}.json")).expect("the example is there");
        for (theirs, ours) in &self.swaps {
            text = text.replace(theirs, ours);
        }
        serde_json::from_str(&text).expect("an example is JSON")
    }

    fn swap(&mut self, theirs: &str, ours: &Value) {
        let ours = ours.as_str().expect("an id is a text").to_owned();
        self.swaps.insert(0, (theirs.to_owned(), ours));
    }

    fn move_to(&self, time: &str) {
        let time: quan_model::time::Time = time.parse().expect("a test names a time");
        self.platform.clock.move_by_seconds(time.seconds_since(self.platform.clock.now()));
    }

    /// Sends an example and compares the answer with the documented one.
    async fn run(&self, name: &str) -> Value {
        self.run_edited(name, |_| {}).await
    }

    async fn run_edited(&self, name: &str, edit: impl FnOnce(&mut Value)) -> Value {
        let mut request = self.example(&format!("{name}.request"));
        edit(&mut request);
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut target = text(&request["path"]);
        for (position, (name, value)) in request["query"].as_object().into_iter().flatten().enumerate() {
            let mark = if position == 0 { '?' } else { '&' };
            target.push_str(&format!("{mark}{name}={}", text(value)));
        }
        let merchant = self.platform.merchant();
        let mut call = merchant.call(&text(&request["method"]), &target);
        if request["body"].is_object() {
            call = call.json(&request["body"]);
        }
        let answer = call.send().await;
        let documented = self.example(&format!("{name}.response"));
        assert_eq!(json!(answer.status), documented["status"], "{name}: {answer:?}");
        if documented["body"].is_null() {
            assert_eq!(answer.body.len(), 0, "{name}");
            return Value::Null;
        }
        let names = |value: &Value| -> Vec<String> {
            let mut names: Vec<String> =
                value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
            names.sort();
            names
        };
        let body = answer.ok();
        assert_eq!(names(&body), names(&documented["body"]), "{name}");
        body
    }
}

async fn started() -> Walk {
    let platform = TestPlatform::start().await;
    let swaps =
        vec![("1633300017".to_owned(), MCHID.to_owned()), ("1633300999".to_owned(), OTHER_MCHID.to_owned())];
    let mut walk = Walk { platform, swaps };
    walk.move_to("2026-09-15T12:04:31+08:00");
    let normal = walk.run("create-stock").await;
    let upload = walk.run("create-stock.discount-upload").await;
    let exchange = walk.run("create-stock.exchange-api").await;
    walk.swap("1388220000000417", &normal["stock_id"]);
    walk.swap("1388220000000418", &upload["stock_id"]);
    walk.swap("1388220000000419", &exchange["stock_id"]);
    walk
}

#[tokio::test]
async fn stocks_cards_and_callbacks() {
    let walk = started().await;
    walk.run("modify-stock").await;
    walk.run("modify-stock-budget").await;
    let budget = walk.run("modify-stock-budget.by-day").await;
    assert_eq!(budget, json!({ "max_coupons": 5000, "max_coupons_by_day": 800 }));
    walk.run("get-stock").await;
    walk.run("set-callbacks").await;
    walk.run("get-callbacks").await;
    walk.run("send-gov-card").await;
}

#[tokio::test]
async fn codes_and_the_coupons_of_them() {
    let mut walk = started().await;
    let stock_id = walk.example("get-stock.response")["body"]["stock_id"].clone();
    let codes = format!("{BUSIFAVOR}/stocks/{}/couponcodes", stock_id.as_str().unwrap());
    // In the example one code was in the pool before.
    let before = json!({ "coupon_code_list": ["MCODE0003"], "upload_request_no": "BEFORE" });
    walk.platform.merchant().post(&codes, &before).await.ok();
    let uploaded = walk.run("upload-coupon-codes").await;
    assert_eq!((&uploaded["total_count"], &uploaded["exist_codes"]), (&json!(4), &json!(["MCODE0003"])));
    walk.run("delete-coupon-code").await;
    let code = walk.platform.merchant_coupon(stock_id.as_str().unwrap(), USER).await;
    walk.swap("MCODE0001", &json!(code));
    let list = walk.run("list-coupon-codes").await;
    assert_eq!((&list["total_count"], &list["data"][0]["code"]), (&json!(1), &json!(code)));
    let one = walk.run("get-coupon-code").await;
    assert_eq!(one["coupon_information"]["coupon_state"], "SENDED");
    assert_eq!(walk.run("list-user-coupons").await["total_count"], 1);
    walk.move_to("2026-10-02T12:30:00+08:00");
    let coupon = (stock_id.as_str().unwrap(), code.as_str());
    walk.platform.merchant_command("associate", coupon, "ASSOCIATE_1", |_| {}).await.ok();
    walk.platform.merchant_command("use", coupon, "USE_1", |_| {}).await.ok();
    assert_eq!(walk.run("get-user-coupon").await["coupon_state"], "USED");
}

#[tokio::test]
async fn a_coupon_from_send_to_the_return_of_its_subsidy() {
    let mut walk = started().await;
    walk.run("send-coupon").await;
    // Of the two stocks that the examples name, only this one takes a code.
    let exchange = walk.example("send-coupon.request")["body"]["stock_id"].clone();
    let to_exchange = |request: &mut Value| request["body"]["stock_id"] = exchange.clone();
    walk.run_edited("send-product-coupon.normal-with-code", to_exchange).await;
    let sent = walk.run("send-product-coupon").await;
    walk.swap("1192065537718841325566", &sent["coupon_code"]);
    // The example uses the coupon on a Sunday; its stock is for working days.
    walk.move_to("2026-09-21T18:20:01+08:00");
    walk.run("associate-trade-info").await;
    walk.run("disassociate-trade-info").await;
    let monday = |request: &mut Value| request["body"]["use_time"] = json!("2026-09-21T18:20:00+08:00");
    let used = walk.run_edited("use-coupon", monday).await;
    assert_eq!(used["openid"], USER);
    let paid = walk.run("subsidy-pay").await;
    walk.swap("1120260921110000000000007751", &paid["subsidy_receipt_id"]);
    walk.run("list-subsidy-pay-receipts").await;
    walk.run("get-subsidy-pay-receipt").await;
    let returned = walk.run("subsidy-return").await;
    walk.swap("2120260922150000000000003310", &returned["subsidy_return_receipt_id"]);
    walk.run("get-subsidy-return-receipt").await;
    walk.run("return-coupon").await;
    walk.run("deactivate-coupon").await;
}
