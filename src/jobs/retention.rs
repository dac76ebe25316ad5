//! What is dropped because of its age.
//!
//! A clock that is wrong must not empty the tables: one run drops what is past its time, and of that no more than some time's
//! worth, from the oldest on. Runs are frequent enough to catch up after weeks without any.

use crate::app::App;
use crate::db::{Connection, feed};
use crate::domain::Instant;
use crate::error::Halt;
use crate::files::blobs;
use crate::http::idempotency;

/// The seconds of a day.
const DAY: i64 = 24 * 3600;

/// Something that is kept for a time.
pub struct Retention {
    /// Seconds that it is kept.
    pub seconds: fn(&App) -> i64,
    /// Seconds' worth that one run drops at most.
    at_once: i64,
    /// When the oldest was recorded.
    oldest: fn(&mut Connection) -> Result<Option<Instant>, Halt>,
    /// Drops a bounded number of those of before a moment, as it is `now`; returns how many.
    drop: fn(&mut Connection, Instant, Instant) -> Result<usize, Halt>,
}

/// Keys live for a day only: an hour of them at once.
pub const KEYS: Retention = Retention {
    seconds: |_| idempotency::KEPT,
    at_once: 3600,
    oldest: |c| Ok(idempotency::oldest(c)?),
    drop: |c, moment, _| Ok(idempotency::drop_before(c, moment)?),
};
/// Entries of the change feed.
pub const ENTRIES: Retention = Retention {
    seconds: |app| app.config.feed_retention,
    at_once: DAY,
    oldest: |c| Ok(feed::oldest(c)?),
    drop: |c, moment, now| Ok(feed::drop_before(c, moment, now)?),
};
/// Blobs that no file uses.
pub const BLOBS: Retention = Retention {
    seconds: |_| blobs::SPARED,
    at_once: DAY,
    oldest: |c| Ok(blobs::oldest_unused(c)?),
    drop: |c, moment, _| blobs::sweep(c, moment),
};

impl Retention {
    /// Drops what is past its time now, from the oldest on; returns how many.
    pub async fn drop_oldest(&'static self, app: &App, now: Instant) -> Result<usize, Halt> {
        let Some(oldest) = app.db.job(self.oldest).await? else { return Ok(0) };
        let past = now.plus_seconds(-(self.seconds)(app));
        let moment = past.min(oldest.plus_seconds(self.at_once));
        super::until_nothing_is_left(app, move |c| (self.drop)(c, moment, now)).await
    }
}
