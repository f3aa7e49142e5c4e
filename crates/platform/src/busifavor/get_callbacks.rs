//! get_callbacks 查询商家券事件通知地址.

use quan_coupon::refusal::Refusal;
use quan_model::busifavor::GetCallbacksResponse;
use quan_model::ids::Mchid;

use crate::error::Error;
use crate::work::View;

/// Where the COUPON.SEND notifications of a merchant go.
///
/// # Errors
/// `NotFound` when no URL was set.
pub fn get_callbacks(view: &View<'_>, mchid: &Mchid) -> Result<GetCallbacksResponse, Error> {
    let found = view.store.callback(mchid)?.ok_or(Refusal::NotFound)?;
    Ok(GetCallbacksResponse { notify_url: found.url, mchid: mchid.to_string() })
}
