//! Lists over notification and notification_attempt.

use quan_model::ids::{CouponCode, Principal, StockId};
use quan_model::time::Time;
use quan_store::error::StoreError;
use quan_store::outbox::DeliveryState;
use quan_store::outbox_list::{
    Delivery, DeliveryFilter, OutboxListReader, OutboxListWriter, TroubledDeliveries,
};

use crate::connection::Params;
use crate::outbox::{AFTER_COLUMNS, COLUMNS, Columns, columns, notification};
use crate::params;
use crate::unit::Unit;
use quan_store::column::{Origin, time};

/// What a list shows besides the notification.
const BESIDES: &str = "state, attempts, due_at,
    (SELECT outcome FROM notification_attempt AS attempt WHERE attempt.notification_id = notification.notification_id
     ORDER BY number DESC LIMIT 1)";

/// What the index of deliveries in trouble holds, in its own words.
const TROUBLE: &str = "(state = 'dead' OR state = 'waiting' AND attempts > 0)";

/// A condition for a state, in the words of an index where there is one.
fn in_state(state: Option<DeliveryState>) -> String {
    match state {
        None => "TRUE".to_owned(),
        Some(state @ (DeliveryState::Waiting | DeliveryState::Delivered)) => {
            format!("state = '{}'", word(state))
        }
        Some(state @ DeliveryState::DeadLetter) => format!("state = '{}' AND {TROUBLE}", word(state)),
    }
}

type Besides = (String, i64, i64, Option<String>);

fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "waiting",
        DeliveryState::Delivered => "delivered",
        DeliveryState::DeadLetter => "dead",
    }
}

impl OutboxListReader for Unit<'_> {
    fn deliveries(
        &self,
        filter: &DeliveryFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let trouble = if filter.has_failed { TROUBLE } else { "TRUE" };
        let condition = format!(
            "{} AND {trouble} AND ($1::text IS NULL OR receiver = $1)
             AND ($2::text IS NULL OR (create_time, notification_id) <
               (SELECT create_time, notification_id FROM notification AS last WHERE last.notification_id = $2))
             ORDER BY create_time DESC, notification_id DESC LIMIT $3",
            in_state(filter.state)
        );
        let values = params![
            filter.receiver.as_ref().map(Principal::to_string),
            after,
            i64::try_from(limit).unwrap_or(i64::MAX)
        ];
        self.listed_deliveries(&condition, values)
    }

    fn troubled_deliveries(&self) -> Result<TroubledDeliveries, StoreError> {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'dead')
             FROM notification WHERE {TROUBLE}"
        );
        let counts: Option<(i64, i64)> = self.one("count deliveries in trouble", &sql, params![], |row| {
            Ok((row.try_get(0)?, row.try_get(1)?))
        })?;
        let origin = Origin { table: "notification", row: "(in trouble)" };
        let (failing, given_up) = counts.unwrap_or_default();
        Ok(TroubledDeliveries {
            failing: origin.number("state", failing)?,
            given_up: origin.number("state", given_up)?,
        })
    }

    fn deliveries_of_coupon(
        &self,
        stock: &StockId,
        code: &CouponCode,
        seconds: &[Time],
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        // A code stands in the text as JSON writes it.
        let code = code.as_str().replace('\\', "\\\\");
        let condition = r#"create_time = ANY($3) AND substring(resource from '"coupon_code":"([^"]*)"') = $1
            AND substring(resource from '"stock_id":"([^"]*)"') = $2
            ORDER BY create_time, notification_id LIMIT $4"#;
        let seconds: Vec<i64> = seconds.iter().map(|second| second.unix_seconds()).collect();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.listed_deliveries(condition, params![code, stock.as_str(), seconds, limit])
    }
}

impl Unit<'_> {
    fn listed_deliveries(&self, condition: &str, values: Params<'_>) -> Result<Vec<Delivery>, StoreError> {
        let sql = format!("SELECT {COLUMNS}, {BESIDES} FROM notification WHERE {condition}");
        let rows: Vec<(Columns, Besides)> = self.all("list notifications", &sql, values, |row| {
            let at = AFTER_COLUMNS;
            Ok((
                columns(row)?,
                (row.try_get(at)?, row.try_get(at + 1)?, row.try_get(at + 2)?, row.try_get(at + 3)?),
            ))
        })?;
        let delivery = |(columns, (state, attempts, due_at, last_outcome)): (Columns, Besides)| {
            let notification = notification(columns)?;
            let origin = Origin { table: "notification", row: &notification.id };
            let state = [DeliveryState::Waiting, DeliveryState::Delivered, DeliveryState::DeadLetter]
                .into_iter()
                .find(|known| word(*known) == state)
                .ok_or_else(|| origin.impossible("state"))?;
            let attempts = origin.number("attempts", attempts)?;
            let due_at = Some(time(due_at)).filter(|_| state == DeliveryState::Waiting);
            Ok(Delivery { state, attempts, due_at, last_outcome, notification })
        };
        rows.into_iter().map(delivery).collect()
    }
}

impl OutboxListWriter for Unit<'_> {
    fn send_again(&mut self, id: &str, now: Time) -> Result<(), StoreError> {
        // A lease that has run out belongs to nobody.
        let sql = "UPDATE notification SET state = 'waiting', due_at = $2, leased_by = NULL
                   WHERE notification_id = $1 AND (leased_by IS NULL OR due_at <= $2)";
        let values = params![id, now.unix_seconds()];
        self.change_one("send a notification again", "notification", || id.to_owned(), sql, values)
    }
}
