//! GET /console/notifications/{id}: one notification with its opened resource and its attempts.

use axum::extract::Path;
use axum::response::Response;
use quan_platform::console::notifications::{Attempt, delivery};

use crate::context::Context;
use crate::failure::Failure;
use crate::shown::{encoded, time};
use crate::view::{Action, Block, Cell, DetailPage, Section, Table};
use crate::words;

pub(crate) async fn handle(context: Context, Path(id): Path<String>) -> Result<Response, Failure> {
    let seen = context.read(move |view| delivery(view, &id)).await?;
    let (language, notification) = (context.language, &seen.notification);
    let mut page = DetailPage::new(&context, "notifications", notification.event_type.as_str());
    page.crumb = Some((language.t("通知", "Notifications"), "/console/notifications"));
    page.state = Some(words::delivery_state(language, seen.state, !seen.attempts.is_empty()));
    let url = seen.notify_url.clone().unwrap_or_else(|| language.t("未设置", "not set").to_owned());
    let facts = vec![
        (language.t("通知 ID", "Id"), Cell::text(notification.id.as_str())),
        (language.t("接收方", "Receiver"), Cell::text(words::party(language, &notification.receiver))),
        (language.t("通知地址", "Notify URL"), Cell::text(url)),
        (language.t("产生时间", "Time"), Cell::whole(time(notification.create_time))),
        (language.t("摘要", "Summary"), Cell::text(notification.summary.as_str())),
    ];
    let row = |(at, attempt): (usize, &Attempt)| {
        let status = attempt.status.map_or_else(|| "—".to_owned(), |status| status.to_string());
        vec![
            Cell::number(at + 1),
            Cell::whole(time(attempt.started_at)),
            Cell::text(status),
            Cell::text(attempt.outcome.as_str()),
        ]
    };
    let attempts = Table {
        names: vec![
            language.t("次数", "No."),
            language.t("时间", "Time"),
            language.t("应答", "Answer"),
            language.t("结果", "Outcome"),
        ],
        rows: seen.attempts.iter().enumerate().map(row).collect(),
        empty: language.t("还没有尝试。", "It was not tried yet."),
    };
    let resource = serde_json::from_str::<serde_json::Value>(&notification.resource)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| notification.resource.clone());
    page.sections = vec![
        Section::new(language.t("信息", "Facts"), vec![Block::Facts(facts)]),
        Section::new(language.t("发送记录", "Attempts"), vec![Block::Table(attempts)]),
        Section::new(language.t("解密后的内容（resource）", "Opened resource"), vec![Block::Pre(resource)]),
    ];
    if context.may_operate() {
        let address = format!("/console/notifications/{}/send-again", encoded(&notification.id));
        let action = Action::new(address, language.t("立即重发", "Send again now"), Vec::new());
        page.sections
            .insert(1, Section::new(language.t("操作", "Actions"), vec![Block::Actions(vec![action])]));
    }
    page.render()
}
