//! set_notify_config and get_notify_config 设置/获取商品券事件通知地址: one URL per principal.
//!
//! The form of the URL is checked where it enters; the last write wins, and pending retries use it.

use quan_coupon::refusal::Refusal;
use quan_model::ids::Principal;
use quan_model::product_coupon::NotifyConfigResponse;
use quan_store::parties::NotifyUrl;

use crate::error::Error;
use crate::work::{View, Work};

/// Sets where the notifications of a principal go.
///
/// # Errors
/// Only when the store fails.
pub fn set(work: &mut Work<'_>, principal: &Principal, url: &str) -> Result<NotifyConfigResponse, Error> {
    let notify_url = NotifyUrl { url: url.to_owned(), updated_at: work.now };
    work.store.put_notify_url(principal, &notify_url)?;
    Ok(NotifyConfigResponse { notify_url: notify_url.url, update_time: notify_url.updated_at })
}

/// Where the notifications of a principal go.
///
/// # Errors
/// [`Refusal::NotFound`] when none was set.
pub fn get(view: &View<'_>, principal: &Principal) -> Result<NotifyConfigResponse, Error> {
    let found = view.store.notify_url(principal)?.ok_or(Refusal::NotFound)?;
    Ok(NotifyConfigResponse { notify_url: found.url, update_time: found.updated_at })
}
