//! The report as a page of the documents, in English.

use std::fmt::Write;

use crate::bench::report::{Figures, Report};

/// The whole page.
pub(crate) fn page(report: &Report) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut page, report);
    page
}

fn write(page: &mut String, report: &Report) -> std::fmt::Result {
    head(page, report)?;
    limit(page, report)?;
    results(page, report)?;
    writeln!(page, "{}", NOTES.replace("{connections}", &report.connections.to_string()))
}

fn head(page: &mut String, report: &Report) -> std::fmt::Result {
    let machine = &report.machine;
    writeln!(page, "# How fast it is\n")?;
    writeln!(page, "[中文](benchmark.zh-CN.md)\n")?;
    writeln!(
        page,
        "This page is written by `quan bench`; do not edit it. Make it anew on a quiet machine:\n\n\
         ```console\ncargo run --release -p quan -- bench --database sqlite,postgres --postgres-coupons 10000,100000 --cache /var/tmp/quan-bench --pages docs\n```\n"
    )?;
    if report.short {
        writeln!(
            page,
            "**These figures are from a short run (`--short`), with fewer coupons and turns.**\n"
        )?;
    }
    writeln!(page, "| | |\n|---|---|")?;
    writeln!(page, "| Command | `{}` |", report.command)?;
    writeln!(page, "| Measured at | {}, quan {} |", report.measured_at, report.version)?;
    writeln!(
        page,
        "| Machine | {}, {} cores, {:.1} GiB memory, Linux {} |",
        machine.processor,
        machine.cores,
        gib(machine.memory_bytes),
        machine.kernel
    )?;
    writeln!(
        page,
        "| Disk | {}; a sync takes {} µs (p50), {} µs (p99) |\n",
        machine.disk.file_system, machine.disk.sync_p50_us, machine.disk.sync_p99_us
    )
}

fn limit(page: &mut String, report: &Report) -> std::fmt::Result {
    let limit = &report.limit;
    writeln!(page, "## The limit of the machine\n")?;
    writeln!(
        page,
        "A signed call costs one RSA-2048 verification ({:.0} µs) and one signature ({:.0} µs). On all cores that is \
         **{:.0} calls per second** if nothing else cost anything. It was measured in the same run, in turns with the rest, \
         with the library that the server uses.\n",
        limit.verify_us, limit.sign_us, limit.pairs_per_second
    )
}

fn results(page: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(page, "## What was measured\n")?;
    writeln!(
        page,
        "| Coupons in the store | Call | per second | share of the limit | p50 | p99 | CPU of the server | CPU of the load |\n\
         |---|---|---|---|---|---|---|---|"
    )?;
    for store in &report.stores {
        let size = store.bytes.map_or_else(String::new, |bytes| format!(", {:.2} GiB", gib(bytes)));
        let name = format!("{} {}{size}", store.database, grouped(store.coupons));
        let share = format!("{:.0} %", store.pre_send_share_of_limit * 100.0);
        row(page, &name, "pre-send", &share, &store.pre_send)?;
        row(page, &name, "claim", "", &store.claim)?;
        let sent = &store.notification;
        writeln!(
            page,
            "| {name} | notification | {:.0} | | | | {:.0} µs | {:.0} µs |",
            sent.per_second, sent.server_cpu_us, sent.load_cpu_us
        )?;
    }
    writeln!(page)?;
    for cost in &report.cost_of_size {
        writeln!(
            page,
            "{}: a store of {} coupons instead of {} costs {:.2} times the time per pre-send and {:.2} times the time per claim \
             ({:.2} and {:.2} times the CPU of the server).\n",
            cost.database,
            grouped(cost.most_coupons),
            grouped(cost.fewest_coupons),
            cost.pre_send_time,
            cost.claim_time,
            cost.pre_send_server_cpu,
            cost.claim_server_cpu
        )?;
    }
    Ok(())
}

const NOTES: &str = "## What the words mean

- **Pre-send** is `POST /v3/marketing/busifavor/product-coupons/pre-send`: the request is verified, decided, committed
  with a sync of the disk (SQLite in WAL mode with `synchronous=FULL`), and answered with a signed token.
- **Claim** is `POST /claim/v1/receive`. All claims are on one stock. Each is one more durable commit, with the coupon,
  the counts and the notification in it. Notifications are delivered at the same time, as in life.
- **Notification**: what the claims have left over is delivered to a receiver on this machine, with nothing else going
  on: sealed, signed, posted and noted in the store.
- Requests are signed before the clock starts. {connections} connections with one call under way on each call the server
  over loopback HTTP/1.1, so p50 and p99 are latencies at full load, waiting included.
- Server and load share the cores. The CPU columns are CPU time per call of the two processes, from `/proc`; what the
  load uses is missing to the server. What PostgreSQL itself uses is in neither column.
- All answers were checked after the clock stopped: status, signature, content; at the end the stock's count is
  compared with the claims that were answered.
- The server runs as it does for a user: `quan serve`, one line in the log for each call, rate limits off.
- Turns of the limit and of each store follow each other in each round, so that a machine that slows down slows all.
- The stores are filled by the same use cases before the clock starts.";

fn row(page: &mut String, name: &str, call: &str, share: &str, of: &Figures) -> std::fmt::Result {
    writeln!(
        page,
        "| {name} | {call} | {:.0} | {share} | {:.1} ms | {:.1} ms | {:.0} µs | {:.0} µs |",
        of.per_second, of.p50_ms, of.p99_ms, of.server_cpu_us, of.load_cpu_us
    )
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

pub(crate) fn gib(bytes: u64) -> f64 {
    crate::bench::limit::to_f64(bytes) / f64::from(1 << 30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1000, 5_000_000].map(grouped), ["0", "999", "1 000", "5 000 000"]);
    }
}
