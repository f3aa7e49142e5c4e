//! The report as a page of the documents, in Chinese.

use std::fmt::Write;

use crate::bench::markdown::{gib, grouped};
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
    writeln!(page, "# 性能\n")?;
    writeln!(page, "[English](benchmark.md)\n")?;
    writeln!(
        page,
        "本页由`quan bench`生成，请勿手工修改。在空闲的机器上重新生成：\n\n\
         ```console\ncargo run --release -p quan -- bench --database sqlite,postgres --postgres-coupons 10000,100000 --cache /var/tmp/quan-bench --pages docs\n```\n"
    )?;
    if report.short {
        writeln!(page, "**以下数字来自短测（`--short`），券数和轮数都较少。**\n")?;
    }
    writeln!(page, "| | |\n|---|---|")?;
    writeln!(page, "| 命令 | `{}` |", report.command)?;
    writeln!(page, "| 测量时间 | {}，quan {} |", report.measured_at, report.version)?;
    writeln!(
        page,
        "| 机器 | {}，{}核，内存{:.1} GiB，Linux {} |",
        machine.processor,
        machine.cores,
        gib(machine.memory_bytes),
        machine.kernel
    )?;
    writeln!(
        page,
        "| 磁盘 | {}；一次同步{} µs（p50）、{} µs（p99） |\n",
        machine.disk.file_system, machine.disk.sync_p50_us, machine.disk.sync_p99_us
    )
}

fn limit(page: &mut String, report: &Report) -> std::fmt::Result {
    let limit = &report.limit;
    writeln!(page, "## 机器的上限\n")?;
    writeln!(
        page,
        "一次签名调用需要一次RSA-2048验签（{:.0} µs）和一次签名（{:.0} µs）。假如其他工作都不花时间，全部核心最多\
         **每秒{:.0}次**。它与其他项目在同一次运行中交替测量，使用服务端的同一个密码库。\n",
        limit.verify_us, limit.sign_us, limit.pairs_per_second
    )
}

fn results(page: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(page, "## 测量结果\n")?;
    writeln!(
        page,
        "| 库中的券 | 调用 | 每秒 | 占上限 | p50 | p99 | 服务端CPU | 压测端CPU |\n|---|---|---|---|---|---|---|---|"
    )?;
    for store in &report.stores {
        let size = store.bytes.map_or_else(String::new, |bytes| format!("，{:.2} GiB", gib(bytes)));
        let name = format!("{} {}{size}", store.database, grouped(store.coupons));
        let share = format!("{:.0} %", store.pre_send_share_of_limit * 100.0);
        row(page, &name, "预发放", &share, &store.pre_send)?;
        row(page, &name, "领取", "", &store.claim)?;
        let sent = &store.notification;
        writeln!(
            page,
            "| {name} | 通知 | {:.0} | | | | {:.0} µs | {:.0} µs |",
            sent.per_second, sent.server_cpu_us, sent.load_cpu_us
        )?;
    }
    writeln!(page)?;
    for cost in &report.cost_of_size {
        writeln!(
            page,
            "{}：库中有{}张券与{}张券相比，预发放每次耗时为{:.2}倍，领取为{:.2}倍（服务端CPU分别为{:.2}倍和{:.2}倍）。\n",
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

const NOTES: &str = "## 说明

- **预发放**即`POST /v3/marketing/busifavor/product-coupons/pre-send`：验签、判定、随磁盘同步提交（SQLite为WAL模式、
  `synchronous=FULL`），以签名应答返回token。
- **领取**即`POST /claim/v1/receive`。所有领取都在同一个批次上，每次都持久提交券、计数和通知。通知照常同时发送。
- **通知**：领取结束后余下的通知，在没有其他调用时发给本机的接收端：加密、签名、发送、记录到库。
- 请求在计时前签好。{connections}个连接各有一个在途调用，经本机回环HTTP/1.1发送，因此p50和p99是满载时的时延，含排队。
- 服务端与压测端共用全部核心。CPU各列是两个进程每次调用的CPU时间，取自`/proc`；压测端用掉的部分服务端就用不到。
  PostgreSQL自身进程的CPU不在其中。
- 计时结束后检查所有应答的状态、签名和内容；最后核对批次的计数与已应答的领取数一致。
- 服务端与生产环境一样运行：`quan serve`，每次调用一行日志，关闭限频。
- 每一轮中，上限和各个库依次测量，机器变慢时各项一起变慢。
- 库在计时前由同样的用例填充。";

fn row(page: &mut String, name: &str, call: &str, share: &str, of: &Figures) -> std::fmt::Result {
    writeln!(
        page,
        "| {name} | {call} | {:.0} | {share} | {:.1} ms | {:.1} ms | {:.0} µs | {:.0} µs |",
        of.per_second, of.p50_ms, of.p99_ms, of.server_cpu_us, of.load_cpu_us
    )
}
