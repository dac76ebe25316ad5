//! The clock, injected: nothing else in the crate asks the machine for the time.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::domain::instant::PARIS;
use crate::domain::{CivilDate, Id, Instant};

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's time; the civil date may be set apart, in `demo` only.
    System { civil: Option<CivilDate> },
    /// A time set by a test.
    Fixed(Arc<FixedTime>),
}

/// The two times of a test, in microseconds: what the clock shows, UTC, and how long the process has run.
#[derive(Debug)]
pub struct FixedTime {
    shown: AtomicI64,
    run: AtomicI64,
}

impl Clock {
    /// A clock that stands still at a moment.
    pub fn fixed(at: Instant) -> Self {
        Self::Fixed(Arc::new(FixedTime { shown: AtomicI64::new(at.as_micros()), run: AtomicI64::new(0) }))
    }

    /// Now, UTC.
    pub fn now(&self) -> Instant {
        match self {
            #[allow(clippy::disallowed_methods)] // here, and nowhere else
            Self::System { .. } => Instant::from_utc(chrono::Utc::now()),
            Self::Fixed(time) => Instant::from_micros(time.shown.load(Ordering::Relaxed)),
        }
    }

    /// Today in Paris: made once per request, then handed to the rules.
    pub fn today(&self) -> CivilDate {
        self.date_at(self.now())
    }

    /// The civil date at a moment, in Paris.
    pub fn date_at(&self, now: Instant) -> CivilDate {
        match self {
            Self::System { civil: Some(date) } => *date,
            _ => now.civil_date_in(PARIS),
        }
    }

    /// Microseconds that have passed since the process began to count them, whatever the clock is set to.
    fn passed(&self) -> i64 {
        static BEGINNING: OnceLock<std::time::Instant> = OnceLock::new();
        match self {
            Self::System { .. } => {
                let passed = BEGINNING.get_or_init(std::time::Instant::now).elapsed();
                i64::try_from(passed.as_micros()).unwrap_or(i64::MAX)
            }
            Self::Fixed(time) => time.run.load(Ordering::Relaxed),
        }
    }

    /// Lets time pass until a moment on a fixed clock; a system clock stays.
    pub fn set(&self, at: Instant) {
        if let Self::Fixed(time) = self {
            let before = time.shown.swap(at.as_micros(), Ordering::Relaxed);
            time.run.fetch_add((at.as_micros() - before).max(0), Ordering::Relaxed);
        }
    }

    /// Sets a fixed clock wrong, or right again, while no time passes.
    pub fn jump(&self, at: Instant) {
        if let Self::Fixed(time) = self {
            time.shown.store(at.as_micros(), Ordering::Relaxed);
        }
    }
}

/// Watches a clock for steps, against the time that no setting of it moves.
#[derive(Debug)]
pub struct ClockWatch(Mutex<Reading>);

/// The last reading of the clock, and when it was last set.
#[derive(Debug)]
struct Reading {
    shown: Instant,
    passed: i64,
    set_at: Option<i64>,
}

impl ClockWatch {
    /// Microseconds by which a clock is corrected without being wrong: an hour.
    const STEP: i64 = 3600 * 1_000_000;
    /// Microseconds for which a clock that was set must go on before its date is believed: a minute.
    const SETTLES: i64 = 60 * 1_000_000;

    pub fn new(clock: &Clock) -> Self {
        Self(Mutex::new(Reading { shown: clock.now(), passed: clock.passed(), set_at: None }))
    }

    /// Now, when the clock is believed: nothing for a minute after a step of more than an hour, in either direction.
    pub fn now(&self, clock: &Clock) -> Option<Instant> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (shown, passed) = (clock.now(), clock.passed());
        let step = (shown.as_micros() - last.shown.as_micros()) - (passed - last.passed);
        if step.abs() > Self::STEP {
            log::warn!("the clock was set from {} to {shown}: the jobs wait until it is steady", last.shown);
            last.set_at = Some(passed);
        }
        (last.shown, last.passed) = (shown, passed);
        if last.set_at.is_some_and(|set_at| passed - set_at < Self::SETTLES) {
            return None;
        }
        if last.set_at.take().is_some() {
            log::info!("the clock is steady again: the jobs go on");
        }
        Some(shown)
    }
}

/// Where identifiers come from: chance, or a seed in tests.
#[derive(Debug, Clone)]
pub enum Ids {
    Random,
    Seeded(Arc<AtomicU64>),
}

impl Ids {
    /// A new identifier, ordered by time.
    pub fn next(&self, now: Instant) -> Id {
        let mut random = [0_u8; 10];
        match self {
            Self::Random => {
                if getrandom::fill(&mut random).is_err() {
                    // Only a broken system has no chance to give; an identifier made of time alone would collide.
                    log::error!("the system gives no random bytes");
                    std::process::abort();
                }
            }
            Self::Seeded(counter) => {
                random[2..].copy_from_slice(&counter.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            }
        }
        Id::from_parts(now, random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_believed_again_a_minute_after_it_was_set() {
        let start = Instant::from_micros(0).plus_seconds(1_800_000_000);
        let clock = Clock::fixed(start);
        let watch = ClockWatch::new(&clock);
        let pass = |seconds| clock.set(clock.now().plus_seconds(seconds));
        assert_eq!(watch.now(&clock), Some(start));
        // Weeks without a look, and a correction of a few minutes, are nothing.
        pass(40 * 86_400);
        assert_eq!(watch.now(&clock), Some(clock.now()));
        clock.jump(clock.now().plus_seconds(-600));
        assert_eq!(watch.now(&clock), Some(clock.now()));
        for step in [5000 * 86_400, -86_400, -3601] {
            clock.jump(clock.now().plus_seconds(step));
            assert_eq!(watch.now(&clock), None, "{step}");
            pass(59);
            assert_eq!(watch.now(&clock), None, "{step}");
            pass(1);
            assert_eq!(watch.now(&clock), Some(clock.now()), "{step}");
        }
    }
}
