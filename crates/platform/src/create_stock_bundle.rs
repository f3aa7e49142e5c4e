//! create_stock_bundle 添加商品券批次组: one more bundle of a product coupon of mode PROGRESSIVE_BUNDLE.

use quan_coupon::definition;
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_coupon::stock::StockBundlePlace;
use quan_model::coupon::{
    ProgressiveBundleRoundRule, ProgressiveBundleUsageRule, StockBundle, StockBundleForCreate, StockForCreate,
};
use quan_model::ids::{ProductCouponId, RequestNo, StockBundleId};
use quan_store::catalogue::{ProductCouponRecord, ProductCouponStock, StockDefinition, StockRecord};
use quan_store::error::StoreError;
use quan_store::lock::Lock;
use quan_store::stock_bundle::StockBundleRecord;
use serde::Serialize;

use crate::access::{self, Scope};
use crate::create_stock::LIVE_STOCKS_MAX;
use crate::entity::Viewer;
use crate::error::Error;
use crate::minting;
use crate::once::Once;
use crate::rules;
use crate::stock_bundle_access;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct CreateStockBundle {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The product coupon that gets the bundle.
    pub product_coupon_id: ProductCouponId,
    /// The idempotency key.
    pub out_request_no: RequestNo,
    /// The definition.
    pub stock_bundle: StockBundleForCreate,
}

/// Adds a bundle, that is a stock for every coupon of a chain; they are SENDING at once.
///
/// # Errors
/// `Invalid` for the first rule of the definition that is broken, when the product coupon has no bundles, or
/// when more than 200 stocks would be live; `NoAuthority`, `AppidNotBound`, `NotFound`, `AlreadyExists` for a
/// number used with other data, `ProductCouponNotEffective`.
pub fn create_stock_bundle(work: &mut Work<'_>, input: &CreateStockBundle) -> Result<StockBundle, Error> {
    let notify_appid = definition::stock_bundle_form("/stock_bundle", &input.stock_bundle)?;
    access::authorised(work.store, &input.scope)?;
    access::appid_bound(work.store, &input.scope, &notify_appid)?;
    // How many stocks there are decides, and whether the product coupon is in force.
    work.store.lock(Lock::ProductCoupon(&input.product_coupon_id))?;
    let product_coupon = access::product_coupon(work.store, &input.scope, &input.product_coupon_id)?;
    let product = rules::product_terms(&product_coupon)?;
    let terms = definition::stock_bundle("/stock_bundle", &product, &input.stock_bundle)?;
    let number = input.out_request_no.as_str();
    let once = Once::new(&input.scope, "create_stock_bundle", String::new(), number, input);
    let stock_bundle_id = match once.replay(work, Refusal::AlreadyExists)? {
        Some(replay) => noted_bundle(&replay.answer)?,
        None => {
            ensure_room(work, &product_coupon, terms.len())?;
            let id = insert(work, &input.scope, &input.product_coupon_id, &input.stock_bundle)?;
            once.note(work, id.to_string())?;
            id
        }
    };
    shown(work, &input.scope, &stock_bundle_id)
}

/// The bundle as it is now.
pub(crate) fn shown(
    work: &Work<'_>,
    scope: &Scope,
    stock_bundle_id: &StockBundleId,
) -> Result<StockBundle, Error> {
    let members = stock_bundle_access::members_of_record(work.store, stock_bundle_id)?;
    let viewer = Viewer::new(work.store, scope, work.now);
    Ok(StockBundle {
        stock_bundle_id: stock_bundle_id.to_string(),
        stock_list: members.iter().map(|member| viewer.stock(member)).collect::<Result<_, _>>()?,
    })
}

fn ensure_room(work: &Work<'_>, product_coupon: &ProductCouponRecord, stocks: usize) -> Result<(), Error> {
    access::lifecycle(product_coupon).ensure_effective(work.now)?;
    let live = work.store.live_stock_count(&product_coupon.product_coupon_id)?;
    let added = u64::try_from(stocks).unwrap_or(u64::MAX);
    if live.saturating_add(added) > LIVE_STOCKS_MAX {
        let issue = "一个商品券最多200个有效批次，批次组中的每个批次都计入";
        return Err(Violation::new("/stock_bundle", ViolationKind::Rule, issue).into());
    }
    Ok(())
}

/// Writes a bundle whose definition was checked, with its stocks.
pub(crate) fn insert(
    work: &mut Work<'_>,
    scope: &Scope,
    product_coupon_id: &ProductCouponId,
    bundle: &StockBundleForCreate,
) -> Result<StockBundleId, Error> {
    let stock_bundle_id = minting::stock_bundle_id(work.entropy);
    work.store.insert_stock_bundle(&StockBundleRecord {
        stock_bundle_id: stock_bundle_id.clone(),
        product_coupon_id: product_coupon_id.clone(),
        owner: scope.owner.clone(),
        creator: scope.principal.clone(),
        created_at: work.now,
    })?;
    for (index, rule) in (0..).zip(rules_by_index(&bundle.progressive_bundle_usage_rule)) {
        let definition = ProductCouponStock {
            members: members_of_each(bundle),
            progressive_bundle_usage_rule: Some(rule),
        };
        let record = StockRecord {
            stock_id: minting::stock_id(work.entropy),
            product_coupon_id: product_coupon_id.clone(),
            owner: scope.owner.clone(),
            creator: scope.principal.clone(),
            bundle: Some(StockBundlePlace { stock_bundle_id: stock_bundle_id.clone(), index }),
            definition: StockDefinition::ProductCoupon(definition).into(),
            revision: 1,
            created_at: work.now,
            paused: false,
            deactivated: None,
        };
        work.store.insert_stock(&record)?;
    }
    Ok(stock_bundle_id)
}

/// What every stock of the bundle gets; how the coupons are used stands in the rule of its place.
fn members_of_each(bundle: &StockBundleForCreate) -> StockForCreate {
    let bundle = bundle.clone();
    StockForCreate {
        remark: bundle.remark,
        coupon_code_mode: bundle.coupon_code_mode,
        stock_send_rule: bundle.stock_send_rule,
        single_usage_rule: None,
        sequential_usage_rule: None,
        usage_rule_display_info: bundle.usage_rule_display_info,
        coupon_display_info: bundle.coupon_display_info,
        notify_config: bundle.notify_config,
        store_scope: bundle.store_scope,
    }
}

/// The rule of each place: the common period with its one benefit. Exactly one of the lists is there.
fn rules_by_index(rule: &ProgressiveBundleUsageRule) -> Vec<ProgressiveBundleRoundRule> {
    let empty = || ProgressiveBundleRoundRule {
        coupon_available_period: rule.coupon_available_period.clone(),
        normal_coupon: None,
        discount_coupon: None,
        exchange_coupon: None,
    };
    let normal = rule.normal_coupon_list.iter().flatten();
    let normal = normal.map(|one| ProgressiveBundleRoundRule { normal_coupon: Some(*one), ..empty() });
    let discount = rule.discount_coupon_list.iter().flatten();
    let discount = discount.map(|one| ProgressiveBundleRoundRule { discount_coupon: Some(*one), ..empty() });
    let exchange = rule.exchange_coupon_list.iter().flatten();
    let exchange = exchange.map(|one| ProgressiveBundleRoundRule { exchange_coupon: Some(*one), ..empty() });
    normal.chain(discount).chain(exchange).collect()
}

/// The bundle that an idempotency record names.
pub(crate) fn noted_bundle(answer: &str) -> Result<StockBundleId, StoreError> {
    let impossible =
        |_| StoreError::Inconsistent { table: "idempotency", column: "answer", row: answer.to_owned() };
    StockBundleId::parse(answer).map_err(impossible)
}
