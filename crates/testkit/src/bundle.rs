//! Stock bundles and chains of coupons, made and gone through with the calls that a merchant makes.

use quan_model::clock::Clock;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::coupon::{Coupon, Offer};
use crate::definition;
use crate::parties::APPID;
use crate::platform::TestPlatform;
use crate::side::Side;

/// A product coupon and one stock bundle of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleOffer {
    /// The product coupon.
    pub product_coupon_id: String,
    /// The bundle.
    pub stock_bundle_id: String,
    /// Its stocks, by index.
    pub stock_ids: Vec<String>,
}

impl BundleOffer {
    /// A stock of the bundle, as an offer of its own: what no call may give by itself.
    #[must_use]
    pub fn member(&self, index: usize) -> Offer {
        Offer { product_coupon_id: self.product_coupon_id.clone(), stock_id: self.stock_ids[index].clone() }
    }

    /// A send or pre-send of the bundle under a number; the user stands in the path.
    #[must_use]
    pub fn send_body(&self, send_request_no: &str) -> Value {
        json!({
            "product_coupon_id": self.product_coupon_id,
            "stock_bundle_id": self.stock_bundle_id,
            "appid": APPID,
            "send_request_no": send_request_no,
        })
    }
}

/// A chain of coupons that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserChain {
    /// What it is of.
    pub offer: BundleOffer,
    /// Who holds it.
    pub openid: String,
    /// Its id.
    pub user_coupon_bundle_id: String,
}

impl UserChain {
    /// The end of the URL of its deactivation.
    #[must_use]
    pub fn deactivate_tail(&self) -> String {
        format!("/users/{}/coupon-bundles/{}/deactivate", self.openid, self.user_coupon_bundle_id)
    }

    /// The body of its deactivation.
    #[must_use]
    pub fn deactivate_body(&self, out_request_no: &str) -> Value {
        json!({
            "product_coupon_id": self.offer.product_coupon_id,
            "stock_bundle_id": self.offer.stock_bundle_id,
            "appid": APPID,
            "out_request_no": out_request_no,
            "deactivate_reason": "会员资格取消",
        })
    }

    /// A coupon of the chain.
    #[must_use]
    pub fn coupon(&self, index: usize, coupon_code: &str) -> Coupon {
        Coupon {
            offer: self.offer.member(index),
            openid: self.openid.clone(),
            coupon_code: coupon_code.to_owned(),
        }
    }
}

/// What an answer that creates a bundle says of it.
fn bundle_offer(product_coupon_id: &str, bundle: &Value) -> BundleOffer {
    let text = |value: &Value| value.as_str().expect("a created object has its id").to_owned();
    let stocks = bundle["stock_list"].as_array().expect("a bundle has its stocks");
    BundleOffer {
        product_coupon_id: product_coupon_id.to_owned(),
        stock_bundle_id: text(&bundle["stock_bundle_id"]),
        stock_ids: stocks.iter().map(|stock| text(&stock["stock_id"])).collect(),
    }
}

impl Side {
    /// Creates a product coupon with a stock bundle; `request` is one of `definition`.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn create_bundle(&self, request: &Value) -> BundleOffer {
        let made = self.post("/product-coupons", request).await.ok();
        let id = made["product_coupon_id"].as_str().expect("a created object has its id");
        bundle_offer(id, &made["stock_bundle"])
    }

    /// Sends a bundle to a user.
    pub async fn send_bundle(&self, offer: &BundleOffer, openid: &str, send_request_no: &str) -> Answer {
        self.post(&format!("/users/{openid}/coupon-bundles"), &offer.send_body(send_request_no)).await
    }

    /// Sends a bundle to a user; the chain and the first coupon, which waits for its confirm.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn chain(&self, offer: &BundleOffer, openid: &str, number: &str) -> (UserChain, Coupon) {
        let sent = self.send_bundle(offer, openid, number).await.ok();
        let text = |value: &Value| value.as_str().expect("a chain has its ids").to_owned();
        let chain = UserChain {
            offer: offer.clone(),
            openid: openid.to_owned(),
            user_coupon_bundle_id: text(&sent["user_coupon_bundle_id"]),
        };
        let first = chain.coupon(0, &text(&sent["user_product_coupon_list"][0]["coupon_code"]));
        (chain, first)
    }

    /// Runs a command on a coupon.
    pub async fn command(&self, coupon: &Coupon, command: &str, body: &Value) -> Answer {
        self.post(&format!("{}/{command}", coupon.tail()), body).await
    }
}

impl TestPlatform {
    /// A bundle offered on the side, its creation edited.
    pub async fn bundle_offer(&self, side: &Side, edit: impl FnOnce(&mut Value)) -> BundleOffer {
        let mut request = definition::progressive_bundle(self.clock.now(), &self.fresh_number());
        edit(&mut request);
        side.create_bundle(&request).await
    }

    /// Confirms a coupon and uses it now; the code of the coupon that its chain goes on with, if one came.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn confirm_and_use(&self, side: &Side, chain: &UserChain, coupon: &Coupon) -> Option<Coupon> {
        let confirm = coupon.body(&self.fresh_number());
        side.command(coupon, "confirm", &confirm).await.ok();
        let before = self.codes_of(chain).await;
        let use_body = self.use_body(coupon, &self.fresh_number(), None);
        side.command(coupon, "use", &use_body).await.ok();
        let mut after = self.codes_of(chain).await;
        after.retain(|(_, code)| !before.iter().any(|(_, known)| known == code));
        after.pop().map(|(index, code)| chain.coupon(index, &code))
    }

    /// The index and code of every coupon of a chain that a notification told of.
    ///
    /// # Panics
    /// When a notification names another bundle.
    pub async fn codes_of(&self, chain: &UserChain) -> Vec<(usize, String)> {
        let all = self.notifications().await;
        let told =
            all.iter().filter(|sent| sent["user_coupon_bundle_id"] == chain.user_coupon_bundle_id.as_str());
        told.map(|sent| {
            assert_eq!(sent["stock_bundle_id"], chain.offer.stock_bundle_id.as_str(), "{sent}");
            let stock = sent["stock_id"].as_str().expect("a notification names the stock");
            let index =
                chain.offer.stock_ids.iter().position(|id| id == stock).expect("a stock of the bundle");
            (index, sent["coupon_code"].as_str().expect("a notification names the code").to_owned())
        })
        .collect()
    }
}
