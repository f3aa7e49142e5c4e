//! The tables: which version of them a database has, whether they are ours, and bringing them up to date.

use std::time::Duration;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::open::OpenError;
use crate::options::Schema;
use crate::target::Target;

/// The schema that this version reads and writes: the number of its last migration.
pub const SCHEMA_VERSION: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Numbered as those of the other stores: the same number leads to the same state.
const MIGRATIONS: &[(i64, &str)] = &[
    (60, include_str!("../migrations/0060_initial.sql")),
    (70, include_str!("../migrations/0070_counter_shards.sql")),
    (80, include_str!("../migrations/0080_console.sql")),
    (81, include_str!("../migrations/0081_console_reads.sql")),
    (90, include_str!("../migrations/0090_nodes.sql")),
];

/// A migration may rewrite tables, and another node may be at it.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// The table that tells our databases from others.
const CREATE_SCHEMA_VERSION: &str = "CREATE TABLE schema_version (
  version bigint PRIMARY KEY, program text NOT NULL DEFAULT 'quan' CHECK (program = 'quan'),
  applied_at timestamptz NOT NULL DEFAULT now())";

/// Whose tables a schema has.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// Nobody's.
    Nothing,
    /// Ours, of this version.
    Ours(i64),
    /// Somebody else's, such as this one.
    Foreign(String),
}

/// Checks that the database can be used, and migrates it if asked to.
pub(crate) fn prepare(connection: &Connection, target: &Target, schema: Schema) -> Result<(), OpenError> {
    let place = || target.to_string();
    if connection.major_version() < crate::open::SERVER_VERSION_MIN {
        return Err(OpenError::ServerTooOld { place: place(), found: connection.version.clone() });
    }
    let failed = |failure| OpenError::of_statement(target, failure);
    let (encoding, current) = facts(connection).map_err(failed)?;
    if encoding != "UTF8" {
        return Err(OpenError::Encoding { place: place(), found: encoding });
    }
    if current.is_none() {
        return Err(OpenError::NoSchema { place: place() });
    }
    let mut found = look(connection).map_err(failed)?;
    let is_old =
        matches!(found, Found::Nothing) || matches!(found, Found::Ours(version) if version < SCHEMA_VERSION);
    if is_old && schema == Schema::Migrate {
        found = migrate(connection).map_err(failed)?;
    }
    match found {
        Found::Ours(version) if version == SCHEMA_VERSION => {}
        Found::Ours(version) if version > SCHEMA_VERSION => {
            return Err(OpenError::Newer { place: place(), found: version });
        }
        Found::Ours(version) => return Err(OpenError::Older { place: place(), found: version }),
        Found::Nothing => return Err(OpenError::Empty { place: place() }),
        Found::Foreign(table) => return Err(OpenError::Foreign { place: place(), table }),
    }
    if let Some(table) = unusable(connection).map_err(failed)? {
        let user = target.user().to_owned();
        return Err(OpenError::NoRights { place: place(), user, cause: format!("on table {table}").into() });
    }
    connection
        .execute("DELETE FROM batch WHERE written_at < now() - interval '1 day'", &[])
        .map_err(failed)?;
    Ok(())
}

/// The encoding of the database and the schema in which tables are made.
fn facts(connection: &Connection) -> Result<(String, Option<String>), Failure> {
    let sql = "SELECT pg_encoding_to_char(encoding)::text, current_schema()::text
               FROM pg_database WHERE datname = current_database()";
    let rows = connection.rows(None, sql, &[])?;
    let row = rows.first().ok_or_else(|| Failure::closed(None))?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

fn look(connection: &Connection) -> Result<Found, Failure> {
    let is_ours = "SELECT 1 FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
                   WHERE relnamespace = current_schema()::regnamespace AND relname = 'schema_version'
                     AND attname = 'program' AND NOT attisdropped";
    if !connection.rows(None, is_ours, &[])?.is_empty() {
        let rows =
            connection.rows(None, "SELECT max(version) FROM schema_version WHERE program = 'quan'", &[])?;
        let version = match rows.first() {
            Some(row) => row.try_get::<_, Option<i64>>(0)?,
            None => None,
        };
        if let Some(version) = version {
            return Ok(Found::Ours(version));
        }
    }
    // What an extension has brought is nobody's program.
    let first = "SELECT relname::text FROM pg_class
                 WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
                   AND NOT EXISTS (SELECT 1 FROM pg_depend
                     WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
                 ORDER BY relname LIMIT 1";
    match connection.rows(None, first, &[])?.first() {
        Some(row) => Ok(Found::Foreign(row.try_get(0)?)),
        None => Ok(Found::Nothing),
    }
}

/// A table that this user may not read and write.
fn unusable(connection: &Connection) -> Result<Option<String>, Failure> {
    let sql = "SELECT relname::text FROM pg_class
               WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
                 AND relname <> 'schema_version'
                 AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
                   AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
               ORDER BY relname LIMIT 1";
    let rows = connection.rows(None, sql, &[])?;
    rows.first().map(|row| row.try_get(0)).transpose().map_err(Failure::from)
}

/// Applies what is missing, all of it or nothing, one node at a time.
fn migrate(connection: &Connection) -> Result<Found, Failure> {
    connection.set_patience(PATIENCE);
    connection.control("BEGIN")?;
    connection.control("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('quan migrate ' || current_schema(), 0))";
    connection.rows(None, lock, &[])?;
    // Another node may have been faster.
    let applied = match look(connection)? {
        Found::Ours(version) => version,
        Found::Nothing => {
            connection.control(CREATE_SCHEMA_VERSION)?;
            0
        }
        Found::Foreign(table) => {
            connection.control("ROLLBACK")?;
            return Ok(Found::Foreign(table));
        }
    };
    for (version, sql) in MIGRATIONS.iter().filter(|(version, _)| *version > applied) {
        connection.control(sql)?;
        connection.execute("INSERT INTO schema_version (version) VALUES ($1)", &[version])?;
    }
    connection.control("COMMIT")?;
    look(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_go_forward_only() {
        assert!(MIGRATIONS.is_sorted_by(|(one, _), (next, _)| one < next));
        assert_eq!(
            MIGRATIONS.first().map(|(number, _)| *number),
            Some(60),
            "where the stores began to be two"
        );
    }
}
