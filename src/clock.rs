//! The clock, injected: nothing else in the crate asks the machine for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::domain::instant::PARIS;
use crate::domain::{CivilDate, Id, Instant};

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's time; the civil date may be set apart, in `demo` only.
    System { civil: Option<CivilDate> },
    /// A time set by a test, in microseconds UTC.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at a moment.
    pub fn fixed(at: Instant) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.as_micros())))
    }

    /// Now, UTC.
    pub fn now(&self) -> Instant {
        match self {
            #[allow(clippy::disallowed_methods)] // here, and nowhere else
            Self::System { .. } => Instant::from_utc(chrono::Utc::now()),
            Self::Fixed(micros) => Instant::from_micros(micros.load(Ordering::Relaxed)),
        }
    }

    /// Today in Paris: made once per request, then handed to the rules.
    pub fn today(&self) -> CivilDate {
        match self {
            Self::System { civil: Some(date) } => *date,
            _ => self.now().civil_date_in(PARIS),
        }
    }

    /// Moves a fixed clock; a system clock stays.
    pub fn set(&self, at: Instant) {
        if let Self::Fixed(micros) = self {
            micros.store(at.as_micros(), Ordering::Relaxed);
        }
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
