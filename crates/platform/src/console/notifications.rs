//! Notifications as the console shows them, and sending one again.

use quan_store::error::StoreError;
pub use quan_store::outbox::{Attempt, DeliveryState, Notification};
pub use quan_store::outbox_list::{Delivery, DeliveryFilter};
use serde_json::json;

use crate::console::access::Role;
use crate::console::audit::{self, Operator};
use crate::console::error::ConsoleError;
use crate::work::{View, Work};

/// At most `limit` deliveries that fit, the newest first, beginning behind the one with the id `after`.
///
/// # Errors
/// When the store fails.
pub fn deliveries(
    view: &View<'_>,
    filter: &DeliveryFilter,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Delivery>, ConsoleError> {
    Ok(view.store.deliveries(filter, after, limit)?)
}

/// A notification with its attempts, and where it goes.
#[derive(Clone, Debug)]
pub struct DeliverySeen {
    /// The notification, its resource in the clear.
    pub notification: Notification,
    /// Where it stands.
    pub state: DeliveryState,
    /// Its attempts in order.
    pub attempts: Vec<Attempt>,
    /// The receiver's notify URL.
    pub notify_url: Option<String>,
}

/// One notification.
///
/// # Errors
/// [`ConsoleError::Unknown`].
pub fn delivery(view: &View<'_>, id: &str) -> Result<DeliverySeen, ConsoleError> {
    let (notification, state, attempts) =
        view.store.delivery(id)?.ok_or(ConsoleError::Unknown("notification"))?;
    let notify_url = view.store.notify_url(&notification.receiver)?.map(|found| found.url);
    Ok(DeliverySeen { notification, state, attempts, notify_url })
}

/// Makes a notification due at once, whatever became of it. When this attempt fails too, it follows the schedule of a
/// notification with as many attempts.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`]; [`ConsoleError::Form`] when a sender is at it now.
pub fn send_again(work: &mut Work<'_>, by: &Operator, id: &str) -> Result<(), ConsoleError> {
    by.ensure(Role::Operator)?;
    let (_, state, attempts) = work.store.delivery(id)?.ok_or(ConsoleError::Unknown("notification"))?;
    match work.store.send_again(id, work.now) {
        Ok(()) => {}
        Err(StoreError::Conflict { .. }) => {
            let issue = "it is being sent at this moment".to_owned();
            return Err(ConsoleError::Form { field: "notification", issue });
        }
        Err(error) => return Err(error.into()),
    }
    let state = match state {
        DeliveryState::Waiting => "waiting",
        DeliveryState::Delivered => "delivered",
        DeliveryState::DeadLetter => "dead",
    };
    let before = json!({ "state": state, "attempts": attempts.len() });
    Ok(audit::note(work, by, "send_notification_again", id, None, Some(&before), None)?)
}
