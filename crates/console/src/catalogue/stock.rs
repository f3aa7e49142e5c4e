//! GET /console/stocks/{stock_id}: one stock with its limits, its pool, its face and what its state allows.

use axum::extract::Path;
use axum::response::Response;
use quan_model::enums::StockState;
use quan_platform::console::stocks::{self, StockSeen};

use crate::catalogue::{stock_address, ticket};
use crate::context::Context;
use crate::failure::Failure;
use crate::shown::{encoded, time};
use crate::view::{Action, Bar, Block, Cell, DetailPage, Field, FieldKind, Section};
use crate::words;

pub(crate) async fn handle(context: Context, Path(stock_id): Path<String>) -> Result<Response, Failure> {
    let stock_id = stock_id.parse().map_err(|_| Failure::NotFound)?;
    let seen = context.read(move |view| stocks::stock(view, &stock_id)).await?;
    let language = context.language;
    let id = seen.reached.record.stock_id.to_string();
    let mut page = DetailPage::new(&context, "stocks", seen.name());
    page.crumb = Some((language.t("批次", "Stocks"), "/console/stocks"));
    page.state = Some(words::stock_state(language, seen.state));
    page.tools = vec![(
        language.t("相关请求", "Its requests").to_owned(),
        format!("/console/requests?q={}", encoded(&id)),
    )];
    page.sections = vec![
        Section::new(language.t("额度", "Limits"), vec![Block::Bars(bars(&context, &seen))]),
        Section::new(language.t("券面", "Face"), vec![Block::Ticket(ticket(&context, &seen))]),
        Section::new(language.t("信息", "Facts"), vec![Block::Facts(facts(&context, &seen))]),
    ];
    let actions = actions(&context, &seen);
    if context.may_operate() && !actions.is_empty() {
        page.sections.insert(1, Section::new(language.t("操作", "Actions"), vec![Block::Actions(actions)]));
    }
    page.render()
}

fn bars(context: &Context, seen: &StockSeen) -> Vec<Bar> {
    let (language, limits) = (context.language, &seen.reached.stock.terms.limits);
    let mut bars = vec![Bar {
        label: language.t("已发放 / 总量", "Issued / total"),
        value: seen.counts.total,
        max: limits.max_count,
        is_limit: true,
    }];
    if let Some(cap) = limits.max_count_per_day {
        bars.push(Bar {
            label: language.t("今日发放 / 单日上限", "Today / day"),
            value: seen.counts.today,
            max: cap,
            is_limit: true,
        });
    }
    if let Some(codes) = seen.codes {
        let (total, free) = (codes.total_count.unsigned_abs(), codes.available_count.unsigned_abs());
        bars.push(Bar {
            label: language.t("已用 Code / 上传总数", "Codes given out / uploaded"),
            value: total.saturating_sub(free),
            max: total,
            is_limit: true,
        });
    }
    bars
}

fn facts(context: &Context, seen: &StockSeen) -> Vec<(&'static str, Cell)> {
    let (language, record) = (context.language, &seen.reached.record);
    let terms = &seen.reached.stock.terms;
    let family = if seen.is_busifavor() {
        language.t("商家券", "busifavor")
    } else {
        language.t("商品券", "product coupon")
    };
    let mut facts = vec![
        (language.t("批次号", "Stock id"), Cell::text(record.stock_id.to_string())),
        (language.t("接口", "Face"), Cell::text(family)),
        (language.t("归属", "Owner"), Cell::text(words::party(language, &record.owner))),
        (language.t("创建方", "Created by"), Cell::text(words::party(language, &record.creator))),
        (language.t("创建时间", "Created"), Cell::whole(time(record.created_at))),
        (
            language.t("可用时间", "Usable"),
            Cell::text(format!("{} – {}", time(terms.period.begin), time(terms.period.end))),
        ),
        (language.t("Code 模式", "Code mode"), Cell::text(terms.code_mode.as_str())),
        (language.t("每人限领", "For each person"), Cell::text(terms.limits.max_count_per_user.to_string())),
        (language.t("门店范围", "Stores"), Cell::text(terms.store_scope.as_str())),
        (language.t("定义版本", "Revision"), Cell::text(record.revision.to_string())),
    ];
    if !seen.is_busifavor() {
        let address = format!("/console/product-coupons/{}", encoded(record.product_coupon_id.as_str()));
        facts.insert(
            1,
            (
                language.t("商品券", "Product coupon"),
                Cell::link(record.product_coupon_id.to_string(), address),
            ),
        );
    }
    if let Some(place) = &record.bundle {
        let address = format!("/console/bundles/{}", encoded(place.stock_bundle_id.as_str()));
        facts.push((
            language.t("批次组", "Bundle"),
            Cell::link(format!("{} #{}", place.stock_bundle_id, place.index + 1), address),
        ));
    }
    if let Some(ended) = &record.deactivated {
        facts.push((
            language.t("失效原因", "Deactivated because"),
            Cell::text(format!("{} · {}", ended.reason, time(ended.time))),
        ));
    }
    facts
}

/// What the state allows.
fn actions(context: &Context, seen: &StockSeen) -> Vec<Action> {
    let (language, record) = (context.language, &seen.reached.record);
    let address = stock_address(&record.stock_id);
    let mut actions = Vec::new();
    match seen.state {
        StockState::Sending => {
            actions.push(Action::new(
                format!("{address}/pause"),
                language.t("暂停发放", "Pause"),
                Vec::new(),
            ));
        }
        StockState::Paused => actions.push(Action::new(
            format!("{address}/resume"),
            language.t("恢复发放", "Resume"),
            Vec::new(),
        )),
        StockState::Auditing | StockState::Stopped | StockState::Deactivated => {}
    }
    let is_over = matches!(seen.state, StockState::Stopped | StockState::Deactivated);
    if !is_over && !seen.is_busifavor() {
        let limits = &seen.reached.stock.terms.limits;
        let mut budget = |mode: &str, label, current: u64| {
            actions.push(Action::new(
                format!("{address}/budget"),
                language.t("修改", "Change"),
                vec![
                    Field::hidden("mode", mode),
                    Field::hidden("current", current.to_string()),
                    Field::new("target", label, FieldKind::Number).value(current.to_string()).required(),
                ],
            ));
        };
        budget("MAX_COUNT", language.t("总量", "Total"), limits.max_count);
        if let Some(cap) = limits.max_count_per_day {
            budget("MAX_COUNT_PER_DAY", language.t("单日上限", "A day"), cap);
        }
    }
    if !is_over && seen.codes.is_some() {
        let hint = language
            .t("CSV 或文本，每行一个，最多 1,000,000 个", "CSV or text, one each line, at most 1,000,000");
        let file = Field {
            hint,
            ..Field::new("file", language.t("券 Code 文件", "File of codes"), FieldKind::File)
        }
        .required();
        actions.push(Action::new(format!("{address}/codes"), language.t("上传", "Upload"), vec![file]));
    }
    if seen.state != StockState::Deactivated && !seen.is_busifavor() && record.bundle.is_none() {
        let reason = Field::new(
            "reason",
            language.t("失效原因（不超过 150 字）", "Why, at most 150 characters"),
            FieldKind::Text,
        )
        .required();
        let question = language.t("失效后不能恢复，确定吗？", "This cannot be undone. Deactivate?");
        actions.push(
            Action::new(format!("{address}/deactivate"), language.t("失效批次", "Deactivate"), vec![reason])
                .asking(question),
        );
    }
    actions
}
