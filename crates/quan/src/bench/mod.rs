//! `quan bench`: what one machine does over the wire, side by side with what its RSA could do at most.
//!
//! The servers are child processes of this one (`quan serve`, without rate limits, logging as always), this process is
//! the load: it signs its requests before the clock starts and looks at the answers after it has stopped. Every round
//! takes one turn of the limit and one of each store, so that a machine that slows down slows all of them. Nothing here
//! reaches into a running server; only the filling of a store writes to it, before its server starts.

mod answer;
mod claims;
mod cpu;
mod fill;
mod filled_store;
mod latency;
mod limit;
mod load;
mod machine;
mod markdown;
mod markdown_zh;
mod notifications;
mod options;
mod plan;
mod pre_sends;
mod private_server;
mod receiver;
mod report;
mod requests;
mod rounds;
mod server;
mod subject;

pub(crate) use options::Options;

use std::path::Path;

use anyhow::Context;

use crate::bench::plan::Plan;
use crate::bench::report::Report;
use crate::sandbox::write_whole;

/// Measures, and prints or writes what came out.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let plan = Plan::of(options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(async {
        tokio::select! {
            measured = rounds::measure(&plan) => measured,
            () = crate::dev::stop_asked() => anyhow::bail!("stopped before the end of the measurement"),
        }
    })?;
    if let Some(directory) = &options.pages {
        write_pages(directory, &report)?;
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", markdown::page(&report));
    }
    Ok(())
}

fn write_pages(directory: &Path, report: &Report) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    write_whole(&directory.join("benchmark.md"), markdown::page(report).as_bytes())?;
    write_whole(&directory.join("benchmark.zh-CN.md"), markdown_zh::page(report).as_bytes())?;
    let json = serde_json::to_string_pretty(report)? + "\n";
    write_whole(&directory.join("benchmark.json"), json.as_bytes())
}

/// One line about what goes on, for the person who waits.
fn progress(line: &str) {
    eprintln!("quan bench: {line}");
}
