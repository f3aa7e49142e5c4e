//! Endpoints by path: literals in brackets, constants checked by the compiler, variables, queries, and a
//! dry run that shows what would be sent.
//!
//! Run it: `cargo run -p quan-client --example paths_and_variables`

use std::error::Error;

use http::Method;
use quan_client::testing::{FakePlatform, MockTransport};
use quan_client::{ApiPath, RequestError};
use serde_json::json;

/// A malformed path would not compile.
const COUPON: ApiPath =
    ApiPath::from_static("v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}");

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::GET, COUPON.as_str())
        .reply_json(200, json!({ "coupon_state": "EFFECTIVE" }));
    let client = platform.client(&wire);

    // Ids belong into variables: they are percent-encoded, and errors show only the template.
    let call = || {
        client[COUPON]
            .get()
            .var("openid", "oh-394z-6CGkNoJrsDLTTUKiAnp4")
            .var("coupon_code", "Code/1")
            .query("brand_id", "120344")
            .query_opt("appid", None::<&str>)
    };

    // A dry run: nothing is sent.
    let signed = call().sign_only()?;
    assert_eq!(
        signed.prepared.request_target,
        "/v3/marketing/partner/product-coupon/users/oh-394z-6CGkNoJrsDLTTUKiAnp4/coupons/Code%2F1?brand_id=120344"
    );
    println!("would send {} {}", signed.prepared.method, signed.prepared.request_target);

    let reply = call().await?;
    assert_eq!(reply.value()?["coupon_state"], "EFFECTIVE");
    assert_eq!(wire.requests()[0].target, signed.prepared.request_target);

    // A prefix can be kept, and mistakes are found before anything is signed.
    let product_coupon = &client["v3/marketing/partner"]["product-coupon"];
    assert_eq!(product_coupon.path(), "v3/marketing/partner/product-coupon");
    let error = product_coupon.chain("users/{openid}/coupons").get().await.err().ok_or("it has no openid")?;
    assert!(matches!(
        &error,
        quan_client::Error::Request { reason: RequestError::MissingVariable(name), .. } if name == "openid"
    ));
    println!("{error}");

    // The spelling of the PHP and Node libraries, on request.
    let path = quan_client::naming::path("v3.marketing.busifavor.productCoupons.preSend")?;
    assert_eq!(path.to_string(), "v3/marketing/busifavor/product-coupons/pre-send");
    wire.verify_all();
    Ok(())
}
