//! GET /console/stocks: every stock, searched by id, name, remark and state; and the same as CSV.

use axum::extract::RawQuery;
use axum::response::Response;
use quan_model::enums::StockState;
use quan_model::ids::StockId;
use quan_platform::console::stocks::{StockSearch, search};

use crate::catalogue::{PAGE_SIZE, stock_names, stock_row};
use crate::context::Context;
use crate::csv::Csv;
use crate::failure::Failure;
use crate::form::Form;
use crate::overview::asked;
use crate::view::{Field, FieldKind, ListPage, Table, first_page};
use crate::{page, words};

/// Stocks of one file: each costs two queries.
const EXPORT_MAX: usize = 5_000;

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (text, state) = (query.text("q").to_owned(), query.text("state").to_owned());
    let after: Option<StockId> = query.text("after").parse().ok();
    let wanted = wanted(&context, &query);
    let found = context.read(move |view| search(view, &wanted, after.as_ref(), PAGE_SIZE + 1)).await?;
    let (found, has_more) = first_page(found, PAGE_SIZE);
    let last = found.last().map(|seen| seen.reached.record.stock_id.to_string()).filter(|_| has_more);
    let language = context.language;
    let mut states = vec![(String::new(), language.t("全部状态", "Every state").to_owned())];
    states.extend(
        StockState::ALL.iter().map(|state| (state.to_string(), words::stock_state(language, *state).text)),
    );
    let page = ListPage {
        cx: &context,
        section: "stocks",
        title: language.t("批次", "Stocks"),
        address: "/console/stocks",
        filters: vec![
            Field::new(
                "q",
                language.t("批次号、商品券号、名称或备注", "Id, name or remark"),
                FieldKind::Text,
            )
            .value(text.as_str()),
            Field::new("state", language.t("状态", "State"), FieldKind::Choice(states)).value(state.as_str()),
        ],
        table: Table {
            names: stock_names(&context),
            rows: found.iter().map(|seen| stock_row(&context, seen)).collect(),
            empty: language.t("没有符合条件的批次。", "No stock fits."),
        },
        next: last.map(|last| asked("/console/stocks", &[("q", &text), ("state", &state), ("after", &last)])),
        tools: vec![(
            language.t("导出 CSV", "Export CSV").to_owned(),
            asked("/console/stocks/export.csv", &[("q", &text), ("state", &state)]),
        )],
    };
    page::render(&page)
}

fn wanted(context: &Context, query: &Form) -> StockSearch {
    StockSearch {
        text: query.filled("q"),
        state: query.text("state").parse().ok(),
        product_coupon_id: None,
        now: context.console.platform.now(),
    }
}

pub(crate) async fn export(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let wanted = wanted(&context, &query);
    let found = context.read(move |view| search(view, &wanted, None, EXPORT_MAX)).await?;
    let mut file = Csv::new(&[
        "stock_id",
        "product_coupon_id",
        "name",
        "state",
        "issued",
        "max_count",
        "issued_today",
        "max_count_per_day",
        "codes_total",
        "codes_available",
        "owner",
        "creator",
        "created_at",
    ]);
    for seen in found {
        let (record, limits) = (&seen.reached.record, &seen.reached.stock.terms.limits);
        let codes = |of: fn(&quan_model::coupon::CouponCodeCountInfo) -> i64| {
            seen.codes.as_ref().map_or(String::new(), |codes| of(codes).to_string())
        };
        file.row(&[
            record.stock_id.as_str(),
            record.product_coupon_id.as_str(),
            seen.name(),
            seen.state.as_str(),
            &seen.counts.total.to_string(),
            &limits.max_count.to_string(),
            &seen.counts.today.to_string(),
            &limits.max_count_per_day.map_or(String::new(), |cap| cap.to_string()),
            &codes(|codes| codes.total_count),
            &codes(|codes| codes.available_count),
            &record.owner.to_string(),
            &record.creator.to_string(),
            &record.created_at.to_string(),
        ]);
    }
    file.into_download("stocks.csv")
}
