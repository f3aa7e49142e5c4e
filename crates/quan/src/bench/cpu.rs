//! CPU time of processes, as the kernel counts it.

use std::time::Duration;

use anyhow::Context;

/// Linux shows CPU time to programs in ticks of a hundredth of a second, whatever the kernel was built with.
const TICKS_PER_SECOND: u64 = 100;
/// Where user and system time stand in `/proc/<pid>/stat`, counted after the name in brackets.
const USER_TIME: usize = 11;
const SYSTEM_TIME: usize = 12;

/// The CPU time that a process and its threads have used so far, to a hundredth of a second.
///
/// # Errors
/// When there is no such process, or no `/proc`.
pub(crate) fn used_by(process: u32) -> anyhow::Result<Duration> {
    let file = format!("/proc/{process}/stat");
    let stat = std::fs::read_to_string(&file)
        .with_context(|| format!("cannot read {file}: CPU time is measured on Linux only"))?;
    used(&stat).with_context(|| format!("{file} has another form than expected"))
}

fn used(stat: &str) -> Option<Duration> {
    // The name may hold blanks and brackets; what follows the last bracket is numbers.
    let (_, numbers) = stat.rsplit_once(") ")?;
    let numbers: Vec<&str> = numbers.split(' ').collect();
    let ticks = |at: usize| numbers.get(at).and_then(|text| text.parse::<u64>().ok());
    let ticks = ticks(USER_TIME)?.saturating_add(ticks(SYSTEM_TIME)?);
    Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

/// CPU time of the two sides of a load: of the server, and of this process.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sides {
    pub(crate) server: Duration,
    pub(crate) load: Duration,
}

impl Sides {
    /// What both have used so far.
    pub(crate) fn now(server: u32) -> anyhow::Result<Self> {
        Ok(Self { server: used_by(server)?, load: used_by(std::process::id())? })
    }

    /// What both have used since then.
    pub(crate) fn since(server: u32, then: Self) -> anyhow::Result<Self> {
        let now = Self::now(server)?;
        Ok(Self { server: now.server.saturating_sub(then.server), load: now.load.saturating_sub(then.load) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_found_behind_any_name() {
        let stat = "12 (a) b) S 1 12 12 0 -1 4194304 99 0 0 0 250 50 7 8 20 0 4 0 1 2 3";
        assert_eq!(used(stat), Some(Duration::from_secs(3)));
        assert_eq!(used("nothing"), None);
        assert!(used_by(std::process::id()).is_ok());
    }
}
