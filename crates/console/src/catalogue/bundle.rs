//! GET /console/bundles/{stock_bundle_id}: one bundle with its stocks and benefits.

use axum::extract::Path;
use axum::response::Response;
use quan_model::ids::StockBundleId;
use quan_platform::console::stocks::{StockSeen, bundle};

use crate::catalogue::{stock_names, stock_row, ticket};
use crate::context::Context;
use crate::failure::Failure;
use crate::shown::{encoded, time};
use crate::view::{Block, Cell, DetailPage, Section, Table};
use crate::words;

pub(crate) async fn handle(context: Context, Path(id): Path<String>) -> Result<Response, Failure> {
    let id: StockBundleId = id.parse().map_err(|_| Failure::NotFound)?;
    let (record, members) = context.read(move |view| bundle(view, &id)).await?;
    let language = context.language;
    let first = members.first();
    let mut page = DetailPage::new(&context, "bundles", first.map(StockSeen::name).unwrap_or_default());
    page.crumb = Some((language.t("批次组", "Bundles"), "/console/bundles"));
    page.state = first.map(|first| words::stock_state(language, first.state));
    let product = record.product_coupon_id.as_str();
    let facts = vec![
        (language.t("批次组号", "Bundle id"), Cell::text(record.stock_bundle_id.to_string())),
        (
            language.t("商品券", "Product coupon"),
            Cell::link(product, format!("/console/product-coupons/{}", encoded(product))),
        ),
        (language.t("归属", "Owner"), Cell::text(words::party(language, &record.owner))),
        (language.t("创建方", "Created by"), Cell::text(words::party(language, &record.creator))),
        (language.t("创建时间", "Created"), Cell::whole(time(record.created_at))),
    ];
    let step = |member: &StockSeen| {
        let face = ticket(&context, member);
        format!("{} · {}", face.figure, face.condition)
    };
    let mut face = first.map(|first| ticket(&context, first)).unwrap_or_default();
    face.steps = members.iter().map(step).collect();
    let table = Table {
        names: stock_names(&context),
        rows: members.iter().map(|member| stock_row(&context, member)).collect(),
        empty: "",
    };
    let hint = language.t(
        "批次组的批次一起变化：在任一批次的页面暂停、恢复或修改额度，整组生效。",
        "The stocks of a bundle change together: pause, resume or change the budget on the page of any of them.",
    );
    page.sections = vec![
        Section::new(language.t("券面", "Face"), vec![Block::Ticket(face)]),
        Section::new(language.t("信息", "Facts"), vec![Block::Facts(facts)]),
        Section::new(
            language.t("批次", "Stocks"),
            vec![Block::Table(table), Block::Note("", hint.to_owned())],
        ),
    ];
    page.render()
}
