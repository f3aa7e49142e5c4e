//! The verified notification as an argument of a handler: what the extractors of axum and actix-web
//! have in common. They read the raw bytes, with a limit, and nothing else.

use std::ops::Deref;

use super::Notification;

/// A notification that was verified and opened before the handler ran.
///
/// With the feature `axum` it is an extractor for axum, with `actix` for actix-web. A delivery that is
/// not accepted never reaches the handler: it is answered as [`NotificationError::reply`](super::NotificationError::reply) says. To see
/// the error, take `Result<VerifiedNotification, NotificationError>` instead.
#[derive(Clone, Debug)]
pub struct VerifiedNotification(pub Notification);

impl VerifiedNotification {
    /// The notification.
    #[must_use]
    pub fn into_inner(self) -> Notification {
        self.0
    }
}

impl Deref for VerifiedNotification {
    type Target = Notification;
    fn deref(&self) -> &Notification {
        &self.0
    }
}
