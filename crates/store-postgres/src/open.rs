//! Why a database could not be opened, and what to do about it.

use std::path::PathBuf;

use tokio_postgres::error::SqlState;

use crate::connection::ConnectError;
use crate::failure::Failure;
use crate::schema::SCHEMA_VERSION;
use crate::target::Target;

/// The oldest major version of PostgreSQL that has what is asked of it.
pub(crate) const SERVER_VERSION_MIN: u32 = 13;

/// A cause from elsewhere.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a database could not be opened. Nothing was changed. No message shows a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL cannot be read.
    #[error(
        "the URL of the database cannot be read: write postgresql://USER:PASSWORD@HOST:5432/DATABASE, with ':', '@' and \
         '/' in names and passwords written as %3A, %40 and %2F"
    )]
    Url {
        /// Why.
        #[source]
        cause: Cause,
    },
    /// The root certificates cannot be read.
    #[error("the root certificates in {} cannot be read: name a PEM file by sslrootcert", file.display())]
    Roots {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// No server answers.
    #[error("no PostgreSQL answers at {place}: start it, or correct host and port in the URL")]
    Unreachable {
        /// Host, port and database.
        place: String,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// No TLS, or a certificate that is not trusted.
    #[error(
        "PostgreSQL at {place} cannot be spoken to over TLS as sslmode asks: switch TLS on in the server, name its root \
         certificate by sslrootcert, or ask for less by sslmode"
    )]
    Tls {
        /// Host, port and database.
        place: String,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// Wrong user or password.
    #[error(
        "PostgreSQL at {place} does not let user {user} in: correct user and password in the URL, or pg_hba.conf"
    )]
    Credentials {
        /// Host, port and database.
        place: String,
        /// The user.
        user: String,
        /// What the server says.
        #[source]
        cause: Cause,
    },
    /// There is no such database.
    #[error(
        "PostgreSQL at {place} has no database {database}: run `createdb {database}`, or correct the URL"
    )]
    NoDatabase {
        /// Host, port and database.
        place: String,
        /// The database.
        database: String,
    },
    /// The user may not do what is needed.
    #[error(
        "user {user} has not the rights that are needed in {place}: let it own the database or schema, or grant it SELECT, \
         INSERT, UPDATE and DELETE on all tables (and CREATE on the schema for `quan migrate`)"
    )]
    NoRights {
        /// Host, port and database.
        place: String,
        /// The user.
        user: String,
        /// What was refused.
        #[source]
        cause: Cause,
    },
    /// The server has no room for another session.
    #[error("PostgreSQL at {place} takes no more sessions: raise max_connections, or end other sessions")]
    Full {
        /// Host, port and database.
        place: String,
    },
    /// The server takes no writes.
    #[error(
        "PostgreSQL at {place} takes no writes, as a replica does: name the primary, or all servers as HOST1,HOST2 in the URL"
    )]
    ReadOnly {
        /// Host, port and database.
        place: String,
    },
    /// The server is too old.
    #[error(
        "PostgreSQL at {place} is version {found}, but {SERVER_VERSION_MIN} or newer is needed: upgrade it"
    )]
    ServerTooOld {
        /// Host, port and database.
        place: String,
        /// Its version.
        found: String,
    },
    /// The database does not keep texts in UTF-8.
    #[error(
        "{place} keeps texts in {found}: make a database with `createdb --encoding=UTF8 --template=template0`"
    )]
    Encoding {
        /// Host, port and database.
        place: String,
        /// Its encoding.
        found: String,
    },
    /// The schema of the search path does not exist.
    #[error(
        "{place} has no schema of the search path: create it, or correct options=-csearch_path%3D… in the URL"
    )]
    NoSchema {
        /// Host, port and database.
        place: String,
    },
    /// The tables are not there yet.
    #[error("{place} has no tables of quan yet: run `quan migrate` with this URL once")]
    Empty {
        /// Host, port and database.
        place: String,
    },
    /// The schema is from an older version of this program.
    #[error(
        "{place} has schema {found}, but this version needs {SCHEMA_VERSION}: run `quan migrate` with this URL"
    )]
    Older {
        /// Host, port and database.
        place: String,
        /// Its schema.
        found: i64,
    },
    /// The schema is from a newer version of this program.
    #[error("{place} has schema {found}, but this version knows {SCHEMA_VERSION}: use the newer quan")]
    Newer {
        /// Host, port and database.
        place: String,
        /// Its schema.
        found: i64,
    },
    /// Somebody else's tables are there.
    #[error(
        "{place} has the table {table} of another program: make a database for quan alone, or a schema of its own, named by \
         options=-csearch_path%3Dquan in the URL"
    )]
    Foreign {
        /// Host, port and database.
        place: String,
        /// One of its tables.
        table: String,
    },
    /// Anything else.
    #[error("{place} cannot be opened")]
    Failed {
        /// Host, port and database.
        place: String,
        /// What the server or the driver says.
        #[source]
        cause: Cause,
    },
}

impl OpenError {
    /// What a failed connection means.
    pub(crate) fn of_connecting(target: &Target, error: ConnectError) -> Self {
        let place = target.to_string();
        let error = match error {
            ConnectError::Driver(error) => error,
            ConnectError::Late => return Self::Unreachable { place, cause: Box::new(Failure::late()) },
            ConnectError::Session(failure) => return Self::of_statement(target, failure),
        };
        let user = target.user().to_owned();
        if let Some(code) = error.code().cloned() {
            let cause = Box::new(Failure::from(error));
            return match code {
                SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                    Self::Credentials { place, user, cause }
                }
                SqlState::INVALID_CATALOG_NAME => {
                    Self::NoDatabase { place, database: target.database().to_owned() }
                }
                SqlState::INSUFFICIENT_PRIVILEGE => Self::NoRights { place, user, cause },
                SqlState::TOO_MANY_CONNECTIONS => Self::Full { place },
                SqlState::CANNOT_CONNECT_NOW => Self::Unreachable { place, cause },
                _ => Self::Failed { place, cause },
            };
        }
        let source = std::error::Error::source(&error);
        match source.and_then(|source| source.downcast_ref::<std::io::Error>()) {
            Some(io)
                if io.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) =>
            {
                Self::Tls { place, cause: Box::new(error) }
            }
            // The driver's own words for a server that is not what target_session_attrs asks for.
            Some(io) if io.kind() == std::io::ErrorKind::PermissionDenied && io.raw_os_error().is_none() => {
                Self::ReadOnly { place }
            }
            Some(_) => Self::Unreachable { place, cause: Box::new(error) },
            None if error.is_closed() => Self::Unreachable { place, cause: Box::new(error) },
            None if !target.has_password => Self::Credentials { place, user, cause: Box::new(error) },
            None if target.has_tls => Self::Tls { place, cause: Box::new(error) },
            None => Self::Failed { place, cause: Box::new(error) },
        }
    }

    /// What a failed statement of the opening means.
    pub(crate) fn of_statement(target: &Target, failure: Failure) -> Self {
        let place = target.to_string();
        if failure.code() == Some(SqlState::INSUFFICIENT_PRIVILEGE.code()) {
            return Self::NoRights { place, user: target.user().to_owned(), cause: Box::new(failure) };
        }
        Self::Failed { place, cause: Box::new(failure) }
    }
}
