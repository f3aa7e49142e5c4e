//! Where coupons come from, their codes, rounds, chains and notifications.

use quan_store::audit::Invariant;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        invariant: Invariant::OneCouponPerNumber,
        table: "pre_send",
        sql: "SELECT stock_id || '/' || claimed_code, count(*) || ' numbers were claimed for this one coupon'
              FROM pre_send WHERE claimed_code IS NOT NULL GROUP BY stock_id, claimed_code HAVING count(*) > 1",
    },
    Check {
        invariant: Invariant::OneCouponPerNumber,
        table: "pre_send",
        sql: "SELECT principal || '/' || owner || '/' || send_request_no, 'is noted ' || count(*) || ' times'
              FROM pre_send GROUP BY principal, owner, send_request_no HAVING count(*) > 1",
    },
    Check {
        invariant: Invariant::OneOwnerPerCode,
        table: "user_coupon",
        sql: "SELECT coupon_code, 'is the code of ' || count(*) || ' coupons'
              FROM user_coupon JOIN (
                SELECT stock_id FROM stock_revision WHERE revision = 1
                  AND coalesce((definition::json #>> '{product_coupon,coupon_code_mode}'),
                               (definition::json #>> '{busifavor,coupon_code_mode}'))
                    IN ('WECHATPAY', 'WECHATPAY_MODE')) AS part_1 USING (stock_id)
              GROUP BY coupon_code HAVING count(*) > 1",
    },
    Check {
        invariant: Invariant::PoolCodes,
        table: "pool_code",
        sql: "SELECT stock_id || '/' || coupon_code,
                CASE WHEN dispatched_at IS NULL THEN 'is not given out, but a coupon has it'
                     ELSE 'is given out, but no coupon has it' END
              FROM pool_code LEFT JOIN user_coupon USING (stock_id, coupon_code)
              WHERE (dispatched_at IS NULL) <> (receive_time IS NULL)",
    },
    Check {
        invariant: Invariant::PoolCodes,
        table: "pool_code",
        sql: "SELECT stock_id || '/' || coupon_code, 'is given out and deleted'
              FROM pool_code WHERE dispatched_at IS NOT NULL AND deleted_at IS NOT NULL",
    },
    Check {
        invariant: Invariant::PoolCodes,
        table: "user_coupon",
        sql: "SELECT user_coupon.stock_id || '/' || user_coupon.coupon_code, 'has a code that was never uploaded'
              FROM user_coupon JOIN (
                SELECT stock_id FROM stock_revision WHERE revision = 1
                  AND coalesce((definition::json #>> '{product_coupon,coupon_code_mode}'),
                               (definition::json #>> '{busifavor,coupon_code_mode}'))
                    IN ('UPLOAD', 'MERCHANT_UPLOAD')) AS part_2 USING (stock_id)
              LEFT JOIN pool_code USING (stock_id, coupon_code)
              WHERE uploaded_at IS NULL",
    },
    Check {
        invariant: Invariant::Claims,
        table: "pre_send",
        sql: "SELECT pre_send.principal || '/' || pre_send.send_request_no,
                CASE WHEN receive_time IS NULL THEN 'was claimed, but its coupon does not exist'
                     ELSE 'was claimed for a coupon of another number or person' END
              FROM pre_send LEFT JOIN user_coupon
                ON user_coupon.stock_id = pre_send.stock_id AND user_coupon.coupon_code = pre_send.claimed_code
              WHERE claimed_code IS NOT NULL
                AND (receive_time IS NULL OR user_coupon.send_request_no <> pre_send.send_request_no
                  OR user_coupon.person_id <> pre_send.person_id)",
    },
    Check {
        invariant: Invariant::Claims,
        table: "user_coupon",
        // Busifavor notes its sends by stock and user, with the code as the answer.
        sql: "SELECT user_coupon.stock_id || '/' || user_coupon.coupon_code, 'came from no number'
              FROM user_coupon
              LEFT JOIN (SELECT DISTINCT stock_id, claimed_code FROM pre_send WHERE claimed_code IS NOT NULL)
                AS claimed ON claimed.stock_id = user_coupon.stock_id
                AND claimed.claimed_code = user_coupon.coupon_code
              LEFT JOIN (SELECT DISTINCT target, answer FROM idempotency WHERE operation LIKE 'busifavor_send%')
                AS noted ON noted.target = user_coupon.stock_id || '/' || user_coupon.person_id
                AND noted.answer = user_coupon.coupon_code
              WHERE coalesce(user_coupon_bundle_index, 0) = 0
                AND claimed.claimed_code IS NULL AND noted.answer IS NULL",
    },
    Check {
        invariant: Invariant::Rounds,
        table: "round",
        sql: "SELECT stock_id || '/' || coupon_code,
                'has ' || count(*) || ' rounds up to index ' || max(round_index) || ' of ' || coalesce(round_count, 1)
              FROM round JOIN user_coupon USING (stock_id, coupon_code)
              GROUP BY stock_id, coupon_code, round_count
              HAVING min(round_index) <> 0 OR max(round_index) + 1 <> count(*) OR count(*) > coalesce(round_count, 1)",
    },
    Check {
        invariant: Invariant::Rounds,
        table: "round",
        sql: "SELECT stock_id || '/' || coupon_code || '/' || round_index, 'is not used, but a later round exists'
              FROM (SELECT stock_id, coupon_code, round_index,
                      use_time IS NOT NULL AND return_time IS NULL AS used,
                      max(round_index) OVER (PARTITION BY stock_id, coupon_code) AS last FROM round) AS part_3
              WHERE NOT used AND round_index < last",
    },
    Check {
        invariant: Invariant::Rounds,
        table: "round",
        sql: "SELECT stock_id || '/' || coupon_code || '/' || round_index, 'begins before the round before it was used'
              FROM (SELECT stock_id, coupon_code, round_index, begins_at,
                      lag(use_time) OVER (PARTITION BY stock_id, coupon_code ORDER BY round_index) AS used_before
                    FROM round) AS part_4
              WHERE begins_at < used_before",
    },
    Check {
        invariant: Invariant::Rounds,
        table: "round",
        sql: "SELECT stock_id || '/' || coupon_code || '/' || round_index, 'was used outside its validity'
              FROM round WHERE use_time < begins_at OR use_time > ends_at OR begins_at > ends_at",
    },
    Check {
        invariant: Invariant::Rounds,
        table: "user_coupon",
        sql: "SELECT stock_id || '/' || coupon_code, 'has rounds, but none was opened'
              FROM user_coupon WHERE round_count IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM round WHERE round.stock_id = user_coupon.stock_id
                  AND round.coupon_code = user_coupon.coupon_code)",
    },
    Check {
        invariant: Invariant::Chains,
        table: "user_coupon_bundle",
        sql: "SELECT user_coupon_bundle_id, 'has ' || first || ' first coupons, and ' || total_count || ' in all'
              FROM (SELECT user_coupon_bundle_id, total_count,
                      (SELECT count(*) FROM user_coupon AS coupon
                       WHERE coupon.user_coupon_bundle_id = bundle.user_coupon_bundle_id
                         AND user_coupon_bundle_index = 0) AS first,
                      (SELECT max(user_coupon_bundle_index) FROM user_coupon AS coupon
                       WHERE coupon.user_coupon_bundle_id = bundle.user_coupon_bundle_id) AS last
                    FROM user_coupon_bundle AS bundle) AS part_5
              WHERE first <> 1 OR last >= total_count",
    },
    Check {
        invariant: Invariant::Chains,
        table: "user_coupon",
        // A coupon at its end is not open, but only the time tells that of one that was not confirmed.
        sql: "SELECT user_coupon_bundle_id || '/' || user_coupon_bundle_index, count(*) || ' coupons of it are alive'
              FROM user_coupon LEFT JOIN round USING (stock_id, coupon_code)
              WHERE user_coupon_bundle_id IS NOT NULL AND deactivate_time IS NULL AND deleted_at IS NULL
                AND (use_time IS NULL OR return_time IS NOT NULL)
              GROUP BY user_coupon_bundle_id, user_coupon_bundle_index, valid_end HAVING count(*) > 1",
    },
    Check {
        invariant: Invariant::Chains,
        table: "user_coupon",
        sql: "SELECT user_coupon_bundle_id || '/' || user_coupon_bundle_index,
                'is used, but the coupon before it is not'
              FROM (SELECT DISTINCT user_coupon_bundle_id, user_coupon_bundle_index, user_coupon_bundle_index
                      - dense_rank() OVER (PARTITION BY user_coupon_bundle_id ORDER BY user_coupon_bundle_index) + 1
                      AS skipped
                    FROM user_coupon JOIN round USING (stock_id, coupon_code)
                    WHERE user_coupon_bundle_id IS NOT NULL AND use_time IS NOT NULL AND return_time IS NULL) AS part_6
              WHERE skipped <> 0",
    },
    Check {
        invariant: Invariant::Chains,
        table: "user_coupon_bundle",
        sql: "SELECT user_coupon_bundle_id, 'waits for coupon ' || queued_index || ', but the one before it is not used'
              FROM user_coupon_bundle AS bundle
              WHERE queued_index IS NOT NULL AND (deactivate_time IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM user_coupon JOIN round USING (stock_id, coupon_code)
                WHERE user_coupon.user_coupon_bundle_id = bundle.user_coupon_bundle_id
                  AND user_coupon_bundle_index = queued_index - 1
                  AND use_time IS NOT NULL AND return_time IS NULL))",
    },
    Check {
        invariant: Invariant::Outbox,
        table: "user_coupon",
        sql: "WITH told AS (
                SELECT (resource::json #>> '{stock_id}') AS stock_id,
                  (resource::json #>> '{coupon_code}') AS coupon_code, count(*) AS times
                FROM notification
                WHERE event_type IN ('PRODUCT_COUPON_SP.SEND', 'PRODUCT_COUPON.SEND', 'COUPON.SEND')
                GROUP BY 1, 2)
              SELECT stock_id || '/' || coupon_code,
                CASE WHEN receive_time IS NULL THEN 'has a notification, but does not exist'
                     ELSE 'has ' || coalesce(times, 0) || ' notifications of its issue' END
              FROM user_coupon FULL JOIN told USING (stock_id, coupon_code)
              WHERE receive_time IS NULL OR coalesce(times, 0) <> 1",
    },
];
