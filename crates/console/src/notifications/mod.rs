//! Notifications: the queue, attempts with their answers, the opened resource, sending again.

mod list;
mod one;
mod send_again;

use axum::Router;
use axum::routing::{get, post};
use quan_platform::console::notifications::Delivery;

use crate::context::Context;
use crate::shown::{encoded, time};
use crate::state::Console;
use crate::view::{Cell, Table};
use crate::words;

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/notifications", get(list::handle))
        .route("/notifications/{id}", get(one::handle))
        .route("/notifications/{id}/send-again", post(send_again::handle))
}

/// Notifications as a table.
pub(crate) fn table(context: &Context, found: &[Delivery], empty: &'static str) -> Table {
    let language = context.language;
    let row = |delivery: &Delivery| {
        let notification = &delivery.notification;
        vec![
            Cell::link(
                notification.event_type.as_str(),
                format!("/console/notifications/{}", encoded(&notification.id)),
            ),
            words::delivery_state(language, delivery.state, delivery.attempts > 0),
            Cell::text(words::party(language, &notification.receiver)),
            Cell::whole(time(notification.create_time)),
            Cell::number(delivery.attempts),
            Cell::whole(delivery.due_at.map_or_else(|| "—".to_owned(), time)),
            Cell::text(delivery.last_outcome.clone().unwrap_or_default()),
        ]
    };
    Table {
        names: vec![
            language.t("事件", "Event"),
            language.t("状态", "State"),
            language.t("接收方", "Receiver"),
            language.t("产生时间", "Time"),
            language.t("已尝试", "Attempts"),
            language.t("下次尝试", "Next"),
            language.t("最近结果", "Last outcome"),
        ],
        rows: found.iter().map(row).collect(),
        empty,
    }
}
