//! Who owns a database file: one process, by a lock beside the file that also notes whether it was closed.
//!
//! Links and other spellings of a path lead to the same lock. The note tells a file that lost its log or its
//! contents from one that never had any.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::open::OpenError;

const OPEN: &str = "open\n";
const CLOSED: &str = "closed\n";

/// The ownership of a database. It ends when this is dropped, also by a crash.
#[derive(Debug)]
pub(crate) struct Owner {
    /// The database, without links and detours in its path.
    pub(crate) file: PathBuf,
    lock: File,
    noted: String,
}

/// Where the database really lies.
///
/// # Errors
/// [`OpenError`] when the path leads to something else than a file with one name.
pub(crate) fn resolve(file: &Path) -> Result<PathBuf, OpenError> {
    let no_file = |what| OpenError::NoFile { file: file.into(), what };
    match file.canonicalize() {
        Ok(real) => {
            let facts = real.metadata().map_err(|cause| unwritable(&real, cause))?;
            if facts.is_dir() {
                return Err(no_file("a directory"));
            }
            if !facts.is_file() {
                return Err(no_file("a device or a socket"));
            }
            match names(&facts) {
                1 => Ok(real),
                names => Err(OpenError::Linked { file: file.into(), names }),
            }
        }
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            if file.symlink_metadata().is_ok() {
                return Err(no_file("a link that leads nowhere"));
            }
            let name = file.file_name().ok_or_else(|| no_file("a directory"))?;
            let directory = directory_of(file);
            match directory.canonicalize() {
                Ok(directory) => Ok(directory.join(name)),
                Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(file.to_path_buf()),
                Err(cause) => Err(unwritable(file, cause)),
            }
        }
        Err(cause) => Err(unwritable(file, cause)),
    }
}

#[cfg(unix)]
fn names(facts: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(facts)
}

#[cfg(not(unix))]
fn names(_: &std::fs::Metadata) -> u64 {
    1
}

fn directory_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent.to_path_buf(),
        Some(_) | None => PathBuf::from("."),
    }
}

fn unwritable(file: &Path, cause: std::io::Error) -> OpenError {
    OpenError::Directory { directory: directory_of(file), cause }
}

/// The log beside a database.
fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

impl Owner {
    /// Takes the lock of a database, whose directory is made if need be.
    pub(crate) fn of(file: &Path) -> Result<Self, OpenError> {
        // The directory is made first: only then has it one real name.
        std::fs::create_dir_all(directory_of(file)).map_err(|cause| unwritable(file, cause))?;
        let file = resolve(file)?;
        let note = file.with_extension("lock");
        let mut options = File::options();
        options.create(true).read(true).write(true).truncate(false);
        let mut lock = options.open(&note).map_err(|cause| unwritable(&file, cause))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { file }),
            Err(TryLockError::Error(cause)) => return Err(unwritable(&file, cause)),
        }
        let mut noted = String::new();
        lock.read_to_string(&mut noted).map_err(|cause| unwritable(&file, cause))?;
        let owner = Self { file, lock, noted };
        owner.ensure_whole(&note)?;
        Ok(owner)
    }

    /// Refuses what cannot be opened and what has lost a part.
    fn ensure_whole(&self, note: &Path) -> Result<(), OpenError> {
        let (file, note) = (self.file.clone(), note.to_path_buf());
        // While the lock is held nobody else of this process has the file open, whose locks would go with ours.
        let opened = match File::options().read(true).write(true).open(&file) {
            Ok(opened) => opened,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(()),
            Err(cause) => return Err(OpenError::Forbidden { file, cause }),
        };
        let log = log_of(&file);
        let is_empty = opened.metadata().is_ok_and(|facts| facts.len() == 0);
        if is_empty && !self.noted.is_empty() && !log.exists() {
            return Err(OpenError::Emptied { file, note });
        }
        if self.noted == OPEN && !log.exists() {
            return Err(OpenError::LogMissing { file, log, note });
        }
        Ok(())
    }

    /// Notes that commits may lie in the log from now on.
    pub(crate) fn note_open(&mut self) -> Result<(), OpenError> {
        self.note(OPEN).map_err(|cause| unwritable(&self.file, cause))
    }

    /// Notes that the log is about to be folded into the database.
    pub(crate) fn note_closed(&mut self) {
        if let Err(error) = self.note(CLOSED) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the end of the store could not be noted"
            );
        }
    }

    fn note(&mut self, word: &str) -> std::io::Result<()> {
        self.lock.set_len(0)?;
        self.lock.rewind()?;
        self.lock.write_all(word.as_bytes())?;
        self.lock.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteStore;

    fn file() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("quan.db");
        (directory, file)
    }

    #[test]
    fn a_second_owner_is_refused_until_the_first_goes() {
        let (_directory, file) = file();
        let first = Owner::of(&file).unwrap();
        assert!(matches!(Owner::of(&file).unwrap_err(), OpenError::InUse { .. }));
        drop(first);
        assert!(Owner::of(&file).is_ok());
    }

    #[test]
    fn another_spelling_and_a_symbolic_link_lead_to_the_same_lock() {
        let (directory, file) = file();
        let _first = SqliteStore::open(&file).unwrap();
        let spelt = directory.path().join("data/..").join("./quan.db");
        std::fs::create_dir(directory.path().join("data")).unwrap();
        assert!(matches!(SqliteStore::open(spelt), Err(OpenError::InUse { .. })));
        let elsewhere = tempfile::tempdir().unwrap();
        let link = elsewhere.path().join("linked.db");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(matches!(SqliteStore::open(&link), Err(OpenError::InUse { .. })));
        let linked_directory = elsewhere.path().join("linked");
        std::os::unix::fs::symlink(directory.path(), &linked_directory).unwrap();
        assert!(matches!(SqliteStore::open(linked_directory.join("quan.db")), Err(OpenError::InUse { .. })));
    }

    #[test]
    fn a_file_with_two_names_is_refused_under_each() {
        let (directory, file) = file();
        drop(SqliteStore::open(&file).unwrap());
        let other = directory.path().join("other.db");
        std::fs::hard_link(&file, &other).unwrap();
        for name in [&file, &other] {
            assert!(matches!(SqliteStore::open(name), Err(OpenError::Linked { names: 2, .. })));
        }
    }

    #[test]
    fn what_is_no_file_is_refused_and_named() {
        let (directory, file) = file();
        let refused = |path: &Path| SqliteStore::open(path).err().unwrap().to_string();
        assert!(refused(directory.path()).contains("is a directory, not a file"));
        std::os::unix::fs::symlink(directory.path().join("nowhere"), &file).unwrap();
        assert!(refused(&file).contains("is a link that leads nowhere"));
        assert!(refused(Path::new("/dev/null")).contains("is a device"));
        let under_a_file = directory.path().join("text");
        std::fs::write(&under_a_file, "text").unwrap();
        assert!(refused(&under_a_file.join("quan.db")).contains("cannot write in"));
    }

    #[test]
    fn a_lost_log_is_noticed_after_a_crash_and_not_after_a_close() {
        let (directory, file) = file();
        drop(SqliteStore::open(&file).unwrap());
        drop(SqliteStore::open(&file).unwrap());
        // A crash leaves the files as they are: copies of an open store are what it leaves.
        let open = SqliteStore::open(&file).unwrap();
        let crashed = directory.path().join("crashed");
        std::fs::create_dir(&crashed).unwrap();
        for name in ["quan.db", "quan.db-wal", "quan.lock"] {
            std::fs::copy(directory.path().join(name), crashed.join(name)).unwrap();
        }
        drop(open);
        let file = crashed.join("quan.db");
        let log = std::fs::read(crashed.join("quan.db-wal")).unwrap();
        std::fs::remove_file(crashed.join("quan.db-wal")).unwrap();
        let error = SqliteStore::open(&file).err().unwrap();
        assert!(matches!(error, OpenError::LogMissing { .. }), "{error}");
        std::fs::write(crashed.join("quan.db-wal"), log).unwrap();
        drop(SqliteStore::open(&file).unwrap());
    }

    #[test]
    fn an_emptied_file_is_not_taken_for_a_new_one() {
        let (_directory, file) = file();
        File::create(&file).unwrap();
        drop(SqliteStore::open(&file).unwrap());
        File::create(&file).unwrap();
        let error = SqliteStore::open(&file).err().unwrap();
        assert!(matches!(error, OpenError::Emptied { .. }), "{error}");
    }
}
