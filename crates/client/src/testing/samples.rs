//! Events to begin with; change what your test is about.

use quan_model::coupon::{AssociatedOrderInfo, CouponUsageDetail};
use quan_model::notification::{
    BusifavorSendResource, GeneratedImage, ImageGenerationResource, SendResource, UsageResource,
};
use quan_model::time::Time;

use super::FakePlatform;

fn at(seconds_after_start: i64) -> Time {
    Time::from_unix_seconds(FakePlatform::STARTS_AT + seconds_after_start)
}

/// A coupon issued over the claim component, to the service provider's URL.
#[must_use]
pub fn sent() -> SendResource {
    SendResource {
        brand_id: Some("120344".to_owned()),
        coupon_code: "Code_123456".to_owned(),
        product_coupon_id: "200000001".to_owned(),
        stock_id: "1000000013001".to_owned(),
        stock_bundle_id: None,
        user_coupon_bundle_id: None,
        appid: "wx233544546545989".to_owned(),
        openid: "oh-394z-6CGkNoJrsDLTTUKiAnp4".to_owned(),
        unionid: "StChmtSTLXLVUtbr5fL2JyMPLlxM".to_owned(),
        receive_time: at(0),
        send_request_no: "34657_20250101_123456".to_owned(),
        send_channel: "RECEIVE_COMPONENT".to_owned(),
        valid_begin_time: at(0),
        valid_end_time: at(30 * 86_400),
        phone_number: None,
        country_code: None,
        attach: None,
        channel_custom_info: None,
    }
}

/// The coupon of [`sent`], used.
#[must_use]
pub fn used() -> UsageResource {
    let sent = sent();
    UsageResource {
        brand_id: sent.brand_id,
        coupon_code: sent.coupon_code,
        product_coupon_id: Some(sent.product_coupon_id),
        stock_id: Some(sent.stock_id),
        appid: Some(sent.appid),
        openid: Some(sent.openid),
        unionid: Some(sent.unionid),
        usage: CouponUsageDetail {
            use_request_no: Some("use_20250102_000001".to_owned()),
            use_time: Some(at(86_400)),
            associated_order_info: Some(AssociatedOrderInfo {
                transaction_id: Some("4200001234202501021234567890".to_owned()),
                ..AssociatedOrderInfo::default()
            }),
            ..CouponUsageDetail::default()
        },
        ..UsageResource::default()
    }
}

/// The use of [`used`], taken back.
#[must_use]
pub fn returned() -> UsageResource {
    let used = used();
    let usage = CouponUsageDetail {
        return_request_no: Some("return_20250103_000001".to_owned()),
        return_time: Some(at(2 * 86_400)),
        ..used.usage
    };
    UsageResource { usage, ..used }
}

/// An image task that is done.
#[must_use]
pub fn image_generated() -> ImageGenerationResource {
    ImageGenerationResource {
        brand_id: "120344".to_owned(),
        task_id: "IMG_20250101_000001".to_owned(),
        image_generation_type: "COMBINE_IMAGE".to_owned(),
        task_state: "SUCCESS".to_owned(),
        combine_image_result: Some(GeneratedImage { image_url: "https://example.com/0".to_owned() }),
        cut_out_result: None,
    }
}

/// A merchant coupon (商家券), issued over the API.
#[must_use]
pub fn busifavor_sent() -> BusifavorSendResource {
    BusifavorSendResource {
        event_type: Some("EVENT_TYPE_BUSICOUPON_SEND".to_owned()),
        coupon_code: "1192065537718841325566".to_owned(),
        stock_id: "1388220000000417".to_owned(),
        send_time: at(0),
        openid: Some("oh-394z-6CGkNoJrsDLTTUKiAnp4".to_owned()),
        unionid: Some(String::new()),
        send_channel: "BUSICOUPON_SEND_CHANNEL_API".to_owned(),
        send_merchant: "1900000001".to_owned(),
        act_id: None,
        attach_info: None,
        phone_number: None,
        country_code: None,
    }
}
