//! Stocks and coupons for the tests of this crate: the smallest valid ones, to be edited.

use quan_model::coupon::AssociatedOrderInfo;
use quan_model::enums::{
    CouponCodeMode, ProductCouponScope, ProductCouponType, SendChannel, SequentialUsageType, StoreScope,
    UsageMode,
};
use quan_model::ids::{BrandId, CouponCode, Mchid, Principal, RequestNumber};
use quan_model::product_coupon::CreateProductCouponRequest;
use quan_model::time::Time;

use crate::benefit::{Benefit, Fen, PercentOff};
use crate::definition::{Limits, ProductCouponTerms, ProgressiveTerms, SequentialTerms, StockTerms};
use crate::issue::{IssueOrder, issue};
use crate::period::{AvailablePeriod, Relative};
use crate::redemption::{OrderReference, StoreCheck};
use crate::stock::Stock;
use crate::user_coupon::{BundlePlace, UseOrder, UserCoupon};
use crate::window::{self, Window};

macro_rules! example {
    ($path:literal) => {
        include_str!(concat!("../../../fixtures/examples/partner/", $path))
    };
}

/// The official creation requests of single mode, by name.
pub(crate) const SINGLE_REQUESTS: [(&str, &str); 5] = [
    ("01", example!("create-product-coupon/01-all-normal-single.json")),
    ("02", example!("create-product-coupon/02-all-discount-single.json")),
    ("03", example!("create-product-coupon/03-single-normal-single.json")),
    ("04", example!("create-product-coupon/04-single-discount-single.json")),
    ("05", example!("create-product-coupon/05-single-exchange-single.json")),
];

/// The official creation requests of progressive-bundle mode, by name.
pub(crate) const BUNDLE_REQUESTS: [(&str, &str); 5] = [
    ("06", example!("create-product-coupon/06-all-normal-multi.json")),
    ("07", example!("create-product-coupon/07-all-discount-multi.json")),
    ("08", example!("create-product-coupon/08-single-normal-multi.json")),
    ("09", example!("create-product-coupon/09-single-discount-multi.json")),
    ("10", example!("create-product-coupon/10-single-exchange-multi.json")),
];

/// An official creation request of progressive-bundle mode, 6 to 10.
pub(crate) fn bundle_request(number: usize) -> CreateProductCouponRequest {
    serde_json::from_str(BUNDLE_REQUESTS[number - 6].1).unwrap()
}

pub(crate) fn single_request(number: usize) -> CreateProductCouponRequest {
    serde_json::from_str(SINGLE_REQUESTS[number - 1].1).unwrap()
}

/// The official creation request of sequential mode.
pub(crate) fn sequential_request() -> CreateProductCouponRequest {
    let text = example!("legacy-sequential/create-product-coupon.request.json");
    let message: serde_json::Value = serde_json::from_str(text).unwrap();
    serde_json::from_value(message["body"].clone()).unwrap()
}

/// An instant; without an offset it is one of UTC+08:00.
pub(crate) fn time(text: &str) -> Time {
    let has_offset = text.ends_with('Z') || text.contains('+');
    if has_offset { text.parse().unwrap() } else { format!("{text}+08:00").parse().unwrap() }
}

/// 2025-08-04T08:00:00 (a Monday) to 2025-08-13T08:00:00, as in semantics 4.3.
pub(crate) fn period(relative: Relative) -> AvailablePeriod {
    AvailablePeriod {
        begin: time("2025-08-04T08:00:00"),
        end: time("2025-08-13T08:00:00"),
        relative,
        weekly: None,
        irregular: Vec::new(),
    }
}

/// A single-mode stock of two coupons per person, ten a day and a hundred in all.
pub(crate) fn stock() -> Stock {
    let benefit =
        Benefit::Normal { threshold: Fen::new(100).unwrap(), discount_amount: Fen::new(10).unwrap() };
    Stock {
        stock_id: "S1".parse().unwrap(),
        product_coupon_id: "P1".parse().unwrap(),
        owner: Principal::Brand(BrandId::parse("40286").unwrap()),
        creator: Principal::Merchant(Mchid::parse("1900000001").unwrap()),
        terms: StockTerms {
            code_mode: CouponCodeMode::Wechatpay,
            limits: Limits { max_count: 100, max_count_per_day: Some(10), max_count_per_user: 2 },
            period: period(Relative::Whole),
            benefits: vec![benefit],
            store_scope: StoreScope::None,
            notify_appid: Some("wx0".parse().unwrap()),
            confirm_required: true,
        },
        product: ProductCouponTerms {
            scope: ProductCouponScope::All,
            kind: ProductCouponType::Normal,
            usage_mode: UsageMode::Single,
            sequential: None,
            progressive: None,
            single_benefit: Some(benefit),
        },
        effective_from: time("2025-07-01T00:00:00"),
        paused: false,
        deactivated: false,
        bundle: None,
    }
}

/// A sequential stock with the period of example S of semantics 4.6.
pub(crate) fn sequential_stock(count: u32, interval_days: u32) -> Stock {
    let mut stock = stock();
    let terms =
        SequentialTerms { kind: SequentialUsageType::Incremental, count, available_days: 30, interval_days };
    stock.product.usage_mode = UsageMode::Sequential;
    stock.product.kind = ProductCouponType::Discount;
    stock.product.single_benefit = None;
    stock.product.sequential = Some(terms);
    stock.terms.period = AvailablePeriod {
        begin: time("2025-08-01T00:00:00"),
        end: time("2025-10-31T23:59:59"),
        relative: Relative::Days { days: 30, wait_days: 0 },
        weekly: None,
        irregular: Vec::new(),
    };
    stock.terms.benefits = (1..=count)
        .map(|round| Benefit::Discount {
            threshold: Fen::ZERO,
            percent_off: PercentOff::new(i64::from(round) * 5).unwrap(),
        })
        .collect();
    stock
}

/// A stock of a bundle, with the period of example P of semantics 4.8.
pub(crate) fn chain_stock() -> Stock {
    let mut stock = stock();
    stock.product.usage_mode = UsageMode::ProgressiveBundle;
    stock.product.single_benefit = None;
    stock.product.progressive = Some(ProgressiveTerms { count: 3, interval_days: 0 });
    stock.terms.period = AvailablePeriod {
        begin: time("2025-08-01T00:00:00"),
        end: time("2025-08-31T23:59:59"),
        ..period(Relative::Days { days: 10, wait_days: 0 })
    };
    stock
}

/// A coupon of a chain; `serial` tells apart those of the same index.
pub(crate) fn coupon_of_chain(index: u32, serial: u32, window: Window, receive_time: Time) -> UserCoupon {
    let mut coupon = coupon_of(&chain_stock(), receive_time);
    coupon.coupon_code = CouponCode::parse(format!("C{index}-{serial}")).unwrap();
    coupon.window = window;
    coupon.bundle = Some(BundlePlace { user_coupon_bundle_id: "B1".parse().unwrap(), index });
    coupon
}

/// A coupon of the stock, issued then.
pub(crate) fn coupon_of(stock: &Stock, receive_time: Time) -> UserCoupon {
    let window = window::at_issue(&stock.terms.period, receive_time).unwrap();
    let order = IssueOrder {
        coupon_code: CouponCode::parse("C1").unwrap(),
        openid: "o1".parse().unwrap(),
        appid: "wx1".parse().unwrap(),
        person_id: "person".to_owned(),
        send_request_no: "send-1".parse().unwrap(),
        send_channel: SendChannel::Api,
        attach: None,
        receive_time,
        bundle: None,
        tags: None,
    };
    issue(stock, window, order)
}

pub(crate) fn number(text: &str) -> RequestNumber {
    text.parse().unwrap()
}

pub(crate) fn use_order(use_time: Time, index: Option<u32>) -> UseOrder {
    let order = AssociatedOrderInfo { transaction_id: Some("4200".to_owned()), ..Default::default() };
    UseOrder {
        request_no: number("use-01"),
        use_time,
        index,
        order: Some(OrderReference::Order(order)),
        store_id: None,
        saved_amount: None,
    }
}

pub(crate) const NO_STORE: StoreCheck = StoreCheck::Unrestricted { store_given_and_open: None };

/// What a creation request violates after an edit, as `pointer Kind`; empty when nothing.
pub(crate) fn finding(
    mut request: CreateProductCouponRequest,
    edit: impl FnOnce(&mut CreateProductCouponRequest),
) -> String {
    edit(&mut request);
    match crate::definition::product_coupon(&request) {
        Ok(_) => String::new(),
        Err(violation) => format!("{} {:?}", violation.field, violation.kind),
    }
}
