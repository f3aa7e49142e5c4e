//! Every invariant is broken on purpose in a copy of a store that histories filled, and found.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quan_histories::{Manner, Plan, Store, check};
use quan_store::audit::{Audit, Invariant};
use quan_store::lane::WriteLane;
use quan_store_sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;

/// Histories that fill stores, so that each kind of row is in one of them.
const HISTORIES: u64 = 8;

/// Which invariant is broken, and how. A statement that changes nothing in one store is tried on the next.
const BREAKAGES: [(Invariant, &str); 46] = [
    (Invariant::IssuedCounts, "UPDATE stock SET issued = issued + 1"),
    (Invariant::IssuedCounts, "UPDATE stock SET issued = issued - 1 WHERE issued > 0"),
    (Invariant::TotalLimits, "UPDATE stock SET issued = 1000"),
    (
        Invariant::TotalLimits,
        "UPDATE stock_revision SET definition = json_set(definition, '$.product_coupon.stock_send_rule.max_count', 1)",
    ),
    (Invariant::DayCounts, "UPDATE stock_day SET issued = issued + 1"),
    (Invariant::DayCounts, "DELETE FROM stock_day"),
    (Invariant::DayCounts, "UPDATE user_coupon SET receive_time = receive_time - 86400 * 30"),
    (
        Invariant::DayLimits,
        "UPDATE stock_revision SET definition =
           json_set(definition, '$.product_coupon.stock_send_rule.max_count_per_day', 0)",
    ),
    (Invariant::PersonCounts, "UPDATE stock_person SET issued = issued - 1 WHERE issued > 0"),
    (Invariant::PersonCounts, "DELETE FROM stock_person"),
    (
        Invariant::PersonLimits,
        "UPDATE stock_revision SET definition =
           json_set(definition, '$.product_coupon.stock_send_rule.max_count_per_user', 0)",
    ),
    (
        Invariant::OneCouponPerNumber,
        "UPDATE pre_send SET (stock_id, claimed_code, claimed_at) =
           (SELECT stock_id, claimed_code, claimed_at FROM pre_send WHERE claimed_code IS NOT NULL LIMIT 1)
         WHERE claimed_code IS NOT NULL",
    ),
    (
        Invariant::OneCouponPerNumber,
        "DROP INDEX pre_send_by_number; UPDATE pre_send SET send_request_no = 'SAME'",
    ),
    (
        Invariant::OneOwnerPerCode,
        "INSERT INTO user_coupon
         SELECT (SELECT stock_id FROM stock_revision WHERE stock_id <> coupon.stock_id
                   AND json_extract(definition, '$.product_coupon.coupon_code_mode') = 'WECHATPAY' LIMIT 1),
           coupon_code, revision, product_coupon_id, owner, product_coupon_revision, stock_revision, appid, openid,
           person_id, send_request_no, send_channel, attach, receive_time, valid_begin, valid_end,
           confirm_required, confirm_request_no, confirm_time, round_count, deactivate_request_no,
           deactivate_time, deactivate_reason, deleted_at, user_coupon_bundle_id, user_coupon_bundle_index, tags
         FROM user_coupon AS coupon WHERE length(coupon_code) = 22 AND EXISTS (
           SELECT 1 FROM stock_revision WHERE stock_id <> coupon.stock_id
             AND json_extract(definition, '$.product_coupon.coupon_code_mode') = 'WECHATPAY')",
    ),
    (Invariant::PoolCodes, "UPDATE pool_code SET dispatched_at = NULL WHERE dispatched_at IS NOT NULL"),
    (Invariant::PoolCodes, "UPDATE pool_code SET dispatched_at = 1 WHERE dispatched_at IS NULL"),
    (Invariant::PoolCodes, "UPDATE pool_code SET deleted_at = 1 WHERE dispatched_at IS NOT NULL"),
    (Invariant::PoolCodes, "DELETE FROM pool_code WHERE dispatched_at IS NOT NULL"),
    (Invariant::Claims, "UPDATE pre_send SET claimed_code = 'GONE' WHERE claimed_code IS NOT NULL"),
    (
        Invariant::Claims,
        "UPDATE pre_send SET claimed_code = NULL, claimed_at = NULL WHERE claimed_code IS NOT NULL",
    ),
    (Invariant::Claims, "UPDATE pre_send SET person_id = 'another' WHERE claimed_code IS NOT NULL"),
    (Invariant::Rounds, "UPDATE round SET round_index = round_index + 1 WHERE round_index = 0"),
    (
        Invariant::Rounds,
        "UPDATE round SET return_time = use_time, return_request_no = 'BACK'
         WHERE round_index = 0 AND use_time IS NOT NULL AND return_time IS NULL",
    ),
    (Invariant::Rounds, "UPDATE round SET begins_at = begins_at - 864000 WHERE round_index = 1"),
    (Invariant::Rounds, "UPDATE round SET use_time = ends_at + 1 WHERE use_time IS NOT NULL"),
    (Invariant::Rounds, "DELETE FROM round"),
    (
        Invariant::Chains,
        "UPDATE user_coupon SET user_coupon_bundle_index = user_coupon_bundle_index + 1
         WHERE user_coupon_bundle_index = 0",
    ),
    (Invariant::Chains, "UPDATE user_coupon_bundle SET total_count = 1"),
    (
        Invariant::Chains,
        "UPDATE user_coupon SET deactivate_time = NULL, deactivate_request_no = NULL, deactivate_reason = NULL,
           deleted_at = NULL, valid_end = 1900000000, user_coupon_bundle_index = 1
         WHERE user_coupon_bundle_index IS NOT NULL",
    ),
    (
        Invariant::Chains,
        "DELETE FROM round WHERE (stock_id, coupon_code) IN
           (SELECT stock_id, coupon_code FROM user_coupon WHERE user_coupon_bundle_index = 0)",
    ),
    (
        Invariant::Chains,
        "UPDATE user_coupon_bundle SET queued_stock_id = (SELECT stock_id FROM stock WHERE stock_bundle_index = 2),
           queued_index = 2, queued_use_time = 1, queued_at = 1",
    ),
    (Invariant::Outbox, "DELETE FROM notification"),
    (Invariant::Outbox, "UPDATE notification SET resource = json_set(resource, '$.coupon_code', 'another')"),
    (
        Invariant::Outbox,
        "INSERT INTO notification (notification_id, receiver, event_type, create_time, summary, associated_data,
           original_type, resource, state, attempts, due_at)
         SELECT 'twice-' || notification_id, receiver, event_type, create_time, summary, associated_data,
           original_type, resource, 'waiting', 0, due_at FROM notification",
    ),
    (Invariant::Attempts, "UPDATE notification SET attempts = attempts + 1"),
    (Invariant::Attempts, "UPDATE notification SET state = 'delivered' WHERE attempts = 0"),
    (Invariant::Attempts, "UPDATE notification_attempt SET number = number + 1"),
    (Invariant::Idempotency, "UPDATE idempotency SET answer = '1' WHERE operation = 'create_product_coupon'"),
    (Invariant::Idempotency, "UPDATE idempotency SET target = '1/2' WHERE operation = 'confirm_user_coupon'"),
    (Invariant::Idempotency, "UPDATE idempotency SET target = '1' WHERE operation = 'upload_coupon_codes'"),
    (Invariant::Revisions, "UPDATE stock SET revision = revision + 1"),
    (Invariant::Revisions, "DELETE FROM product_coupon_revision"),
    (Invariant::Revisions, "UPDATE user_coupon SET stock_revision = 99"),
    (Invariant::References, "DELETE FROM stock WHERE issued > 0"),
    (Invariant::References, "DELETE FROM user_coupon_bundle"),
    (Invariant::Readable, "UPDATE user_coupon SET confirm_required = 1, owner = 'nobody'"),
];

fn filled(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = || {
        let file = directory.join(format!("{}.db", files.len()));
        let store = Arc::new(SqliteStore::open(&file).unwrap());
        files.push(file);
        let lane = Arc::new(WriteLane::start(store.clone()));
        Store { backend: store.clone(), audit: store, lane }
    };
    let plan = Plan {
        seed: 1,
        histories: HISTORIES,
        commands: 200,
        manner: Manner::OneByOne,
        audit_every: 100,
        shortens: false,
        command_line: "",
    };
    check(&plan, &mut open).unwrap_or_else(|failure| panic!("{failure}"));
    files
}

/// Runs a statement on a copy. Nothing when it changed nothing.
fn broken_copy(file: &Path, copy: &Path, statement: &str) -> Option<()> {
    std::fs::copy(file, copy).unwrap();
    let connection = Connection::open(copy).unwrap();
    connection.execute_batch(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    (connection.changes() > 0).then_some(())
}

/// Whether the statement changed a row of a copy of one of the stores and the invariant was found broken there.
fn is_found(files: &[PathBuf], directory: &Path, invariant: Invariant, statement: &str) -> bool {
    files.iter().any(|file| {
        let copy = directory.join("broken.db");
        let is_broken = broken_copy(file, &copy, statement).is_some();
        let found = is_broken.then(|| {
            let store = SqliteStore::open_existing(&copy).unwrap();
            store.audit(&[invariant], &mut |_| {}).unwrap()
        });
        std::fs::remove_file(directory.join("broken.lock")).ok();
        std::fs::remove_file(&copy).unwrap();
        found.is_some_and(|found| found.iter().any(|finding| finding.invariant == invariant))
    })
}

#[test]
fn what_is_broken_is_found() {
    let directory = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    let files = filled(directory.path());
    for file in &files {
        let store = SqliteStore::open_existing(file).unwrap();
        assert_eq!(store.damaged_pages().unwrap(), Vec::<String>::new());
        assert_eq!(store.audit(Invariant::ALL, &mut |_| {}).unwrap(), [], "the histories kept every promise");
    }
    let missed: Vec<_> = BREAKAGES
        .iter()
        .filter(|(invariant, statement)| !is_found(&files, directory.path(), *invariant, statement))
        .collect();
    assert!(missed.is_empty(), "broken and not found: {missed:?}");
    let untried: Vec<_> = Invariant::ALL
        .iter()
        .filter(|invariant| !BREAKAGES.iter().any(|(broken, _)| broken == *invariant))
        .collect();
    assert!(untried.is_empty(), "never broken: {untried:?}");
}
