//! A server in a temporary directory: made, started, stopped, killed, copied to a replica, promoted.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::ServerError;
use crate::guard::Guard;
use crate::programs::Programs;

/// The user that owns everything in a private server, a superuser.
const USER: &str = "quan";
/// Its password. The server listens on the loopback only and lives as long as its test.
const PASSWORD: &str = "not:a@secret";
/// The same in a URL.
const PASSWORD_IN_URL: &str = "not%3Aa%40secret";
/// How long a server may take to become ready, also when it has to recover from a crash.
const READY_SECONDS_MAX: u64 = 60;
/// How often a start is tried: another program may take the free port meanwhile.
const STARTS_MAX: u32 = 5;

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Sessions are ended, everything is written, a clean end.
    Fast,
    /// As by a crash: the next start recovers from the log.
    Immediate,
}

/// What a server is started with besides the defaults of PostgreSQL, such as `("max_connections", "200")`.
/// `fsync` stays on unless it is switched off here.
pub type Settings<'s> = &'s [(&'s str, &'s str)];

/// A private server. It ends with this value or with the process, whichever is first.
pub struct PostgresServer {
    programs: Programs,
    directory: PathBuf,
    port: u16,
    settings: Vec<(String, String)>,
    process: Mutex<Option<Child>>,
    databases: AtomicU32,
    /// Stops the server and removes the directory; dropped last of all that matters.
    _guard: Guard,
}

impl PostgresServer {
    /// Makes and starts a server with the defaults of PostgreSQL.
    ///
    /// # Errors
    /// [`ServerError`] says what is missing or went wrong.
    pub fn start() -> Result<Self, ServerError> {
        Self::start_with(&[])
    }

    /// As [`Self::start`], with settings.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(settings: Settings<'_>) -> Result<Self, ServerError> {
        let (programs, directory) = prepare()?;
        let password_file = directory.join("password");
        std::fs::write(&password_file, PASSWORD).map_err(ServerError::system("write a password file"))?;
        give(&programs, &password_file)?;
        let data = directory.join("data");
        let mut arguments = vec!["--pgdata".into(), data.into_os_string()];
        // The files of the new cluster need no sync: it is made anew after a crash of the machine.
        for argument in
            ["--no-sync", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--username", USER]
        {
            arguments.push(argument.into());
        }
        arguments.extend(["--pwfile".into(), password_file.into_os_string()]);
        let guard = Guard::over(&programs, &directory)?;
        programs.run("initdb", arguments, &[])?;
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self::launch(programs, directory, settings.collect(), guard)
    }

    fn launch(
        programs: Programs,
        directory: PathBuf,
        settings: Vec<(String, String)>,
        guard: Guard,
    ) -> Result<Self, ServerError> {
        let mut server = Self {
            programs,
            directory,
            port: 0,
            settings,
            process: Mutex::default(),
            databases: AtomicU32::new(0),
            _guard: guard,
        };
        let mut starts = 0;
        loop {
            starts += 1;
            server.port = free_port()?;
            match server.start_again() {
                Err(ServerError::NotReady { .. }) if starts < STARTS_MAX => {}
                outcome => return outcome.map(|()| server),
            }
        }
    }

    /// Starts a stopped or killed server again, on the same port, and waits until it takes sessions.
    ///
    /// # Errors
    /// [`ServerError::NotReady`] with the end of the server's log when it does not come up.
    pub fn start_again(&self) -> Result<(), ServerError> {
        let deadline = Instant::now() + Duration::from_secs(READY_SECONDS_MAX);
        loop {
            let mut process = self.spawn()?;
            loop {
                let ended = process.try_wait().map_err(ServerError::system("look after the server"))?;
                if ended.is_none() && self.is_ready() {
                    *self.process() = Some(process);
                    return Ok(());
                }
                let is_late = Instant::now() > deadline;
                if is_late || ended.is_some() && !self.log().contains("is still in use") {
                    let _ = process.kill();
                    let _ = process.wait();
                    return Err(ServerError::NotReady { seconds: READY_SECONDS_MAX, log: self.log() });
                }
                std::thread::sleep(Duration::from_millis(20));
                if ended.is_some() {
                    // The children of a killed server hold its memory until they notice.
                    break;
                }
            }
        }
    }

    fn spawn(&self) -> Result<Child, ServerError> {
        let log = std::fs::File::create(self.directory.join("log"))
            .map_err(ServerError::system("make the server's log"))?;
        let mut command = self.programs.command("postgres");
        command.arg("-D").arg(self.data()).arg("-p").arg(self.port.to_string());
        let defaults = [("listen_addresses", "127.0.0.1"), ("unix_socket_directories", "")];
        let given = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in defaults.into_iter().chain(given) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdout(Stdio::null()).stderr(log);
        let program = self.programs.path("postgres");
        command.spawn().map_err(|cause| ServerError::Run { program, cause })
    }

    fn is_ready(&self) -> bool {
        self.psql("postgres", "SELECT 1").is_ok()
    }

    /// Stops the server and waits for its end.
    ///
    /// # Errors
    /// [`ServerError`] when it cannot be stopped.
    pub fn stop(&self, how: Stop) -> Result<(), ServerError> {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        let data = self.data();
        self.programs.run(
            "pg_ctl",
            ["stop".as_ref(), "-D".as_ref(), data.as_os_str(), "-m".as_ref(), mode.as_ref()],
            &[],
        )?;
        self.wait()
    }

    /// Kills the main process of the server with SIGKILL; its children notice by themselves.
    ///
    /// # Errors
    /// [`ServerError`] when it does not run.
    pub fn kill(&self) -> Result<(), ServerError> {
        if let Some(process) = self.process().as_mut() {
            process.kill().map_err(ServerError::system("kill the server"))?;
        }
        self.wait()
    }

    fn wait(&self) -> Result<(), ServerError> {
        if let Some(mut process) = self.process().take() {
            process.wait().map_err(ServerError::system("wait for the end of the server"))?;
        }
        Ok(())
    }

    /// Makes a replica that follows this server, and starts it. It takes reads only, until [`Self::promote`].
    ///
    /// # Errors
    /// [`ServerError`] when the copy or the start fails.
    pub fn replica(&self) -> Result<Self, ServerError> {
        let (programs, directory) = prepare()?;
        let guard = Guard::over(&programs, &directory)?;
        let data = directory.join("data");
        let source = format!("host=127.0.0.1 port={} user={USER} password='{PASSWORD}'", self.port);
        programs.run(
            "pg_basebackup",
            [
                "-D".as_ref(),
                data.as_os_str(),
                "-d".as_ref(),
                source.as_ref(),
                "-R".as_ref(),
                "--checkpoint=fast".as_ref(),
                "--no-sync".as_ref(),
            ],
            &[],
        )?;
        Self::launch(programs, directory, self.settings.clone(), guard)
    }

    /// Makes a replica take writes, and waits until it does.
    ///
    /// # Errors
    /// [`ServerError`] when it is no replica.
    pub fn promote(&self) -> Result<(), ServerError> {
        let data = self.data();
        let arguments = ["promote".as_ref(), "-D".as_ref(), data.as_os_str(), "-w".as_ref()];
        self.programs.run("pg_ctl", arguments, &[]).map(drop)
    }

    /// The URL of a database, with user and password.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{}/{database}", self.port)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a database that is empty, and gives its URL.
    ///
    /// # Errors
    /// [`ServerError`] when the server refuses.
    pub fn create_database(&self) -> Result<String, ServerError> {
        self.create_database_like("template1")
    }

    /// Makes a database with what another one has, and gives its URL. Nobody may use the other one meanwhile.
    ///
    /// # Errors
    /// [`ServerError`] when the server refuses.
    pub fn create_database_like(&self, template: &str) -> Result<String, ServerError> {
        let name = format!("fresh_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
        Ok(self.url(&name))
    }

    /// Runs SQL in a database and gives what `psql` prints: rows without headings, columns divided by `|`.
    ///
    /// # Errors
    /// [`ServerError::Failed`] with the server's message.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, ServerError> {
        let port = self.port.to_string();
        let arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", &port];
        let what = ["-U", USER, "-d", database, "-c", sql];
        let printed = self.programs.run(
            "psql",
            arguments.into_iter().chain(what),
            &[("PGPASSWORD", PASSWORD), ("PGCONNECT_TIMEOUT", "5")],
        )?;
        Ok(printed.trim_end().to_owned())
    }

    /// The end of the server's log.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.directory.join("log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&log).into_owned();
        let lines: Vec<&str> = text.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Where the server's files are, such as `postgresql.conf`.
    pub fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// Writes a file that the server may read, such as a key for TLS, which nobody else may read.
    ///
    /// # Errors
    /// [`ServerError`] when it cannot be written.
    pub fn put_file(&self, name: &str, content: &str) -> Result<PathBuf, ServerError> {
        use std::os::unix::fs::PermissionsExt;
        let file = self.directory.join(name);
        std::fs::write(&file, content).map_err(ServerError::system("write a file for the server"))?;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))
            .map_err(ServerError::system("protect a file for the server"))?;
        give(&self.programs, &file)?;
        Ok(file)
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // The guard would stop it too; it cannot collect a child of this process, though.
        if self.process().is_some() {
            let _ = self.stop(Stop::Immediate);
        }
    }
}

/// Finds the programs and makes a directory that the server owns. Its guard removes it.
fn prepare() -> Result<(Programs, PathBuf), ServerError> {
    let programs = Programs::find()?;
    let directory = tempfile::Builder::new()
        .prefix("quan-postgres-")
        .tempdir()
        .map_err(ServerError::system("make a directory for the server"))?
        .keep();
    give(&programs, &directory)?;
    Ok((programs, directory))
}

/// Gives a file to the user that the server runs as.
fn give(programs: &Programs, path: &Path) -> Result<(), ServerError> {
    let Some((user, group)) = programs.owner() else { return Ok(()) };
    std::os::unix::fs::chown(path, Some(user), Some(group))
        .map_err(ServerError::system("give a file to the server's user"))
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, ServerError> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(ServerError::system("find a free port"))?;
    Ok(listener.local_addr().map_err(ServerError::system("find a free port"))?.port())
}
