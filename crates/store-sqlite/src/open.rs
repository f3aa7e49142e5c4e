//! Opening a database file: the checks that it is ours and not from the future, the migrations.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// The schema that this version reads and writes: how many of the migrations are applied.
#[expect(clippy::cast_possible_wrap, reason = "there are only a few migrations")]
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_owners_and_bundles.sql"),
    include_str!("../migrations/0003_images.sql"),
    include_str!("../migrations/0010_verification_and_revocation.sql"),
    include_str!("../migrations/0011_notification_brand.sql"),
    include_str!("../migrations/0020_bundles.sql"),
    include_str!("../migrations/0030_store_association.sql"),
    include_str!("../migrations/0031_stock_lists.sql"),
    include_str!("../migrations/0050_busifavor.sql"),
    include_str!("../migrations/0060_unused_index.sql"),
    include_str!("../migrations/0070_counter_shards.sql"),
    include_str!("../migrations/0090_nodes.sql"),
];

/// The most memory that the writer's pages take, in KiB: enough for the upper levels of the indexes of some ten million
/// coupons, so that a write reads its leaves only.
const WRITER_CACHE_KIB: i64 = 128 * 1024;
/// Pages in the write-ahead log before they are carried over into the database: 32 MiB. Pages that many commits touch are
/// then written once for all of them.
const CHECKPOINT_PAGES: i64 = 8192;

/// "Quan" in ASCII: tells our files from other programs' databases.
const APPLICATION_ID: i64 = 0x5175_616e;

/// Why a database could not be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or written.
    #[error("cannot write in {}: choose another directory or change its permissions", directory.display())]
    Directory {
        /// The directory.
        directory: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// Another process has the database open.
    #[error("{} is in use by another process: stop that one, or choose another directory", file.display())]
    InUse {
        /// The database.
        file: PathBuf,
    },
    /// The file is from a newer version of this program.
    #[error("{} has schema {found}, but this version knows {SCHEMA_VERSION}: use the newer quan", file.display())]
    Newer {
        /// The database.
        file: PathBuf,
        /// Its schema.
        found: i64,
    },
    /// The file is from an older version of this program, or there is none yet, and it was not to be changed.
    #[error("{} has schema {found}, but this version works with {SCHEMA_VERSION}: make a backup, then migrate it", file.display())]
    Older {
        /// The database.
        file: PathBuf,
        /// Its schema; 0 of an empty file.
        found: i64,
    },
    /// The file is a database of another program.
    #[error("{} is not a database of quan: choose another directory", file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// There is no such file, and this is not the time to make one.
    #[error("{} does not exist: name the database, or the data directory that holds it", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// The path leads to something else than a file.
    #[error("{} is {what}, not a file: name the database itself", file.display())]
    NoFile {
        /// The path.
        file: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The user of this process may not read and write the file.
    #[error("{} cannot be opened for reading and writing: change its owner or permissions, or, if its file system is read-only, copy it elsewhere", file.display())]
    Forbidden {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The file has several names, and a database has one log beside each name.
    #[error("{} has {names} names (hard links): remove all but one, since two programs under two names would destroy it", file.display())]
    Linked {
        /// The file.
        file: PathBuf,
        /// How many.
        names: u64,
    },
    /// The log that belongs to the file is gone, and with it the last commits.
    #[error("{} was not closed, and its log {} is missing: put the log back beside it, or restore a backup; after that, or if another program has closed it since, remove {}", file.display(), log.display(), note.display())]
    LogMissing {
        /// The database.
        file: PathBuf,
        /// The log.
        log: PathBuf,
        /// The note that the database was open.
        note: PathBuf,
    },
    /// The file was a database and is empty now.
    #[error("{} is empty, but {} says that it was a database: restore it from a backup; to begin anew, remove both", file.display(), note.display())]
    Emptied {
        /// The database.
        file: PathBuf,
        /// The note.
        note: PathBuf,
    },
    /// The file is no sound database.
    #[error("{} cannot be read as a database: restore it from a backup, or choose another directory", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: rusqlite::Error,
    },
}

/// Whether an older schema may be brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrations {
    /// It is brought up to date; a file that is not there is made.
    Apply,
    /// It is refused, and nothing is made.
    Refuse,
}

/// Opens the writing connection, checks what the file is, and brings its schema up to date.
pub(crate) fn open_writer(file: &Path, migrations: Migrations) -> Result<Connection, OpenError> {
    let unreadable = |cause| OpenError::Unreadable { file: file.into(), cause };
    if migrations == Migrations::Refuse && !file.exists() {
        return Err(OpenError::Missing { file: file.into() });
    }
    let mut connection = Connection::open(file).map_err(unreadable)?;
    let found = schema_of(&connection, file)?;
    if found < SCHEMA_VERSION && migrations == Migrations::Refuse {
        return Err(OpenError::Older { file: file.into(), found });
    }
    configure(&connection).map_err(unreadable)?;
    configure_writer(&connection).map_err(unreadable)?;
    migrate(&mut connection, found).map_err(unreadable)?;
    Ok(connection)
}

/// Opens the connection of a database that is there and of this version, and makes and changes nothing.
pub(crate) fn open_existing(file: &Path) -> Result<Connection, OpenError> {
    let unreadable = |cause| OpenError::Unreadable { file: file.into(), cause };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(unreadable)?;
    ensure_current(&connection, file)?;
    configure(&connection).map_err(unreadable)?;
    configure_writer(&connection).map_err(unreadable)?;
    Ok(connection)
}

/// Refuses an empty file and one of another version.
pub(crate) fn ensure_current(connection: &Connection, file: &Path) -> Result<(), OpenError> {
    match schema_of(connection, file)? {
        0 => Err(OpenError::Foreign { file: file.into() }),
        found if found < SCHEMA_VERSION => Err(OpenError::Older { file: file.into(), found }),
        _ => Ok(()),
    }
}

/// The schema of a database of ours, 0 for an empty one.
fn schema_of(connection: &Connection, file: &Path) -> Result<i64, OpenError> {
    let unreadable = |cause| OpenError::Unreadable { file: file.into(), cause };
    let application_id = pragma(connection, "application_id").map_err(unreadable)?;
    let found = pragma(connection, "user_version").map_err(unreadable)?;
    let objects: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(unreadable)?;
    if application_id != APPLICATION_ID && (application_id != 0 || objects != 0) {
        return Err(OpenError::Foreign { file: file.into() });
    }
    if found > SCHEMA_VERSION {
        return Err(OpenError::Newer { file: file.into(), found });
    }
    Ok(found)
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(file: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(file)?;
    configure(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

fn configure(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: an answered write survives the loss of power, not only of the process.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Without it a plan depends on the values bound to it as soon as the table has an index with a WHERE, and every
    // run of a kept statement compiles it again.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// What only the writing connection needs.
fn configure_writer(connection: &Connection) -> Result<(), rusqlite::Error> {
    // The savepoints of a batch keep the former pages in memory instead of a temporary file.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)
}

fn migrate(connection: &mut Connection, from: i64) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction()?;
    let applied = usize::try_from(from).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(applied) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("quan.db");
        (directory, file)
    }

    #[test]
    fn the_schema_version_counts_the_migrations() {
        assert_eq!(usize::try_from(SCHEMA_VERSION).unwrap(), MIGRATIONS.len());
    }

    #[test]
    fn a_file_is_made_and_opened_again() {
        let (_directory, file) = file();
        drop(open_writer(&file, Migrations::Apply).unwrap());
        let again = open_writer(&file, Migrations::Apply).unwrap();
        assert_eq!(pragma(&again, "user_version").unwrap(), SCHEMA_VERSION);
        assert_eq!(pragma(&again, "synchronous").unwrap(), 2, "2 is FULL");
    }

    #[test]
    fn rows_of_the_first_schema_are_carried_over() {
        let (_directory, file) = file();
        let old = Connection::open(&file).unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
        old.execute_batch(
            r#"INSERT INTO merchant VALUES ('1900000001', 'M', NULL);
               INSERT INTO certificate VALUES ('mchid:1900000001', '4A6F', 'PEM', 1760000000);
               INSERT INTO notification VALUES ('about a brand', 'mchid:1900000001', 'E', 1, 's', 'a', 'o',
                 '{"brand_id":"120344"}', 'waiting', 0, 1, NULL);
               INSERT INTO notification VALUES ('about none', 'mchid:1900000001', 'E', 1, 's', 'a', 'o',
                 'no JSON', 'waiting', 0, 1, NULL);"#,
        )
        .unwrap();
        old.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        drop(old);
        let new = open_writer(&file, Migrations::Apply).unwrap();
        let text = |sql: &str| new.query_row(sql, [], |row| row.get::<_, Option<String>>(0)).unwrap();
        assert_eq!(text("SELECT verification_mode FROM merchant").as_deref(), Some("BOTH"));
        assert_eq!(text("SELECT CAST(revoked_at AS TEXT) FROM certificate"), None);
        let brand =
            |id: &str| text(&format!("SELECT brand_id FROM notification WHERE notification_id = '{id}'"));
        assert_eq!((brand("about a brand").as_deref(), brand("about none")), (Some("120344"), None));
    }

    #[test]
    fn stocks_of_before_the_lists_get_their_end() {
        let (_directory, file) = file();
        let old = Connection::open(&file).unwrap();
        let before =
            MIGRATIONS.iter().position(|migration| migration.contains("ADD COLUMN ends_at")).unwrap();
        MIGRATIONS[..before].iter().for_each(|migration| old.execute_batch(migration).unwrap());
        old.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        old.pragma_update(None, "user_version", i64::try_from(before).unwrap()).unwrap();
        let end = r#"{"coupon_available_period":{"available_end_time":"2026-03-02T10:00:00+08:00"}}"#;
        for (stock_id, rule) in [
            ("1", "single_usage_rule"),
            ("2", "sequential_usage_rule"),
            ("3", "progressive_bundle_usage_rule"),
        ] {
            let stock =
                "INSERT INTO stock (stock_id, product_coupon_id, owner, creator, revision, created_at,
                           paused, issued) VALUES (?1, 'P', 'brand:1', 'brand:1', 2, 0, 0, 0)";
            old.execute(stock, [stock_id]).unwrap();
            let revision = "INSERT INTO stock_revision (stock_id, revision, definition) VALUES (?1, ?2, ?3)";
            old.execute(revision, rusqlite::params![stock_id, 1, "{}"]).unwrap();
            let definition = format!(r#"{{"product_coupon":{{"{rule}":{end}}}}}"#);
            old.execute(revision, rusqlite::params![stock_id, 2, definition]).unwrap();
        }
        drop(old);
        let migrated = open_writer(&file, Migrations::Apply).unwrap();
        let count = "SELECT count(*) FROM stock WHERE ends_at = 1772416800";
        assert_eq!(migrated.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 3);
    }

    #[test]
    fn a_newer_file_is_refused_untouched() {
        let (_directory, file) = file();
        let writer = open_writer(&file, Migrations::Apply).unwrap();
        writer.pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
        drop(writer);
        let error = open_writer(&file, Migrations::Apply).unwrap_err();
        assert!(matches!(error, OpenError::Newer { found, .. } if found == SCHEMA_VERSION + 1), "{error}");
        assert_eq!(pragma(&Connection::open(&file).unwrap(), "user_version").unwrap(), SCHEMA_VERSION + 1);
    }

    #[test]
    fn an_older_or_absent_file_is_refused_untouched_unless_it_may_be_migrated() {
        let (_directory, file) = file();
        let refused = open_writer(&file, Migrations::Refuse).unwrap_err();
        assert!(matches!(refused, OpenError::Missing { .. }), "{refused}");
        assert!(!file.exists());
        let old = Connection::open(&file).unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
        old.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        drop(old);
        let refused = open_writer(&file, Migrations::Refuse).unwrap_err();
        assert!(matches!(refused, OpenError::Older { found: 1, .. }), "{refused}");
        drop(open_writer(&file, Migrations::Apply).unwrap());
        assert!(open_writer(&file, Migrations::Refuse).is_ok());
    }

    #[test]
    fn another_programs_database_is_refused_untouched() {
        let (_directory, file) = file();
        Connection::open(&file).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
        assert!(matches!(open_writer(&file, Migrations::Apply).unwrap_err(), OpenError::Foreign { .. }));
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_untouched() {
        let (_directory, file) = file();
        std::fs::write(&file, "hello, this is a text and no database at all, however long it may be")
            .unwrap();
        assert!(matches!(open_writer(&file, Migrations::Apply).unwrap_err(), OpenError::Unreadable { .. }));
        assert!(std::fs::read_to_string(&file).unwrap().starts_with("hello"));
    }
}
