//! Backups under load: each is a sound store, and has every write that was acknowledged before it began.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use quan_model::ids::{Mchid, Principal};
use quan_model::time::Time;
use quan_store::audit::{Audit, Invariant};
use quan_store::lane::{LaneKey, WriteLane};
use quan_store::outbox::Notification;
use quan_store_sqlite::{BackupError, OpenError, SqliteStore, backup};
use rusqlite::Connection;
use tempfile::TempDir;

fn notification(number: u64) -> Notification {
    Notification {
        id: format!("N{number:06}"),
        receiver: Principal::Merchant(Mchid::parse("1900000001").unwrap()),
        brand_id: None,
        event_type: "TEST".to_owned(),
        create_time: Time::from_unix_seconds(0),
        summary: "s".to_owned(),
        associated_data: "a".to_owned(),
        original_type: "o".to_owned(),
        // Enough to make the copy take a while.
        resource: format!("{{\"filler\":\"{}\"}}", "x".repeat(2000)),
    }
}

fn highest(file: &Path) -> u64 {
    let copy = Connection::open(file).unwrap();
    let sql = "SELECT count(*) FROM notification";
    let count: i64 = copy.query_row(sql, [], |row| row.get(0)).unwrap();
    u64::try_from(count).unwrap()
}

#[test]
fn a_backup_under_load_has_what_was_acknowledged_before_it() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("quan.db");
    let store = Arc::new(SqliteStore::open(&file).unwrap());
    let lane = WriteLane::start(store.clone());
    let (acknowledged, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let mut number = 0;
            while !stop.load(Ordering::SeqCst) {
                let next = notification(number);
                lane.run_blocking(LaneKey::NONE, move |unit| unit.insert_notification(&next))
                    .unwrap()
                    .unwrap();
                number += 1;
                acknowledged.store(number, Ordering::SeqCst);
            }
        });
        for round in 0..5_u64 {
            while acknowledged.load(Ordering::SeqCst) < 40 * (round + 1) {
                std::thread::yield_now();
            }
            let before = acknowledged.load(Ordering::SeqCst);
            let to = directory.path().join(format!("backup-{round}.db"));
            let mut pages = (0, 0);
            backup(&file, &to, &mut |done, total| pages = (done, total)).unwrap();
            assert!(pages.0 == pages.1 && pages.0 > 0, "the progress reaches its end: {pages:?}");
            let copy = SqliteStore::open_existing(&to).unwrap();
            assert_eq!(copy.damaged_pages().unwrap(), Vec::<String>::new());
            assert_eq!(copy.audit(Invariant::ALL, &mut |_| {}).unwrap(), []);
            drop(copy);
            assert!(highest(&to) >= before, "{} of {before} writes are in the backup", highest(&to));
        }
        stop.store(true, Ordering::SeqCst);
    });
    drop(lane);
    drop(store);
    let leftovers = std::fs::read_dir(directory.path()).unwrap();
    let names: Vec<_> = leftovers.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.contains("partial")), "{names:?}");
}

#[test]
fn a_backup_replaces_nothing_and_takes_nothing_unsound() {
    let directory = TempDir::new().unwrap();
    let (file, to) = (directory.path().join("quan.db"), directory.path().join("backup.db"));
    let copy = |file: &Path| backup(file, &to, &mut |_, _| {});
    assert!(matches!(copy(&file).unwrap_err(), BackupError::Open(OpenError::Missing { .. })));
    drop(SqliteStore::open(&file).unwrap());
    std::fs::write(&to, "precious").unwrap();
    assert!(matches!(copy(&file).unwrap_err(), BackupError::Exists { .. }));
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "precious");
    std::fs::remove_file(&to).unwrap();
    let foreign = directory.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    assert!(matches!(copy(&foreign).unwrap_err(), BackupError::Open(OpenError::Foreign { .. })));
    let connection = Connection::open(&file).unwrap();
    connection.execute_batch("INSERT INTO stock_day VALUES ('1', '2026-03-02', 5)").unwrap();
    let error = copy(&file).unwrap_err();
    assert!(matches!(&error, BackupError::Unsound { first, .. } if first.contains("stock_day")), "{error}");
    assert!(!to.exists(), "what is not sound does not get the name");
    let nowhere = directory.path().join("nowhere/backup.db");
    assert!(matches!(backup(&file, &nowhere, &mut |_, _| {}), Err(BackupError::Unwritable { .. })));
}
