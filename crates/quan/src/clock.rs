//! Clocks: the wall clock, one that never goes back, and the one that `quan dev` lets be moved.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use quan_gateway::{ClockControl, ClockError};
use quan_model::clock::Clock;

/// The operating system's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "the binary is where the wall clock is read")]
    fn now_ms(&self) -> i64 {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The time of its making, running on evenly: setting the machine's clock does not move it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SteadyClock {
    began: Instant,
    began_ms: i64,
}

impl SteadyClock {
    /// A clock that shows real time now.
    pub(crate) fn begin() -> Self {
        Self { began: Instant::now(), began_ms: WallClock.now_ms() }
    }
}

impl Clock for SteadyClock {
    fn now_ms(&self) -> i64 {
        self.began_ms.saturating_add(i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

/// The wall clock, moved forward by as much as was asked for. The move is kept in a file, so that a
/// coupon that has expired stays expired after a restart.
#[derive(Debug)]
pub(crate) struct MovableClock {
    offset_ms: AtomicI64,
    file: PathBuf,
}

impl MovableClock {
    /// The clock of a data directory, as far ahead as it was left.
    pub(crate) fn open(data: &Path) -> anyhow::Result<Self> {
        let file = data.join("clock-offset-ms");
        let offset_ms = match std::fs::read_to_string(&file) {
            Ok(text) => text.trim().parse().with_context(|| {
                format!("{} should hold one whole number: correct it or delete it", file.display())
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
        };
        Ok(Self { offset_ms: AtomicI64::new(offset_ms), file })
    }
}

impl Clock for MovableClock {
    fn now_ms(&self) -> i64 {
        WallClock.now_ms().saturating_add(self.offset_ms.load(Ordering::Relaxed))
    }
}

impl ClockControl for MovableClock {
    fn advance(&self, seconds: u32) -> Result<(), ClockError> {
        let add = i64::from(seconds) * 1000;
        let moved = self.offset_ms.load(Ordering::Relaxed).saturating_add(add);
        crate::sandbox::write_whole(&self.file, moved.to_string().as_bytes())
            .map_err(|error| ClockError(format!("{error:#}")))?;
        self.offset_ms.fetch_add(add, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_outlives_the_process() {
        let directory = tempfile::tempdir().unwrap();
        let clock = MovableClock::open(directory.path()).unwrap();
        clock.advance(300).unwrap();
        clock.advance(86_400).unwrap();
        let again = MovableClock::open(directory.path()).unwrap();
        assert_eq!(again.offset_ms.load(Ordering::Relaxed), 86_700_000);
        assert!(again.now_ms() - WallClock.now_ms() > 86_600_000);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("clock-offset-ms"), "soon").unwrap();
        let error = MovableClock::open(directory.path()).unwrap_err();
        assert!(format!("{error:#}").contains("clock-offset-ms"));
    }
}
