//! A product-coupon face as its caller uses it: the same tails and bodies, the brand named where the face wants
//! it named (api-product-coupon 1.1).

use serde_json::{Value, json};

use crate::actor::Actor;
use crate::answer::Answer;
use crate::coupon::{Coupon, Offer};
use crate::keys;
use crate::parties::{APPID, BRAND_ID};
use crate::platform::{BRAND, PARTNER, TestPlatform};

/// A caller on one of the two faces.
#[derive(Clone)]
pub struct Side {
    /// Who calls.
    pub actor: Actor,
    prefix: &'static str,
    names_brand: bool,
}

impl Side {
    /// The URL of a tail, such as `/product-coupons`.
    #[must_use]
    pub fn url(&self, tail: &str) -> String {
        format!("{}{tail}", self.prefix)
    }

    /// A body as this face wants it: with `brand_id` on the partner face, without it on the brand's.
    ///
    /// # Panics
    /// When the body is no object.
    #[must_use]
    pub fn body(&self, body: &Value) -> Value {
        let mut body = body.clone();
        let members = body.as_object_mut().expect("a body is an object");
        if self.names_brand {
            members.insert("brand_id".to_owned(), json!(BRAND_ID));
        } else {
            members.remove("brand_id");
        }
        body
    }

    /// A target with a query, which names the brand on the partner face.
    #[must_use]
    pub fn target(&self, tail: &str, query: &[(&str, &str)]) -> String {
        let brand = [("brand_id", BRAND_ID)];
        let brand = if self.names_brand { &brand[..] } else { &[] };
        let pairs: Vec<String> =
            brand.iter().chain(query).map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { self.url(tail) } else { format!("{}?{}", self.url(tail), pairs.join("&")) }
    }

    /// POST.
    pub async fn post(&self, tail: &str, body: &Value) -> Answer {
        self.actor.post(&self.url(tail), &self.body(body)).await
    }

    /// GET.
    pub async fn get(&self, tail: &str, query: &[(&str, &str)]) -> Answer {
        self.actor.get(&self.target(tail, query)).await
    }

    /// Creates a product coupon with a stock; `request` is one of `definition`.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn create(&self, request: &Value) -> Offer {
        let made = self.post("/product-coupons", request).await.ok();
        let text = |value: &Value| value.as_str().expect("a created object has its id").to_owned();
        Offer {
            product_coupon_id: text(&made["product_coupon_id"]),
            stock_id: text(&made["stock"]["stock_id"]),
        }
    }

    /// Sends a coupon of an offer to a user.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn sent(&self, offer: &Offer, openid: &str, send_request_no: &str) -> Coupon {
        let sent =
            self.post(&format!("/users/{openid}/coupons"), &offer.send_body(send_request_no)).await.ok();
        let coupon_code = sent["coupon_code"].as_str().expect("a coupon has its code").to_owned();
        Coupon { offer: offer.clone(), openid: openid.to_owned(), coupon_code }
    }

    /// The answer to a query of a coupon.
    pub async fn coupon(&self, coupon: &Coupon) -> Answer {
        let Offer { product_coupon_id, stock_id } = &coupon.offer;
        let query =
            [("product_coupon_id", product_coupon_id.as_str()), ("stock_id", stock_id), ("appid", APPID)];
        self.get(&coupon.tail(), &query).await
    }
}

impl TestPlatform {
    /// The merchant on the partner face.
    pub fn partner_side(&self) -> Side {
        Side { actor: self.merchant(), prefix: PARTNER, names_brand: true }
    }

    /// The other merchant on the partner face.
    pub fn other_partner_side(&self) -> Side {
        Side { actor: self.other_merchant(), prefix: PARTNER, names_brand: true }
    }

    /// The other brand on the brand face.
    pub fn other_brand_side(&self) -> Side {
        let mut actor = self.other_brand();
        actor.platform_serial = Some(keys::PUBLIC_KEY_ID.to_owned());
        Side { actor, prefix: BRAND, names_brand: false }
    }

    /// The brand on its own face; it names the public key of the platform, as it must (wire-protocol 1.7).
    pub fn brand_side(&self) -> Side {
        self.side_of_brand(self.brand())
    }

    fn side_of_brand(&self, mut actor: Actor) -> Side {
        actor.platform_serial = Some(keys::PUBLIC_KEY_ID.to_owned());
        Side { actor, prefix: BRAND, names_brand: false }
    }
}
