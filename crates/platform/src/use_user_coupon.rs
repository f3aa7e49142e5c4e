//! use_user_coupon 核销用户商品券: redeems the coupon, or the open round of a sequential one.

use quan_coupon::benefit::Fen;
use quan_coupon::redemption::{self, StoreCheck};
use quan_coupon::refusal::Refusal;
use quan_coupon::user_coupon::{self, UseOrder};
use quan_model::coupon::{AssociatedOrderInfo, AssociatedPayScoreOrderInfo, UserCoupon};
use quan_model::enums::StoreScope;
use quan_model::ids::{RequestNo, StoreId};
use quan_model::time::Time;
use serde::Serialize;

use crate::access::ReachedStock;
use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::usage_notification::{self, Happened};
use crate::user_coupon_access::{self, UserCouponAddress};
use crate::user_coupon_chain;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct UseUserCoupon {
    /// The coupon.
    pub address: UserCouponAddress,
    /// The idempotency key, bound to one (coupon, round).
    pub out_request_no: RequestNo,
    /// When the coupon was used; the window and periods are judged at this time, the state at now.
    pub use_time: Time,
    /// The round, in sequential mode.
    pub sequential_coupon_index: Option<u32>,
    /// Where it was used.
    pub store_id: Option<StoreId>,
    /// Exactly one of the two orders.
    pub associated_order_info: Option<AssociatedOrderInfo>,
    /// Exactly one of the two orders.
    pub associated_pay_score_order_info: Option<AssociatedPayScoreOrderInfo>,
    /// Fen actually saved; stored, not checked against the benefit.
    pub saved_amount: Option<i64>,
}

/// Redeems. In sequential mode the next round comes into being in the same transaction, in a chain the next
/// coupon.
///
/// # Errors
/// `NoAuthority`, `AppidNotBound`, `NotFound`, `CouponNotFound`, `RequestMismatch`, `RequestNoSpent` for
/// a number whose redemption was returned since, `Invalid` for the order, the index or the time, and by
/// the coupon's state `WrongState`, `Used`, `Expired`, `Deleted`, `OutsideWindow`, `OutsidePeriod`,
/// `StoreNotAllowed`.
pub fn use_user_coupon(work: &mut Work<'_>, input: &UseUserCoupon) -> Result<UserCoupon, Error> {
    let saved_amount = input.saved_amount.map(|fen| Fen::from_wire("/saved_amount", fen)).transpose()?;
    let (reached, mut record) = user_coupon_access::reach_to_change(work, &input.address)?;
    let address = &input.address;
    let once =
        Once::new(&address.scope, "use_user_coupon", String::new(), input.out_request_no.as_str(), input);
    if once.replay(work, Refusal::RequestMismatch)?.is_some() {
        ensure_still_used(&record.coupon, input)?;
        return Viewer::new(work.store, &address.scope, work.now).user_coupon(&record);
    }
    // Which order it is for is asked last (semantics 0.1, step 13).
    let order = redemption::OrderReference::parse(
        input.associated_order_info.as_ref(),
        input.associated_pay_score_order_info.as_ref(),
    );
    let stores = check_store(work, &reached, input.store_id.as_ref())?;
    let use_order = UseOrder {
        request_no: input.out_request_no.clone().into(),
        use_time: input.use_time,
        index: input.sequential_coupon_index,
        order: order.as_ref().ok().cloned(),
        store_id: input.store_id.clone(),
        saved_amount,
    };
    let interval_days = reached.stock.product.sequential.as_ref().map_or(0, |terms| terms.interval_days);
    record.coupon =
        record.coupon.use_(use_order, &reached.stock.terms.period, interval_days, stores, work.now)?;
    order?;
    work.store.update_user_coupon(&record)?;
    user_coupon_chain::after_use(work, &record.coupon, input.use_time)?;
    once.note(work, String::new())?;
    let index = input.sequential_coupon_index;
    usage_notification::tell(work, &reached, &record.coupon, index, Happened::Used)?;
    Viewer::new(work.store, &address.scope, work.now).user_coupon(&record)
}

/// A replay stands only as long as its redemption does.
fn ensure_still_used(coupon: &user_coupon::UserCoupon, input: &UseUserCoupon) -> Result<(), Refusal> {
    let redemption = usage_notification::redemption(coupon, input.sequential_coupon_index);
    let stands = redemption.is_some_and(|redemption| {
        redemption.request_no.as_str() == input.out_request_no.as_str() && redemption.returned.is_none()
    });
    if stands { Ok(()) } else { Err(Refusal::RequestNoSpent) }
}

fn check_store(
    work: &Work<'_>,
    reached: &ReachedStock,
    store: Option<&StoreId>,
) -> Result<StoreCheck, Error> {
    let is_open = match store {
        Some(store) => match reached.record.owner.brand_id() {
            Some(brand_id) => Some(work.store.is_open_store(brand_id, store)?),
            // Only brands have stores.
            None => Some(false),
        },
        None => None,
    };
    let stock_id = &reached.record.stock_id;
    Ok(match reached.stock.terms.store_scope {
        StoreScope::None | StoreScope::All => StoreCheck::Unrestricted { store_given_and_open: is_open },
        // The list is read at the use, so that it counts for coupons already held too (semantics 2.4).
        StoreScope::Specific => StoreCheck::Specific {
            store_given_and_associated: match (store, is_open) {
                (Some(store), Some(is_open)) => {
                    Some(is_open && work.store.is_store_associated(stock_id, store)?)
                }
                (None, _) | (_, None) => None,
            },
            has_associated_store: work.store.associated_store_count(stock_id)? > 0,
            store_required: work.settings.require_store_for_specific,
        },
    })
}
