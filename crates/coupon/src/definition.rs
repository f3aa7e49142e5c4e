//! Turning the definition of a product coupon and of a stock into terms (api-product-coupon 3, 5.1, 5.5).
//!
//! The first violation wins, in the order of the fields in the documentation. What needs the store
//! (ownership, bound appids, uploaded images, used numbers) is not asked here. Reading a stored
//! definition again goes through the same functions.

use quan_model::coupon::{SequentialUsageInfo, SingleUsageInfo, StockForCreate};
use quan_model::display::ProductCouponDisplayInfo;
use quan_model::enums::{
    CouponCodeMode, ProductCouponScope, ProductCouponType, SequentialUsageType, StoreScope, UsageMode,
};
use quan_model::ids::{Appid, RequestNo};
use quan_model::partner::CreateProductCouponRequest;

use crate::benefit::Benefit;
use crate::field;
use crate::period::AvailablePeriod;
use crate::refusal::{Violation, ViolationKind};

mod display_info;
mod product_terms;
mod stock_terms;

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
    /// With usage mode SINGLE and scope ALL, and only then: elsewhere the stock has the benefit.
    pub single_benefit: Option<Benefit>,
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
    /// One per round; one in single mode.
    pub benefits: Vec<Benefit>,
    /// In which stores the coupons may be used.
    pub store_scope: StoreScope,
    /// Whose openids the notifications carry.
    pub notify_appid: Appid,
    /// Whether an issued coupon waits for the merchant's confirm: always on the partner and brand faces.
    pub confirm_required: bool,
}

/// How many coupons of a stock may be issued (semantics 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all, 1 to 100,000,000.
    pub max_count: u64,
    /// On one day of UTC+08:00, 1 to 100,000,000; `None` for no daily cap.
    pub max_count_per_day: Option<u64>,
    /// To one person, 1 to 100.
    pub max_count_per_user: u64,
}

/// Reads 5.1 create_product_coupon: the terms of the product coupon and of its first stock.
///
/// # Errors
/// The first [`Violation`] in the order of the fields in api-product-coupon 5.1.
pub fn product_coupon(
    request: &CreateProductCouponRequest,
) -> Result<(ProductCouponTerms, StockTerms), Violation> {
    field::id::<RequestNo>("/out_request_no", &request.out_request_no)?;
    let product = product_terms(
        request.scope,
        request.kind,
        request.usage_mode,
        request.single_usage_info.as_ref(),
        request.sequential_usage_info.as_ref(),
    )?;
    display("/display_info", request.scope, &request.display_info)?;
    if let Some(number) = &request.out_product_no {
        field::at_most("/out_product_no", number, OUT_PRODUCT_NO_LEN_MAX)?;
    }
    let first = request
        .stock
        .as_ref()
        .ok_or_else(|| Violation::new("/stock", ViolationKind::Missing, "该使用模式必须填写stock"))?;
    let stock = stock("/stock", &product, first)?;
    Ok((product, stock))
}

/// The most characters of `out_product_no`.
const OUT_PRODUCT_NO_LEN_MAX: usize = 40;

/// Reads the mode, scope and type of a product coupon with the objects that depend on them.
///
/// # Errors
/// The first [`Violation`]; its pointer is one into the request of 5.1.
pub fn product_terms(
    scope: ProductCouponScope,
    kind: ProductCouponType,
    usage_mode: UsageMode,
    single_usage_info: Option<&SingleUsageInfo>,
    sequential_usage_info: Option<&SequentialUsageInfo>,
) -> Result<ProductCouponTerms, Violation> {
    product_terms::parse(scope, kind, usage_mode, single_usage_info, sequential_usage_info)
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
