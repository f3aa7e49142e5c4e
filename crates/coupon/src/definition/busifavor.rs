//! Turning a merchant-coupon stock into the same terms as any other (api-busifavor 4.2 to 4.5, 5.3).
//!
//! Here alone stand the ranges and names of this face; issue, window, use and limits are the shared rules. A
//! stock comes with a product coupon of its own that nobody sees.

use quan_model::busifavor::{CouponUseRule, StockMembers, StockSendRule, UseMethod};
use quan_model::enums::{ProductCouponScope, ProductCouponType, StoreScope, UsageMode};
use quan_model::ids::{Appid, Mchid};

use super::{Limits, ProductCouponTerms, StockTerms};
use crate::benefit::{Benefit, Fen, PercentOff};
use crate::field;
use crate::period::AvailablePeriod;
use crate::refusal::{Violation, ViolationKind};

mod appearance;
pub mod budget;
pub mod modification;

/// The most coupons of a stock, in all and on one day.
const MAX_COUPONS_MAX: i64 = 1_000_000_000;
const MAX_COUPONS_PER_USER_MAX: i64 = 100;
/// The most fen of a discount, a price or a minimum spend.
const AMOUNT_MAX: i64 = 10_000_000;
const STOCK_NAME_LEN_MAX: usize = 21;
const COMMENT_LEN_MAX: usize = 20;
const GOODS_NAME_LEN_MAX: usize = 15;
const BELONG_MERCHANT_LEN: (usize, usize) = (8, 15);

/// Reads `belong_merchant`.
///
/// # Errors
/// [`Violation`] at `/belong_merchant`.
pub fn belong_merchant(text: &str) -> Result<Mchid, Violation> {
    let at = "/belong_merchant";
    field::between(at, text, BELONG_MERCHANT_LEN.0, BELONG_MERCHANT_LEN.1)?;
    field::id(at, text)
}

/// Reads the writable part of a stock: the terms of its product coupon and its own.
///
/// # Errors
/// The first [`Violation`] in the order of the fields in api-busifavor 5.3.
pub fn stock(members: &StockMembers) -> Result<(ProductCouponTerms, StockTerms), Violation> {
    field::required("/stock_name", &members.stock_name, STOCK_NAME_LEN_MAX)?;
    if let Some(comment) = &members.comment {
        field::at_most("/comment", comment, COMMENT_LEN_MAX)?;
    }
    field::required("/goods_name", &members.goods_name, GOODS_NAME_LEN_MAX)?;
    let at = "/coupon_use_rule";
    let rule = &members.coupon_use_rule;
    let period =
        AvailablePeriod::parse_merchant(&format!("{at}/coupon_available_time"), &rule.coupon_available_time)?;
    let benefit = benefit(at, members.stock_type, rule)?;
    check_use_method(at, rule)?;
    let limits = limits("/stock_send_rule", members.stock_type, &members.stock_send_rule)?;
    if let Some(entrance) = &members.custom_entrance {
        appearance::check_entrance("/custom_entrance", entrance)?;
    }
    if let Some(pattern) = &members.display_pattern_info {
        appearance::check_display("/display_pattern_info", pattern)?;
    }
    let notify_appid = members.notify_config.as_ref().and_then(|config| config.notify_appid.as_deref());
    let notify_appid =
        notify_appid.map(|appid| field::id("/notify_config/notify_appid", appid)).transpose()?;
    let terms = StockTerms {
        code_mode: members.coupon_code_mode.into(),
        limits,
        period,
        benefits: vec![benefit],
        store_scope: StoreScope::None,
        notify_appid,
        confirm_required: false,
    };
    Ok((product(members.stock_type, benefit), terms))
}

/// The product coupon that goes with a stock: used once, for everything in the shop, or for the goods of an
/// exchange.
fn product(kind: ProductCouponType, benefit: Benefit) -> ProductCouponTerms {
    ProductCouponTerms {
        scope: scope(kind),
        kind,
        usage_mode: UsageMode::Single,
        sequential: None,
        progressive: None,
        single_benefit: Some(benefit),
    }
}

/// The scope of the product coupon that goes with a stock of this type.
#[must_use]
pub fn scope(kind: ProductCouponType) -> ProductCouponScope {
    match kind {
        ProductCouponType::Normal | ProductCouponType::Discount => ProductCouponScope::All,
        ProductCouponType::Exchange => ProductCouponScope::Single,
    }
}

/// Exactly the rule of the type.
fn benefit(at: &str, kind: ProductCouponType, rule: &CouponUseRule) -> Result<Benefit, Violation> {
    for (of, name, is_given) in [
        (ProductCouponType::Normal, "fixed_normal_coupon", rule.fixed_normal_coupon.is_some()),
        (ProductCouponType::Discount, "discount_coupon", rule.discount_coupon.is_some()),
        (ProductCouponType::Exchange, "exchange_coupon", rule.exchange_coupon.is_some()),
    ] {
        let field = format!("{at}/{name}");
        if is_given && kind != of {
            return Err(Violation::new(field, ViolationKind::Rule, "优惠规则与批次类型不符"));
        }
        if !is_given && kind == of {
            return Err(Violation::new(field, ViolationKind::Missing, "缺少与批次类型对应的优惠规则"));
        }
    }
    match (&rule.fixed_normal_coupon, &rule.discount_coupon, &rule.exchange_coupon) {
        (Some(rule), _, _) => {
            let at = format!("{at}/fixed_normal_coupon");
            let discount_amount = fen(&format!("{at}/discount_amount"), rule.discount_amount, 1)?;
            let threshold = fen(&format!("{at}/transaction_minimum"), rule.transaction_minimum, 1)?;
            if discount_amount > threshold {
                let issue = "优惠金额不能大于消费门槛";
                let field = format!("{at}/discount_amount");
                return Err(
                    Violation::new(field, ViolationKind::OutOfRange, issue).with_value(&rule.discount_amount)
                );
            }
            Ok(Benefit::Normal { threshold, discount_amount })
        }
        (None, Some(rule), _) => {
            let at = format!("{at}/discount_coupon");
            let field = format!("{at}/discount_percent");
            field::range(field.as_str(), rule.discount_percent, 1, 100)?;
            // Per cent paid, not taken off.
            let percent_off = PercentOff::new(100 - rule.discount_percent);
            let percent_off =
                percent_off.ok_or_else(|| Violation::new(field, ViolationKind::OutOfRange, "应为1到100"))?;
            let threshold = fen(&format!("{at}/transaction_minimum"), rule.transaction_minimum, 1)?;
            Ok(Benefit::Discount { threshold, percent_off })
        }
        (None, None, Some(rule)) => {
            let at = format!("{at}/exchange_coupon");
            let exchange_price = fen(&format!("{at}/exchange_price"), rule.exchange_price, 0)?;
            let threshold = fen(&format!("{at}/transaction_minimum"), rule.transaction_minimum, 1)?;
            Ok(Benefit::Exchange { threshold, exchange_price })
        }
        (None, None, None) => Err(Violation::new(at, ViolationKind::Missing, "缺少优惠规则")),
    }
}

fn fen(at: &str, value: i64, min: i64) -> Result<Fen, Violation> {
    field::range(at, value, min, AMOUNT_MAX)?;
    Fen::from_wire(at, value)
}

fn check_use_method(at: &str, rule: &CouponUseRule) -> Result<(), Violation> {
    let field = |name: &str| format!("{at}/{name}");
    let missing = |name: &str, issue: &str| Violation::new(field(name), ViolationKind::Missing, issue);
    match rule.use_method {
        None => return Err(missing("use_method", "缺少必填字段")),
        Some(UseMethod::MiniPrograms) => {
            let issue = "核销方式为MINI_PROGRAMS时必填";
            for (name, text) in [
                ("mini_programs_appid", &rule.mini_programs_appid),
                ("mini_programs_path", &rule.mini_programs_path),
            ] {
                if text.is_none() {
                    return Err(missing(name, issue));
                }
            }
        }
        Some(UseMethod::OffLine | UseMethod::SelfConsume | UseMethod::PaymentCode) => {}
    }
    if let Some(appid) = &rule.mini_programs_appid {
        field::id::<Appid>(field("mini_programs_appid"), appid)?;
    }
    if let Some(path) = &rule.mini_programs_path {
        field::path_text(field("mini_programs_path"), path)?;
    }
    Ok(())
}

fn limits(at: &str, kind: ProductCouponType, rule: &StockSendRule) -> Result<Limits, Violation> {
    let required = |name: &str, value: Option<i64>, max: i64| {
        let field = format!("{at}/{name}");
        let value =
            value.ok_or_else(|| Violation::new(field.as_str(), ViolationKind::Missing, "缺少必填字段"))?;
        count(&field, value, max)
    };
    let max_count = required("max_coupons", rule.max_coupons, MAX_COUPONS_MAX)?;
    let max_count_per_user =
        required("max_coupons_per_user", rule.max_coupons_per_user, MAX_COUPONS_PER_USER_MAX)?;
    let by_day = format!("{at}/max_coupons_by_day");
    let max_count_per_day = match (rule.max_coupons_by_day, kind) {
        (None, _) => None,
        (Some(_), ProductCouponType::Normal) => {
            let issue = "满减券不支持单天发放上限";
            return Err(Violation::new(by_day, ViolationKind::Rule, issue));
        }
        (Some(value), ProductCouponType::Discount | ProductCouponType::Exchange) => {
            Some(count(&by_day, value, MAX_COUPONS_MAX)?)
        }
    };
    Ok(Limits { max_count, max_count_per_day, max_count_per_user })
}

fn count(at: &str, value: i64, max: i64) -> Result<u64, Violation> {
    field::range(at, value, 1, max)?;
    u64::try_from(value).map_err(|_| Violation::new(at, ViolationKind::OutOfRange, "应为正整数"))
}

#[cfg(test)]
pub(crate) mod tests {
    use quan_model::busifavor::{CreateStockRequest, NotifyConfig};
    use quan_model::enums::CouponCodeMode;

    use super::*;
    use crate::period::Relative;

    macro_rules! example {
        ($path:literal) => {
            include_str!(concat!("../../../../fixtures/examples/busifavor/", $path))
        };
    }

    /// The official creation requests: 满减, 折扣, 换购.
    pub(crate) fn examples() -> [StockMembers; 3] {
        [
            example!("create-stock.request.json"),
            example!("create-stock.discount-upload.request.json"),
            example!("create-stock.exchange-api.request.json"),
        ]
        .map(|text| {
            let message: serde_json::Value = serde_json::from_str(text).unwrap();
            serde_json::from_value::<CreateStockRequest>(message["body"].clone()).unwrap().members()
        })
    }

    /// What the example violates after an edit, as `pointer Kind`; empty when nothing.
    pub(crate) fn finding(example: usize, edit: impl FnOnce(&mut StockMembers)) -> String {
        let mut members = examples()[example].clone();
        edit(&mut members);
        match stock(&members) {
            Ok(_) => String::new(),
            Err(violation) => format!("{} {:?}", violation.field, violation.kind),
        }
    }

    #[test]
    fn the_official_examples_in_terms() {
        let fen = |fen| Fen::new(fen).unwrap();
        let [normal, discount, exchange] = examples().map(|members| stock(&members).unwrap().1);
        assert_eq!(normal.benefits, [Benefit::Normal { threshold: fen(3000), discount_amount: fen(500) }]);
        assert_eq!(normal.period.relative, Relative::Days { days: 15, wait_days: 1 });
        assert_eq!(normal.period.weekly.as_ref().map(|weekly| weekly.days.len()), Some(5));
        assert_eq!(normal.code_mode, CouponCodeMode::Wechatpay);
        assert!(!normal.confirm_required);
        let percent_off = PercentOff::new(12).unwrap();
        assert_eq!(discount.benefits, [Benefit::Discount { threshold: fen(1), percent_off }]);
        let limits = Limits { max_count: 5000, max_count_per_day: Some(500), max_count_per_user: 1 };
        assert_eq!((discount.limits, discount.code_mode), (limits, CouponCodeMode::Upload));
        assert_eq!(exchange.benefits, [Benefit::Exchange { threshold: fen(2000), exchange_price: fen(100) }]);
        assert_eq!(exchange.code_mode, CouponCodeMode::ApiAssign);
    }

    #[test]
    fn names_have_their_lengths() {
        assert_eq!(finding(0, |m| m.stock_name = String::new()), "/stock_name TooShort");
        assert_eq!(finding(0, |m| m.stock_name = "券".repeat(21)), "");
        assert_eq!(finding(0, |m| m.stock_name = "券".repeat(22)), "/stock_name TooLong");
        assert_eq!(finding(0, |m| m.comment = Some("券".repeat(20))), "");
        assert_eq!(finding(0, |m| m.comment = Some("券".repeat(21))), "/comment TooLong");
        assert_eq!(finding(0, |m| m.goods_name = String::new()), "/goods_name TooShort");
        assert_eq!(finding(0, |m| m.goods_name = "券".repeat(15)), "");
        assert_eq!(finding(0, |m| m.goods_name = "券".repeat(16)), "/goods_name TooLong");
        assert!(belong_merchant("12345678").is_ok() && belong_merchant(&"1".repeat(15)).is_ok());
        for (text, kind) in [
            ("1234567", ViolationKind::TooShort),
            ("1234567890123456", ViolationKind::TooLong),
            ("1234567a", ViolationKind::Format),
        ] {
            assert_eq!(belong_merchant(text).unwrap_err().kind, kind, "{text}");
        }
    }

    #[test]
    fn both_sides_of_every_amount() {
        let normal = |amount: i64, minimum: i64| {
            finding(0, |m| {
                let rule = m.coupon_use_rule.fixed_normal_coupon.as_mut().unwrap();
                (rule.discount_amount, rule.transaction_minimum) = (amount, minimum);
            })
        };
        let at = "/coupon_use_rule/fixed_normal_coupon";
        assert_eq!(normal(0, 1), format!("{at}/discount_amount OutOfRange"));
        assert_eq!(normal(1, 0), format!("{at}/transaction_minimum OutOfRange"));
        assert_eq!(normal(1, 1), "");
        assert_eq!(normal(2, 1), format!("{at}/discount_amount OutOfRange"));
        assert_eq!(normal(10_000_000, 10_000_000), "");
        assert_eq!(normal(10_000_001, 10_000_000), format!("{at}/discount_amount OutOfRange"));
        assert_eq!(normal(1, 10_000_001), format!("{at}/transaction_minimum OutOfRange"));
        let discount = |percent: i64| {
            finding(1, |m| m.coupon_use_rule.discount_coupon.as_mut().unwrap().discount_percent = percent)
        };
        let at = "/coupon_use_rule/discount_coupon/discount_percent";
        assert_eq!(discount(0), format!("{at} OutOfRange"));
        assert_eq!([discount(1), discount(100)], ["", ""]);
        assert_eq!(discount(101), format!("{at} OutOfRange"));
        let exchange = |price: i64| {
            finding(2, |m| m.coupon_use_rule.exchange_coupon.as_mut().unwrap().exchange_price = price)
        };
        let at = "/coupon_use_rule/exchange_coupon/exchange_price";
        assert_eq!(exchange(-1), format!("{at} OutOfRange"));
        assert_eq!([exchange(0), exchange(10_000_000)], ["", ""]);
        assert_eq!(exchange(10_000_001), format!("{at} OutOfRange"));
    }

    #[test]
    fn exactly_the_rule_of_the_type() {
        let swap = |kind| move |m: &mut StockMembers| m.stock_type = kind;
        let at = "/coupon_use_rule";
        let normal = ProductCouponType::Normal;
        assert_eq!(finding(1, swap(normal)), format!("{at}/fixed_normal_coupon Missing"));
        assert_eq!(finding(0, swap(ProductCouponType::Discount)), format!("{at}/fixed_normal_coupon Rule"));
        let two = finding(0, |m| {
            m.coupon_use_rule.exchange_coupon = examples()[2].coupon_use_rule.exchange_coupon;
        });
        assert_eq!(two, format!("{at}/exchange_coupon Rule"));
    }

    #[test]
    fn a_mini_program_is_named_with_its_page() {
        let at = "/coupon_use_rule";
        let rule = |edit: fn(&mut CouponUseRule)| finding(0, |m| edit(&mut m.coupon_use_rule));
        assert_eq!(rule(|r| r.use_method = None), format!("{at}/use_method Missing"));
        assert_eq!(rule(|r| r.mini_programs_appid = None), format!("{at}/mini_programs_appid Missing"));
        assert_eq!(rule(|r| r.mini_programs_path = None), format!("{at}/mini_programs_path Missing"));
        assert_eq!(
            rule(|r| r.mini_programs_appid = Some("wx 1".into())),
            format!("{at}/mini_programs_appid Format")
        );
    }

    #[test]
    fn both_sides_of_every_limit() {
        let send = |edit: &dyn Fn(&mut StockSendRule)| finding(1, |m| edit(&mut m.stock_send_rule));
        let at = "/stock_send_rule";
        assert_eq!(send(&|r| r.max_coupons = None), format!("{at}/max_coupons Missing"));
        assert_eq!(send(&|r| r.max_coupons = Some(0)), format!("{at}/max_coupons OutOfRange"));
        assert_eq!(send(&|r| r.max_coupons = Some(1_000_000_000)), "");
        assert_eq!(send(&|r| r.max_coupons = Some(1_000_000_001)), format!("{at}/max_coupons OutOfRange"));
        assert_eq!(send(&|r| r.max_coupons_per_user = None), format!("{at}/max_coupons_per_user Missing"));
        assert_eq!(send(&|r| r.max_coupons_per_user = Some(100)), "");
        assert_eq!(
            send(&|r| r.max_coupons_per_user = Some(101)),
            format!("{at}/max_coupons_per_user OutOfRange")
        );
        assert_eq!(send(&|r| r.max_coupons_by_day = Some(0)), format!("{at}/max_coupons_by_day OutOfRange"));
        assert_eq!(send(&|r| r.max_coupons_by_day = Some(1_000_000_000)), "");
        let capped = finding(0, |m| m.stock_send_rule.max_coupons_by_day = Some(1));
        assert_eq!(capped, format!("{at}/max_coupons_by_day Rule"));
    }

    #[test]
    fn notifications_may_carry_nobody() {
        let appid = |config| {
            let mut members = examples()[0].clone();
            members.notify_config = config;
            stock(&members).map(|(_, terms)| terms.notify_appid.is_some()).map_err(|found| found.field)
        };
        assert_eq!(appid(None), Ok(false));
        assert_eq!(appid(Some(NotifyConfig::default())), Ok(false));
        assert_eq!(appid(Some(NotifyConfig { notify_appid: Some("wx1".into()) })), Ok(true));
        let wrong = NotifyConfig { notify_appid: Some("wx 1".into()) };
        assert_eq!(appid(Some(wrong)), Err("/notify_config/notify_appid".to_owned()));
    }
}
