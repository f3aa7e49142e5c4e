//! Notifications: the envelope on the wire and the resource inside it (api-product-coupon 7).

mod shown;

use serde::{Deserialize, Serialize};

use crate::coupon::CouponUsageDetail;
use crate::time::Time;

/// Event type of a coupon issued, partner face.
pub const EVENT_PARTNER_SEND: &str = "PRODUCT_COUPON_SP.SEND";
/// Event type of a coupon issued, brand face.
pub const EVENT_BRAND_SEND: &str = "PRODUCT_COUPON.SEND";
/// Event type of a coupon used, partner face; by analogy with the brand's (semantics 9.1).
pub const EVENT_PARTNER_USE: &str = "PRODUCT_COUPON_SP.USE";
/// Event type of a coupon used, brand face.
pub const EVENT_BRAND_USE: &str = "PRODUCT_COUPON.USE";
/// Event type of a use taken back, partner face; by analogy with the brand's (semantics 9.1).
pub const EVENT_PARTNER_RETURN: &str = "PRODUCT_COUPON_SP.RETURN";
/// Event type of a use taken back, brand face.
pub const EVENT_BRAND_RETURN: &str = "PRODUCT_COUPON.RETURN";
/// Event type of a finished image task, partner face.
pub const EVENT_PARTNER_IMAGE_GENERATION: &str = "PRODUCT_COUPON_SP.IMAGE_GENERATION";
/// Event type of a merchant coupon (商家券) issued.
pub const EVENT_BUSIFAVOR_SEND: &str = "COUPON.SEND";
/// Associated data of the partner face.
pub const ASSOCIATED_DATA_PARTNER: &str = "product_coupon_sp";
/// Associated data of the brand face.
pub const ASSOCIATED_DATA_BRAND: &str = "product_coupon";
/// `event_type` inside the resource of [`EVENT_BUSIFAVOR_SEND`].
pub const INNER_BUSIFAVOR_SEND: &str = "EVENT_TYPE_BUSICOUPON_SEND";
/// Associated data and original type of merchant coupons (商家券).
pub const ASSOCIATED_DATA_BUSIFAVOR: &str = "coupon";
/// The only algorithm of the resource.
pub const ALGORITHM: &str = "AEAD_AES_256_GCM";

/// The body that is posted to the notify URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Unique per notification, the same over its retries; at most 36 characters.
    pub id: String,
    /// Time of the event.
    pub create_time: Time,
    /// What happened.
    pub event_type: String,
    /// Always `encrypt-resource`.
    pub resource_type: String,
    /// One line for people.
    #[serde(default)]
    pub summary: String,
    /// The sealed resource.
    pub resource: SealedResource,
}

/// The resource, sealed with the receiver's APIv3 key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedResource {
    /// Informational; never to be checked by a receiver.
    #[serde(default)]
    pub original_type: String,
    /// [`ALGORITHM`].
    pub algorithm: String,
    /// Base64 of ciphertext and 16-byte tag.
    pub ciphertext: String,
    /// To be used as received.
    #[serde(default)]
    pub associated_data: String,
    /// 12 characters.
    pub nonce: String,
}

/// The opened resource of a SEND event.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendResource {
    /// Partner: always. Brand: may be absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
    /// 券Code.
    pub coupon_code: String,
    /// The product coupon.
    pub product_coupon_id: String,
    /// The stock.
    pub stock_id: String,
    /// Of a bundle only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_bundle_id: Option<String>,
    /// Of a bundle only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_coupon_bundle_id: Option<String>,
    /// The stock's notify appid.
    pub appid: String,
    /// Under that appid.
    pub openid: String,
    /// Empty when unknown.
    #[serde(default)]
    pub unionid: String,
    /// When the coupon was issued.
    pub receive_time: Time,
    /// The number of the send or pre-send.
    pub send_request_no: String,
    /// 发券渠道; an open set of words.
    pub send_channel: String,
    /// First instant of validity.
    pub valid_begin_time: Time,
    /// Last instant of validity, inclusive.
    pub valid_end_time: Time,
    /// With delivery channels only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// With delivery channels only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// What the send or pre-send attached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// With foreign channels only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_custom_info: Option<String>,
}

/// The opened resource of a USE or RETURN event, both faces.
///
/// The official pages describe SEND alone, so everything but the code may be absent
/// (api-product-coupon 7.5, semantics 9.3).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageResource {
    /// Partner only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
    /// 券Code.
    pub coupon_code: String,
    /// The product coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_coupon_id: Option<String>,
    /// The stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_id: Option<String>,
    /// Of a bundle only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_bundle_id: Option<String>,
    /// Of a bundle only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_coupon_bundle_id: Option<String>,
    /// The stock's notify appid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// Under that appid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// Empty or absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
    /// The use, and with RETURN its return.
    #[serde(flatten)]
    pub usage: CouponUsageDetail,
    /// The round of a sequential coupon, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_coupon_index: Option<i64>,
}

/// The opened resource of an IMAGE_GENERATION event, which exists on the partner face alone
/// (api-product-coupon 7.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageGenerationResource {
    /// The brand that the task is for.
    pub brand_id: String,
    /// The caller's number of the task.
    pub task_id: String,
    /// `COMBINE_IMAGE` or `CUT_OUT`; an open set of words.
    pub image_generation_type: String,
    /// `SUCCESS` once there is a result; an open set of words.
    pub task_state: String,
    /// With `COMBINE_IMAGE` and `SUCCESS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combine_image_result: Option<GeneratedImage>,
    /// With `CUT_OUT` and `SUCCESS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_out_result: Option<GeneratedImage>,
}

/// Where a generated image lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedImage {
    /// A URL to use in product coupons.
    pub image_url: String,
}

/// The opened resource of a `COUPON.SEND` event: a merchant coupon (商家券) was issued
/// (api-busifavor 7).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusifavorSendResource {
    /// `EVENT_TYPE_BUSICOUPON_SEND`, if there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// 券Code.
    pub coupon_code: String,
    /// The stock.
    pub stock_id: String,
    /// When the coupon was issued.
    pub send_time: Time,
    /// Empty or absent without a notify appid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// Empty or absent without a notify appid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
    /// `BUSICOUPON_SEND_CHANNEL_…`, or the bare `JSAPI`; an open set of words.
    pub send_channel: String,
    /// The merchant that issued it.
    pub send_merchant: String,
    /// Of a shake activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act_id: Option<String>,
    /// What some channels add.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_info: Option<BusifavorAttachInfo>,
    /// Here or in `attach_info`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Here or in `attach_info`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}

/// What the channels pay-gift, hall and member add to a `COUPON.SEND`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusifavorAttachInfo {
    /// The payment that earned the coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The activity of pay-gift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act_code: Option<String>,
    /// The hall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hall_code: Option<String>,
    /// The merchant of the hall; a number, unlike every other merchant number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hall_belong_mch_id: Option<i64>,
    /// The member card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_id: Option<String>,
    /// The code of the member card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The activity of the member card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<String>,
    /// Here or beside `attach_info`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Here or beside `attach_info`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}
