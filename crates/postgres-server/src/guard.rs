//! Sees to it that no server outlives the process that started it, however that process ends.
//!
//! A shell waits for the end of its input, which this process holds open. When the pipe closes (by a drop, at the end of
//! the program, by a kill) it stops the server and removes its directory.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::error::ServerError;
use crate::programs::Programs;

/// Waits for the end of its input, then stops and removes.
const SCRIPT: &str =
    "cat >/dev/null; \"$1\" stop -D \"$2/data\" -m immediate -w -t 30 >/dev/null 2>&1; rm -rf \"$2\"";

/// The shell that cleans up.
pub(crate) struct Guard {
    shell: Child,
}

impl Guard {
    /// Watches over a directory and the server that may run in its `data`.
    pub(crate) fn over(programs: &Programs, directory: &Path) -> Result<Self, ServerError> {
        let mut command = Command::new("sh");
        programs.confine(&mut command);
        command.arg("-c").arg(SCRIPT).arg("sh").arg(programs.path("pg_ctl")).arg(directory);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // A group of its own: what ends the whole group of its caller, such as Ctrl-C, must leave it to clean up.
        command.process_group(0);
        let shell = command.spawn().map_err(|cause| ServerError::Run { program: "sh".into(), cause })?;
        Ok(Self { shell })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Nobody is left to tell of a failure; the directory is temporary anyway.
        let _ = self.shell.wait();
    }
}
