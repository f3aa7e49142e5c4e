//! A warning about files with secrets that others on the machine can read (client.md C-103).
//!
//! It knows the rights of a file and nothing of what the file holds. It warns and never refuses, since a
//! container or a shared volume may leave no choice.

use std::path::Path;

/// Warns when others than the owner can read a file with secrets, and says what to do. A file that is not there
/// is somebody else's error.
pub(crate) fn warn_if_exposed(file: &Path) {
    if let Some(mode) = exposed_mode(file) {
        let file = file.display();
        tracing::warn!(
            "others can read {file} (mode {mode:04o}), which holds secrets: run `chmod 600 {file}`"
        );
    }
}

/// The rights of a file that its group or everyone can read.
#[cfg(unix)]
pub(crate) fn exposed_mode(file: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o7777;
    (mode & 0o044 != 0).then_some(mode)
}

#[cfg(not(unix))]
pub(crate) fn exposed_mode(_: &Path) -> Option<u32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn only_rights_of_others_to_read_count() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (mode, exposed) in [
            (0o600, None),
            (0o400, None),
            (0o711, None),
            (0o640, Some(0o640)),
            (0o604, Some(0o604)),
            (0o644, Some(0o644)),
        ] {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(exposed_mode(file.path()), exposed, "{mode:o}");
        }
        assert_eq!(exposed_mode(Path::new("/nowhere/at/all")), None);
    }
}
