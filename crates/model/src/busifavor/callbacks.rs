//! Where a merchant's COUPON.SEND notifications go (api-busifavor 5.20, 5.21).

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// 5.20 set_callbacks 设置商家券事件通知地址.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetCallbacksRequest {
    /// The merchant; the caller when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mchid: Option<String>,
    /// An https address.
    pub notify_url: String,
}

/// The answer of 5.20.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetCallbacksResponse {
    /// When it was set.
    pub update_time: Time,
    /// The address.
    pub notify_url: String,
    /// The merchant.
    pub mchid: String,
}

/// The answer of 5.21 get_callbacks 查询商家券事件通知地址.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetCallbacksResponse {
    /// The address.
    pub notify_url: String,
    /// The merchant.
    pub mchid: String,
}
