//! create_product_coupon 创建商品券: a product coupon with its first stock.

use quan_coupon::definition;
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_model::coupon::ProductCouponWithStock;
use quan_model::ids::{RequestNo, StockId};
use quan_model::product_coupon::CreateProductCouponRequest;
use quan_store::catalogue::{ProductCouponDefinition, ProductCouponRecord};

use crate::access::{self, Scope};
use crate::create_stock::{self, insert};
use crate::entity::Viewer;
use crate::error::Error;
use crate::minting;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for; `request` keeps the definition as it was written.
#[derive(Clone, Debug)]
pub struct CreateProductCoupon {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The idempotency key.
    pub out_request_no: RequestNo,
    /// The definition.
    pub request: CreateProductCouponRequest,
}

/// Creates a product coupon and its stock; the audit passes at once (semantics Q25).
///
/// A number used before with the same data gives the product coupon and stock of then, as they are now.
///
/// # Errors
/// `Invalid` for the first rule of the definition that is broken, `NoAuthority`, `AppidNotBound` for the
/// notify appid, `AlreadyExists` for a number used with other data.
pub fn create_product_coupon(
    work: &mut Work<'_>,
    input: &CreateProductCoupon,
) -> Result<ProductCouponWithStock, Error> {
    let (_, terms) = definition::product_coupon(&input.request)?;
    access::authorised(work.store, &input.scope)?;
    access::notify_appid_bound(work.store, &input.scope, &terms)?;
    let once = Once::new(
        &input.scope,
        "create_product_coupon",
        String::new(),
        input.out_request_no.as_str(),
        &input.request,
    );
    let stock_id = match once.replay(work, Refusal::AlreadyExists)? {
        Some(replay) => create_stock::noted_stock(&replay.answer)?,
        None => {
            let stock_id = create(work, input)?;
            once.note(work, stock_id.to_string())?;
            stock_id
        }
    };
    let reached = access::stock_of_record(work.store, &stock_id)?;
    let viewer = Viewer::new(work.store, &input.scope, work.now);
    Ok(ProductCouponWithStock {
        product_coupon: viewer.product_coupon(&reached.product_coupon),
        stock: Some(viewer.stock(&reached)?),
        stock_bundle: None,
    })
}

fn create(work: &mut Work<'_>, input: &CreateProductCoupon) -> Result<StockId, Error> {
    let request = input.request.clone();
    // The definition was checked and has a stock in every mode that is offered; this names it all the same.
    let missing = || Violation::new("/stock", ViolationKind::Missing, "缺少必填字段");
    let stock = request.stock.ok_or_else(missing)?;
    let record = ProductCouponRecord {
        product_coupon_id: minting::product_coupon_id(work.entropy),
        owner: input.scope.owner.clone(),
        creator: input.scope.principal.clone(),
        definition: ProductCouponDefinition {
            scope: request.scope,
            kind: request.kind,
            usage_mode: request.usage_mode,
            single_usage_info: request.single_usage_info,
            progressive_bundle_usage_info: request.progressive_bundle_usage_info,
            sequential_usage_info: request.sequential_usage_info,
            display_info: request.display_info,
            out_product_no: request.out_product_no,
        },
        revision: 1,
        created_at: work.now,
        deactivated: None,
    };
    work.store.insert_product_coupon(&record)?;
    insert(work, &input.scope, &record.product_coupon_id, stock)
}
