//! Turning the definition of a product coupon and of a stock into terms (api-product-coupon 3, 5.1, 5.5).
//!
//! The first violation wins, in the order of the fields in the documentation. What needs the store
//! (ownership, bound appids, uploaded images, used numbers) is not asked here. Reading a stored
//! definition again goes through the same functions.

use quan_model::coupon::{
    ProgressiveBundleRoundRule, ProgressiveBundleUsageInfo, SequentialUsageInfo, SingleUsageInfo,
    StockBundleForCreate, StockForCreate,
};
use quan_model::display::ProductCouponDisplayInfo;
use quan_model::enums::{
    CouponCodeMode, ProductCouponScope, ProductCouponType, SequentialUsageType, StoreScope, UsageMode,
};
use quan_model::ids::{Appid, RequestNo};
use quan_model::product_coupon::{CreateProductCouponRequest, UpdateStockRequest};

use crate::benefit::Benefit;
use crate::field;
use crate::period::AvailablePeriod;
use crate::refusal::{Violation, ViolationKind};

mod benefit_lists;
mod bundle_terms;
pub mod busifavor;
mod display_info;
mod product_terms;
mod stock_edit;
mod stock_form;
mod stock_terms;

pub(crate) use stock_terms::MAX_COUNT_MAX;

/// What the rules need of a product coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductCouponTerms {
    /// 优惠范围.
    pub scope: ProductCouponScope,
    /// 券类型.
    pub kind: ProductCouponType,
    /// 使用模式.
    pub usage_mode: UsageMode,
    /// With usage mode SEQUENTIAL, and only then.
    pub sequential: Option<SequentialTerms>,
    /// With usage mode PROGRESSIVE_BUNDLE, and only then.
    pub progressive: Option<ProgressiveTerms>,
    /// With usage mode SINGLE and scope ALL, and only then: elsewhere the stock has the benefit.
    pub single_benefit: Option<Benefit>,
}

/// The chain of a progressive-bundle product coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressiveTerms {
    /// Coupons of a chain, 3 to 15.
    pub count: u32,
    /// Days from one use to the next coupon, 0 to 7.
    pub interval_days: u32,
}

/// The members of a definition that say how the coupons are used, as they are written.
#[derive(Clone, Copy, Debug)]
pub struct UsageMembers<'a> {
    /// 优惠范围.
    pub scope: ProductCouponScope,
    /// 券类型.
    pub kind: ProductCouponType,
    /// 使用模式.
    pub usage_mode: UsageMode,
    /// Of mode SINGLE.
    pub single_usage_info: Option<&'a SingleUsageInfo>,
    /// Of mode PROGRESSIVE_BUNDLE.
    pub progressive_bundle_usage_info: Option<&'a ProgressiveBundleUsageInfo>,
    /// Of mode SEQUENTIAL.
    pub sequential_usage_info: Option<&'a SequentialUsageInfo>,
}

/// The rounds of a sequential product coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequentialTerms {
    /// How the benefits of the rounds relate.
    pub kind: SequentialUsageType,
    /// Rounds, 3 to 15.
    pub count: u32,
    /// Validity of the whole coupon in days, 3 to 365.
    pub available_days: u32,
    /// Days from one round to the next, 0 to 7.
    pub interval_days: u32,
}

/// What the rules need of a stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockTerms {
    /// Where the codes come from.
    pub code_mode: CouponCodeMode,
    /// How many may be issued.
    pub limits: Limits,
    /// When the coupons may be used.
    pub period: AvailablePeriod,
    /// One per round; one in single mode and of a bundle's stock.
    pub benefits: Vec<Benefit>,
    /// In which stores the coupons may be used.
    pub store_scope: StoreScope,
    /// Whose openids the notifications carry; over busifavor there may be none.
    pub notify_appid: Option<Appid>,
    /// Whether an issued coupon waits for the merchant's confirm: always on the partner and brand faces, never
    /// on busifavor.
    pub confirm_required: bool,
}

/// How many coupons of a stock may be issued (semantics 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all, 1 to 100,000,000; of a stock created over busifavor to 1,000,000,000.
    pub max_count: u64,
    /// On one day of UTC+08:00, as `max_count`; `None` for no daily cap.
    pub max_count_per_day: Option<u64>,
    /// To one person, 1 to 100.
    pub max_count_per_user: u64,
}

/// Reads 5.1 create_product_coupon: the terms of the product coupon, and of its first stock or of the stocks
/// of its first bundle by index. There is at least one.
///
/// # Errors
/// The first [`Violation`] in the order of the fields in api-product-coupon 5.1.
pub fn product_coupon(
    request: &CreateProductCouponRequest,
) -> Result<(ProductCouponTerms, Vec<StockTerms>), Violation> {
    field::id::<RequestNo>("/out_request_no", &request.out_request_no)?;
    let product = product_terms(&UsageMembers {
        scope: request.scope,
        kind: request.kind,
        usage_mode: request.usage_mode,
        single_usage_info: request.single_usage_info.as_ref(),
        progressive_bundle_usage_info: request.progressive_bundle_usage_info.as_ref(),
        sequential_usage_info: request.sequential_usage_info.as_ref(),
    })?;
    display("/display_info", request.scope, &request.display_info)?;
    if let Some(number) = &request.out_product_no {
        field::at_most("/out_product_no", number, OUT_PRODUCT_NO_LEN_MAX)?;
    }
    let stocks = first_stocks(&product, request)?;
    Ok((product, stocks))
}

/// Exactly one of the two members, the one of the mode (api-product-coupon 5.1, C3).
fn first_stocks(
    product: &ProductCouponTerms,
    request: &CreateProductCouponRequest,
) -> Result<Vec<StockTerms>, Violation> {
    let missing = |name: &str| {
        let issue = format!("该使用模式必须填写{name}");
        Violation::new(format!("/{name}"), ViolationKind::Missing, issue)
    };
    let unwanted = |name: &str| {
        let issue = format!("该使用模式不能填写{name}");
        Violation::new(format!("/{name}"), ViolationKind::Rule, issue)
    };
    match (product.usage_mode, &request.stock, &request.stock_bundle) {
        (UsageMode::Single | UsageMode::Sequential, Some(first), None) => {
            Ok(vec![stock("/stock", product, first)?])
        }
        (UsageMode::Single | UsageMode::Sequential, None, _) => Err(missing("stock")),
        (UsageMode::Single | UsageMode::Sequential, Some(_), Some(_)) => Err(unwanted("stock_bundle")),
        (UsageMode::ProgressiveBundle, None, Some(first)) => stock_bundle("/stock_bundle", product, first),
        (UsageMode::ProgressiveBundle, Some(_), _) => Err(unwanted("stock")),
        (UsageMode::ProgressiveBundle, None, None) => Err(missing("stock_bundle")),
    }
}

/// The most characters of `out_product_no`.
const OUT_PRODUCT_NO_LEN_MAX: usize = 40;

/// Reads the mode, scope and type of a product coupon with the objects that depend on them.
///
/// # Errors
/// The first [`Violation`]; its pointer is one into the request of 5.1.
pub fn product_terms(members: &UsageMembers<'_>) -> Result<ProductCouponTerms, Violation> {
    product_terms::parse(members)
}

/// Reads a stock whose pointer is `at` (`/stock` in 5.1 and 5.5).
///
/// # Errors
/// The first [`Violation`] in the order of the fields in api-product-coupon 3.8.
pub fn stock(
    at: &str,
    product: &ProductCouponTerms,
    stock: &StockForCreate,
) -> Result<StockTerms, Violation> {
    stock_terms::parse(at, product, stock)
}

/// Reads what can be read of a stock before its product coupon is known, and gives the appid that its
/// notifications are for. [`stock`] reads the whole.
///
/// # Errors
/// The first [`Violation`] in the order of the fields in api-product-coupon 3.8.
pub fn stock_form(at: &str, stock: &StockForCreate) -> Result<Appid, Violation> {
    stock_form::of_stock(at, stock)
}

/// Reads what can be read of a bundle before its product coupon is known, and gives the appid that its
/// notifications are for. [`stock_bundle`] reads the whole.
///
/// # Errors
/// The first [`Violation`] in the order of the fields in api-product-coupon 3.11.
pub fn stock_bundle_form(at: &str, bundle: &StockBundleForCreate) -> Result<Appid, Violation> {
    stock_form::of_bundle(at, bundle)
}

/// Reads the members of 5.8 and 5.16 that are there, and gives the appid that notifications are to be for.
///
/// # Errors
/// The first [`Violation`] in the order of the fields in api-product-coupon 5.8.
pub fn stock_edit(request: &UpdateStockRequest) -> Result<Option<Appid>, Violation> {
    stock_edit::parse(request)
}

/// The members of a stock after an edit: what is there replaces the old as a whole, what is absent stays
/// (semantics 3.2). Rules of use and of sending cannot be edited.
#[must_use]
pub fn edited_stock(stock: &StockForCreate, request: &UpdateStockRequest) -> StockForCreate {
    stock_edit::apply(stock, request)
}

/// Reads a stock bundle whose pointer is `at` (`/stock_bundle` in 5.1 and 5.15): the terms of each of its
/// stocks by index, which differ in their one benefit only.
///
/// # Errors
/// The first [`Violation`] in the order of the fields in api-product-coupon 3.11; of kind Rule when the product
/// coupon has no bundles.
pub fn stock_bundle(
    at: &str,
    product: &ProductCouponTerms,
    bundle: &StockBundleForCreate,
) -> Result<Vec<StockTerms>, Violation> {
    bundle_terms::parse(at, product, bundle)
}

/// Reads one stock of a bundle as it is kept: what was written for the bundle, and the benefit of its place.
///
/// # Errors
/// As [`stock_bundle`].
pub fn bundled_stock(
    at: &str,
    product: &ProductCouponTerms,
    members: &StockForCreate,
    rule: &ProgressiveBundleRoundRule,
) -> Result<StockTerms, Violation> {
    bundle_terms::parse_member(at, product, members, rule)
}

/// Checks how a product coupon looks; `at` is the pointer of the object (`/display_info` in 5.1 and 5.3).
///
/// # Errors
/// The first [`Violation`] in the order of the fields in api-product-coupon 3.7.
pub fn display(
    at: &str,
    scope: ProductCouponScope,
    display_info: &ProductCouponDisplayInfo,
) -> Result<(), Violation> {
    display_info::check_product_coupon(at, scope, display_info)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{SINGLE_REQUESTS, finding, sequential_request, single_request};
    use crate::period::Relative;

    #[test]
    fn the_official_examples_are_accepted() {
        for (name, text) in SINGLE_REQUESTS {
            let request = serde_json::from_str(text).unwrap();
            let (product, stocks) = product_coupon(&request).unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!(product.usage_mode, UsageMode::Single, "{name}");
            assert_eq!(stocks.len(), 1, "{name}");
            assert_eq!(stocks[0].benefits.len(), 1, "{name}");
            assert!(stocks[0].confirm_required, "{name}");
        }
        let (product, stocks) = product_coupon(&sequential_request()).unwrap();
        let [stock] = &stocks[..] else { panic!("one stock: {stocks:?}") };
        let terms = product.sequential.unwrap();
        assert_eq!((terms.count, terms.available_days, terms.interval_days), (3, 30, 1));
        assert_eq!(stock.benefits.len(), 3);
        assert_eq!(stock.period.relative, Relative::Days { days: 30, wait_days: 0 });
    }

    #[test]
    fn the_first_official_example_in_terms() {
        let (product, stocks) = product_coupon(&single_request(1)).unwrap();
        let [stock] = &stocks[..] else { panic!("one stock: {stocks:?}") };
        let fen = |fen| crate::benefit::Fen::new(fen).unwrap();
        let benefit = Benefit::Normal { threshold: fen(8000), discount_amount: fen(1500) };
        assert_eq!(product.single_benefit, Some(benefit));
        assert_eq!(stock.benefits, [benefit]);
        let limits = Limits { max_count: 500_000, max_count_per_day: Some(20_000), max_count_per_user: 2 };
        assert_eq!(stock.limits, limits);
        assert_eq!(stock.period.relative, Relative::Days { days: 30, wait_days: 1 });
        let notify_appid = stock.notify_appid.clone().unwrap();
        assert_eq!(notify_appid.as_str(), "wx7c2e91b04d5fa368");
    }

    #[test]
    fn a_stored_stock_is_read_again_at_its_own_pointer() {
        let request = single_request(3);
        let (product, terms) = product_coupon(&request).unwrap();
        let mut first = request.stock.unwrap();
        assert_eq!(stock("", &product, &first).map(|stock| vec![stock]), Ok(terms));
        first.stock_send_rule.max_count = 0;
        assert_eq!(stock("", &product, &first).unwrap_err().field, "/stock_send_rule/max_count");
    }

    #[test]
    fn the_top_of_the_request() {
        let request = || single_request(1);
        assert_eq!(finding(request(), |r| r.out_request_no = "12345".into()), "/out_request_no TooShort");
        assert_eq!(finding(request(), |r| r.out_request_no = "1".repeat(41)), "/out_request_no TooLong");
        assert_eq!(finding(request(), |r| r.out_request_no = "1234 6".into()), "/out_request_no Format");
        assert_eq!(finding(request(), |r| r.out_product_no = Some("券".repeat(40))), "");
        assert_eq!(
            finding(request(), |r| r.out_product_no = Some("1".repeat(41))),
            "/out_product_no TooLong"
        );
        assert_eq!(finding(request(), |r| r.out_product_no = None), "");
        assert_eq!(finding(request(), |r| r.stock = None), "/stock Missing");
        assert_eq!(finding(sequential_request(), |r| r.stock = None), "/stock Missing");
    }

    #[test]
    fn the_first_violation_in_the_order_of_the_document_wins() {
        let found = finding(single_request(1), |r| {
            r.out_product_no = Some("1".repeat(41));
            r.display_info.name.clear();
            r.stock = None;
        });
        assert_eq!(found, "/display_info/name TooShort");
    }
}
