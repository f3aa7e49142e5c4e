//! GET /console/: what is going on.

mod chart;

use axum::extract::RawQuery;
use axum::response::Response;
use quan_platform::console::overview::{Overview, overview};
use quan_platform::console::user_coupons::{Stuck, StuckReason};

use crate::catalogue::stock_row;
use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::shown::{encoded, time};
use crate::view::{Block, Cell, DetailPage, Section, Table, Tile};
use crate::{catalogue, notifications};

/// Length and number of the spans of each choice.
const HOURS: (i64, u32) = (3600, 24);
const DAYS: (i64, u32) = (86_400, 30);

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let is_month = query.text("span") == "month";
    let (seconds, count) = if is_month { DAYS } else { HOURS };
    let found = context.read(move |view| overview(view, seconds, count)).await?;
    let mut page = DetailPage::new(&context, "overview", context.language.t("概览", "Overview"));
    let (words, href) = if is_month {
        (context.t("最近 24 小时", "Last 24 hours"), "/console/")
    } else {
        (context.t("最近 30 天", "Last 30 days"), "/console/?span=month")
    };
    page.tools = vec![(words.to_owned(), href.to_owned())];
    page.tiles = tiles(&context, &found);
    page.sections = vec![
        Section::new(
            context.language.t("券的动态", "Coupons over time"),
            vec![Block::Chart(chart::chart(context.language, &found, is_month))],
        ),
        stuck(&context, &found),
        Section::new(
            context.language.t("失败的通知", "Failing notifications"),
            vec![Block::Table(notifications::table(
                &context,
                &found.failing,
                context.language.t("没有失败的通知。", "No notification fails."),
            ))],
        ),
        near_limits(&context, &found),
    ];
    page.render()
}

fn tiles(context: &Context, found: &Overview) -> Vec<Tile> {
    let tile = |label, figure, address: &str, is_alarm| Tile {
        label,
        figure,
        address: address.to_owned(),
        is_alarm,
    };
    let language = context.language;
    let sum =
        |of: fn(&quan_platform::console::overview::Activity) -> u64| found.activity.iter().map(of).sum();
    vec![
        tile(language.t("已领取", "Claimed"), sum(|of| of.claimed), "/console/user-coupons", false),
        tile(language.t("已核销", "Used"), sum(|of| of.used), "/console/user-coupons", false),
        tile(
            language.t("停在待确认", "Stuck in CONFIRMING"),
            found.stuck_count,
            "/console/#sections",
            found.stuck_count > 0,
        ),
        tile(
            language.t("通知重试中", "Notifications retrying"),
            found.troubled.failing,
            "/console/notifications?state=failed",
            found.troubled.failing > 0,
        ),
        tile(
            language.t("通知已放弃", "Notifications given up"),
            found.troubled.given_up,
            "/console/notifications?state=dead",
            found.troubled.given_up > 0,
        ),
        tile(
            language.t("接近上限的批次", "Stocks near a limit"),
            found.near_limits.len() as u64,
            "/console/stocks",
            false,
        ),
    ]
}

fn stuck(context: &Context, found: &Overview) -> Section {
    let language = context.language;
    let row = |stuck: &Stuck| {
        let coupon = &stuck.record.coupon;
        let address = catalogue::coupon_address(&coupon.stock_id, &coupon.coupon_code);
        vec![
            Cell::link(coupon.coupon_code.to_string(), address),
            Cell::whole(time(coupon.receive_time)),
            reason(context, &stuck.reason),
        ]
    };
    let table = Table {
        names: vec![
            language.t("券 Code", "Code"),
            language.t("领取时间", "Received"),
            language.t("原因", "Why"),
        ],
        rows: found.stuck.iter().map(row).collect(),
        empty: language.t("没有停在待确认的券。", "No coupon waits for its confirm."),
    };
    let title = language.t("停在待确认（CONFIRMING）的券", "Coupons stuck in CONFIRMING");
    Section::new(title, vec![Block::Table(table)])
}

fn reason(context: &Context, reason: &StuckReason) -> Cell {
    let language = context.language;
    let told =
        |chinese, english, outcome: &str| Cell::text(format!("{} {outcome}", language.t(chinese, english)));
    match reason {
        StuckReason::NoNotifyUrl => Cell::link(
            language.t(
                "批次创建方没有设置通知地址，商户不知道有人领了券",
                "The creator of the stock has set no notify URL, so nobody was told",
            ),
            "/console/settings".to_owned(),
        ),
        StuckReason::NotificationDead(outcome) => {
            told("通知多次失败后已放弃：", "The notification was given up:", outcome)
        }
        StuckReason::NotificationFailing(outcome) => {
            told("通知失败，重试中：", "The notification fails and is retried:", outcome)
        }
        StuckReason::NotificationWaiting => told("通知还没有发出", "The notification was not sent yet", ""),
        StuckReason::ConfirmRefused(seq, why) => Cell::link(
            format!("{} {why}", language.t("商户调用确认被拒：", "The merchant's confirm was refused:")),
            format!("/console/requests/{seq}"),
        ),
        StuckReason::NotConfirmed => {
            told("通知已送达，但商户没有调用确认接口", "The merchant was told and has not called confirm", "")
        }
    }
}

fn near_limits(context: &Context, found: &Overview) -> Section {
    let rows = found.near_limits.iter().map(|stock| stock_row(context, stock)).collect();
    let empty = context.language.t("没有接近上限的批次。", "No stock is near a limit.");
    let table = Table { names: catalogue::stock_names(context), rows, empty };
    Section::new(context.language.t("接近上限的批次", "Stocks near a limit"), vec![Block::Table(table)])
}

/// An address with a page's question.
pub(crate) fn asked(address: &str, pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if query.is_empty() { address.to_owned() } else { format!("{address}?{}", query.join("&")) }
}
