//! GET /console/product-coupons: every product coupon, searched by id, product number and name; and the same as CSV.

use axum::extract::RawQuery;
use axum::response::Response;
use quan_model::ids::ProductCouponId;
use quan_platform::console::stocks::{ProductCouponSeen, product_coupons};

use crate::catalogue::PAGE_SIZE;
use crate::context::Context;
use crate::csv::{Csv, ROWS_MAX};
use crate::failure::Failure;
use crate::form::Form;
use crate::overview::asked;
use crate::shown::{encoded, time};
use crate::view::{Cell, Field, FieldKind, ListPage, Table, first_page};
use crate::{page, words};

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let text = query.text("q").to_owned();
    let (wanted, after) = (query.filled("q"), query.text("after").parse::<ProductCouponId>().ok());
    let found = context
        .read(move |view| product_coupons(view, wanted.as_deref(), after.as_ref(), PAGE_SIZE + 1))
        .await?;
    let (found, has_more) = first_page(found, PAGE_SIZE);
    let last = found.last().map(|seen| seen.record.product_coupon_id.to_string()).filter(|_| has_more);
    let language = context.language;
    let export = (
        language.t("导出 CSV", "Export CSV").to_owned(),
        asked("/console/product-coupons/export.csv", &[("q", &text)]),
    );
    let mut tools = vec![export];
    if context.may_operate() {
        let words = language.t("新建商品券", "New product coupon").to_owned();
        tools.push((words, "/console/product-coupons/new".to_owned()));
    }
    let label = language.t("商品券号、商品编号或名称", "Id, product number or name");
    let page = ListPage {
        cx: &context,
        section: "product-coupons",
        title: language.t("商品券", "Product coupons"),
        address: "/console/product-coupons",
        filters: vec![Field::new("q", label, FieldKind::Text).value(text.as_str())],
        table: Table {
            names: vec![
                language.t("商品券", "Product coupon"),
                language.t("名称", "Name"),
                language.t("状态", "State"),
                language.t("类型", "Kind"),
                language.t("使用模式", "Use"),
                language.t("归属", "Owner"),
                language.t("创建时间", "Created"),
            ],
            rows: found.iter().map(|seen| row(&context, seen)).collect(),
            empty: language.t("没有符合条件的商品券。", "No product coupon fits."),
        },
        next: last.map(|last| asked("/console/product-coupons", &[("q", &text), ("after", &last)])),
        tools,
    };
    page::render(&page)
}

fn row(context: &Context, seen: &ProductCouponSeen) -> Vec<Cell> {
    let (language, record) = (context.language, &seen.record);
    let id = record.product_coupon_id.as_str();
    vec![
        Cell::link(id, format!("/console/product-coupons/{}", encoded(id))),
        Cell::text(record.definition.display_info.name.as_str()),
        words::product_coupon_state(language, seen.state),
        Cell::text(words::kind(language, record.definition.kind)),
        Cell::text(words::usage_mode(language, record.definition.usage_mode)),
        Cell::text(words::party(language, &record.owner)),
        Cell::whole(time(record.created_at)),
    ]
}

pub(crate) async fn export(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let wanted = Form::parse(query.unwrap_or_default().as_bytes()).filled("q");
    let found = context.read(move |view| product_coupons(view, wanted.as_deref(), None, ROWS_MAX)).await?;
    let names = [
        "product_coupon_id",
        "name",
        "state",
        "scope",
        "type",
        "usage_mode",
        "out_product_no",
        "owner",
        "creator",
        "created_at",
    ];
    let mut file = Csv::new(&names);
    for ProductCouponSeen { record, state } in found {
        let definition = &record.definition;
        file.row(&[
            record.product_coupon_id.as_str(),
            &definition.display_info.name,
            state.as_str(),
            definition.scope.as_str(),
            definition.kind.as_str(),
            definition.usage_mode.as_str(),
            definition.out_product_no.as_deref().unwrap_or_default(),
            &record.owner.to_string(),
            &record.creator.to_string(),
            &record.created_at.to_string(),
        ]);
    }
    file.into_download("product_coupons.csv")
}
