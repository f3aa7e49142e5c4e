//! GET /console/audit: who changed what, the newest first.

use axum::extract::RawQuery;
use axum::response::Response;
use quan_platform::console::audit::{AuditFilter, KeptAuditEntry, entries};
use serde_json::Value;

use crate::catalogue::PAGE_SIZE;
use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::overview::asked;
use crate::page;
use crate::shown::time;
use crate::view::{Cell, Field, FieldKind, ListPage, Table, first_page};

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let filter = AuditFilter {
        action: query.filled("action"),
        target: query.filled("target"),
        token_id: query.filled("token"),
    };
    let before = query.text("before").parse().ok();
    let found = context.read(move |view| entries(view, &filter, before, PAGE_SIZE + 1)).await?;
    let (found, has_more) = first_page(found, PAGE_SIZE);
    let last = found.last().map(|kept| kept.seq.to_string()).filter(|_| has_more);
    let language = context.language;
    let text = |name: &'static str, label| Field::new(name, label, FieldKind::Text).value(query.text(name));
    let page = ListPage {
        cx: &context,
        section: "audit",
        title: language.t("审计日志", "Audit log"),
        address: "/console/audit",
        filters: vec![
            text("action", language.t("操作", "Action")),
            text("target", language.t("对象", "Target")),
            text("token", language.t("令牌", "Token")),
        ],
        table: Table {
            names: vec![
                language.t("时间", "Time"),
                language.t("谁", "Who"),
                language.t("操作", "Action"),
                language.t("对象", "Target"),
                language.t("内容", "What"),
                language.t("请求单号", "Number"),
            ],
            rows: found.iter().map(row).collect(),
            empty: language.t("还没有记录。", "Nothing was done yet."),
        },
        next: last.map(|last| {
            let pairs = ["action", "target", "token"].map(|name| (name, query.text(name)));
            asked("/console/audit", &[pairs[0], pairs[1], pairs[2], ("before", &last)])
        }),
        tools: Vec::new(),
    };
    page::render(&page)
}

fn row(kept: &KeptAuditEntry) -> Vec<Cell> {
    let entry = &kept.entry;
    vec![
        Cell::whole(time(entry.at)),
        Cell::text(format!("{} · {} {}", entry.token_name, entry.role.as_str(), entry.token_id)),
        Cell::text(entry.action.as_str()),
        Cell::loose(entry.target.as_str()),
        Cell::loose(change(entry.before.as_deref(), entry.after.as_deref())),
        Cell::loose(entry.request_no.clone().unwrap_or_default()),
    ]
}

/// What was and what is, member by member: `state: SENDING → PAUSED`.
fn change(before: Option<&str>, after: Option<&str>) -> String {
    let read = |text: Option<&str>| {
        let value = text.and_then(|text| serde_json::from_str::<Value>(text).ok());
        value.and_then(|value| value.as_object().cloned()).unwrap_or_default()
    };
    let (before, after) = (read(before), read(after));
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let member = |name: &String| match (before.get(name), after.get(name)) {
        (Some(was), Some(is)) if was != is => format!("{name}: {} → {}", plain(was), plain(is)),
        (Some(value), _) | (None, Some(value)) => format!("{name}: {}", plain(value)),
        (None, None) => name.clone(),
    };
    names.map(member).collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_member_by_member() {
        let told = change(
            Some(r#"{"mode":"MAX_COUNT","count":100,"old":1}"#),
            Some(r#"{"mode":"MAX_COUNT","count":60,"name":"券"}"#),
        );
        assert_eq!(told, "count: 100 → 60, mode: MAX_COUNT, old: 1, name: 券");
        assert_eq!(change(None, Some(r#"{"granted":true}"#)), "granted: true");
        assert_eq!(change(None, None), "");
    }
}
