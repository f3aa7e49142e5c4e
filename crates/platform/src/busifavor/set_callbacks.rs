//! set_callbacks 设置商家券事件通知地址: one URL per merchant, for the stocks that it creates over busifavor.

use quan_model::busifavor::SetCallbacksResponse;
use quan_model::ids::Mchid;
use quan_store::parties::NotifyUrl;

use crate::error::Error;
use crate::work::Work;

/// Sets where the COUPON.SEND notifications of a merchant go; the last write wins, and pending retries use it.
/// The form of the URL is checked where it enters.
///
/// # Errors
/// Only when the store fails.
pub fn set_callbacks(work: &mut Work<'_>, mchid: &Mchid, url: &str) -> Result<SetCallbacksResponse, Error> {
    work.store.put_callback(mchid, &NotifyUrl { url: url.to_owned(), updated_at: work.now })?;
    Ok(SetCallbacksResponse { update_time: work.now, notify_url: url.to_owned(), mchid: mchid.to_string() })
}
