//! The machine under the figures: processor, memory, kernel, and how long the disk takes to sync.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;

use crate::bench::latency::percentile;
use crate::bench::report::{Disk, Machine};

/// Syncs that are timed; a few hundred milliseconds on a usual disk.
const SYNCS: usize = 200;
/// What each of them writes before, as a small commit does.
const PAGE: [u8; 4096] = [0x51; 4096];

/// Describes this machine, with the disk that `directory` lies on.
pub(crate) fn describe(directory: &Path) -> anyhow::Result<Machine> {
    Ok(Machine {
        processor: line_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
        cores: cores(),
        memory_bytes: memory_bytes(),
        kernel: std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
        disk: disk(directory)?,
    })
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn line_of(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.filter(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().to_owned()).next()
}

fn memory_bytes() -> u64 {
    let kilobytes = line_of("/proc/meminfo", "MemTotal");
    kilobytes.and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// Times what a durable commit waits for: a page is appended and synced.
fn disk(directory: &Path) -> anyhow::Result<Disk> {
    let time = || -> std::io::Result<Vec<u64>> {
        let mut file: File = tempfile::tempfile_in(directory)?;
        let mut times = Vec::with_capacity(SYNCS);
        for _ in 0..SYNCS {
            file.write_all(&PAGE)?;
            let begun = Instant::now();
            file.sync_data()?;
            times.push(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
        times.sort_unstable();
        Ok(times)
    };
    let times = time().with_context(|| format!("cannot time the disk under {}", directory.display()))?;
    Ok(Disk {
        file_system: file_system(directory).unwrap_or_else(|| "unknown".to_owned()),
        sync_p50_us: percentile(&times, 50).max(1),
        sync_p99_us: percentile(&times, 99).max(1),
    })
}

/// The type of the file system that holds a directory: of the longest mount point above it.
fn file_system(directory: &Path) -> Option<String> {
    let directory = directory.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    fields
        .filter(|fields| fields.get(1).is_some_and(|mount| directory.starts_with(mount)))
        .max_by_key(|fields| fields[1].len())
        .and_then(|fields| fields.get(2).map(|kind| (*kind).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_described() {
        let directory = tempfile::tempdir().unwrap();
        let machine = describe(directory.path()).unwrap();
        assert!(machine.cores >= 1 && machine.memory_bytes > 0 && !machine.kernel.is_empty());
        assert!(
            machine.disk.sync_p50_us <= machine.disk.sync_p99_us && machine.disk.file_system != "unknown"
        );
    }
}
