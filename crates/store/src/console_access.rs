//! Who may use the console: access tokens with roles, the sessions that they open, and the console's settings.
//!
//! Neither tokens nor sessions are kept themselves, only their SHA-256: who reads the store cannot sign in. Times
//! are real time, as those of signatures are.

use quan_model::time::Time;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;

/// What a token may do. Each role may do what the one before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads everything but secrets.
    Viewer,
    /// Also acts on product coupons, stocks, codes, user coupons and notifications.
    Operator,
    /// Also changes settings: parties, keys, tokens.
    Admin,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// The word of the command line and of the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the roles are viewer, operator and admin")]
pub struct UnknownRole;

impl std::str::FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// An access token.
#[derive(Clone, PartialEq, Eq)]
pub struct ConsoleToken {
    /// The public part of the token; the audit log names it.
    pub token_id: String,
    /// Whose it is, for people.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// SHA-256 of the secret part.
    pub secret_hash: [u8; 32],
    /// When it was made.
    pub created_at: Time,
    /// When it was revoked; from then on it and its sessions open nothing.
    pub revoked_at: Option<Time>,
}

impl std::fmt::Debug for ConsoleToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsoleToken")
            .field("token_id", &self.token_id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A session, opened by signing in with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleSession {
    /// SHA-256 of what the cookie holds.
    pub session_hash: [u8; 32],
    /// The token that opened it.
    pub token_id: String,
    /// When it was opened.
    pub created_at: Time,
    /// When it was used last, give or take a minute.
    pub seen_at: Time,
}

/// Reading who may use the console.
pub trait ConsoleAccessReader {
    /// The token with this id, a revoked one too.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn console_token(&self, token_id: &str) -> Result<Option<ConsoleToken>, StoreError>;
    /// Every token, revoked ones included, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn console_tokens(&self) -> Result<Vec<ConsoleToken>, StoreError>;
    /// The session of this hash.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn console_session(&self, session_hash: &[u8; 32]) -> Result<Option<ConsoleSession>, StoreError>;
    /// A setting of the console, if it was set.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn console_setting(&self, name: &str) -> Result<Option<String>, StoreError>;
}

/// Writing who may use the console.
pub trait ConsoleAccessWriter {
    /// Adds or replaces a token.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_console_token(&mut self, token: &ConsoleToken) -> Result<(), StoreError>;
    /// Adds a session or replaces what stands under its hash.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_console_session(&mut self, session: &ConsoleSession) -> Result<(), StoreError>;
    /// Ends a session; one that is not there is ended already.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_console_session(&mut self, session_hash: &[u8; 32]) -> Result<(), StoreError>;
    /// Ends the sessions that were used last before `idle_since` or opened before `opened_before`. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_old_console_sessions(
        &mut self,
        idle_since: Time,
        opened_before: Time,
    ) -> Result<usize, StoreError>;
    /// Sets a setting.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_console_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError>;
}
