//! What can go wrong with a statement, and what may be done then: give up, do it again, or on another connection.
//!
//! Decided by SQLSTATE, never by the words of a message. What the server says of the values of a row (its DETAIL) is left
//! out, because it may name users.

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

use quan_store::error::StoreError;

/// What a failure means for the transaction and the connection it happened in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The connection is of no use any more. The transaction is gone, unless it was being committed.
    Lost,
    /// The transaction is dead, through no fault of the statement: it may go through the next time.
    Again,
    /// The statement cannot be carried out.
    Statement,
}

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
#[error("{}", said.as_deref().unwrap_or("the connection to PostgreSQL failed"))]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    /// SQLSTATE, if it was the server that refused.
    code: Option<Box<str>>,
    /// What is known in words.
    said: Option<String>,
    /// The driver's error, if the server said nothing.
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failure {
    /// A connection that did not answer in time.
    pub(crate) fn late() -> Self {
        Self {
            kind: Kind::Lost,
            code: None,
            said: Some("PostgreSQL did not answer in time".into()),
            cause: None,
        }
    }

    /// A connection that was closed, for a reason or without.
    pub(crate) fn closed(why: Option<Error>) -> Self {
        match why {
            Some(error) => Self::from(error).lost(),
            None => Self {
                kind: Kind::Lost,
                code: None,
                said: Some("PostgreSQL closed the connection".into()),
                cause: None,
            },
        }
    }

    /// A connection that could not be had for another reason.
    pub(crate) fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { kind: Kind::Lost, code: None, said: None, cause: Some(Box::new(cause)) }
    }

    /// The same, of a connection that is of no use any more.
    pub(crate) fn lost(self) -> Self {
        Self { kind: Kind::Lost, ..self }
    }

    /// SQLSTATE, if it was the server that refused.
    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// For `map_err`: what the store could not do.
    pub(crate) fn while_doing(doing: &'static str) -> impl FnOnce(Self) -> StoreError {
        move |failure| StoreError::backend(doing, failure)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let kind = kind(&error);
        match error.as_db_error() {
            Some(refused) => {
                let said = format!("PostgreSQL says {}: {}", refused.code().code(), refused.message());
                Self { kind, code: Some(refused.code().code().into()), said: Some(said), cause: None }
            }
            None => Self { kind, code: None, said: None, cause: Some(Box::new(error)) },
        }
    }
}

fn kind(error: &Error) -> Kind {
    if let Some(refused) = error.as_db_error() {
        return kind_of_refusal(refused);
    }
    let source = std::error::Error::source(error);
    let is_of_the_socket = source.is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    if error.is_closed() || is_of_the_socket { Kind::Lost } else { Kind::Statement }
}

fn kind_of_refusal(refused: &DbError) -> Kind {
    if matches!(refused.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) {
        return Kind::Lost;
    }
    let code = refused.code();
    let again =
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::LOCK_NOT_AVAILABLE];
    if again.contains(code) {
        return Kind::Again;
    }
    let lost = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::DATABASE_DROPPED,
        // Of a commit: whether it happened is to be found out, as of one without an answer.
        SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN,
        // The server has become a replica: the one that takes writes is another now.
        SqlState::READ_ONLY_SQL_TRANSACTION,
        // A statement that was prepared before a migration: a new connection prepares it anew.
        SqlState::FEATURE_NOT_SUPPORTED,
    ];
    if lost.contains(code) || code.code().starts_with("08") { Kind::Lost } else { Kind::Statement }
}
