//! How often something may be done: by a client, by an address, in this replica.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::error::Problem;

/// What is counted apart at most. Keys are spread over so many slots by a hash that nobody can foresee: whatever is
/// made up, the memory stays, and two callers share a slot once in so many times.
const SLOTS: u64 = 1 << 16;

/// Counts by key.
pub struct Limiter {
    limiter: DefaultKeyedRateLimiter<u64>,
    hasher: RandomState,
}

impl Limiter {
    /// `per_second` in the long run, `burst` at once.
    pub fn per_second(per_second: u32, burst: u32) -> Self {
        Self::of(Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst)))
    }

    /// `per_minute` in the long run, and as many at once.
    pub fn per_minute(per_minute: u32) -> Self {
        Self::of(Quota::per_minute(at_least_one(per_minute)))
    }

    fn of(quota: Quota) -> Self {
        Self { limiter: DefaultKeyedRateLimiter::keyed(quota), hasher: RandomState::new() }
    }

    /// Counts one under a key; 429 when there were too many.
    pub fn check(&self, key: impl Hash) -> Result<(), Problem> {
        let slot = self.hasher.hash_one(key) % SLOTS;
        self.limiter.check_key(&slot).map_err(|not_until| {
            let seconds = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            Problem::plain("rate_limited").header("Retry-After", seconds.to_string())
        })
    }
}

fn at_least_one(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_keys_take_no_more_room() {
        let limiter = Limiter::per_minute(60);
        for key in 0..4 * SLOTS {
            let _ = limiter.check(key);
        }
        assert!(limiter.limiter.len() as u64 <= SLOTS);
    }

    #[test]
    fn each_key_has_its_own_count() {
        let limiter = Limiter::per_second(1, 2);
        let refused = |key: &str| limiter.check(key).is_err();
        assert_eq!([refused("a"), refused("a"), refused("a"), refused("b")], [false, false, true, false]);
    }
}
