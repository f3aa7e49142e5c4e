//! Opening a notification whose certificate is not known yet: one download, then a second look.
//!
//! Only for well-formed serials of messages whose timestamp is fresh, and at most once a minute, so that
//! strangers cannot cause traffic (client.md C-53). The client does the downloading.

use super::{Notification, NotificationError};
use crate::client::Client;
use crate::error::VerificationReason;
use crate::header_access::Headers;
use crate::mode::{Async, Blocking, Mode};

/// The serial to ask for, if that may help. The timestamp was looked at before the key.
fn missing_serial(outcome: &Result<Notification, NotificationError>) -> Option<&str> {
    match outcome {
        Err(NotificationError::Signature(VerificationReason::UnknownKey(serial))) => Some(serial),
        Ok(_) | Err(_) => None,
    }
}

impl<M: Mode> Client<M> {
    fn look(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
    ) -> Result<Notification, NotificationError> {
        self.notifications().parse(headers, body)
    }
}

impl Client<Async> {
    /// Verifies, decrypts and decodes one delivery, as
    /// [`NotificationParser::parse`](super::NotificationParser::parse) does. When it is signed with a
    /// platform certificate that is not known yet, and the client downloads certificates by itself, they
    /// are downloaded first.
    ///
    /// # Errors
    /// [`NotificationError`]; its [`reply`](NotificationError::reply) says what to answer.
    pub async fn open_notification(
        &self,
        headers: &(impl Headers + Sync + ?Sized),
        body: &[u8],
    ) -> Result<Notification, NotificationError> {
        let outcome = self.look(headers, body);
        match missing_serial(&outcome) {
            Some(serial) if self.refresh_keys_for(serial).await.is_ok() => self.look(headers, body),
            Some(_) | None => outcome,
        }
    }
}

impl Client<Blocking> {
    /// Verifies, decrypts and decodes one delivery, as
    /// [`NotificationParser::parse`](super::NotificationParser::parse) does. When it is signed with a
    /// platform certificate that is not known yet, and the client downloads certificates by itself, they
    /// are downloaded first.
    ///
    /// # Errors
    /// [`NotificationError`]; its [`reply`](NotificationError::reply) says what to answer.
    pub fn open_notification(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
    ) -> Result<Notification, NotificationError> {
        let outcome = self.look(headers, body);
        match missing_serial(&outcome) {
            Some(serial) if self.refresh_keys_for(serial).is_ok() => self.look(headers, body),
            Some(_) | None => outcome,
        }
    }
}
