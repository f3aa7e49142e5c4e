//! What tests sell: product coupons with a stock, pre-sends and coupons, made through the calls that a
//! merchant and the claim component make.

use quan_model::clock::Clock;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::definition;
use crate::parties::{APPID, BRAND_ID, OPENID};
use crate::platform::{PARTNER, PRE_SEND, TestPlatform, claim_call};

/// A product coupon and one stock of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The product coupon.
    pub product_coupon_id: String,
    /// The stock.
    pub stock_id: String,
}

impl Offer {
    /// The URL of the product coupon without the prefix of a face.
    #[must_use]
    pub fn product_coupon(&self) -> String {
        format!("/product-coupons/{}", self.product_coupon_id)
    }

    /// The URL of the stock without the prefix of a face.
    #[must_use]
    pub fn stock(&self) -> String {
        format!("{}/stocks/{}", self.product_coupon(), self.stock_id)
    }
}

/// A coupon that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupon {
    /// What it is of.
    pub offer: Offer,
    /// Who holds it.
    pub openid: String,
    /// Its code.
    pub coupon_code: String,
}

impl Offer {
    /// A send of the offer under a number; the user stands in the path.
    #[must_use]
    pub fn send_body(&self, send_request_no: &str) -> Value {
        json!({
            "brand_id": BRAND_ID,
            "product_coupon_id": self.product_coupon_id,
            "stock_id": self.stock_id,
            "appid": APPID,
            "send_request_no": send_request_no,
        })
    }
}

impl Coupon {
    /// The end of its URL on every face, `/users/{openid}/coupons/{coupon_code}`.
    #[must_use]
    pub fn tail(&self) -> String {
        format!("/users/{}/coupons/{}", self.openid, self.coupon_code)
    }

    /// The URL of the coupon, `…/users/{openid}/coupons/{coupon_code}`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{PARTNER}{}", self.tail())
    }

    /// The URL of a command on it, such as `confirm`.
    #[must_use]
    pub fn command(&self, name: &str) -> String {
        format!("{}/{name}", self.path())
    }

    /// The URL that queries it.
    #[must_use]
    pub fn query(&self) -> String {
        let Offer { product_coupon_id, stock_id } = &self.offer;
        let path = self.path();
        format!(
            "{path}?brand_id={BRAND_ID}&product_coupon_id={product_coupon_id}&stock_id={stock_id}&appid={APPID}"
        )
    }

    /// The body that every command has.
    #[must_use]
    pub fn body(&self, out_request_no: &str) -> Value {
        json!({
            "brand_id": BRAND_ID,
            "product_coupon_id": self.offer.product_coupon_id,
            "stock_id": self.offer.stock_id,
            "appid": APPID,
            "out_request_no": out_request_no,
        })
    }
}

impl TestPlatform {
    /// A single coupon, its creation edited.
    pub async fn single_offer(&self, edit: impl FnOnce(&mut Value)) -> Offer {
        let mut request = definition::single(self.clock.now(), &self.fresh_number());
        edit(&mut request);
        self.create(&request).await
    }

    /// A single coupon whose stock is edited.
    pub async fn single_stock_offer(&self, edit: impl FnOnce(&mut Value)) -> Offer {
        self.single_offer(|request| edit(&mut request["stock"])).await
    }

    /// A sequential coupon, its creation edited.
    pub async fn sequential_offer(&self, edit: impl FnOnce(&mut Value)) -> Offer {
        let mut request = definition::sequential(self.clock.now(), &self.fresh_number());
        edit(&mut request);
        self.create(&request).await
    }

    async fn create(&self, request: &Value) -> Offer {
        let made = self.merchant().post(&format!("{PARTNER}/product-coupons"), request).await.ok();
        let text = |value: &Value| value.as_str().expect("a created object has its id").to_owned();
        Offer {
            product_coupon_id: text(&made["product_coupon_id"]),
            stock_id: text(&made["stock"]["stock_id"]),
        }
    }

    /// A pre-send of an offer for the usual user, under a fresh number.
    pub fn pre_send_body(&self, offer: &Offer) -> Value {
        json!({
            "stock_id": offer.stock_id,
            "appid": APPID,
            "openid": OPENID,
            "send_request_no": self.fresh_number(),
        })
    }

    /// The token for a pre-send that the merchant makes over the busifavor face.
    pub async fn token(&self, body: &Value) -> String {
        let answer = self.merchant().post(PRE_SEND, body).await.ok();
        answer["token"].as_str().expect("a pre-send answers a token").to_owned()
    }

    /// Calls `open`, `receive` or `state` of the claim component.
    pub async fn claim_call(&self, name: &str, token: &str) -> Answer {
        claim_call(self.routes.clone(), name, token).await
    }

    /// Claims a coupon for a user; it is not confirmed yet. Its code is taken from the notification, as
    /// a merchant would take it.
    pub async fn claimed(&self, offer: &Offer, openid: &str) -> Coupon {
        let mut body = self.pre_send_body(offer);
        body["openid"] = json!(openid);
        let token = self.token(&body).await;
        let claimed = self.claim_call("receive", &token).await;
        assert_eq!(claimed.status, 200, "{claimed:?}");
        let sent = self.sent(body["send_request_no"].as_str().expect("the number is a text")).await;
        let coupon_code = sent["coupon_code"].as_str().expect("a notification names the code").to_owned();
        Coupon { offer: offer.clone(), openid: openid.to_owned(), coupon_code }
    }

    /// Claims and confirms a coupon for the usual user.
    pub async fn confirmed(&self, offer: &Offer) -> Coupon {
        let coupon = self.claimed(offer, OPENID).await;
        let body = coupon.body(&self.fresh_number());
        self.merchant().post(&coupon.command("confirm"), &body).await.ok();
        coupon
    }

    /// A use of a coupon now, with an order; `index` is the round of a sequential one.
    pub fn use_body(&self, coupon: &Coupon, out_request_no: &str, index: Option<u32>) -> Value {
        let mut body = coupon.body(out_request_no);
        body["use_time"] = json!(self.clock.now());
        body["associated_order_info"] = json!({ "transaction_id": "4200000000202603021234567890" });
        if let Some(index) = index {
            body["sequential_coupon_index"] = json!(index);
        }
        body
    }

    /// The resource of the SEND notification with this number.
    ///
    /// # Panics
    /// When there is not exactly one.
    pub async fn sent(&self, send_request_no: &str) -> Value {
        let all = self.notifications().await;
        let mut found: Vec<Value> =
            all.into_iter().filter(|sent| sent["send_request_no"] == send_request_no).collect();
        assert_eq!(found.len(), 1, "one notification tells of {send_request_no}: {found:?}");
        found.remove(0)
    }
}
