//! Which file `--database` means: a database, or the data directory that holds one.

use std::path::PathBuf;

use anyhow::bail;

use crate::configuration::FromText;
use crate::database::DatabaseUrl;

/// The file of a data directory.
pub(crate) const FILE_NAME: &str = "quan.db";

/// The SQLite file that was named.
pub(crate) fn store_file(database: &str) -> anyhow::Result<PathBuf> {
    let path = match DatabaseUrl::from_text(database) {
        Some(DatabaseUrl::Sqlite(file)) => file,
        Some(DatabaseUrl::Postgres(_)) => {
            bail!("this command looks at SQLite files; for PostgreSQL use its own tools, such as pg_dump")
        }
        None if database.starts_with("sqlite:") => {
            bail!("{database} names no file: give sqlite:<file>, or the file alone")
        }
        None => PathBuf::from(database),
    };
    Ok(if path.is_dir() { path.join(FILE_NAME) } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_stands_for_its_database() {
        let directory = tempfile::tempdir().unwrap();
        let named = directory.path().to_str().unwrap();
        let expected = directory.path().join("quan.db");
        assert_eq!(store_file(named).unwrap(), expected);
        assert_eq!(store_file(&format!("sqlite:{named}")).unwrap(), expected);
        assert_eq!(store_file(&format!("sqlite://{named}/quan.db")).unwrap(), expected);
        assert_eq!(store_file("other.db").unwrap(), std::path::Path::new("other.db"));
        assert!(store_file("sqlite://host/quan.db").is_err(), "as `quan serve` reads it");
        assert!(store_file("postgres://localhost/quan").is_err());
    }
}
