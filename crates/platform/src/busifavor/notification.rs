//! COUPON.SEND: tells the creator of a merchant-coupon stock that a coupon of it was issued (semantics 9,
//! api-busifavor 7).

use quan_coupon::user_coupon::UserCoupon;
use quan_model::enums::SendChannel;
use quan_model::ids::Principal;
use quan_model::notification::{
    ASSOCIATED_DATA_BUSIFAVOR, BusifavorSendResource, EVENT_BUSIFAVOR_SEND, INNER_BUSIFAVOR_SEND,
};
use quan_store::error::StoreError;
use quan_store::outbox::Notification;

use crate::access::ReachedStock;
use crate::error::Error;
use crate::minting;
use crate::work::Work;

/// The notification of an issue. It carries an openid only under the notify appid of the stock, because it has no
/// member that would name another appid.
pub(crate) fn send(
    work: &Work<'_>,
    reached: &ReachedStock,
    coupon: &UserCoupon,
    sender: &Principal,
) -> Result<Notification, Error> {
    let openid = match &reached.stock.terms.notify_appid {
        None => None,
        Some(appid) if *appid == coupon.appid => Some(coupon.openid.clone()),
        Some(appid) => work.store.openid_of(&coupon.person_id, appid)?,
    };
    let channel = match coupon.send_channel {
        SendChannel::Api => "BUSICOUPON_SEND_CHANNEL_API",
        SendChannel::ReceiveComponent => "BUSICOUPON_SEND_CHANNEL_MINIAPP",
    };
    let resource = BusifavorSendResource {
        event_type: Some(INNER_BUSIFAVOR_SEND.to_owned()),
        coupon_code: coupon.coupon_code.to_string(),
        stock_id: coupon.stock_id.to_string(),
        send_time: coupon.receive_time,
        openid: Some(openid.map(|openid| openid.to_string()).unwrap_or_default()),
        unionid: Some(String::new()),
        send_channel: channel.to_owned(),
        send_merchant: sender.identity().to_owned(),
        act_id: None,
        attach_info: None,
        phone_number: None,
        country_code: None,
    };
    let resource =
        serde_json::to_string(&resource).map_err(|cause| StoreError::backend("write JSON", cause))?;
    Ok(Notification {
        id: minting::notification_id(work.entropy, work.now_ms),
        receiver: reached.record.creator.clone(),
        brand_id: None,
        event_type: EVENT_BUSIFAVOR_SEND.to_owned(),
        create_time: coupon.receive_time,
        summary: "商家券领取成功".to_owned(),
        associated_data: ASSOCIATED_DATA_BUSIFAVOR.to_owned(),
        original_type: ASSOCIATED_DATA_BUSIFAVOR.to_owned(),
        resource,
    })
}
