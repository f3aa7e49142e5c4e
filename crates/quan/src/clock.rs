//! Clocks: the wall clock, ones that never go back, and the one that `quan dev` lets be moved.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
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

/// The wall clock as rules see it in production: it never goes back while the process runs, and it begins no earlier
/// than it is told. When the machine's clock is set back, it stands still until real time has caught up.
#[derive(Debug)]
pub(crate) struct GuardedClock<C = WallClock> {
    real: C,
    newest_ms: AtomicI64,
    /// How often real time was found behind after it had not been.
    steps_back: AtomicU64,
    is_behind: AtomicBool,
}

/// How far real time may be behind what was shown before it counts as a step back: threads may read and show in
/// different orders.
const STEP_BACK_MS: i64 = 1000;

impl<C: Clock> GuardedClock<C> {
    /// A clock that shows `begin_ms` at least.
    pub(crate) fn begin(real: C, begin_ms: i64) -> Self {
        let newest_ms = AtomicI64::new(begin_ms);
        Self { real, newest_ms, steps_back: AtomicU64::new(0), is_behind: AtomicBool::new(false) }
    }

    /// How often the machine's clock was set back.
    pub(crate) fn steps_back(&self) -> u64 {
        self.steps_back.load(Ordering::Relaxed)
    }

    /// How far real time is behind, in milliseconds; 0 when it is not.
    pub(crate) fn behind_ms(&self) -> i64 {
        (self.newest_ms.load(Ordering::Relaxed) - self.real.now_ms()).max(0)
    }
}

impl<C: Clock> Clock for GuardedClock<C> {
    fn now_ms(&self) -> i64 {
        let real_ms = self.real.now_ms();
        let newest_ms = self.newest_ms.fetch_max(real_ms, Ordering::Relaxed);
        let behind_ms = newest_ms - real_ms;
        if behind_ms > STEP_BACK_MS && !self.is_behind.swap(true, Ordering::Relaxed) {
            self.steps_back.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(
                behind_ms,
                "the machine's clock was set back: the rules' clock stands still until it has caught up"
            );
        } else if behind_ms <= 0 && self.is_behind.swap(false, Ordering::Relaxed) {
            tracing::info!("the machine's clock has caught up");
        }
        newest_ms.max(real_ms)
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

    /// A machine's clock that is set by hand.
    struct Hand<'t>(&'t AtomicI64);

    impl Clock for Hand<'static> {
        fn now_ms(&self) -> i64 {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn the_guarded_clock_stands_still_while_real_time_is_behind() {
        static REAL: AtomicI64 = AtomicI64::new(10_000_000);
        let clock = GuardedClock::begin(Hand(&REAL), 0);
        assert_eq!((clock.now_ms(), clock.steps_back()), (10_000_000, 0));
        REAL.fetch_sub(STEP_BACK_MS, Ordering::SeqCst);
        assert_eq!((clock.now_ms(), clock.steps_back()), (10_000_000, 0), "threads may be that far apart");
        REAL.fetch_sub(120_000, Ordering::SeqCst);
        for _ in 0..3 {
            assert_eq!((clock.now_ms(), clock.steps_back()), (10_000_000, 1), "counted once");
        }
        assert_eq!(clock.behind_ms(), 121_000);
        REAL.store(10_000_001, Ordering::SeqCst);
        assert_eq!((clock.now_ms(), clock.behind_ms()), (10_000_001, 0));
        REAL.fetch_sub(5_000, Ordering::SeqCst);
        assert_eq!((clock.now_ms(), clock.steps_back()), (10_000_001, 2), "and once more the next time");
    }

    #[test]
    fn the_guarded_clock_begins_where_the_store_ended() {
        static REAL: AtomicI64 = AtomicI64::new(10_000_000);
        let clock = GuardedClock::begin(Hand(&REAL), 10_030_000);
        assert_eq!(clock.now_ms(), 10_030_000);
        REAL.store(10_030_500, Ordering::SeqCst);
        assert_eq!(clock.now_ms(), 10_030_500);
    }

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
