//! create_product_coupon 创建商品券: a product coupon with its first stock or stock bundle.

use quan_coupon::definition;
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_model::coupon::ProductCouponWithStock;
use quan_model::ids::{ProductCouponId, RequestNo, StockBundleId, StockId};
use quan_model::product_coupon::CreateProductCouponRequest;
use quan_store::catalogue::{ProductCouponDefinition, ProductCouponRecord};

use crate::access::{self, Scope};
use crate::create_stock;
use crate::create_stock_bundle;
use crate::entity::Viewer;
use crate::error::Error;
use crate::image;
use crate::minting;
use crate::once::Once;
use crate::stock_bundle_access;
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

/// Creates a product coupon and its stock or stock bundle; the audit passes at once (semantics Q25).
///
/// A number used before with the same data gives the product coupon and stock or bundle of then, as they are now.
///
/// # Errors
/// `Invalid` for the first rule of the definition that is broken, `NoAuthority`, `AppidNotBound` for the
/// notify appid, `AlreadyExists` for a number used with other data.
pub fn create_product_coupon(
    work: &mut Work<'_>,
    input: &CreateProductCoupon,
) -> Result<ProductCouponWithStock, Error> {
    let (_, stocks) = definition::product_coupon(&input.request)?;
    access::authorised(work.store, &input.scope)?;
    for stock in &stocks {
        access::notify_appid_bound(work.store, &input.scope, stock)?;
    }
    image::check_display(work.store, "/display_info", &input.request.display_info)?;
    let once = Once::new(
        &input.scope,
        "create_product_coupon",
        String::new(),
        input.out_request_no.as_str(),
        &input.request,
    );
    let first = match once.replay(work, Refusal::AlreadyExists)? {
        Some(replay) => First::noted(input, &replay.answer)?,
        None => {
            let first = create(work, input)?;
            once.note(work, first.note())?;
            first
        }
    };
    shown(work, input, &first)
}

/// What a creation makes besides the product coupon.
enum First {
    Stock(StockId),
    Bundle(StockBundleId),
}

impl First {
    /// What the number's record says of it: its id. The request, which is the same, says which of the two.
    fn note(&self) -> String {
        match self {
            Self::Stock(id) => id.to_string(),
            Self::Bundle(id) => id.to_string(),
        }
    }

    fn noted(input: &CreateProductCoupon, answer: &str) -> Result<Self, Error> {
        Ok(match input.request.stock_bundle {
            None => Self::Stock(create_stock::noted_stock(answer)?),
            Some(_) => Self::Bundle(create_stock_bundle::noted_bundle(answer)?),
        })
    }
}

/// The product coupon with its first stock or bundle, as they are now.
fn shown(
    work: &Work<'_>,
    input: &CreateProductCoupon,
    first: &First,
) -> Result<ProductCouponWithStock, Error> {
    let viewer = Viewer::new(work.store, &input.scope, work.now);
    match first {
        First::Stock(id) => {
            let reached = access::stock_of_record(work.store, id)?;
            Ok(ProductCouponWithStock {
                product_coupon: viewer.product_coupon(&reached.product_coupon),
                stock: Some(viewer.stock(&reached)?),
                stock_bundle: None,
            })
        }
        First::Bundle(id) => {
            let members = stock_bundle_access::members_of_record(work.store, id)?;
            let product_coupon = &stock_bundle_access::member(&members, 0)?.product_coupon;
            Ok(ProductCouponWithStock {
                product_coupon: viewer.product_coupon(product_coupon),
                stock: None,
                stock_bundle: Some(create_stock_bundle::shown(work, &input.scope, id)?),
            })
        }
    }
}

fn create(work: &mut Work<'_>, input: &CreateProductCoupon) -> Result<First, Error> {
    let id = insert(work, input)?;
    match (&input.request.stock, &input.request.stock_bundle) {
        (Some(stock), _) => Ok(First::Stock(create_stock::insert(work, &input.scope, &id, stock.clone())?)),
        (None, Some(bundle)) => {
            Ok(First::Bundle(create_stock_bundle::insert(work, &input.scope, &id, bundle)?))
        }
        // The definition was checked and has one of the two in every mode; this names it all the same.
        (None, None) => Err(Violation::new("/stock", ViolationKind::Missing, "缺少必填字段").into()),
    }
}

fn insert(work: &mut Work<'_>, input: &CreateProductCoupon) -> Result<ProductCouponId, Error> {
    let request = input.request.clone();
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
        }
        .into(),
        revision: 1,
        created_at: work.now,
        deactivated: None,
    };
    work.store.insert_product_coupon(&record)?;
    Ok(record.product_coupon_id)
}
