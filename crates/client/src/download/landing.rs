//! A file on disk that appears whole or not at all: written under another name in the same folder, and
//! renamed when its digest fits.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file under its other name. Dropped before [`keep`](Self::keep), it is deleted, also when a call is
/// cancelled.
pub(super) struct Landing {
    file: Option<File>,
    temporary: PathBuf,
    wanted: PathBuf,
}

impl Landing {
    /// `unique` keeps two downloads to one path apart.
    pub(super) fn create(wanted: &Path, unique: &str) -> io::Result<Self> {
        let name = wanted.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let temporary = wanted.with_file_name(format!(".{}.{unique}.part", name.to_string_lossy()));
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        Ok(Self { file: Some(file), temporary, wanted: wanted.to_owned() })
    }

    /// Gives the file its name.
    pub(super) fn keep(mut self) -> io::Result<()> {
        if let Some(mut file) = self.file.take() {
            file.flush()?;
            file.sync_all()?;
        }
        fs::rename(&self.temporary, &self.wanted)
    }
}

impl Write for Landing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::Error::from(io::ErrorKind::BrokenPipe)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        drop(self.file.take());
        // After `keep` there is nothing of that name any more.
        let _ = fs::remove_file(&self.temporary);
    }
}
