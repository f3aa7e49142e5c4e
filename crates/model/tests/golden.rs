//! Every example message of a modelled operation is read into its shape and written back, and the
//! bytes must be the same: nothing lost, nothing invented, members in the documented order.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

use std::path::{Path, PathBuf};

use quan_model::{busifavor, coupon, notification, partner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/examples")
}

/// The text without the white space between its tokens.
fn compact(json: &str) -> String {
    let mut out = String::new();
    let (mut inside_string, mut escaped) = (false, false);
    for character in json.chars() {
        if inside_string || !character.is_whitespace() {
            out.push(character);
        }
        if inside_string {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => inside_string = false,
                _ => {}
            }
        } else if character == '"' {
            inside_string = true;
        }
    }
    out
}

#[derive(serde::Deserialize)]
struct Exchange<'a> {
    #[serde(borrow)]
    body: &'a RawValue,
}

fn same_bytes<T: DeserializeOwned + Serialize>(name: &str, body: &str) {
    let message: T = serde_json::from_str(body).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(serde_json::to_string(&message).unwrap(), compact(body), "{name}");
}

/// Requests are compared member by member: their order is the caller's affair.
fn same_members<T: DeserializeOwned + Serialize>(name: &str, body: &str) {
    let message: T = serde_json::from_str(body).unwrap_or_else(|error| panic!("{name}: {error}"));
    let given: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(serde_json::to_value(&message).unwrap(), given, "{name}");
}

fn exchange(name: &str) -> String {
    let text =
        std::fs::read_to_string(examples().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let exchange: Exchange<'_> = serde_json::from_str(&text).unwrap();
    exchange.body.get().to_owned()
}

macro_rules! golden {
    ($($check:ident::<$shape:ty> { $($file:literal),+ $(,)? })+) => {
        #[test]
        fn example_messages_keep_their_bytes() {
            $($( $check::<$shape>($file, &exchange($file)); )+)+
        }
    };
}

golden! {
    same_bytes::<busifavor::PreSendToken> {
        "busifavor/pre-send-product-coupon.response.json",
        "busifavor/pre-send-product-coupon.with-code.response.json",
        "partner/pre-send-user-coupon.response.json",
    }
    same_bytes::<busifavor::PreSendRequest> {
        "busifavor/pre-send-product-coupon.request.json",
        "busifavor/pre-send-product-coupon.with-code.request.json",
        "busifavor/pre-send-product-coupon.without-openid.request.json",
    }
    same_members::<partner::PreSendUserCouponRequest> { "partner/pre-send-user-coupon.request.json" }
    same_members::<partner::CreateStockRequest> { "partner/create-stock.request.json" }
    same_members::<partner::ConfirmUserCouponRequest> { "partner/confirm-user-coupon.request.json" }
    same_members::<partner::UseUserCouponRequest> {
        "partner/use-user-coupon.request.json",
        "partner/use-user-coupon.pay-score.request.json",
        "partner/legacy-sequential/use-user-coupon.request.json",
    }
    same_members::<partner::ReturnUserCouponRequest> {
        "partner/return-user-coupon.request.json",
        "partner/legacy-sequential/return-user-coupon.request.json",
    }
    same_members::<partner::DeactivateUserCouponRequest> { "partner/deactivate-user-coupon.request.json" }
    same_members::<partner::SetNotifyConfigRequest> { "partner/set-notify-config.request.json" }
    same_members::<partner::UploadCouponCodesRequest> { "partner/upload-coupon-codes.request.json" }
    same_members::<partner::CreateProductCouponRequest> {
        "partner/legacy-sequential/create-product-coupon.request.json",
    }
    same_bytes::<partner::UploadCouponCodesResponse> { "partner/upload-coupon-codes.response.json" }
    same_bytes::<partner::NotifyConfigResponse> {
        "partner/set-notify-config.response.json",
        "partner/get-notify-config.response.json",
    }
    same_bytes::<coupon::ProductCouponWithStock> {
        "partner/create-product-coupon.single.response.json",
        "partner/legacy-sequential/create-product-coupon.response.json",
    }
    same_bytes::<coupon::ProductCoupon> { "partner/get-product-coupon.response.json" }
    same_bytes::<coupon::Stock> { "partner/create-stock.response.json", "partner/get-stock.response.json" }
    same_bytes::<coupon::UserCoupon> {
        "partner/confirm-user-coupon.response.json",
        "partner/use-user-coupon.response.json",
        "partner/use-user-coupon.pay-score.response.json",
        "partner/return-user-coupon.response.json",
        "partner/deactivate-user-coupon.response.json",
        "partner/get-user-coupon.response.json",
        "partner/legacy-sequential/use-user-coupon.response.json",
        "partner/legacy-sequential/return-user-coupon.response.json",
    }
}

#[test]
fn the_single_use_kinds_of_product_coupon_are_read() {
    for kind in
        ["01-all-normal", "02-all-discount", "03-single-normal", "04-single-discount", "05-single-exchange"]
    {
        let name = format!("partner/create-product-coupon/{kind}-single.json");
        let text = std::fs::read_to_string(examples().join(&name)).unwrap();
        same_members::<partner::CreateProductCouponRequest>(&name, &text);
    }
}

#[test]
fn notification_examples_keep_their_bytes() {
    for (face, names) in
        [("partner", &["send", "send-bundle", "send-with-phone"][..]), ("brand", &["send", "send-bundle"])]
    {
        for name in names {
            resource::<notification::SendResource>(face, name);
        }
    }
    for face in ["partner", "brand"] {
        for name in ["use.unverified", "return.unverified"] {
            resource::<notification::UsageResource>(face, name);
        }
    }
    resource::<notification::ImageGenerationResource>("partner", "image-generation");
    resource::<notification::BusifavorSendResource>("busifavor", "send");
    resource::<notification::BusifavorSendResource>("busifavor", "send-paygift");
}

/// The envelope and the opened resource of one example.
fn resource<T: DeserializeOwned + Serialize>(face: &str, name: &str) {
    let read = |file: &str| std::fs::read_to_string(examples().join(file)).unwrap();
    let envelope = format!("notifications/{face}/{name}.envelope.json");
    same_bytes::<notification::Envelope>(&envelope, &read(&envelope));
    let resource = format!("notifications/{face}/{name}.resource.json");
    same_bytes::<T>(&resource, &read(&resource));
}
