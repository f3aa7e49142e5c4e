//! `…/notify-configs`.

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// 5.31 set_notify_config 设置商品券事件通知地址.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetNotifyConfigRequest {
    /// HTTPS, public, with a path, without a query, at most 256 characters.
    pub notify_url: String,
}

/// Answer of 5.31 and 5.32.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyConfigResponse {
    /// The URL in force.
    pub notify_url: String,
    /// When it was set.
    pub update_time: Time,
}
