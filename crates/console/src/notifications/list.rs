//! GET /console/notifications: by state and receiver, the newest first.

use axum::extract::RawQuery;
use axum::response::Response;
use quan_platform::console::notifications::{DeliveryFilter, DeliveryState, deliveries};

use crate::catalogue::PAGE_SIZE;
use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::notifications::table;
use crate::overview::asked;
use crate::page;
use crate::view::{Field, FieldKind, ListPage, first_page};

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (state, receiver) = (query.text("state").to_owned(), query.text("receiver").to_owned());
    let filter = DeliveryFilter {
        state: match state.as_str() {
            "waiting" => Some(DeliveryState::Waiting),
            "delivered" => Some(DeliveryState::Delivered),
            "dead" => Some(DeliveryState::DeadLetter),
            _ => None,
        },
        receiver: receiver.parse().ok(),
        has_failed: state == "failed",
    };
    let after = query.filled("after");
    let found = context.read(move |view| deliveries(view, &filter, after.as_deref(), PAGE_SIZE + 1)).await?;
    let (found, has_more) = first_page(found, PAGE_SIZE);
    let last = found.last().map(|delivery| delivery.notification.id.clone()).filter(|_| has_more);
    let language = context.language;
    let states = [
        ("", language.t("全部", "All")),
        ("waiting", language.t("待发送", "Waiting")),
        ("failed", language.t("有失败", "With failures")),
        ("delivered", language.t("已送达", "Delivered")),
        ("dead", language.t("已放弃", "Given up")),
    ];
    let states = states.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let page = ListPage {
        cx: &context,
        section: "notifications",
        title: language.t("通知", "Notifications"),
        address: "/console/notifications",
        filters: vec![
            Field::new("state", language.t("状态", "State"), FieldKind::Choice(states)).value(state.as_str()),
            Field {
                hint: "mchid:… / brand:…",
                ..Field::new("receiver", language.t("接收方", "Receiver"), FieldKind::Text)
            }
            .value(receiver.as_str()),
        ],
        table: table(&context, &found, language.t("没有符合条件的通知。", "No notification fits.")),
        next: last.map(|last| {
            asked("/console/notifications", &[("state", &state), ("receiver", &receiver), ("after", &last)])
        }),
        tools: Vec::new(),
    };
    page::render(&page)
}
