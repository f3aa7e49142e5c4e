//! Every example message of a modelled operation is read into its shape and written back, and the
//! bytes must be the same: nothing lost, nothing invented, members in the documented order.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

use std::path::{Path, PathBuf};

use quan_model::{busifavor, certificates, coupon, notification, product_coupon};
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
    same_bytes::<certificates::CertificatesResponse> { "platform/download-certificates.response.json" }
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
    same_members::<busifavor::SendProductCouponRequest> {
        "busifavor/send-product-coupon.request.json",
        "busifavor/send-product-coupon.normal-with-code.request.json",
    }
    same_bytes::<busifavor::SendProductCouponResponse> {
        "busifavor/send-product-coupon.response.json",
        "busifavor/send-product-coupon.normal-with-code.response.json",
        "busifavor/send-coupon.flat.response.json",
    }
    same_bytes::<busifavor::CreateStockRequest> {
        "busifavor/create-stock.request.json",
        "busifavor/create-stock.discount-upload.request.json",
        "busifavor/create-stock.exchange-api.request.json",
    }
    same_bytes::<busifavor::CreateStockResponse> {
        "busifavor/create-stock.response.json",
        "busifavor/create-stock.discount-upload.response.json",
        "busifavor/create-stock.exchange-api.response.json",
    }
    same_bytes::<busifavor::BusiStock> { "busifavor/get-stock.response.json" }
    same_bytes::<busifavor::ModifyStockRequest> { "busifavor/modify-stock.request.json" }
    same_bytes::<busifavor::ModifyStockBudgetRequest> {
        "busifavor/modify-stock-budget.request.json",
        "busifavor/modify-stock-budget.by-day.request.json",
    }
    same_bytes::<busifavor::ModifyStockBudgetResponse> {
        "busifavor/modify-stock-budget.response.json",
        "busifavor/modify-stock-budget.by-day.response.json",
    }
    same_bytes::<busifavor::UploadCouponCodesRequest> { "busifavor/upload-coupon-codes.request.json" }
    same_bytes::<busifavor::UploadCouponCodesResponse> { "busifavor/upload-coupon-codes.response.json" }
    same_bytes::<busifavor::ListCouponCodesResponse> { "busifavor/list-coupon-codes.response.json" }
    same_bytes::<busifavor::CodeInformation> { "busifavor/get-coupon-code.response.json" }
    same_bytes::<busifavor::DeleteCouponCodeResponse> { "busifavor/delete-coupon-code.response.json" }
    same_bytes::<busifavor::SendCouponRequest> {
        "busifavor/send-coupon.request.json",
        "busifavor/send-coupon.flat.request.json",
    }
    same_bytes::<busifavor::SendCouponResponse> { "busifavor/send-coupon.response.json" }
    same_bytes::<busifavor::SendGovCardRequest> { "busifavor/send-gov-card.request.json" }
    same_bytes::<busifavor::SendGovCardResponse> { "busifavor/send-gov-card.response.json" }
    same_bytes::<busifavor::UseCouponRequest> { "busifavor/use-coupon.request.json" }
    same_bytes::<busifavor::UseCouponResponse> { "busifavor/use-coupon.response.json" }
    same_bytes::<busifavor::ReturnCouponRequest> { "busifavor/return-coupon.request.json" }
    same_bytes::<busifavor::ReturnCouponResponse> { "busifavor/return-coupon.response.json" }
    same_bytes::<busifavor::DeactivateCouponRequest> { "busifavor/deactivate-coupon.request.json" }
    same_bytes::<busifavor::DeactivateCouponResponse> { "busifavor/deactivate-coupon.response.json" }
    same_bytes::<busifavor::AssociateTradeInfoRequest> {
        "busifavor/associate-trade-info.request.json",
        "busifavor/disassociate-trade-info.request.json",
    }
    same_bytes::<busifavor::AssociateTradeInfoResponse> { "busifavor/associate-trade-info.response.json" }
    same_bytes::<busifavor::DisassociateTradeInfoResponse> {
        "busifavor/disassociate-trade-info.response.json",
    }
    same_bytes::<busifavor::ListUserCouponsResponse> { "busifavor/list-user-coupons.response.json" }
    same_bytes::<busifavor::BusiCoupon> { "busifavor/get-user-coupon.response.json" }
    same_bytes::<busifavor::SetCallbacksRequest> { "busifavor/set-callbacks.request.json" }
    same_bytes::<busifavor::SetCallbacksResponse> { "busifavor/set-callbacks.response.json" }
    same_bytes::<busifavor::GetCallbacksResponse> { "busifavor/get-callbacks.response.json" }
    same_bytes::<busifavor::SubsidyPayRequest> { "busifavor/subsidy-pay.request.json" }
    same_bytes::<busifavor::PayReceipt> {
        "busifavor/subsidy-pay.response.json",
        "busifavor/get-subsidy-pay-receipt.response.json",
    }
    same_bytes::<busifavor::PayReceiptList> { "busifavor/list-subsidy-pay-receipts.response.json" }
    same_bytes::<busifavor::SubsidyReturnRequest> { "busifavor/subsidy-return.request.json" }
    same_bytes::<busifavor::ReturnReceipt> {
        "busifavor/subsidy-return.response.json",
        "busifavor/get-subsidy-return-receipt.response.json",
    }
    same_members::<product_coupon::PreSendUserCouponRequest> { "partner/pre-send-user-coupon.request.json" }
    same_members::<product_coupon::CreateStockRequest> { "partner/create-stock.request.json" }
    same_members::<product_coupon::ConfirmUserCouponRequest> { "partner/confirm-user-coupon.request.json" }
    same_members::<product_coupon::UseUserCouponRequest> {
        "partner/use-user-coupon.request.json",
        "partner/use-user-coupon.pay-score.request.json",
        "partner/legacy-sequential/use-user-coupon.request.json",
    }
    same_members::<product_coupon::ReturnUserCouponRequest> {
        "partner/return-user-coupon.request.json",
        "partner/legacy-sequential/return-user-coupon.request.json",
    }
    same_members::<product_coupon::DeactivateUserCouponRequest> { "partner/deactivate-user-coupon.request.json" }
    same_members::<product_coupon::SetNotifyConfigRequest> { "partner/set-notify-config.request.json" }
    same_members::<product_coupon::UpdateProductCouponRequest> {
        "partner/update-product-coupon.request.json",
        "brand/update-product-coupon.request.json",
    }
    same_members::<product_coupon::DeactivateRequest> {
        "partner/deactivate-product-coupon.request.json",
        "partner/deactivate-stock.request.json",
        "brand/deactivate-product-coupon.request.json",
        "brand/deactivate-stock.request.json",
    }
    same_members::<product_coupon::UpdateStockRequest> {
        "partner/update-stock.request.json",
        "partner/update-stock-bundle.request.json",
        "brand/update-stock.request.json",
        "brand/update-stock-bundle.request.json",
    }
    same_members::<product_coupon::UpdateStockBudgetRequest> {
        "partner/update-stock-budget.request.json",
        "partner/update-stock-budget.per-day.request.json",
        "partner/update-stock-bundle-budget.request.json",
        "brand/update-stock-budget.request.json",
        "brand/update-stock-budget.per-day.request.json",
        "brand/update-stock-bundle-budget.request.json",
    }
    same_members::<product_coupon::StoreListRequest> {
        "partner/associate-stores.request.json",
        "partner/disassociate-stores.request.json",
        "partner/associate-stores-for-stock-bundle.request.json",
        "partner/disassociate-stores-for-stock-bundle.request.json",
        "brand/associate-stores.request.json",
        "brand/disassociate-stores.request.json",
        "brand/associate-stores-for-stock-bundle.request.json",
        "brand/disassociate-stores-for-stock-bundle.request.json",
    }
    same_bytes::<product_coupon::StoreListResponse> {
        "partner/associate-stores.response.json",
        "partner/disassociate-stores.response.json",
        "partner/associate-stores-for-stock-bundle.response.json",
        "partner/disassociate-stores-for-stock-bundle.response.json",
        "brand/associate-stores.response.json",
        "brand/disassociate-stores.response.json",
        "brand/associate-stores-for-stock-bundle.response.json",
        "brand/disassociate-stores-for-stock-bundle.response.json",
    }
    same_bytes::<product_coupon::ListAssociatedStoresResponse> {
        "partner/list-associated-stores.response.json",
        "brand/list-associated-stores.response.json",
    }
    same_bytes::<product_coupon::ListStocksResponse> {
        "partner/list-stocks.response.json",
        "partner/list-stocks.page-2.response.json",
        "brand/list-stocks.response.json",
        "brand/list-stocks.page-2.response.json",
    }
    same_members::<product_coupon::CreateStockBundleRequest> {
        "partner/create-stock-bundle.request.json",
        "brand/create-stock-bundle.request.json",
    }
    same_bytes::<coupon::StockBundle> {
        "partner/create-stock-bundle.response.json",
        "partner/update-stock-bundle.response.json",
        "partner/update-stock-bundle-budget.response.json",
        "brand/create-stock-bundle.response.json",
        "brand/update-stock-bundle.response.json",
        "brand/update-stock-bundle-budget.response.json",
    }
    same_members::<product_coupon::SendUserCouponRequest> {
        "partner/send-user-coupon.request.json",
        "partner/send-user-coupon.api-assign.request.json",
        "brand/send-user-coupon.request.json",
        "brand/send-user-coupon.api-assign.request.json",
    }
    same_members::<product_coupon::SendUserCouponBundleRequest> {
        "partner/send-user-coupon-bundle.request.json",
        "brand/send-user-coupon-bundle.request.json",
    }
    same_members::<product_coupon::PreSendUserCouponBundleRequest> {
        "partner/pre-send-user-coupon-bundle.request.json",
        "brand/pre-send-user-coupon-bundle.request.json",
    }
    same_members::<product_coupon::DeactivateUserCouponBundleRequest> {
        "partner/deactivate-user-coupon-bundle.request.json",
        "brand/deactivate-user-coupon-bundle.request.json",
    }
    same_bytes::<coupon::UserCouponBundle> {
        "partner/send-user-coupon-bundle.response.json",
        "partner/deactivate-user-coupon-bundle.response.json",
        "brand/send-user-coupon-bundle.response.json",
        "brand/deactivate-user-coupon-bundle.response.json",
    }
    same_bytes::<product_coupon::ListUserCouponsResponse> {
        "partner/list-user-coupons.response.json",
        "brand/list-user-coupons.response.json",
    }
    same_bytes::<product_coupon::UploadImageResponse> {
        "partner/upload-image.response.json",
        "brand/upload-image.response.json",
    }
    same_members::<product_coupon::CreateImageGenerationTaskRequest> {
        "partner/create-image-generation-task.request.json",
        "partner/create-image-generation-task.cut-out.request.json",
    }
    same_bytes::<product_coupon::CreateImageGenerationTaskResponse> {
        "partner/create-image-generation-task.response.json",
        "partner/create-image-generation-task.cut-out.response.json",
    }
    same_bytes::<product_coupon::ImageGenerationTask> { "partner/get-image-generation-task.response.json" }
    same_members::<product_coupon::UploadCouponCodesRequest> { "partner/upload-coupon-codes.request.json" }
    same_members::<product_coupon::CreateProductCouponRequest> {
        "partner/legacy-sequential/create-product-coupon.request.json",
    }
    same_bytes::<product_coupon::UploadCouponCodesResponse> { "partner/upload-coupon-codes.response.json" }
    same_bytes::<product_coupon::NotifyConfigResponse> {
        "partner/set-notify-config.response.json",
        "partner/get-notify-config.response.json",
    }
    same_bytes::<coupon::ProductCouponWithStock> {
        "partner/create-product-coupon.single.response.json",
        "partner/create-product-coupon.multi.response.json",
        "brand/create-product-coupon.single.response.json",
        "brand/create-product-coupon.multi.response.json",
        "partner/legacy-sequential/create-product-coupon.response.json",
    }
    same_bytes::<coupon::ProductCoupon> {
        "partner/get-product-coupon.response.json",
        "partner/update-product-coupon.response.json",
        "partner/deactivate-product-coupon.response.json",
        "brand/get-product-coupon.response.json",
        "brand/update-product-coupon.response.json",
        "brand/deactivate-product-coupon.response.json",
    }
    same_bytes::<coupon::Stock> {
        "partner/create-stock.response.json",
        "partner/get-stock.response.json",
        "partner/update-stock.response.json",
        "partner/update-stock-budget.response.json",
        "partner/update-stock-budget.per-day.response.json",
        "partner/deactivate-stock.response.json",
        "brand/create-stock.response.json",
        "brand/get-stock.response.json",
        "brand/update-stock.response.json",
        "brand/update-stock-budget.response.json",
        "brand/update-stock-budget.per-day.response.json",
        "brand/deactivate-stock.response.json",
    }
    same_bytes::<coupon::UserCoupon> {
        "partner/confirm-user-coupon.response.json",
        "partner/use-user-coupon.response.json",
        "partner/use-user-coupon.pay-score.response.json",
        "partner/return-user-coupon.response.json",
        "partner/deactivate-user-coupon.response.json",
        "partner/use-user-coupon.bundle-round.response.json",
        "partner/send-user-coupon.response.json",
        "partner/send-user-coupon.api-assign.response.json",
        "brand/confirm-user-coupon.response.json",
        "brand/use-user-coupon.response.json",
        "brand/use-user-coupon.bundle-round.response.json",
        "brand/use-user-coupon.pay-score.response.json",
        "brand/return-user-coupon.response.json",
        "brand/deactivate-user-coupon.response.json",
        "brand/get-user-coupon.response.json",
        "brand/send-user-coupon.response.json",
        "brand/send-user-coupon.api-assign.response.json",
        "partner/get-user-coupon.response.json",
        "partner/legacy-sequential/use-user-coupon.response.json",
        "partner/legacy-sequential/return-user-coupon.response.json",
    }
}

#[test]
fn the_ten_kinds_of_product_coupon_are_read_on_both_faces() {
    let mut count = 0;
    for face in ["partner", "brand"] {
        let folder = examples().join(face).join("create-product-coupon");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            same_members::<product_coupon::CreateProductCouponRequest>(&path.display().to_string(), &text);
            count += 1;
        }
    }
    assert_eq!(count, 20);
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

#[test]
fn the_notifications_of_merchant_coupons_keep_their_bytes() {
    for name in ["send", "send-paygift"] {
        let envelope = format!("notifications/busifavor/{name}.envelope.json");
        let text = std::fs::read_to_string(examples().join(&envelope)).unwrap();
        same_bytes::<notification::Envelope>(&envelope, &text);
        let resource = format!("notifications/busifavor/{name}.resource.json");
        let text = std::fs::read_to_string(examples().join(&resource)).unwrap();
        same_bytes::<notification::BusifavorSendResource>(&resource, &text);
    }
}

#[test]
fn the_flat_form_of_a_send_is_read_too() {
    let flat = exchange("busifavor/send-coupon.flat.response.json");
    let result: busifavor::SendCouponResult = serde_json::from_str(&flat).unwrap();
    let read: busifavor::SendCouponResponse = serde_json::from_str(&flat).unwrap();
    assert_eq!(read.send_coupon_result, result);
    assert!(serde_json::from_str::<busifavor::SendCouponResponse>("{}").is_err());
}

#[test]
fn the_parts_of_the_time_are_read_beside_it_too() {
    let mut request: serde_json::Value =
        serde_json::from_str(&exchange("busifavor/create-stock.request.json")).unwrap();
    let documented: busifavor::CreateStockRequest = serde_json::from_value(request.clone()).unwrap();
    let rule = request["coupon_use_rule"].as_object_mut().unwrap();
    let week = rule["coupon_available_time"].as_object_mut().unwrap().remove("available_week").unwrap();
    rule.insert("available_week".to_owned(), week);
    let beside: busifavor::CreateStockRequest = serde_json::from_value(request).unwrap();
    assert_eq!(beside.members(), documented.members());
}
