//! Callers of the two product-coupon faces, which differ in prefix and in where the brand is named: a test
//! writes one story and tells it over both.

use serde_json::{Value, json};

use crate::actor::Actor;
use crate::answer::Answer;
use crate::coupon::Offer;
use crate::definition;
use crate::keys::PUBLIC_KEY_ID;
use crate::parties::BRAND_ID;
use crate::platform::{BRAND, PARTNER, TestPlatform};

/// Someone who calls over a product-coupon face.
#[derive(Clone)]
pub struct Caller {
    actor: Actor,
    prefix: &'static str,
    names_brand: bool,
}

impl Caller {
    /// A merchant that calls for [`BRAND_ID`] over the partner face.
    #[must_use]
    pub fn of_merchant(actor: Actor) -> Self {
        Self { actor, prefix: PARTNER, names_brand: true }
    }

    /// A brand that calls over its own face.
    #[must_use]
    pub fn of_brand(actor: Actor) -> Self {
        Self { actor, prefix: BRAND, names_brand: false }
    }

    /// Whether its answers name the brand.
    #[must_use]
    pub fn names_brand(&self) -> bool {
        self.names_brand
    }

    /// GET of a URL without the prefix.
    pub async fn get(&self, tail: &str) -> Answer {
        let mut target = format!("{}{tail}", self.prefix);
        if self.names_brand {
            let separator = if tail.contains('?') { '&' } else { '?' };
            target = format!("{target}{separator}brand_id={BRAND_ID}");
        }
        self.actor.call("GET", &target).platform_serial(PUBLIC_KEY_ID).send().await
    }

    /// POST to a URL without the prefix.
    pub async fn post(&self, tail: &str, body: Value) -> Answer {
        self.send("POST", tail, body).await
    }

    /// PATCH of a URL without the prefix.
    pub async fn patch(&self, tail: &str, body: Value) -> Answer {
        self.send("PATCH", tail, body).await
    }

    async fn send(&self, method: &str, tail: &str, mut body: Value) -> Answer {
        if self.names_brand {
            body["brand_id"] = json!(BRAND_ID);
        }
        let target = format!("{}{tail}", self.prefix);
        self.actor.call(method, &target).json(&body).platform_serial(PUBLIC_KEY_ID).send().await
    }

    /// A single coupon that the caller creates, its stock edited.
    pub async fn offer(&self, platform: &TestPlatform, edit: impl FnOnce(&mut Value)) -> Offer {
        let mut request = definition::single(platform.now(), &platform.fresh_number());
        edit(&mut request["stock"]);
        let made = self.post("/product-coupons", request).await.ok();
        let text = |value: &Value| value.as_str().expect("a created object has its id").to_owned();
        Offer {
            product_coupon_id: text(&made["product_coupon_id"]),
            stock_id: text(&made["stock"]["stock_id"]),
        }
    }
}

impl TestPlatform {
    /// The merchant on the partner face and the brand on the brand face.
    #[must_use]
    pub fn callers(&self) -> [Caller; 2] {
        [Caller::of_merchant(self.merchant()), Caller::of_brand(self.brand())]
    }
}
