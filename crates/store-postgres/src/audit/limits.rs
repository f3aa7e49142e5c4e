//! Counts and limits. A coupon at an index behind the first of its chain was granted with the chain: it counts once
//! however often it is issued again, and no limit bounds it (semantics 5.3).

use quan_store::audit::Invariant;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        invariant: Invariant::IssuedCounts,
        table: "stock",
        sql: "SELECT stock_id, 'counts ' || issued || ' issues, but has ' || coupons
              FROM (SELECT stock.stock_id, issued,
                      (SELECT count(*) FILTER (WHERE user_coupon_bundle_id IS NULL)
                              + count(DISTINCT user_coupon_bundle_id)
                       FROM user_coupon WHERE user_coupon.stock_id = stock.stock_id) AS coupons
                    FROM stock) AS part_1
              WHERE issued <> coupons",
    },
    Check {
        invariant: Invariant::TotalLimits,
        table: "stock",
        sql: "SELECT stock.stock_id, 'has issued ' || issued || ' of ' || max_count
              FROM stock JOIN (
                SELECT stock_id, revision,
                  coalesce((definition::json #>> '{product_coupon,stock_send_rule,max_count}')::bigint,
                           (definition::json #>> '{busifavor,stock_send_rule,max_coupons}')::bigint) AS max_count
                FROM stock_revision) AS rule
                ON rule.stock_id = stock.stock_id AND rule.revision = stock.revision
              WHERE issued > max_count",
    },
    Check {
        invariant: Invariant::TotalLimits,
        table: "stock_revision",
        sql: "SELECT issued.stock_id || '/' || issued.revision,
                'allowed ' || max_count || ', but ' || upto || ' coupons existed when its last one was issued'
              FROM (SELECT stock_id, stock_revision AS revision,
                      sum(count(*)) OVER (PARTITION BY stock_id ORDER BY stock_revision) AS upto
                    FROM user_coupon WHERE coalesce(user_coupon_bundle_index, 0) = 0
                    GROUP BY stock_id, stock_revision) AS issued
              JOIN (
                SELECT stock_id, revision,
                  coalesce((definition::json #>> '{product_coupon,stock_send_rule,max_count}')::bigint,
                           (definition::json #>> '{busifavor,stock_send_rule,max_coupons}')::bigint) AS max_count
                FROM stock_revision) AS rule
                ON rule.stock_id = issued.stock_id AND rule.revision = issued.revision
              WHERE upto > max_count",
    },
    Check {
        invariant: Invariant::DayCounts,
        table: "stock_day",
        // Which issue of a chain's coupon counted is not kept: it was one of them.
        sql: "WITH received AS (
                SELECT stock_id, to_char(to_timestamp(receive_time + 28800) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, user_coupon_bundle_id AS chain
                FROM user_coupon),
              always AS (
                SELECT stock_id, day, count(*) AS coupons FROM (
                  SELECT stock_id, min(day) AS day FROM received WHERE chain IS NOT NULL
                  GROUP BY stock_id, chain HAVING min(day) = max(day)
                  UNION ALL SELECT stock_id, day FROM received WHERE chain IS NULL) AS part_2
                GROUP BY stock_id, day),
              perhaps AS (
                SELECT stock_id, day, count(*) FILTER (WHERE chain IS NULL) + count(DISTINCT chain) AS coupons
                FROM received GROUP BY stock_id, day)
              SELECT stock_id || '/' || day,
                'counts ' || coalesce(stock_day.issued, 0) || ' issues, but has '
                || coalesce(always.coupons, 0) || ' to ' || coalesce(perhaps.coupons, 0)
              FROM stock_day FULL JOIN perhaps USING (stock_id, day) LEFT JOIN always USING (stock_id, day)
              WHERE coalesce(stock_day.issued, 0)
                NOT BETWEEN coalesce(always.coupons, 0) AND coalesce(perhaps.coupons, 0)",
    },
    Check {
        invariant: Invariant::DayCounts,
        table: "stock",
        sql: "SELECT stock_id, 'counts ' || issued || ' issues, but its days ' || of_days
              FROM (SELECT stock_id, issued, (SELECT coalesce(sum(issued), 0) FROM stock_day
                      WHERE stock_day.stock_id = stock.stock_id) AS of_days FROM stock) AS part_3
              WHERE issued <> of_days",
    },
    Check {
        invariant: Invariant::DayLimits,
        table: "stock_revision",
        sql: "SELECT issued.stock_id || '/' || issued.revision || '/' || day,
                'allowed ' || max_count || ' a day, but ' || upto || ' coupons existed when its last one was issued'
              FROM (SELECT stock_id, stock_revision AS revision, day,
                      sum(count(*)) OVER (PARTITION BY stock_id, day ORDER BY stock_revision) AS upto
                    FROM (SELECT *, to_char(to_timestamp(receive_time + 28800) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day FROM user_coupon) AS part_4
                    WHERE coalesce(user_coupon_bundle_index, 0) = 0
                    GROUP BY stock_id, stock_revision, day) AS issued
              JOIN (
                SELECT stock_id, revision,
                  coalesce((definition::json #>> '{product_coupon,stock_send_rule,max_count_per_day}')::bigint,
                           (definition::json #>> '{busifavor,stock_send_rule,max_coupons_by_day}')::bigint) AS max_count
                FROM stock_revision) AS rule
                ON rule.stock_id = issued.stock_id AND rule.revision = issued.revision
              WHERE upto > max_count",
    },
    Check {
        invariant: Invariant::PersonCounts,
        table: "stock_person",
        sql: "SELECT stock_id || '/' || person_id,
                'counts ' || coalesce(issued, 0) || ' issues, but has ' || coalesce(coupons, 0)
              FROM stock_person FULL JOIN (
                SELECT stock_id, person_id, count(*) FILTER (WHERE user_coupon_bundle_id IS NULL)
                       + count(DISTINCT user_coupon_bundle_id) AS coupons
                FROM user_coupon GROUP BY stock_id, person_id) AS part_5 USING (stock_id, person_id)
              WHERE coalesce(issued, 0) <> coalesce(coupons, 0)",
    },
    Check {
        invariant: Invariant::PersonLimits,
        table: "stock_person",
        sql: "SELECT stock_id || '/' || person_id, 'has received ' || issued || ' of ' || max_count
              FROM (SELECT stock_person.stock_id, person_id, stock_person.issued,
                      (SELECT max(coalesce(
                          (definition::json #>> '{product_coupon,stock_send_rule,max_count_per_user}')::bigint,
                          (definition::json #>> '{busifavor,stock_send_rule,max_coupons_per_user}')::bigint))
                       FROM stock_revision WHERE stock_revision.stock_id = stock_person.stock_id) AS max_count
                    FROM stock_person JOIN stock USING (stock_id)
                    WHERE coalesce(stock_bundle_index, 0) = 0) AS part_6
              WHERE issued > max_count",
    },
];
