//! create_stock 创建商家券: a stock that belongs to a merchant, with a product coupon that nobody sees.

use quan_coupon::definition::busifavor;
use quan_coupon::refusal::Refusal;
use quan_model::busifavor::{CreateStockRequest, CreateStockResponse, StockMembers};
use quan_model::display::ProductCouponDisplayInfo;
use quan_model::enums::UsageMode;
use quan_model::ids::{Principal, RequestNumber, StockId};
use quan_store::catalogue::{ProductCouponDefinition, ProductCouponRecord, StockDefinition, StockRecord};

use crate::access::{self, Scope};
use crate::busifavor::reach;
use crate::create_stock::noted_stock;
use crate::error::Error;
use crate::minting;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for; `request` keeps the definition as it was written.
#[derive(Clone, Debug)]
pub struct CreateStock {
    /// Who calls; it is the creator, and notifications go to it.
    pub principal: Principal,
    /// The idempotency key.
    pub out_request_no: RequestNumber,
    /// The definition.
    pub request: CreateStockRequest,
}

/// Creates a stock; it is RUNNING at once and its coupons need no confirm.
///
/// # Errors
/// `Invalid` for the first rule of the definition that is broken, `MerchantUnknown` for a belonging merchant that
/// the platform does not know, `AppidNotBound` for the notify appid, `AlreadyExists` for a number used with other
/// data.
pub fn create_stock(work: &mut Work<'_>, input: &CreateStock) -> Result<CreateStockResponse, Error> {
    let mchid = busifavor::belong_merchant(&input.request.belong_merchant)?;
    let members = input.request.clone().members();
    let (_, terms) = busifavor::stock(&members)?;
    if work.store.merchant(&mchid)?.is_none() {
        return Err(Refusal::MerchantUnknown { field: "belong_merchant" }.into());
    }
    let scope = Scope { principal: input.principal.clone(), owner: Principal::Merchant(mchid) };
    access::notify_appid_bound(work.store, &scope, &terms)?;
    let number = input.out_request_no.as_str();
    let own = reach::own(&input.principal);
    let once = Once::new(&own, "busifavor_create_stock", String::new(), number, &input.request);
    let stock_id = match once.replay(work, Refusal::AlreadyExists)? {
        Some(replay) => noted_stock(&replay.answer)?,
        None => {
            let stock_id = insert(work, scope, members)?;
            once.note(work, stock_id.to_string())?;
            stock_id
        }
    };
    let reached = access::stock_of_record(work.store, &stock_id)?;
    Ok(CreateStockResponse { stock_id: stock_id.to_string(), create_time: reached.record.created_at })
}

fn insert(work: &mut Work<'_>, scope: Scope, members: StockMembers) -> Result<StockId, Error> {
    let product_coupon_id = minting::product_coupon_id(work.entropy);
    let image_url =
        members.display_pattern_info.as_ref().and_then(|pattern| pattern.coupon_image_url.clone());
    let image_url = image_url.unwrap_or_default();
    let product_coupon = ProductCouponRecord {
        product_coupon_id: product_coupon_id.clone(),
        owner: scope.owner.clone(),
        creator: scope.principal.clone(),
        definition: ProductCouponDefinition {
            scope: busifavor::scope(members.stock_type),
            kind: members.stock_type,
            usage_mode: UsageMode::Single,
            single_usage_info: None,
            progressive_bundle_usage_info: None,
            sequential_usage_info: None,
            display_info: ProductCouponDisplayInfo {
                name: members.stock_name.clone(),
                image_url: image_url.clone(),
                background_url: image_url,
                detail_image_url_list: None,
                original_price: None,
                combo_package_list: None,
            },
            out_product_no: None,
        }
        .into(),
        revision: 1,
        created_at: work.now,
        deactivated: None,
    };
    work.store.insert_product_coupon(&product_coupon)?;
    let stock = StockRecord {
        stock_id: minting::stock_id(work.entropy),
        product_coupon_id,
        owner: scope.owner,
        creator: scope.principal,
        bundle: None,
        definition: StockDefinition::Busifavor(members).into(),
        revision: 1,
        created_at: work.now,
        paused: false,
        deactivated: None,
    };
    work.store.insert_stock(&stock)?;
    Ok(stock.stock_id)
}
