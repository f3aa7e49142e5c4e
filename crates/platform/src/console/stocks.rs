//! Stocks, product coupons and bundles as the console shows them, and what it does with them.

pub use quan_coupon::benefit::Benefit;
use quan_coupon::refusal::Refusal;
pub use quan_coupon::stock::Counts;
use quan_model::coupon::{CouponCodeCountInfo, ProductCouponWithStock};
use quan_model::enums::{CouponCodeMode, ProductCouponState, StockState, UpdateBudgetMode};
use quan_model::ids::{Principal, ProductCouponId, StockBundleId, StockId};
use quan_model::product_coupon::{CreateProductCouponRequest, UpdateStockBudgetRequest};
pub use quan_store::catalogue::ProductCouponRecord;
pub use quan_store::catalogue_search::StockSearch;
pub use quan_store::stock_bundle::StockBundleRecord;
use serde_json::json;

use crate::access::{self, ReachedStock, Scope, StockAddress};
use crate::console::access::Role;
use crate::console::audit::{self, Operator};
use crate::console::error::ConsoleError;
use crate::create_product_coupon::{CreateProductCoupon, create_product_coupon};
use crate::deactivate_product_coupon::{DeactivateProductCoupon, deactivate_product_coupon};
use crate::deactivate_stock::{DeactivateStock, deactivate_stock};
use crate::pause_stock::{pause_stock, resume_stock};
use crate::stock_bundle_access::StockBundleAddress;
use crate::update_stock_budget::{UpdateStockBudget, update_stock_budget};
use crate::update_stock_bundle_budget::{UpdateStockBundleBudget, update_stock_bundle_budget};
use crate::work::{View, Work};

/// From this share of a limit on a stock is said to be near it, in per cent.
const NEAR_PERCENT: u64 = 80;
/// Stocks that the overview looks through: the newest that send.
const LOOKED_THROUGH: usize = 500;

/// A stock with its numbers.
#[derive(Clone, Debug)]
pub struct StockSeen {
    /// The stock, its product coupon and the rules.
    pub reached: ReachedStock,
    /// Its state now.
    pub state: StockState,
    /// What was issued, in all and today.
    pub counts: Counts,
    /// The pool, with code mode UPLOAD.
    pub codes: Option<CouponCodeCountInfo>,
}

impl StockSeen {
    /// The name of its product coupon, or the name that a stock of merchant coupons has itself.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.reached.record.definition.busifavor() {
            Some(members) => &members.stock_name,
            None => &self.reached.product_coupon.definition.display_info.name,
        }
    }

    /// Whether it was created over busifavor.
    #[must_use]
    pub fn is_busifavor(&self) -> bool {
        self.reached.record.definition.busifavor().is_some()
    }

    /// Whether the total, the day's cap or the pool is nearly used up.
    #[must_use]
    pub fn is_near_a_limit(&self) -> bool {
        let limits = &self.reached.stock.terms.limits;
        let is_near =
            |count: u64, limit: u64| count.saturating_mul(100) >= limit.saturating_mul(NEAR_PERCENT);
        let pool_is_low = self.codes.is_some_and(|codes| {
            codes.total_count > 0
                && codes.available_count.saturating_mul(100) <= codes.total_count.saturating_mul(20)
        });
        is_near(self.counts.total, limits.max_count)
            || limits.max_count_per_day.is_some_and(|cap| is_near(self.counts.today, cap))
            || pool_is_low
    }
}

fn seen(view: &View<'_>, reached: ReachedStock) -> Result<StockSeen, ConsoleError> {
    let id = &reached.record.stock_id;
    let counts = view.store.counts(id, view.now.date(), None)?;
    let codes = match reached.stock.terms.code_mode {
        CouponCodeMode::Upload => Some(view.store.code_counts(id)?),
        CouponCodeMode::Wechatpay | CouponCodeMode::ApiAssign => None,
    };
    Ok(StockSeen { state: reached.stock.state(view.now), counts, codes, reached })
}

/// At most `limit` stocks that fit, the newest first, beginning behind `after`.
///
/// # Errors
/// When the store fails.
pub fn search(
    view: &View<'_>,
    search: &StockSearch,
    after: Option<&StockId>,
    limit: usize,
) -> Result<Vec<StockSeen>, ConsoleError> {
    let records = view.store.search_stocks(search, after, limit)?;
    records
        .into_iter()
        .map(|record| seen(view, access::stock_of_record(view.store, &record.stock_id)?))
        .collect()
}

/// A stock.
///
/// # Errors
/// [`ConsoleError::Unknown`].
pub fn stock(view: &View<'_>, id: &StockId) -> Result<StockSeen, ConsoleError> {
    view.store.stock(id)?.ok_or(ConsoleError::Unknown("stock"))?;
    seen(view, access::stock_of_record(view.store, id)?)
}

/// The stocks that send and are near one of their limits, of the newest 500.
///
/// # Errors
/// When the store fails.
pub fn near_limits(view: &View<'_>) -> Result<Vec<StockSeen>, ConsoleError> {
    let sending =
        StockSearch { text: None, state: Some(StockState::Sending), product_coupon_id: None, now: view.now };
    let mut found = search(view, &sending, None, LOOKED_THROUGH)?;
    found.retain(StockSeen::is_near_a_limit);
    Ok(found)
}

/// A product coupon with its state.
#[derive(Clone, Debug)]
pub struct ProductCouponSeen {
    /// As it is kept.
    pub record: ProductCouponRecord,
    /// Its state now.
    pub state: ProductCouponState,
}

/// At most `limit` product coupons that fit, the newest first, beginning behind `after`.
///
/// # Errors
/// When the store fails.
pub fn product_coupons(
    view: &View<'_>,
    text: Option<&str>,
    after: Option<&ProductCouponId>,
    limit: usize,
) -> Result<Vec<ProductCouponSeen>, ConsoleError> {
    let records = view.store.search_product_coupons(text, after, limit)?;
    let seen = |record| ProductCouponSeen { state: access::lifecycle(&record).state(view.now), record };
    Ok(records.into_iter().map(seen).collect())
}

/// A product coupon.
///
/// # Errors
/// [`ConsoleError::Unknown`].
pub fn product_coupon(view: &View<'_>, id: &ProductCouponId) -> Result<ProductCouponSeen, ConsoleError> {
    let record = view.store.product_coupon(id)?.ok_or(ConsoleError::Unknown("product coupon"))?;
    Ok(ProductCouponSeen { state: access::lifecycle(&record).state(view.now), record })
}

/// At most `limit` bundles that fit, each with its stocks by index.
///
/// # Errors
/// When the store fails.
pub fn bundles(
    view: &View<'_>,
    text: Option<&str>,
    after: Option<&StockBundleId>,
    limit: usize,
) -> Result<Vec<(StockBundleRecord, Vec<StockSeen>)>, ConsoleError> {
    let records = view.store.search_stock_bundles(text, after, limit)?;
    records.into_iter().map(|record| Ok((record.clone(), members(view, &record.stock_bundle_id)?))).collect()
}

/// A bundle with its stocks.
///
/// # Errors
/// [`ConsoleError::Unknown`].
pub fn bundle(
    view: &View<'_>,
    id: &StockBundleId,
) -> Result<(StockBundleRecord, Vec<StockSeen>), ConsoleError> {
    let record = view.store.stock_bundle(id)?.ok_or(ConsoleError::Unknown("bundle"))?;
    Ok((record, members(view, id)?))
}

fn members(view: &View<'_>, id: &StockBundleId) -> Result<Vec<StockSeen>, ConsoleError> {
    let records = view.store.bundled_stocks(id)?;
    records
        .into_iter()
        .map(|record| seen(view, access::stock_of_record(view.store, &record.stock_id)?))
        .collect()
}

/// Pauses a stock or lets it send again; of a bundle all its stocks.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`]; `StockWrongState`.
pub fn pause_or_resume(
    work: &mut Work<'_>,
    by: &Operator,
    id: &StockId,
    pause: bool,
) -> Result<(), ConsoleError> {
    by.ensure(Role::Operator)?;
    let record = work.store.stock(id)?.ok_or(ConsoleError::Unknown("stock"))?;
    let before = access::stock_of_record(work.store, &record.stock_id)?.stock.state(work.now);
    let after = if pause { pause_stock(work, id)? } else { resume_stock(work, id)? };
    let action = if pause { "pause_stock" } else { "resume_stock" };
    let (before, after) = (json!({ "state": before.as_str() }), json!({ "state": after.as_str() }));
    Ok(audit::note(work, by, action, id.as_str(), None, Some(&before), Some(&after))?)
}

/// Which budget is changed, from what to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetEdit {
    /// Which of the two.
    pub mode: UpdateBudgetMode,
    /// What the page showed; when it is something else by now, nothing is changed.
    pub current: i64,
    /// What it is to be.
    pub target: i64,
}

impl BudgetEdit {
    fn request(self, out_request_no: &str) -> UpdateStockBudgetRequest {
        let of = |mode, value| Some(value).filter(|_| self.mode == mode);
        UpdateStockBudgetRequest {
            out_request_no: out_request_no.to_owned(),
            update_mode: self.mode,
            current_max_count: of(UpdateBudgetMode::MaxCount, self.current),
            target_max_count: of(UpdateBudgetMode::MaxCount, self.target),
            current_max_count_per_day: of(UpdateBudgetMode::MaxCountPerDay, self.current),
            target_max_count_per_day: of(UpdateBudgetMode::MaxCountPerDay, self.target),
            brand_id: None,
        }
    }
}

/// The address of a stock as its creator has it.
pub(crate) fn address_of_creator(record: &quan_store::catalogue::StockRecord) -> StockAddress {
    StockAddress {
        scope: Scope { principal: record.creator.clone(), owner: record.owner.clone() },
        product_coupon_id: record.product_coupon_id.clone(),
        stock_id: record.stock_id.clone(),
    }
}

/// Changes the budget of a stock, or of the bundle that it stands in, in the name of its creator.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`]; those of the use cases.
pub fn change_budget(
    work: &mut Work<'_>,
    by: &Operator,
    id: &StockId,
    edit: BudgetEdit,
) -> Result<(), ConsoleError> {
    by.ensure(Role::Operator)?;
    let record = work.store.stock(id)?.ok_or(ConsoleError::Unknown("stock"))?;
    let out_request_no = audit::request_no(work.entropy);
    let change = edit.request(out_request_no.as_str());
    let address = address_of_creator(&record);
    let target = match &record.bundle {
        None => {
            let input = UpdateStockBudget { address, out_request_no: out_request_no.clone(), change };
            update_stock_budget(work, &input)?;
            id.to_string()
        }
        Some(place) => {
            let address = StockBundleAddress {
                scope: address.scope,
                product_coupon_id: address.product_coupon_id,
                stock_bundle_id: place.stock_bundle_id.clone(),
            };
            let input = UpdateStockBundleBudget { address, out_request_no: out_request_no.clone(), change };
            update_stock_bundle_budget(work, &input)?;
            place.stock_bundle_id.to_string()
        }
    };
    let value = |value: i64| json!({ "mode": edit.mode.as_str(), "count": value });
    let (before, after) = (value(edit.current), value(edit.target));
    Ok(audit::note(work, by, "change_budget", &target, Some(&out_request_no), Some(&before), Some(&after))?)
}

/// Deactivates a stock for good, in the name of its creator.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`], [`ConsoleError::Form`] for the reason; those of the use case.
pub fn deactivate(
    work: &mut Work<'_>,
    by: &Operator,
    id: &StockId,
    reason: &str,
) -> Result<(), ConsoleError> {
    by.ensure(Role::Operator)?;
    audit::ensure_reason(reason)?;
    let record = work.store.stock(id)?.ok_or(ConsoleError::Unknown("stock"))?;
    let before = access::stock_of_record(work.store, id)?.stock.state(work.now);
    let out_request_no = audit::request_no(work.entropy);
    let input = DeactivateStock {
        address: address_of_creator(&record),
        out_request_no: out_request_no.clone(),
        deactivate_reason: reason.to_owned(),
    };
    deactivate_stock(work, &input)?;
    let (before, after) =
        (json!({ "state": before.as_str() }), json!({ "state": "DEACTIVATED", "reason": reason }));
    Ok(audit::note(
        work,
        by,
        "deactivate_stock",
        id.as_str(),
        Some(&out_request_no),
        Some(&before),
        Some(&after),
    )?)
}

/// Deactivates a product coupon and with it its stocks for good, in the name of its creator.
///
/// # Errors
/// As [`deactivate`].
pub fn deactivate_whole(
    work: &mut Work<'_>,
    by: &Operator,
    id: &ProductCouponId,
    reason: &str,
) -> Result<(), ConsoleError> {
    by.ensure(Role::Operator)?;
    audit::ensure_reason(reason)?;
    let record = work.store.product_coupon(id)?.ok_or(ConsoleError::Unknown("product coupon"))?;
    let out_request_no = audit::request_no(work.entropy);
    let input = DeactivateProductCoupon {
        scope: Scope { principal: record.creator.clone(), owner: record.owner.clone() },
        product_coupon_id: id.clone(),
        out_request_no: out_request_no.clone(),
        deactivate_reason: reason.to_owned(),
    };
    deactivate_product_coupon(work, &input)?;
    let after = json!({ "state": "DEACTIVATED", "reason": reason });
    Ok(audit::note(
        work,
        by,
        "deactivate_product_coupon",
        id.as_str(),
        Some(&out_request_no),
        None,
        Some(&after),
    )?)
}

/// Creates a product coupon with its first stock or bundle, in the name of `creator`, for a brand.
///
/// # Errors
/// [`ConsoleError::NotAllowed`]; those of the use case, with the members that are wrong.
pub fn create(
    work: &mut Work<'_>,
    by: &Operator,
    creator: &Principal,
    request: &CreateProductCouponRequest,
) -> Result<ProductCouponWithStock, ConsoleError> {
    by.ensure(Role::Operator)?;
    let brand_id = request.brand_id.clone().and_then(|brand_id| brand_id.parse().ok());
    let brand_id =
        brand_id.ok_or(ConsoleError::Form { field: "brand_id", issue: "choose a brand".to_owned() })?;
    let out_request_no = audit::request_no(work.entropy);
    let input = CreateProductCoupon {
        scope: Scope::of_brand(creator.clone(), brand_id),
        out_request_no: out_request_no.clone(),
        request: CreateProductCouponRequest { out_request_no: out_request_no.to_string(), ..request.clone() },
    };
    let made = create_product_coupon(work, &input)?;
    let after = json!({ "name": request.display_info.name, "creator": creator.to_string() });
    let target = made.product_coupon.product_coupon_id.clone();
    audit::note(work, by, "create_product_coupon", &target, Some(&out_request_no), None, Some(&after))?;
    Ok(made)
}

/// Checks a definition as its creation would, without creating anything.
///
/// # Errors
/// The first rule of the definition that is broken.
pub fn check_definition(request: &CreateProductCouponRequest) -> Result<(), ConsoleError> {
    let _terms = quan_coupon::definition::product_coupon(request).map_err(Refusal::from)?;
    Ok(())
}
