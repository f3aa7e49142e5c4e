//! Pre-send, confirm and look up a coupon with typed bodies.
//!
//! Run it: `cargo run -p quan-client --example coupon_story`

use std::error::Error;

use http::Method;
use quan_client::testing::{FakePlatform, MockTransport, samples};
use quan_model::busifavor::PreSendRequest;
use quan_model::enums::UserCouponState;
use quan_model::product_coupon::{ConfirmUserCouponRequest, GetUserCouponQuery};
use serde_json::Value;

const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";
const COUPON: &str = "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}";

/// The documented example of a user coupon.
fn user_coupon() -> Result<Value, serde_json::Error> {
    let exchange: Value = serde_json::from_str(include_str!(
        "../../../fixtures/examples/partner/get-user-coupon.response.json"
    ))?;
    Ok(exchange["body"].clone())
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, PRE_SEND)
        .reply_json(200, serde_json::json!({ "token": "T" }))
        .expect(Method::POST, &format!("{COUPON}/confirm"))
        .reply_json(200, user_coupon()?)
        .expect(Method::GET, COUPON)
        .reply_json(200, user_coupon()?);
    let client = platform.client(&wire);

    // 1. Store the request number before the call: it is what makes the call repeatable.
    let pre_send = PreSendRequest::new("2000009914207", "wx7c2e91b04d5fa368", "PRE_20260915_00042")
        .openid("oR4mT1v9XkQ_7bLzN2eWc-8HfYpD");
    let sent = client.v3().marketing().busifavor().product_coupons().pre_send().post(&pre_send).await?;
    // The token is a bearer secret for 300 seconds; `Debug` hides it.
    assert_eq!(format!("{:?}", *sent), r#"PreSendToken { token: "***" }"#);

    // 2. The user claims it with the token, and the platform notifies; see the notification examples.
    let claimed = samples::sent();

    // 3. Confirm, after which the coupon can be used.
    let coupon = client
        .v3()
        .marketing()
        .partner()
        .product_coupon()
        .users()
        .openid(&claimed.openid)
        .coupons()
        .coupon_code(&claimed.coupon_code);
    let confirm = ConfirmUserCouponRequest {
        product_coupon_id: claimed.product_coupon_id.clone(),
        stock_id: claimed.stock_id.clone(),
        appid: claimed.appid.clone(),
        out_request_no: "CONF_20260915_00042".to_owned(),
        brand_id: Some("120344".to_owned()),
    };
    let confirmed = coupon.clone().confirm().post(&confirm).await?;
    println!("confirmed: {:?}", confirmed.coupon_state);

    // 4. Look it up.
    let query = GetUserCouponQuery {
        brand_id: Some("120344".to_owned()),
        product_coupon_id: claimed.product_coupon_id,
        stock_id: claimed.stock_id,
        appid: claimed.appid,
    };
    let found = coupon.get(&query).await?;
    assert_eq!(found.coupon_state, UserCouponState::Effective);
    assert_eq!(found.confirm_request_no.as_deref(), Some("CONF_20260915_00042"));
    wire.verify_all();
    Ok(())
}
