//! update_product_coupon 修改商品券: another look, for coupons issued from now on.

use quan_coupon::definition;
use quan_coupon::refusal::Refusal;
use quan_model::coupon::ProductCoupon;
use quan_model::display::ProductCouponDisplayInfo;
use quan_model::ids::{ProductCouponId, RequestNo};
use quan_store::catalogue::ProductCouponDefinition;
use serde::Serialize;

use crate::access::{self, Scope};
use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateProductCoupon {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The product coupon.
    pub product_coupon_id: ProductCouponId,
    /// The idempotency key, within the product coupon.
    pub out_request_no: RequestNo,
    /// The whole object; it replaces the one in force.
    pub display_info: ProductCouponDisplayInfo,
}

/// Puts the look into force. Coupons already issued keep theirs.
///
/// # Errors
/// `NoAuthority`, `NotFound`, `Invalid` for the look, `RequestMismatch`, `ProductCouponNotEffective` once it
/// is DEACTIVATED.
pub fn update_product_coupon(
    work: &mut Work<'_>,
    input: &UpdateProductCoupon,
) -> Result<ProductCoupon, Error> {
    access::authorised(work.store, &input.scope)?;
    let record = access::product_coupon(work.store, &input.scope, &input.product_coupon_id)?;
    definition::display("/display_info", record.definition.scope, &input.display_info)?;
    let id = &input.product_coupon_id;
    let number = input.out_request_no.as_str();
    let once = Once::new(&input.scope, "update_product_coupon", id.to_string(), number, input);
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        access::lifecycle(&record).ensure_editable(work.now)?;
        if record.definition.display_info != input.display_info {
            let display_info = input.display_info.clone();
            let written = ProductCouponDefinition::clone(&record.definition);
            let changed = ProductCouponDefinition { display_info, ..written };
            work.store.revise_product_coupon(id, record.revision, &changed)?;
        }
        once.note(work, String::new())?;
    }
    let record = access::product_coupon(work.store, &input.scope, id)?;
    Ok(Viewer::new(work.store, &input.scope, work.now).product_coupon(&record))
}
