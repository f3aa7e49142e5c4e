//! deactivate_user_coupon_bundle 失效用户商品券组: ends a chain of coupons for good.

use quan_coupon::refusal::Refusal;
use quan_coupon::user_coupon::Deactivation;
use quan_model::coupon::UserCouponBundle;
use quan_model::ids::{Appid, Openid, RequestNo, UserCouponBundleId};
use serde::Serialize;

use crate::access;
use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::stock_bundle_access::{self, StockBundleAddress};
use crate::user_coupon_chain::KeptChain;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct DeactivateUserCouponBundle {
    /// The bundle that the chain was issued from.
    pub bundle: StockBundleAddress,
    /// The appid of the openid.
    pub appid: Appid,
    /// Who holds the chain.
    pub openid: Openid,
    /// The chain.
    pub user_coupon_bundle_id: UserCouponBundleId,
    /// The idempotency key.
    pub out_request_no: RequestNo,
    /// Why, at most 150 characters.
    pub deactivate_reason: String,
}

/// Ends the chain: what is used stays used, the open coupon becomes DEACTIVATED, nothing more is issued.
///
/// # Errors
/// `NoAuthority`, `AppidNotBound`, `NotFound`, `CouponNotFound` for a chain that this user does not hold from
/// this bundle, `RequestMismatch`, `ChainOver` when nothing is left to end.
pub fn deactivate_user_coupon_bundle(
    work: &mut Work<'_>,
    input: &DeactivateUserCouponBundle,
) -> Result<UserCouponBundle, Error> {
    let scope = &input.bundle.scope;
    access::authorised(work.store, scope)?;
    access::appid_bound(work.store, scope, &input.appid)?;
    let person = access::person(work.store, &input.appid, &input.openid)?;
    stock_bundle_access::members(work.store, &input.bundle)?;
    let record = work.store.user_coupon_bundle(&input.user_coupon_bundle_id)?.filter(|record| {
        record.stock_bundle_id == input.bundle.stock_bundle_id && record.person_id == person
    });
    let mut chain = KeptChain::of_record(work.store, record.ok_or(Refusal::CouponNotFound)?)?;
    let number = input.out_request_no.as_str();
    let once = Once::new(scope, "deactivate_user_coupon_bundle", String::new(), number, input);
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        let (request_no, reason) = (input.out_request_no.clone().into(), input.deactivate_reason.clone());
        let ended = chain.rules().deactivate(&request_no, &reason, work.now)?;
        chain.update(work, &ended)?;
        chain.record.queued = None;
        chain.record.deactivated = Some(Deactivation { request_no, time: work.now, reason });
        work.store.update_user_coupon_bundle(&chain.record)?;
        once.note(work, String::new())?;
    }
    Viewer::new(work.store, scope, work.now).user_coupon_bundle(&input.user_coupon_bundle_id)
}
