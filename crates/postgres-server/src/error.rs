//! What can go wrong with a private server.

use std::path::PathBuf;

/// Why a private PostgreSQL could not be made, started or asked.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// No PostgreSQL is installed where it is looked for.
    #[error(
        "no PostgreSQL server is installed: neither `postgres` in PATH nor /usr/lib/postgresql/*/bin; install the \
         package postgresql"
    )]
    NotInstalled,
    /// PostgreSQL does not run as root, and there is no user to run it as.
    #[error(
        "PostgreSQL does not run as root, and /etc/passwd has neither the user postgres nor the user nobody"
    )]
    NoUser,
    /// A program could not be started.
    #[error("cannot run {program}")]
    Run {
        /// The program.
        program: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A program ended with a failure.
    #[error("{program} failed: {output}")]
    Failed {
        /// The program.
        program: PathBuf,
        /// What it said.
        output: String,
    },
    /// The server did not become ready in time.
    #[error("the server was not ready after {seconds} s; its log ends: {log}")]
    NotReady {
        /// How long it was waited for.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// A file or socket of the harness failed.
    #[error("cannot {doing}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

impl ServerError {
    /// For `map_err`: a failure of the system while doing something.
    pub(crate) fn system(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |cause| Self::System { doing, cause }
    }
}
