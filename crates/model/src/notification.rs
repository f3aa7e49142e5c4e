//! Notifications: the envelope on the wire and the resource inside it (api-product-coupon 7).

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// Event type of a coupon issued, partner face.
pub const EVENT_PARTNER_SEND: &str = "PRODUCT_COUPON_SP.SEND";
/// Event type of a coupon issued, brand face.
pub const EVENT_BRAND_SEND: &str = "PRODUCT_COUPON.SEND";
/// Associated data of the partner face.
pub const ASSOCIATED_DATA_PARTNER: &str = "product_coupon_sp";
/// Associated data of the brand face.
pub const ASSOCIATED_DATA_BRAND: &str = "product_coupon";
/// Event type of a coupon issued, busifavor face.
pub const EVENT_BUSIFAVOR_SEND: &str = "COUPON.SEND";
/// `event_type` inside the resource of [`EVENT_BUSIFAVOR_SEND`].
pub const INNER_BUSIFAVOR_SEND: &str = "EVENT_TYPE_BUSICOUPON_SEND";
/// Associated data and original type of the busifavor face.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// The opened resource of COUPON.SEND of merchant coupons (api-busifavor 7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusifavorSendResource {
    /// [`INNER_BUSIFAVOR_SEND`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// 券Code.
    pub coupon_code: String,
    /// The stock.
    pub stock_id: String,
    /// When the coupon was issued.
    pub send_time: Time,
    /// Under the stock's notify appid; empty or absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// Empty or absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
    /// 发券渠道, with the prefix `BUSICOUPON_SEND_CHANNEL_`; an open set of words.
    pub send_channel: String,
    /// The merchant that sent it.
    pub send_merchant: String,
    /// With the channels pay-gift, hall and member only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_info: Option<BusifavorAttachInfo>,
}

/// What foreign channels attach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusifavorAttachInfo {
    /// The order of a pay-gift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act_code: Option<String>,
    /// The hall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hall_code: Option<String>,
    /// The merchant of the hall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hall_belong_mch_id: Option<i64>,
    /// The member card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_id: Option<String>,
    /// The code of the member card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The activity of members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<String>,
}
