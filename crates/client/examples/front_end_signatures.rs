//! What front ends need to be signed: calling up a payment, and the merchant-coupon plug-in.
//!
//! Run it: `cargo run -p quan-client --example front_end_signatures`
//!
//! A product coupon in a mini program needs nothing of this: hand over the token of pre-send.

use std::error::Error;
use std::sync::Arc;

use quan_apiv3::key::PrivateKey;
use quan_client::frontend::MerchantCoupon;
use quan_client::testing::{FakePlatform, MockTransport};

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform);
    let client = platform
        .builder()
        .api_v2_key("an-apiv2-key-of-32-characters-00")?
        .build_blocking_with(Arc::new(wire.clone()))?;

    // wx.requestPayment of a mini program takes these members as they are.
    let payment =
        client.frontend().mini_program("wx233544546545989", "wx201410272009395522657a690389285100")?;
    let for_the_page = serde_json::to_value(&payment)?;
    println!(
        "wx.requestPayment takes {:?}",
        for_the_page.as_object().map(|members| members.keys().collect::<Vec<_>>())
    );
    assert_eq!(for_the_page["signType"], "RSA");
    assert_eq!(for_the_page["timeStamp"], "1760000000");

    // The platform will verify it so.
    let message =
        format!("wx233544546545989\n{}\n{}\n{}\n", payment.time_stamp, payment.nonce_str, payment.package);
    let merchant = PrivateKey::from_pem(platform.merchant_private_key_pem())?.public_key();
    merchant.verify(message.as_bytes(), &payment.pay_sign)?;

    // The merchant-coupon (商家券) plug-in is signed with the APIv2 key, and so is its H5 page.
    let coupon = MerchantCoupon::new("1388220000000417", "plugin_20250101_0001");
    let params = client.frontend().merchant_coupons(platform.mchid(), vec![coupon.clone()])?;
    assert_eq!(params.sign.len(), 64);
    let url = client.frontend().merchant_coupon_h5_url(platform.mchid(), "oh-394z", &coupon)?;
    assert!(url.starts_with("https://action.weixin.qq.com/busifavor/getcouponinfo?"));
    assert!(wire.requests().is_empty(), "nothing of this needs the network");
    Ok(())
}
