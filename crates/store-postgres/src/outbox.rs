//! notification and notification_attempt.

use quan_model::ids::{BrandId, Principal};
use quan_model::time::Time;
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::outbox::{
    Attempt, DeliveryState, LeasedNotification, Next, Notification, OutboxCounts, OutboxReader, OutboxWriter,
};
use tokio_postgres::Row;

use crate::unit::Unit;
use crate::write_behind::{Later, borrowed};
use crate::{Values, params, values};

pub(crate) const COLUMNS: &str = "notification_id, receiver, event_type, create_time, summary, associated_data, original_type, resource, brand_id";
/// Where the columns after those stand.
pub(crate) const AFTER_COLUMNS: usize = 9;

/// A row as PostgreSQL gives it, with the receiver still a text.
pub(crate) struct Columns {
    receiver: String,
    brand_id: Option<String>,
    notification: NotificationTexts,
}

struct NotificationTexts {
    id: String,
    event_type: String,
    create_time: i64,
    summary: String,
    associated_data: String,
    original_type: String,
    resource: String,
}

pub(crate) fn columns(row: &Row) -> Result<Columns, tokio_postgres::Error> {
    Ok(Columns {
        receiver: row.try_get(1)?,
        brand_id: row.try_get(8)?,
        notification: NotificationTexts {
            id: row.try_get(0)?,
            event_type: row.try_get(2)?,
            create_time: row.try_get(3)?,
            summary: row.try_get(4)?,
            associated_data: row.try_get(5)?,
            original_type: row.try_get(6)?,
            resource: row.try_get(7)?,
        },
    })
}

pub(crate) fn notification(columns: Columns) -> Result<Notification, StoreError> {
    let Columns { receiver, brand_id, notification: texts } = columns;
    let origin = Origin { table: "notification", row: &texts.id };
    let receiver = origin.word("receiver", &receiver)?;
    let brand_id = origin.optional("brand_id", brand_id.as_deref())?;
    Ok(Notification {
        id: texts.id,
        receiver,
        brand_id,
        event_type: texts.event_type,
        create_time: time(texts.create_time),
        summary: texts.summary,
        associated_data: texts.associated_data,
        original_type: texts.original_type,
        resource: texts.resource,
    })
}

/// Adds a notification.
pub(crate) const INSERT: &str =
    "INSERT INTO notification (notification_id, receiver, event_type, create_time, summary,
    associated_data, original_type, resource, brand_id, state, attempts, due_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', 0, $4) ON CONFLICT DO NOTHING";

/// The values of [`INSERT`].
pub(crate) fn insert_values(notification: &Notification) -> Values<'_> {
    values![
        notification.id.as_str(),
        notification.receiver.to_string(),
        notification.event_type.as_str(),
        notification.create_time.unix_seconds(),
        notification.summary.as_str(),
        notification.associated_data.as_str(),
        notification.original_type.as_str(),
        notification.resource.as_str(),
        notification.brand_id.as_ref().map(BrandId::as_str)
    ]
}

impl OutboxReader for Unit<'_> {
    fn next_due(&self) -> Result<Option<Time>, StoreError> {
        let sql = "SELECT due_at FROM notification WHERE state = 'waiting' ORDER BY due_at LIMIT 1";
        Ok(self.one("look for due notifications", sql, params![], |row| row.try_get(0))?.map(time))
    }

    fn outbox_counts(&self) -> Result<OutboxCounts, StoreError> {
        let sql =
            "SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'delivered'),
                          count(*) FILTER (WHERE state = 'dead') FROM notification";
        let counts: Option<(i64, i64, i64)> = self.one("count notifications", sql, params![], |row| {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
        })?;
        let origin = Origin { table: "notification", row: "(all)" };
        let (waiting, delivered, dead) = counts.unwrap_or_default();
        Ok(OutboxCounts {
            waiting: origin.number("state", waiting)?,
            delivered: origin.number("state", delivered)?,
            dead: origin.number("state", dead)?,
        })
    }

    fn delivery(&self, id: &str) -> Result<Option<(Notification, DeliveryState, Vec<Attempt>)>, StoreError> {
        let sql = format!("SELECT {COLUMNS}, state FROM notification WHERE notification_id = $1");
        let found: Option<(Columns, String)> = self.one("read a notification", &sql, params![id], |row| {
            Ok((columns(row)?, row.try_get(AFTER_COLUMNS)?))
        })?;
        let Some((columns, state)) = found else { return Ok(None) };
        let state = match state.as_str() {
            "waiting" => DeliveryState::Waiting,
            "delivered" => DeliveryState::Delivered,
            "dead" => DeliveryState::DeadLetter,
            _ => return Err(Origin { table: "notification", row: id }.impossible("state")),
        };
        let sql = "SELECT started_at, status, outcome FROM notification_attempt
                   WHERE notification_id = $1 ORDER BY number";
        let rows: Vec<(i64, Option<i64>, String)> = self.all("read attempts", sql, params![id], |row| {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
        })?;
        let origin = Origin { table: "notification_attempt", row: id };
        let attempt = |(started_at, status, outcome): (i64, Option<i64>, String)| {
            let status = status.map(|status| origin.number("status", status)).transpose()?;
            Ok(Attempt { started_at: time(started_at), status, outcome })
        };
        let attempts = rows.into_iter().map(attempt).collect::<Result<_, StoreError>>()?;
        Ok(Some((notification(columns)?, state, attempts)))
    }
}

impl OutboxWriter for Unit<'_> {
    fn insert_notification(&mut self, notification: &Notification) -> Result<(), StoreError> {
        if let Some(writing) = self.transaction()
            && writing.keeps_back()
        {
            writing.behind.push(Later::Notification(notification.clone()));
            return Ok(());
        }
        let values = insert_values(notification);
        let row = || notification.id.clone();
        self.change_one("write a notification", "notification", row, INSERT, &borrowed(&values))
    }

    fn lease_notifications(
        &mut self,
        sender: &str,
        now: Time,
        lease_until: Time,
        limit: usize,
    ) -> Result<Vec<LeasedNotification>, StoreError> {
        // A lease is a due time in the future: when it passes, the notification is due again by itself.
        let sql = format!(
            "WITH due AS MATERIALIZED (
               SELECT notification_id AS id FROM notification WHERE state = 'waiting' AND due_at <= $2
               ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED)
             UPDATE notification SET due_at = $3, leased_by = $1 FROM due WHERE notification_id = due.id
             RETURNING {COLUMNS}, attempts"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = params![sender, now.unix_seconds(), lease_until.unix_seconds(), limit];
        let rows: Vec<(Columns, i64)> = self.written("lease notifications", &sql, values, |row| {
            Ok((columns(row)?, row.try_get(AFTER_COLUMNS)?))
        })?;
        let leased = |(columns, attempts): (Columns, i64)| {
            let notification = notification(columns)?;
            let attempts =
                Origin { table: "notification", row: &notification.id }.number("attempts", attempts)?;
            Ok(LeasedNotification { notification, attempts })
        };
        rows.into_iter().map(leased).collect()
    }

    fn record_attempt(
        &mut self,
        sender: &str,
        id: &str,
        attempt: &Attempt,
        next: Next,
    ) -> Result<(), StoreError> {
        let (state, due_at) = match next {
            Next::Delivered => ("delivered", None),
            Next::RetryAt(time) => ("waiting", Some(time.unix_seconds())),
            Next::DeadLetter => ("dead", None),
        };
        let sql = "WITH held AS (
                     UPDATE notification
                     SET state = $3, attempts = attempts + 1, due_at = coalesce($4::bigint, due_at), leased_by = NULL
                     WHERE notification_id = $1 AND leased_by = $2 AND state = 'waiting'
                     RETURNING notification_id, attempts)
                   INSERT INTO notification_attempt (notification_id, number, started_at, status, outcome)
                   SELECT notification_id, attempts, $5::bigint, $6::bigint, $7::text FROM held";
        let started_at = attempt.started_at.unix_seconds();
        let status = attempt.status.map(i64::from);
        let values = params![id, sender, state, due_at, started_at, status, attempt.outcome];
        self.change_one("record an attempt", "notification", || id.to_owned(), sql, values)
    }

    fn give_up_notifications(
        &mut self,
        receiver: &Principal,
        brand_id: &BrandId,
        reason: &Attempt,
    ) -> Result<usize, StoreError> {
        let sql = "WITH given_up AS (
                     UPDATE notification SET state = 'dead', attempts = attempts + 1, leased_by = NULL
                     WHERE state = 'waiting' AND receiver = $1 AND brand_id = $2
                     RETURNING notification_id, attempts)
                   INSERT INTO notification_attempt (notification_id, number, started_at, status, outcome)
                   SELECT notification_id, attempts, $3::bigint, $4::bigint, $5::text FROM given_up";
        let started_at = reason.started_at.unix_seconds();
        let status = reason.status.map(i64::from);
        let values = params![receiver.to_string(), brand_id.as_str(), started_at, status, reason.outcome];
        let count = self.change("give up notifications", sql, values)?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }
}
