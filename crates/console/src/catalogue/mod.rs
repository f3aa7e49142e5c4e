//! Product coupons, stocks and bundles.

mod actions;
mod bundle;
mod bundles;
mod product_coupon;
mod product_coupons;
mod stock;
mod stocks;

use axum::Router;
use axum::routing::{get, post};
use quan_model::ids::{CouponCode, StockId};
use quan_platform::console::stocks::StockSeen;

use crate::context::Context;
use crate::shown::encoded;
use crate::state::Console;
use crate::view::{Cell, Ticket};
use crate::words;

/// Lines of a list.
pub(crate) const PAGE_SIZE: usize = 30;

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/product-coupons", get(product_coupons::handle))
        .route("/product-coupons/export.csv", get(product_coupons::export))
        .route("/product-coupons/{product_coupon_id}", get(product_coupon::handle))
        .route("/product-coupons/{product_coupon_id}/deactivate", post(actions::deactivate_product_coupon))
        .route("/stocks", get(stocks::handle))
        .route("/stocks/export.csv", get(stocks::export))
        .route("/stocks/{stock_id}", get(stock::handle))
        .route("/stocks/{stock_id}/pause", post(actions::pause))
        .route("/stocks/{stock_id}/resume", post(actions::resume))
        .route("/stocks/{stock_id}/budget", post(actions::budget))
        .route("/stocks/{stock_id}/deactivate", post(actions::deactivate_stock))
        .route("/bundles", get(bundles::handle))
        .route("/bundles/export.csv", get(bundles::export))
        .route("/bundles/{stock_bundle_id}", get(bundle::handle))
}

pub(crate) fn stock_address(id: &StockId) -> String {
    format!("/console/stocks/{}", encoded(id.as_str()))
}

pub(crate) fn coupon_address(stock: &StockId, code: &CouponCode) -> String {
    format!("/console/user-coupons/{}/{}", encoded(stock.as_str()), encoded(code.as_str()))
}

/// The columns of a list of stocks.
pub(crate) fn stock_names(context: &Context) -> Vec<&'static str> {
    let language = context.language;
    vec![
        language.t("批次", "Stock"),
        language.t("名称", "Name"),
        language.t("状态", "State"),
        language.t("已发 / 总量", "Issued / total"),
        language.t("今日 / 日限", "Today / day"),
        language.t("可用 Code", "Free codes"),
        language.t("创建方", "Created by"),
    ]
}

/// A line of a list of stocks.
pub(crate) fn stock_row(context: &Context, seen: &StockSeen) -> Vec<Cell> {
    let record = &seen.reached.record;
    let limits = &seen.reached.stock.terms.limits;
    let day = limits.max_count_per_day.map_or("—".to_owned(), |cap| cap.to_string());
    vec![
        Cell::link(record.stock_id.to_string(), stock_address(&record.stock_id)),
        Cell::text(seen.name()),
        words::stock_state(context.language, seen.state),
        Cell::number(format!("{} / {}", seen.counts.total, limits.max_count)),
        Cell::number(format!("{} / {day}", seen.counts.today)),
        Cell::number(seen.codes.map_or("—".to_owned(), |codes| codes.available_count.to_string())),
        Cell::text(words::party(context.language, &record.creator)),
    ]
}

/// What the coupons of a stock look like.
pub(crate) fn ticket(context: &Context, seen: &StockSeen) -> Ticket {
    let language = context.language;
    let terms = &seen.reached.stock.terms;
    let own = terms.benefits.first().or(seen.reached.stock.product.single_benefit.as_ref());
    let (figure, condition) = own.map(|benefit| words::benefit(language, benefit)).unwrap_or_default();
    let steps = if terms.benefits.len() > 1 {
        let step = |benefit| {
            let (figure, condition) = words::benefit(language, benefit);
            format!("{figure} · {condition}")
        };
        terms.benefits.iter().map(step).collect()
    } else {
        Vec::new()
    };
    let definition = seen.reached.record.definition.product_coupon();
    let colour = definition.and_then(|definition| definition.members.coupon_display_info.background_color);
    Ticket {
        name: seen.name().to_owned(),
        figure,
        condition,
        picture: seen.reached.product_coupon.definition.display_info.image_url.clone(),
        colour: colour.map(|colour| colour.as_str().replace("Color", "c")).unwrap_or_default(),
        steps,
        notes: vec![format!(
            "{} {} – {}",
            language.t("可用", "Usable"),
            crate::shown::time(terms.period.begin),
            crate::shown::time(terms.period.end)
        )],
    }
}
