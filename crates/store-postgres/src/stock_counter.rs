//! stock_counter, stock_day and stock_person: what was issued of a stock, in all, on a day and to a person.
//!
//! An issue takes one counter of the stock and one of the day, whichever have room: first one that nobody else has in his
//! hands, beginning at a place of this session's own; only when there is none does it wait. Shares of limits are computed
//! here as `CounterShards::shares` computes them.

use jiff::civil::Date;
use quan_coupon::counter_shards::CounterShards;
use quan_coupon::definition::Limits;
use quan_coupon::stock::Counts;
use quan_model::ids::StockId;
use quan_store::catalogue::Counted;
use quan_store::column::Origin;
use quan_store::error::StoreError;
use quan_store::parties::PersonId;
use quan_store::stock_counter::{StockCounterReader, StockCounterWriter};

use crate::params;
use crate::unit::Unit;

/// How an issue treats a counter that another transaction has in its hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Busy {
    /// Takes another one.
    Skip,
    /// Waits for it.
    Wait,
}

macro_rules! count_issue {
    ($skip:literal) => {
        concat!(
            "WITH total AS (
    SELECT counter.stock_id, counter.shard, counter_shards FROM stock_counter AS counter JOIN stock USING (stock_id)
    WHERE stock_id = $1
      AND issued < $2::bigint / counter_shards + (CASE WHEN shard < $2::bigint % counter_shards THEN 1 ELSE 0 END)
    ORDER BY (shard + $7::bigint) % counter_shards LIMIT 1 FOR NO KEY UPDATE OF counter ",
            $skip,
            "
  ), of_day AS (
    SELECT counter.stock_id, counter.day, counter.shard FROM stock_day AS counter JOIN total USING (stock_id)
    WHERE day = $3
      AND issued < $4::bigint / counter_shards + (CASE WHEN counter.shard < $4::bigint % counter_shards THEN 1 ELSE 0 END)
    ORDER BY (counter.shard + $7::bigint) % counter_shards LIMIT 1 FOR NO KEY UPDATE OF counter ",
            $skip,
            "
  ), of_person AS (
    INSERT INTO stock_person AS had (stock_id, person_id, issued)
    SELECT stock_id, $5::text, 1 FROM of_day WHERE $6::bigint > 0
    ON CONFLICT (stock_id, person_id) DO UPDATE SET issued = had.issued + 1 WHERE had.issued < $6::bigint
    RETURNING stock_id
  ), counted AS (
    UPDATE stock_counter AS counter SET issued = issued + 1 FROM total, of_person
    WHERE counter.stock_id = total.stock_id AND counter.shard = total.shard
    RETURNING counter.stock_id
  ), counted_of_day AS (
    UPDATE stock_day AS counter SET issued = issued + 1 FROM of_day, of_person
    WHERE counter.stock_id = of_day.stock_id AND counter.day = of_day.day AND counter.shard = of_day.shard
    RETURNING counter.stock_id
  )
  SELECT EXISTS (SELECT 1 FROM total), EXISTS (SELECT 1 FROM of_day), EXISTS (SELECT 1 FROM of_person)"
        )
    };
}

/// Counts one issue, all of it or nothing. $1 stock, $2 limit of the total, $3 day, $4 cap of the day, $5 person, $6 limit
/// of the person, $7 where in the ring of counters to begin. The answer says how far it came.
fn count_issue(busy: Busy) -> &'static str {
    match busy {
        Busy::Skip => count_issue!("SKIP LOCKED"),
        Busy::Wait => count_issue!(""),
    }
}

/// The counters of a day, which begin with the day's first issue.
const BEGIN_DAY: &str = "INSERT INTO stock_day (stock_id, day, shard, issued)
    SELECT stock_id, $2::text, shard, 0 FROM stock, generate_series(0, counter_shards - 1) AS shard WHERE stock_id = $1
    ON CONFLICT DO NOTHING";

/// Counts one issue that no limit refuses, in counters with room as long as there are any. Parameters as above, without
/// the limit of the person. It changes nothing while the day has no counters.
///
/// Whoever waits for a counter may get it full. So room is asked for in a WHERE, which is asked again of what was waited for
/// and goes on to the next counter; an order would be that of before the wait. Counters never go down while others count, so
/// only when none has room is there none, and then any does.
const COUNT_GRANTED: &str = "WITH total_with_room AS (
    SELECT counter.stock_id, counter.shard, counter_shards FROM stock_counter AS counter JOIN stock USING (stock_id)
    WHERE stock_id = $1
      AND issued < $2::bigint / counter_shards + (CASE WHEN shard < $2::bigint % counter_shards THEN 1 ELSE 0 END)
    ORDER BY (shard + $6::bigint) % counter_shards LIMIT 1 FOR NO KEY UPDATE OF counter
  ), total_without AS (
    SELECT counter.stock_id, counter.shard, counter_shards FROM stock_counter AS counter JOIN stock USING (stock_id)
    WHERE stock_id = $1 AND NOT EXISTS (SELECT 1 FROM total_with_room)
    ORDER BY (shard + $6::bigint) % counter_shards LIMIT 1 FOR NO KEY UPDATE OF counter
  ), total AS (
    SELECT * FROM total_with_room UNION ALL SELECT * FROM total_without
  ), day_with_room AS (
    SELECT counter.stock_id, counter.day, counter.shard FROM stock_day AS counter JOIN total USING (stock_id)
    WHERE day = $3
      AND issued < $4::bigint / counter_shards + (CASE WHEN counter.shard < $4::bigint % counter_shards THEN 1 ELSE 0 END)
    ORDER BY (counter.shard + $6::bigint) % counter_shards LIMIT 1 FOR NO KEY UPDATE OF counter
  ), day_without AS (
    SELECT counter.stock_id, counter.day, counter.shard FROM stock_day AS counter JOIN total USING (stock_id)
    WHERE day = $3 AND NOT EXISTS (SELECT 1 FROM day_with_room)
    ORDER BY (counter.shard + $6::bigint) % counter_shards LIMIT 1 FOR NO KEY UPDATE OF counter
  ), of_day AS (
    SELECT * FROM day_with_room UNION ALL SELECT * FROM day_without
  ), of_person AS (
    INSERT INTO stock_person AS had (stock_id, person_id, issued) SELECT stock_id, $5::text, 1 FROM of_day
    ON CONFLICT (stock_id, person_id) DO UPDATE SET issued = had.issued + 1
  ), counted AS (
    UPDATE stock_counter AS counter SET issued = issued + 1 FROM total, of_day
    WHERE counter.stock_id = total.stock_id AND counter.shard = total.shard
  )
  UPDATE stock_day AS counter SET issued = issued + 1 FROM of_day
  WHERE counter.stock_id = of_day.stock_id AND counter.day = of_day.day AND counter.shard = of_day.shard";

/// How far the counting of one issue came: whether there was a counter with room in all, of the day, and for the person.
type Came = (bool, bool, bool);

impl Unit<'_> {
    /// What was issued of a stock in all, on a day and to a person.
    pub(crate) fn stock_counts(
        &self,
        stock: &StockId,
        day: Date,
        person: Option<&PersonId>,
    ) -> Result<Counts, StoreError> {
        let sql = "SELECT
            coalesce((SELECT sum(issued) FROM stock_counter WHERE stock_id = $1), 0)::bigint,
            coalesce((SELECT sum(issued) FROM stock_day WHERE stock_id = $1 AND day = $2), 0)::bigint,
            coalesce((SELECT issued FROM stock_person WHERE stock_id = $1 AND person_id = $3), 0)";
        let values = params![stock.as_str(), day.to_string(), person.map(String::as_str)];
        let counts: Option<(i64, i64, i64)> = self.one("read the counters", sql, values, |row| {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
        })?;
        let (total, today, of_person) = counts.unwrap_or_default();
        let origin = Origin { table: "stock_counter", row: stock.as_str() };
        Ok(Counts {
            total: origin.number("issued", total)?,
            today: origin.number("issued", today)?,
            person: origin.number("issued", of_person)?,
        })
    }

    /// Adds one issue to the three counts if all of them have room.
    pub(crate) fn count_stock_issue(
        &self,
        stock: &StockId,
        day: Date,
        person: &PersonId,
        limits: &Limits,
    ) -> Result<Counted, StoreError> {
        let day = day.to_string();
        let values = params![
            stock.as_str(),
            bound(limits.max_count),
            day,
            bound(limits.max_count_per_day.unwrap_or(u64::MAX)),
            person,
            bound(limits.max_count_per_user),
            self.ring_start()
        ];
        let count = |busy: Busy| -> Result<Came, StoreError> {
            let came = self.written("count an issue", count_issue(busy), values, |row| {
                Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
            })?;
            Ok(came.first().copied().unwrap_or_default())
        };
        let busy = if self.is_split(stock) { Busy::Skip } else { Busy::Wait };
        let mut came = count(busy)?;
        if !came.0 && busy == Busy::Skip {
            // Others have every counter with room in their hands.
            came = count(Busy::Wait)?;
        }
        if came.0 && !came.1 {
            // The same of the day; or it has no counters yet, perhaps only for a statement that began before others began
            // the day: a counter of the total that was waited for tells nothing of the day.
            self.change("begin a day", BEGIN_DAY, params![stock.as_str(), day])?;
            came = count(Busy::Wait)?;
        }
        Ok(match came {
            (true, true, true) => Counted::Yes,
            (true, true, false) => Counted::UserLimit,
            (true, false, _) => Counted::DayOut,
            (false, _, _) => Counted::StockOut,
        })
    }
}

impl StockCounterReader for Unit<'_> {
    fn counter_shards(&self, stock: &StockId) -> Result<CounterShards, StoreError> {
        let sql = "SELECT counter_shards FROM stock WHERE stock_id = $1";
        let shards: Option<i64> =
            self.one("read how a stock is split", sql, params![stock.as_str()], |row| row.try_get(0))?;
        let origin = Origin { table: "stock", row: stock.as_str() };
        CounterShards::parse("", shards.unwrap_or(1)).map_err(|_| origin.impossible("counter_shards"))
    }
}

impl StockCounterWriter for Unit<'_> {
    fn count_granted(
        &mut self,
        stock: &StockId,
        day: Date,
        person: &PersonId,
        limits: &Limits,
    ) -> Result<(), StoreError> {
        let day = day.to_string();
        let values = params![
            stock.as_str(),
            bound(limits.max_count),
            day,
            bound(limits.max_count_per_day.unwrap_or(u64::MAX)),
            person,
            self.ring_start()
        ];
        if self.change("count an issue", COUNT_GRANTED, values)? == 1 {
            return Ok(());
        }
        // To begin a day waits for everybody who counts on it, so it is done only when it may have no counters yet.
        self.change("begin a day", BEGIN_DAY, params![stock.as_str(), day])?;
        self.change_one("count an issue", "stock", || stock.to_string(), COUNT_GRANTED, values)
    }

    fn spread_counters(
        &mut self,
        stock: &StockId,
        shards: CounterShards,
        from: Date,
    ) -> Result<(), StoreError> {
        let id = stock.as_str();
        let sql = "UPDATE stock SET counter_shards = $2 WHERE stock_id = $1";
        let number = i64::from(shards.get());
        self.change_one("split a stock", "stock", || stock.to_string(), sql, params![id, number])?;
        let sql = "SELECT coalesce(sum(issued), 0)::bigint FROM stock_counter WHERE stock_id = $1";
        let total: Option<i64> = self.one("add up counters", sql, params![id], |row| row.try_get(0))?;
        let counters = spread(shards, total.unwrap_or(0), stock)?;
        self.change("drop counters", "DELETE FROM stock_counter WHERE stock_id = $1", params![id])?;
        let sql = "INSERT INTO stock_counter (stock_id, shard, issued)
                   SELECT $1::text, number - 1, issued FROM unnest($2::bigint[]) WITH ORDINALITY AS spread (issued, number)";
        self.change("spread counters", sql, params![id, counters])?;
        let sql =
            "SELECT day, sum(issued)::bigint FROM stock_day WHERE stock_id = $1 AND day >= $2 GROUP BY day";
        let days: Vec<(String, i64)> =
            self.all("add up counters", sql, params![id, from.to_string()], |row| {
                Ok((row.try_get(0)?, row.try_get(1)?))
            })?;
        for (day, issued) in days {
            let counters = spread(shards, issued, stock)?;
            let sql = "DELETE FROM stock_day WHERE stock_id = $1 AND day = $2";
            self.change("drop counters", sql, params![id, day])?;
            let sql = "INSERT INTO stock_day (stock_id, day, shard, issued) SELECT $1::text, $2::text, number - 1, issued
                       FROM unnest($3::bigint[]) WITH ORDINALITY AS spread (issued, number)";
            self.change("spread counters", sql, params![id, day, counters])?;
        }
        self.note_split(stock, number);
        Ok(())
    }
}

fn spread(shards: CounterShards, issued: i64, stock: &StockId) -> Result<Vec<i64>, StoreError> {
    let issued = Origin { table: "stock_counter", row: stock.as_str() }.number("issued", issued)?;
    Ok(shards.spread(issued).map(bound).collect())
}

/// A limit as a column; the greatest number stands for none.
fn bound(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
