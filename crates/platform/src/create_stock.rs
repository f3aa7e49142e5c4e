//! create_stock 添加商品券批次: one more stock of a product coupon.

use quan_coupon::definition;
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_model::coupon::{Stock, StockForCreate};
use quan_model::ids::{ProductCouponId, RequestNo, StockId};
use quan_store::catalogue::{ProductCouponRecord, ProductCouponStock, StockDefinition, StockRecord};
use quan_store::error::StoreError;
use quan_store::lock::Lock;
use serde::Serialize;

use crate::access::{self, Scope};
use crate::entity::Viewer;
use crate::error::Error;
use crate::minting;
use crate::once::Once;
use crate::rules;
use crate::work::Work;

/// Live stocks of one product coupon (semantics 2.1).
pub(crate) const LIVE_STOCKS_MAX: u64 = 200;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct CreateStock {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The product coupon that gets the stock.
    pub product_coupon_id: ProductCouponId,
    /// The idempotency key.
    pub out_request_no: RequestNo,
    /// The definition.
    pub stock: StockForCreate,
}

/// Adds a stock; it is SENDING at once.
///
/// # Errors
/// `Invalid` for the first rule of the definition that is broken, for a product coupon that has bundles
/// instead, or when 200 stocks are live already,
/// `NoAuthority`, `AppidNotBound`, `NotFound`, `AlreadyExists` for a number used with other data,
/// `ProductCouponNotEffective`.
pub fn create_stock(work: &mut Work<'_>, input: &CreateStock) -> Result<Stock, Error> {
    let notify_appid = definition::stock_form("/stock", &input.stock)?;
    access::authorised(work.store, &input.scope)?;
    access::appid_bound(work.store, &input.scope, &notify_appid)?;
    // How many stocks there are decides, and whether the product coupon is in force.
    work.store.lock(Lock::ProductCoupon(&input.product_coupon_id))?;
    let product_coupon = access::product_coupon(work.store, &input.scope, &input.product_coupon_id)?;
    let product = rules::product_terms(&product_coupon)?;
    definition::stock("/stock", &product, &input.stock)?;
    let once = Once::new(&input.scope, "create_stock", String::new(), input.out_request_no.as_str(), input);
    let stock_id = match once.replay(work, Refusal::AlreadyExists)? {
        Some(replay) => noted_stock(&replay.answer)?,
        None => {
            ensure_room(work, &product_coupon)?;
            let stock_id = insert(work, &input.scope, &input.product_coupon_id, input.stock.clone())?;
            once.note(work, stock_id.to_string())?;
            stock_id
        }
    };
    let reached = access::stock_of_record(work.store, &stock_id)?;
    Viewer::new(work.store, &input.scope, work.now).stock(&reached)
}

fn ensure_room(work: &Work<'_>, product_coupon: &ProductCouponRecord) -> Result<(), Error> {
    access::lifecycle(product_coupon).ensure_effective(work.now)?;
    if work.store.live_stock_count(&product_coupon.product_coupon_id)? >= LIVE_STOCKS_MAX {
        let issue = "一个商品券最多200个有效批次，请先失效不再使用的批次";
        return Err(Violation::new("/stock", ViolationKind::Rule, issue).into());
    }
    Ok(())
}

/// Writes a stock whose definition was checked.
pub(crate) fn insert(
    work: &mut Work<'_>,
    scope: &Scope,
    product_coupon_id: &ProductCouponId,
    members: StockForCreate,
) -> Result<StockId, Error> {
    let definition =
        StockDefinition::ProductCoupon(ProductCouponStock { members, progressive_bundle_usage_rule: None });
    let record = StockRecord {
        stock_id: minting::stock_id(work.entropy),
        product_coupon_id: product_coupon_id.clone(),
        owner: scope.owner.clone(),
        creator: scope.principal.clone(),
        bundle: None,
        definition: definition.into(),
        revision: 1,
        created_at: work.now,
        paused: false,
        deactivated: None,
    };
    work.store.insert_stock(&record)?;
    Ok(record.stock_id)
}

/// The stock that an idempotency record names.
pub(crate) fn noted_stock(answer: &str) -> Result<StockId, StoreError> {
    let impossible =
        |_| StoreError::Inconsistent { table: "idempotency", column: "answer", row: answer.to_owned() };
    StockId::parse(answer).map_err(impossible)
}
