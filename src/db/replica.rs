//! Long reads, exports and dashboards, away from the primary: a streaming replica does them while it answers.
//!
//! What a caller reads after it wrote never comes from there: single reads, lists and the feed ask the primary.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection as _;

use super::opened_database::OpenedDatabase;
use super::thread_connection::{Read, ThreadConnection, read_with};
use super::{Target, migrate};

/// Where a long read may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Where everything is written: it knows what was written a moment ago.
    Primary,
    /// The replica for reads when there is one, a little behind.
    Replica,
}

/// How long a replica that could not be reached is not tried again.
const REPLICA_RETRY: Duration = Duration::from_secs(5);

/// A long read, and whether it is done on the replica: that is known when it begins.
pub(super) struct LongRead {
    pub(super) on_replica: Arc<AtomicBool>,
    pub(super) read: Read,
}

/// Long reads go to the replica while it answers, and to the primary otherwise: an export does not fail with it.
pub(super) fn serve_long_reads(
    primary: &Target,
    opened: Arc<OpenedDatabase>,
    replica: Option<&(Arc<Target>, Arc<AtomicBool>)>,
    jobs: &Receiver<LongRead>,
) {
    let mut primary = ThreadConnection::reading(primary, opened);
    let mut replica = replica.map(|(target, up)| (ThreadConnection::reading(target, Arc::default()), up));
    for LongRead { on_replica, read } in jobs {
        if let Some(replica) = replica.as_mut().and_then(|(held, up)| answers(held, up).then_some(held)) {
            read_with(replica, read);
            continue;
        }
        on_replica.store(false, Ordering::Relaxed);
        before_a_walk(&mut primary);
        read_with(&mut primary, read);
        after_a_walk(&mut primary);
    }
}

/// A walk reads each page once: the pages that SQLite would keep are of no use to it.
fn before_a_walk(held: &mut ThreadConnection<'_>) {
    tell(held, "PRAGMA cache_size = -2048");
}

/// What it kept all the same is given back.
fn after_a_walk(held: &mut ThreadConnection<'_>) {
    tell(held, "PRAGMA shrink_memory");
}

fn tell(held: &mut ThreadConnection<'_>, pragma: &str) {
    if !held.target.is_postgres()
        && let Ok(c) = held.get()
        && let Err(e) = c.batch_execute(pragma)
    {
        log::warn!("{pragma}: {e}");
    }
}

/// Whether the replica can be read now, in a schema that this program reads; what changes is logged once.
fn answers(replica: &mut ThreadConnection<'_>, up: &AtomicBool) -> bool {
    if replica.failed.is_some_and(|at| at.elapsed() < REPLICA_RETRY) {
        return false;
    }
    // Asked each time: an export that has begun on a dead connection cannot begin again elsewhere.
    if replica.connection.as_mut().is_some_and(|c| c.batch_execute("SELECT 1").is_err()) {
        replica.connection = None;
    }
    let fresh = replica.connection.is_none();
    let target = replica.target;
    let found = replica.get().and_then(|c| {
        if !fresh {
            return Ok(());
        }
        let found = target.begin_reading(c).and_then(|()| migrate::inspect(c)).map_err(|e| e.to_string())?;
        if target.is_pooled() {
            c.rollback().map_err(|e| e.to_string())?;
        }
        migrate::accept(&found).map_err(|why| why.0)
    });
    match found {
        Ok(()) => {
            if !up.swap(true, Ordering::Relaxed) {
                log::info!("the replica for reads answers again");
            }
            true
        }
        Err(why) => {
            if up.swap(false, Ordering::Relaxed) {
                log::warn!("the replica for reads is left aside, exports read from the primary: {why}");
            }
            replica.connection = None;
            replica.failed = Some(Instant::now());
            false
        }
    }
}
