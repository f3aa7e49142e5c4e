//! Which file `--database` means: a database, or the data directory that holds one.

use std::path::{Path, PathBuf};

use anyhow::bail;

/// The file of a data directory.
pub(crate) const FILE_NAME: &str = "quan.db";

/// The SQLite file that was named.
pub(crate) fn store_file(database: &str) -> anyhow::Result<PathBuf> {
    if database.starts_with("postgres://") || database.starts_with("postgresql://") {
        bail!("this command looks at SQLite files; for PostgreSQL use its own tools, such as pg_dump");
    }
    let path = database.strip_prefix("sqlite://").or_else(|| database.strip_prefix("sqlite:"));
    let path = Path::new(path.unwrap_or(database));
    Ok(if path.is_dir() { path.join(FILE_NAME) } else { path.to_path_buf() })
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
        assert_eq!(store_file("other.db").unwrap(), Path::new("other.db"));
        assert!(store_file("postgres://localhost/quan").is_err());
    }
}
