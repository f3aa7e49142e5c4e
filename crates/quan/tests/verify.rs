//! `quan verify`, `quan backup` and `quan restore` on the files of a platform that runs, stopped, or was damaged.

#![expect(clippy::unwrap_used, reason = "a broken set-up should stop the test")]

use quan_postgres_server::PostgresServer;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_secs(60);

fn quan(arguments: &[&str], paths: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quan"));
    // `quan migrate` refuses a variable of the caller that is no setting.
    command.args(arguments).env_clear();
    for (flag, path) in paths {
        command.arg(flag).arg(path);
    }
    command.output().unwrap()
}

fn verify(database: &Path) -> (Option<i32>, String, String) {
    let output = quan(&["verify"], &[("--database", database)]);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A platform that is ended with the test.
struct Running(Child);

impl Running {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quan"));
        command.args(["dev", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        let running = Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let begun = Instant::now();
        let ready = || {
            let connection = data.join("sandbox.json");
            let call = ["call", "GET", "v3/marketing/partner/product-coupon/notify-configs"];
            let answer = quan(&call, &[("--connection", &connection)]);
            String::from_utf8_lossy(&answer.stdout).contains("NOT_FOUND")
        };
        while !ready() {
            assert!(begun.elapsed() < START_LIMIT, "the platform does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        running
    }

    fn stop(mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The data directory of a platform that ran and was stopped.
fn stopped() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    Running::start(&data).stop();
    (directory, data)
}

/// A damaged copy of the database in a directory of its own.
fn damaged(data: &Path, name: &str, damage: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = std::fs::read(data.join("quan.db")).unwrap();
    damage(&mut bytes);
    let directory = data.join(name);
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("quan.db"), bytes).unwrap();
    directory
}

#[test]
fn a_running_platform_is_backed_up_and_the_backup_restored() {
    let directory = tempfile::tempdir().unwrap();
    let (data, to) = (directory.path().join("data"), directory.path().join("backup.db"));
    let running = Running::start(&data);
    let (code, _, error) = verify(&data);
    assert_eq!(code, Some(2));
    assert!(error.contains("is in use by another process"), "{error}");
    let made = quan(&["backup"], &[("--database", &data), ("--to", &to)]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(String::from_utf8_lossy(&made.stderr).contains("pages"));
    let again = quan(&["backup"], &[("--database", &data), ("--to", &to)]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("exists already"));
    running.stop();
    assert_eq!(verify(&to).0, Some(0));

    let restored = directory.path().join("restored");
    let put = || quan(&["restore"], &[("--from", &to), ("--data", &restored)]);
    assert!(put().status.success());
    assert!(String::from_utf8_lossy(&put().stderr).contains("exists already"));
    assert_eq!(verify(&restored).0, Some(0));
    // With the keys and the connection file beside it the platform goes on.
    let mut beside = Command::new("cp");
    beside.arg("-r").args([data.join("keys"), data.join("sandbox.json")]).arg(&restored);
    assert!(beside.status().unwrap().success());
    Running::start(&restored).stop();
}

#[test]
fn a_sound_store_and_one_with_findings() {
    let (_directory, data) = stopped();
    let (code, out, error) = verify(&data);
    assert_eq!(code, Some(0), "{out}{error}");
    assert!(out.contains("is sound"), "{out}");
    assert!(error.contains("issued-counts: The count of a stock"), "progress is on stderr: {error}");

    let connection = rusqlite::Connection::open(data.join("quan.db")).unwrap();
    connection.execute_batch("REPLACE INTO stock_day VALUES ('1', '2026-03-02', 5)").unwrap();
    drop(connection);
    let (code, out, _) = verify(&data.join("quan.db"));
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("day-counts: table stock_day, row 1/2026-03-02: counts 5 issues"), "{out}");
    let output = quan(&["verify", "--json"], &[("--database", &data)]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["sound"], false);
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().any(|found| found["invariant"] == "references"), "{report}");
}

#[test]
fn damaged_files_are_told_from_those_that_are_not_ours() {
    let (directory, data) = stopped();
    let refused = |database: &Path, expected: &str| {
        let (code, out, error) = verify(database);
        assert_eq!(code, Some(2), "{}: {out}{error}", database.display());
        assert!(error.contains(expected), "{error}");
    };
    let half = damaged(&data, "half", |bytes| bytes.truncate(bytes.len() / 2));
    refused(&half, "cannot be read as a database: restore it from a backup");
    let head = damaged(&data, "head", |bytes| bytes[..100].fill(7));
    refused(&head, "cannot be read as a database");
    let text = damaged(&data, "text", |bytes| *bytes = b"no database, whatever the name says".to_vec());
    refused(&text, "cannot be read as a database");
    let empty = damaged(&data, "empty", Vec::clear);
    refused(&empty, "is not a database of quan");
    refused(&directory.path().join("nothing.db"), "does not exist");
    refused(Path::new("postgres://127.0.0.1:1/quan"), "cannot open the database");

    // The page of a table: the file opens, and its own check finds it.
    let connection = rusqlite::Connection::open(data.join("quan.db")).unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'user_coupon'";
    let root: i64 = connection.query_row(root, [], |row| row.get(0)).unwrap();
    let root = usize::try_from(root).unwrap();
    drop(connection);
    let pages = damaged(&data, "pages", |bytes| {
        let begin = (root - 1) * 4096;
        bytes[begin..begin + 64].fill(0xff);
    });
    let (code, out, error) = verify(&pages);
    assert_eq!(code, Some(1), "{out}{error}");
    assert!(out.contains("is damaged: restore it from a backup"), "{out}");
}

#[test]
fn whatever_the_path_is_called_there_is_one_owner() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let running = Running::start(&data);
    let link = directory.path().join("linked.db");
    std::os::unix::fs::symlink(data.join("quan.db"), &link).unwrap();
    let linked = directory.path().join("linked");
    std::os::unix::fs::symlink(&data, &linked).unwrap();
    for database in [&link, &linked, &data.join("../data/./quan.db")] {
        let (code, _, error) = verify(database);
        assert_eq!(code, Some(2), "{}", database.display());
        assert!(error.contains("is in use by another process"), "{error}");
    }
    let second = directory.path().join("second.db");
    std::fs::hard_link(data.join("quan.db"), &second).unwrap();
    let (code, _, error) = verify(&second);
    assert_eq!(code, Some(2));
    assert!(error.contains("has 2 names (hard links)"), "{error}");
    running.stop();
}

#[test]
fn a_file_without_rights_is_refused_and_named() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65_534;
    let (_directory, data) = stopped();
    let place = tempfile::tempdir().unwrap();
    let program = place.path().join("quan");
    std::fs::copy(env!("CARGO_BIN_EXE_quan"), &program).unwrap();
    let file = place.path().join("quan.db");
    std::fs::copy(data.join("quan.db"), &file).unwrap();
    let rights = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let verify = || {
        let mut command = Command::new(&program);
        command.args(["verify", "--database"]).arg(&file);
        if is_root {
            // The superuser may do everything: somebody else has to try.
            command.uid(NOBODY);
        }
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    rights(place.path(), 0o777);
    rights(&file, 0o000);
    let (code, error) = verify();
    assert_eq!(code, Some(2));
    assert!(error.contains("change its owner or permissions"), "{error}");
    rights(&file, 0o666);
    std::fs::remove_file(place.path().join("quan.lock")).ok();
    rights(place.path(), 0o555);
    let (code, error) = verify();
    assert_eq!(code, Some(2));
    assert!(error.contains("cannot write in"), "{error}");
    rights(place.path(), 0o777);
}

#[test]
fn a_database_on_postgresql_is_verified_too() {
    let server = PostgresServer::start().unwrap();
    let url = server.create_database().unwrap();
    let database = url.rsplit_once('/').unwrap().1.to_owned();
    let url = PathBuf::from(url);
    let (code, _, error) = verify(&url);
    assert_eq!(code, Some(2), "{error}");
    assert!(error.contains("quan migrate"), "{error}");
    assert!(quan(&["migrate"], &[("--database", &url)]).status.success());
    let (code, out, error) = verify(&url);
    assert_eq!(code, Some(0), "{out}{error}");
    assert!(out.contains("is sound"), "{out}");
    let breach = "INSERT INTO stock_day (stock_id, day, issued) VALUES ('1', '2026-03-02', 5)";
    server.psql(&database, breach).unwrap();
    let (code, out, _) = verify(&url);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("day-counts: table stock_day, row 1/2026-03-02"), "{out}");
}

#[test]
fn a_reader_that_hangs_up_does_not_change_what_verify_finds() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("quan.db");
    let made = quan(&["migrate"], &[("--database", Path::new(&format!("sqlite:{}", database.display())))]);
    assert!(made.status.success(), "{made:?}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_quan"));
    command.args(["verify", "--database"]).arg(&database).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
