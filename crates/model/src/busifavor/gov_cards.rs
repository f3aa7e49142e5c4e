//! Consumption cards (消费卡), of which only the sending is known here (api-busifavor 5.12).

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// 5.12 send_gov_card 发放消费卡. The number counts together with `send_time`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendGovCardRequest {
    /// The appid of the openid.
    pub appid: String,
    /// Who gets the card.
    pub openid: String,
    /// Letters and digits, at most 128.
    pub out_request_no: String,
    /// When it was sent; not more than 24 hours ago.
    pub send_time: Time,
}

/// The answer of 5.12.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendGovCardResponse {
    /// The code of the card.
    pub card_code: String,
}
