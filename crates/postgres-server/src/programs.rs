//! Finds the programs of an installed PostgreSQL and runs them as a user that may run a server.

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::ServerError;

/// Folders whose subfolders are versions of PostgreSQL: of Debian, and of the packages for Red Hat and macOS.
const VERSIONED: [(&str, &str); 3] =
    [("/usr/lib/postgresql", "bin"), ("/usr", "bin"), ("/opt/homebrew/opt", "bin")];

/// The programs, and as whom they run.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    /// The folder; `None` when PATH has them.
    folder: Option<PathBuf>,
    /// The user and group to become, when this process is root.
    run_as: Option<(u32, u32)>,
}

impl Programs {
    /// Looks for the programs: in PATH first, then the newest version in the usual folders.
    pub(crate) fn find() -> Result<Self, ServerError> {
        let run_as = if is_root()? { Some(unprivileged().ok_or(ServerError::NoUser)?) } else { None };
        let in_path = ["postgres", "initdb", "pg_ctl", "psql"].iter().all(|name| works(Path::new(name)));
        if in_path {
            return Ok(Self { folder: None, run_as });
        }
        let folder = newest_folder().ok_or(ServerError::NotInstalled)?;
        Ok(Self { folder: Some(folder), run_as })
    }

    /// The path of a program, or its name when PATH has it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.as_ref().map_or_else(|| PathBuf::from(name), |folder| folder.join(name))
    }

    /// Whom the server's files must belong to, when that is not this process's user.
    pub(crate) fn owner(&self) -> Option<(u32, u32)> {
        self.run_as
    }

    /// A command for a program, without input and without what this process's environment says of PostgreSQL.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.path(name));
        self.confine(&mut command);
        command
    }

    /// Makes a command run as the server's user, in a folder it may be in.
    pub(crate) fn confine(&self, command: &mut Command) {
        command.stdin(Stdio::null()).current_dir("/").env("LC_ALL", "C");
        // libpq looks for certificates at home, which may be one that the server's user may not enter.
        command.env("HOME", "/");
        for name in ["PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGOPTIONS"] {
            command.env_remove(name);
        }
        if let Some((user, group)) = self.run_as {
            command.uid(user).gid(group);
        }
    }

    /// Runs a program to its end and gives what it printed.
    pub(crate) fn run<S: AsRef<OsStr>>(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = S>,
        environment: &[(&str, &str)],
    ) -> Result<String, ServerError> {
        let program = self.path(name);
        let mut command = self.command(name);
        command.args(arguments).envs(environment.iter().copied());
        let output =
            command.output().map_err(|cause| ServerError::Run { program: program.clone(), cause })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = [output.stdout, output.stderr].concat();
        Err(ServerError::Failed { program, output: String::from_utf8_lossy(&said).trim().to_owned() })
    }
}

/// Whether this process is root: who owns the files of its own entry in /proc, or a new temporary file.
fn is_root() -> Result<bool, ServerError> {
    let probe = tempfile::tempdir().map_err(ServerError::system("make a temporary directory"))?;
    let metadata = probe.path().metadata().map_err(ServerError::system("look at a temporary directory"))?;
    Ok(metadata.uid() == 0)
}

/// The user `postgres`, else `nobody`, with its group.
fn unprivileged() -> Option<(u32, u32)> {
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"].iter().find_map(|name| {
        let mut fields = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let entry = fields.find(|entry| entry.first() == Some(name))?;
        Some((entry.get(2)?.parse().ok()?, entry.get(3)?.parse().ok()?))
    })
}

fn works(program: &Path) -> bool {
    let status = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// The folder of the newest version in the usual places.
fn newest_folder() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, bin) in VERSIONED {
        for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let folder = entry.path().join(bin);
            if let Some(version) = major(&name)
                && works(&folder.join("postgres"))
            {
                found.push((version, folder));
            }
        }
    }
    found.into_iter().max_by_key(|(version, _)| *version).map(|(_, folder)| folder)
}

/// The version in the name of a folder: `15`, `pgsql-15`, `postgresql@15`.
fn major(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("pgsql-").or_else(|| name.strip_prefix("postgresql@")).unwrap_or(name);
    digits.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_the_names_of_folders() {
        assert_eq!(major("15"), Some(15));
        assert_eq!(major("9.6"), Some(9));
        assert_eq!(major("pgsql-17"), Some(17));
        assert_eq!(major("postgresql@16"), Some(16));
        assert_eq!(major("local"), None);
    }

    #[test]
    fn a_server_is_found_and_says_its_version() {
        let programs = Programs::find().unwrap();
        assert!(programs.run("postgres", ["--version"], &[]).unwrap().contains("PostgreSQL"));
        let failed = programs.run("postgres", ["--no-such-option"], &[]).unwrap_err();
        assert!(matches!(failed, ServerError::Failed { .. }), "{failed}");
    }
}
