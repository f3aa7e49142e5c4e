//! GET /console/bundles: every stock bundle, searched by id and name.

use axum::extract::RawQuery;
use axum::response::Response;
use quan_model::ids::StockBundleId;
use quan_platform::console::stocks::{StockBundleRecord, StockSeen, bundles};

use crate::catalogue::PAGE_SIZE;
use crate::context::Context;
use crate::csv::Csv;
use crate::failure::Failure;
use crate::form::Form;
use crate::overview::asked;
use crate::shown::{encoded, time};
use crate::view::{Cell, Field, FieldKind, ListPage, Table, first_page};
use crate::{page, words};

/// Lines of an exported file; each reads its stocks.
const EXPORT_MAX: usize = 1_000;

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let text = query.text("q").to_owned();
    let (wanted, after) = (query.filled("q"), query.text("after").parse::<StockBundleId>().ok());
    let found =
        context.read(move |view| bundles(view, wanted.as_deref(), after.as_ref(), PAGE_SIZE + 1)).await?;
    let (found, has_more) = first_page(found, PAGE_SIZE);
    let last = found.last().map(|(record, _)| record.stock_bundle_id.to_string()).filter(|_| has_more);
    let language = context.language;
    let label = language.t("批次组号、商品券号或名称", "Id or name");
    let page = ListPage {
        cx: &context,
        section: "bundles",
        title: language.t("批次组", "Bundles"),
        address: "/console/bundles",
        filters: vec![Field::new("q", label, FieldKind::Text).value(text.as_str())],
        table: Table {
            names: vec![
                language.t("批次组", "Bundle"),
                language.t("名称", "Name"),
                language.t("状态", "State"),
                language.t("批次数", "Stocks"),
                language.t("首批已发 / 总量", "First: issued / total"),
                language.t("创建时间", "Created"),
            ],
            rows: found.iter().map(|(record, members)| row(&context, record, members)).collect(),
            empty: language.t("没有符合条件的批次组。", "No bundle fits."),
        },
        next: last.map(|last| asked("/console/bundles", &[("q", &text), ("after", &last)])),
        tools: vec![(
            language.t("导出 CSV", "Export CSV").to_owned(),
            asked("/console/bundles/export.csv", &[("q", &text)]),
        )],
    };
    page::render(&page)
}

/// The bundles that fit, as a file.
pub(crate) async fn export(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let wanted = query.filled("q");
    let found = context.read(move |view| bundles(view, wanted.as_deref(), None, EXPORT_MAX)).await?;
    let names =
        ["stock_bundle_id", "product_coupon_id", "name", "state", "stocks", "owner", "creator", "created_at"];
    let mut file = Csv::new(&names);
    for (record, members) in found {
        let first = members.first();
        file.row(&[
            record.stock_bundle_id.as_str(),
            record.product_coupon_id.as_str(),
            first.map(StockSeen::name).unwrap_or_default(),
            first.map_or("", |first| first.state.as_str()),
            &members.len().to_string(),
            &record.owner.to_string(),
            &record.creator.to_string(),
            &record.created_at.to_string(),
        ]);
    }
    file.into_download("stock_bundles.csv")
}

fn row(context: &Context, record: &StockBundleRecord, members: &[StockSeen]) -> Vec<Cell> {
    let id = record.stock_bundle_id.as_str();
    let first = members.first();
    let issued =
        first.map(|first| format!("{} / {}", first.counts.total, first.reached.stock.terms.limits.max_count));
    vec![
        Cell::link(id, format!("/console/bundles/{}", encoded(id))),
        Cell::text(first.map(StockSeen::name).unwrap_or_default()),
        first.map(|first| words::stock_state(context.language, first.state)).unwrap_or_default(),
        Cell::number(members.len()),
        Cell::number(issued.unwrap_or_default()),
        Cell::whole(time(record.created_at)),
    ]
}
