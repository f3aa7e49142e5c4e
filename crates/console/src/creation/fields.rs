//! The fields of the form, with what a person would choose most often.

use quan_model::enums::{
    BackgroundColor, CodeDisplayMode, CouponCodeMode, ProductCouponScope, ProductCouponType, StoreScope,
    UsageMode,
};
use quan_model::ids::Principal;
use quan_model::time::{DAY_SECONDS, Time};
use quan_platform::console::parties::PartySeen;

use crate::form::Form;
use crate::language::Language;
use crate::view::{Field, FieldKind};
use crate::words;

/// The choices that a product's price and name belong to.
const ONE_PRODUCT: &str = "kind=SINGLE-NORMAL|SINGLE-DISCOUNT|SINGLE-EXCHANGE";
const SEVERAL_USES: &str = "usage_mode=SEQUENTIAL|PROGRESSIVE_BUNDLE";

/// A group of fields.
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) fields: Vec<Field>,
}

/// Scope and type of every kind that the rules allow.
const KINDS: [(ProductCouponScope, ProductCouponType); 5] = [
    (ProductCouponScope::All, ProductCouponType::Normal),
    (ProductCouponScope::All, ProductCouponType::Discount),
    (ProductCouponScope::Single, ProductCouponType::Normal),
    (ProductCouponScope::Single, ProductCouponType::Discount),
    (ProductCouponScope::Single, ProductCouponType::Exchange),
];

/// The form with what was typed before.
pub(super) fn groups(language: Language, parties: &[PartySeen], now: Time, typed: &Form) -> Vec<Group> {
    let mut groups =
        vec![who(language, parties), what(language), face(language), limits(language, now), use_of(language)];
    for field in groups.iter_mut().flat_map(|group| &mut group.fields) {
        if let Some(value) = typed.filled(field.name) {
            field.value = value;
        }
    }
    groups
}

fn choice<T: std::fmt::Display>(values: &[T]) -> FieldKind {
    FieldKind::Choice(values.iter().map(|value| (value.to_string(), value.to_string())).collect())
}

fn who(language: Language, parties: &[PartySeen]) -> Group {
    let party = |party: &PartySeen| {
        (
            party.principal.to_string(),
            format!("{} · {}", words::party(language, &party.principal), party.name),
        )
    };
    let brand = |party: &PartySeen| party.principal.brand_id().map(|id| (id.to_string(), party.name.clone()));
    let is_merchant = |party: &&PartySeen| matches!(party.principal, Principal::Merchant(_));
    let creators: Vec<&PartySeen> = parties
        .iter()
        .filter(is_merchant)
        .chain(parties.iter().filter(|party| !is_merchant(party)))
        .collect();
    // Those of the first creator come first, since it is the one that is chosen.
    let mut appids: Vec<String> = Vec::new();
    for appid in creators.iter().flat_map(|party| &party.appids) {
        if !appids.iter().any(|known| *known == appid.to_string()) {
            appids.push(appid.to_string());
        }
    }
    Group {
        title: language.t("谁", "Who"),
        fields: vec![
            Field::new(
                "creator",
                language.t("创建方（通知发给它）", "Created by; notifications go there"),
                FieldKind::Choice(creators.iter().map(|creator| party(creator)).collect()),
            ),
            Field::new(
                "brand_id",
                language.t("品牌", "Brand"),
                FieldKind::Choice(parties.iter().filter_map(brand).collect()),
            ),
            Field::new("notify_appid", language.t("通知 AppID", "Appid of notifications"), choice(&appids)),
        ],
    }
}

fn what(language: Language) -> Group {
    let scope = |scope: ProductCouponScope| match scope {
        ProductCouponScope::All => language.t("全场", "Everything"),
        ProductCouponScope::Single | ProductCouponScope::Category => language.t("单品", "One product"),
    };
    let kind = |(of, kind): &(ProductCouponScope, ProductCouponType)| {
        (format!("{of}-{kind}"), format!("{} · {}", scope(*of), words::kind(language, *kind)))
    };
    let modes =
        UsageMode::ALL.iter().map(|mode| (mode.to_string(), words::usage_mode(language, *mode).to_owned()));
    let hint = language.t(
        "每行：门槛（元） 优惠。满减写减多少元，折扣写减百分之几，兑换写换购价；多次优惠写 3–15 行",
        "Each line: minimum in yuan, benefit. Yuan off, per cent off, or the price; 3 to 15 lines for several uses",
    );
    let benefits =
        Field { hint, ..Field::new("benefits", language.t("优惠", "Benefits"), FieldKind::Long) };
    Group {
        title: language.t("优惠", "Benefit"),
        fields: vec![
            Field::new(
                "kind",
                language.t("类型", "Kind"),
                FieldKind::Choice(KINDS.iter().map(kind).collect()),
            ),
            Field::new("usage_mode", language.t("使用模式", "Use"), FieldKind::Choice(modes.collect())),
            Field::new(
                "interval_days",
                language.t("两次之间的间隔天数", "Days between uses"),
                FieldKind::Number,
            )
            .when(SEVERAL_USES),
            benefits.value("30 8").required(),
        ],
    }
}

fn face(language: Language) -> Group {
    let text = |name, label| Field::new(name, label, FieldKind::Text);
    Group {
        title: language.t("券面", "Face"),
        fields: vec![
            text("name", language.t("名称（3–15 字）", "Name, 3 to 15 characters")).required(),
            text("image_url", language.t("图片 URL（正方形）", "Picture URL, square")).required(),
            text("background_url", language.t("背景图 URL", "Background URL")).required(),
            Field::new("background_color", language.t("颜色", "Colour"), choice(BackgroundColor::ALL))
                .value("Color040"),
            Field::new(
                "code_display_mode",
                language.t("Code 展示", "Code shown as"),
                choice(CodeDisplayMode::ALL),
            )
            .value("QRCODE"),
            text("original_price", language.t("单品原价（元）", "Price of the product in yuan"))
                .when(ONE_PRODUCT),
            text("package_name", language.t("单品名称", "Name of the product")).when(ONE_PRODUCT),
            text("out_product_no", language.t("商品编号", "Product number")),
        ],
    }
}

fn limits(language: Language, now: Time) -> Group {
    let number = |name, label| Field::new(name, label, FieldKind::Number);
    let day = |time: Time| time.to_string().get(..10).unwrap_or_default().to_owned();
    let date = |name, label, value: String| Field::new(name, label, FieldKind::Date).value(value).required();
    Group {
        title: language.t("发放", "Issuing"),
        fields: vec![
            number("max_count", language.t("总量", "Total")).value("1000").required(),
            number("max_count_per_day", language.t("单日上限（可空）", "A day, if limited")),
            number("max_count_per_user", language.t("每人限领", "For each person")).value("1").required(),
            Field::new("coupon_code_mode", language.t("Code 模式", "Code mode"), choice(CouponCodeMode::ALL))
                .value("WECHATPAY"),
            date("begin", language.t("可用第一天", "Usable from"), day(now)),
            date("end", language.t("可用最后一天", "Usable until"), day(now.plus_seconds(90 * DAY_SECONDS))),
            number(
                "available_days",
                language.t("领取后有效天数（可空）", "Days after receiving, if limited"),
            ),
            Field::new("remark", language.t("备注", "Remark"), FieldKind::Text),
        ],
    }
}

fn use_of(language: Language) -> Group {
    Group {
        title: language.t("使用", "Use"),
        fields: vec![
            Field::new("store_scope", language.t("门店范围", "Stores"), choice(StoreScope::ALL))
                .value("NONE"),
            Field::new("store_description", language.t("门店说明", "Stores in words"), FieldKind::Text),
            Field::new("usage_description", language.t("使用说明", "How it is used"), FieldKind::Long)
                .value(language.t("到店出示券码即可使用。", "Show the code in the shop."))
                .required(),
        ],
    }
}
