//! Notifications with their attempts, used numbers, revisions, and what rows belong to.

use quan_store::audit::Invariant;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        invariant: Invariant::Attempts,
        table: "notification",
        sql: "SELECT notification_id, 'counts ' || attempts || ' attempts, but has ' || made || ' up to number ' || last
              FROM (SELECT notification_id, attempts, count(number) AS made, coalesce(max(number), 0) AS last
                    FROM notification LEFT JOIN notification_attempt USING (notification_id)
                    GROUP BY notification_id, attempts) AS part_1
              WHERE attempts <> made OR last <> made",
    },
    Check {
        invariant: Invariant::Attempts,
        table: "notification",
        sql: "SELECT notification_id, 'is ' || state || ' without an attempt'
              FROM notification WHERE state <> 'waiting' AND attempts = 0",
    },
    Check {
        invariant: Invariant::Idempotency,
        table: "idempotency",
        sql: "SELECT operation || '/' || request_no, 'made ' || answer || ', which does not exist'
              FROM idempotency
              WHERE operation IN ('create_product_coupon', 'create_stock', 'create_stock_bundle', 'busifavor_create_stock')
                AND answer NOT IN (SELECT stock_id FROM stock)
                AND answer NOT IN (SELECT stock_bundle_id FROM stock_bundle)",
    },
    Check {
        invariant: Invariant::Idempotency,
        table: "idempotency",
        sql: "SELECT operation || '/' || request_no, 'is about ' || target || ', which does not exist'
              FROM idempotency
              WHERE operation IN ('update_stock', 'update_stock_budget', 'deactivate_stock', 'upload_coupon_codes',
                    'busifavor_modify_stock', 'busifavor_modify_stock_budget', 'busifavor_upload_coupon_codes')
                  AND target NOT IN (SELECT stock_id FROM stock)
                OR operation IN ('update_stock_bundle', 'update_stock_bundle_budget')
                  AND target NOT IN (SELECT stock_bundle_id FROM stock_bundle)
                OR operation IN ('update_product_coupon', 'deactivate_product_coupon')
                  AND target NOT IN (SELECT product_coupon_id FROM product_coupon)",
    },
    Check {
        invariant: Invariant::Idempotency,
        table: "idempotency",
        sql: "SELECT operation || '/' || request_no, 'is about coupon ' || target || ', which does not exist'
              FROM idempotency LEFT JOIN user_coupon
                ON stock_id = substr(target, 1, strpos(target, '/') - 1)
                AND coupon_code = substr(target, strpos(target, '/') + 1)
              WHERE operation = 'confirm_user_coupon' AND receive_time IS NULL",
    },
    Check {
        invariant: Invariant::Idempotency,
        table: "idempotency",
        sql: "SELECT operation || '/' || request_no, 'made coupon ' || answer || ', which does not exist'
              FROM idempotency LEFT JOIN user_coupon
                ON stock_id = substr(target, 1, strpos(target, '/') - 1) AND coupon_code = answer
              WHERE operation LIKE 'busifavor_send%' AND operation <> 'busifavor_send_gov_card'
                AND receive_time IS NULL",
    },
    Check {
        invariant: Invariant::Revisions,
        table: "stock",
        sql: "SELECT stock_id, 'is at revision ' || stock.revision || ', but has ' || count(kept.revision)
                || ' definitions up to ' || coalesce(max(kept.revision), 0)
              FROM stock LEFT JOIN stock_revision AS kept USING (stock_id)
              GROUP BY stock_id, stock.revision
              HAVING count(kept.revision) <> stock.revision OR max(kept.revision) <> stock.revision",
    },
    Check {
        invariant: Invariant::Revisions,
        table: "product_coupon",
        sql: "SELECT product_coupon_id, 'is at revision ' || product_coupon.revision || ', but has '
                || count(kept.revision) || ' definitions up to ' || coalesce(max(kept.revision), 0)
              FROM product_coupon LEFT JOIN product_coupon_revision AS kept USING (product_coupon_id)
              GROUP BY product_coupon_id, product_coupon.revision
              HAVING count(kept.revision) <> product_coupon.revision OR max(kept.revision) <> product_coupon.revision",
    },
    Check {
        invariant: Invariant::Revisions,
        table: "user_coupon",
        sql: "SELECT user_coupon.stock_id || '/' || coupon_code, 'names a definition that does not exist'
              FROM user_coupon
              LEFT JOIN stock_revision AS of_stock
                ON of_stock.stock_id = user_coupon.stock_id AND of_stock.revision = stock_revision
              LEFT JOIN product_coupon_revision AS of_product
                ON of_product.product_coupon_id = user_coupon.product_coupon_id
                AND of_product.revision = product_coupon_revision
              WHERE of_stock.revision IS NULL OR of_product.revision IS NULL",
    },
    Check {
        invariant: Invariant::References,
        table: "user_coupon",
        sql: "SELECT user_coupon.stock_id || '/' || coupon_code, 'belongs to no stock of its product coupon and owner'
              FROM user_coupon LEFT JOIN stock USING (stock_id)
              WHERE issued IS NULL OR stock.product_coupon_id <> user_coupon.product_coupon_id
                OR stock.owner <> user_coupon.owner",
    },
    Check {
        invariant: Invariant::References,
        table: "user_coupon",
        sql: "SELECT stock_id || '/' || coupon_code, 'belongs to no chain of its person, or to a stock of another index'
              FROM user_coupon LEFT JOIN user_coupon_bundle AS bundle USING (user_coupon_bundle_id)
              LEFT JOIN stock USING (stock_id)
              WHERE user_coupon_bundle_id IS NOT NULL
                AND (bundle.total_count IS NULL OR bundle.person_id <> user_coupon.person_id
                  OR stock.stock_bundle_id IS DISTINCT FROM bundle.stock_bundle_id
                  OR stock.stock_bundle_index IS DISTINCT FROM user_coupon_bundle_index)",
    },
    Check {
        invariant: Invariant::References,
        table: "stock",
        sql: "SELECT stock_id, 'belongs to no product coupon, or to no bundle'
              FROM stock WHERE product_coupon_id NOT IN (SELECT product_coupon_id FROM product_coupon)
                OR stock_bundle_id IS NOT NULL AND stock_bundle_id NOT IN (SELECT stock_bundle_id FROM stock_bundle)",
    },
    Check {
        invariant: Invariant::References,
        table: "stock_bundle",
        sql: "SELECT stock_bundle_id, 'belongs to no product coupon'
              FROM stock_bundle WHERE product_coupon_id NOT IN (SELECT product_coupon_id FROM product_coupon)",
    },
    Check {
        invariant: Invariant::References,
        table: "user_coupon_bundle",
        sql: "SELECT user_coupon_bundle_id, 'belongs to no bundle, or waits for no stock'
              FROM user_coupon_bundle WHERE stock_bundle_id NOT IN (SELECT stock_bundle_id FROM stock_bundle)
                OR queued_stock_id IS NOT NULL AND queued_stock_id NOT IN (SELECT stock_id FROM stock)",
    },
    Check {
        invariant: Invariant::References,
        table: "pre_send",
        sql: "SELECT principal || '/' || send_request_no, 'belongs to no stock, or to no bundle'
              FROM pre_send WHERE stock_id NOT IN (SELECT stock_id FROM stock)
                OR stock_bundle_id IS NOT NULL AND stock_bundle_id NOT IN (SELECT stock_bundle_id FROM stock_bundle)",
    },
    Check {
        invariant: Invariant::References,
        table: "(rows of a stock)",
        sql: "SELECT kind || ' ' || key, 'belongs to no stock'
              FROM (SELECT 'stock_day' AS kind, stock_id || '/' || day AS key, stock_id FROM stock_day
                UNION ALL SELECT 'stock_person', stock_id || '/' || person_id, stock_id FROM stock_person
                UNION ALL SELECT 'pool_code', stock_id || '/' || coupon_code, stock_id FROM pool_code
                UNION ALL SELECT 'stock_store', stock_id || '/' || store_id, stock_id FROM stock_store
                UNION ALL SELECT 'stock_revision', stock_id || '/' || revision, stock_id FROM stock_revision) AS part_2
              WHERE stock_id NOT IN (SELECT stock_id FROM stock)",
    },
    Check {
        invariant: Invariant::References,
        table: "(rows of a coupon)",
        sql: "SELECT kind || ' ' || part.stock_id || '/' || part.coupon_code, 'belongs to no coupon'
              FROM (SELECT 'round' AS kind, stock_id, coupon_code FROM round
                UNION ALL SELECT 'coupon_sender', stock_id, coupon_code FROM coupon_sender
                UNION ALL SELECT 'coupon_order', stock_id, coupon_code FROM coupon_order
                UNION ALL SELECT 'subsidy_pay_receipt', stock_id, coupon_code FROM subsidy_pay_receipt) AS part
              LEFT JOIN user_coupon USING (stock_id, coupon_code) WHERE receive_time IS NULL",
    },
    Check {
        invariant: Invariant::References,
        table: "(others)",
        sql: "SELECT 'product_coupon_revision ' || product_coupon_id || '/' || revision, 'belongs to no product coupon'
              FROM product_coupon_revision
              WHERE product_coupon_id NOT IN (SELECT product_coupon_id FROM product_coupon)
              UNION ALL SELECT 'notification_attempt ' || notification_id || '/' || number, 'belongs to no notification'
              FROM notification_attempt WHERE notification_id NOT IN (SELECT notification_id FROM notification)
              UNION ALL SELECT 'subsidy_return_receipt ' || return_receipt_id, 'belongs to no payment'
              FROM subsidy_return_receipt WHERE receipt_id NOT IN (SELECT receipt_id FROM subsidy_pay_receipt)
              UNION ALL SELECT 'image_task ' || task_id, 'belongs to no picture'
              FROM image_task WHERE image_id IS NOT NULL AND image_id NOT IN (SELECT image_id FROM image)",
    },
];
