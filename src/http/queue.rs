//! The queue of exports: a client holds a share of it, and who reads slowly makes way for other clients that wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::Id;
use crate::error::{Halt, Problem, both};

/// Exports of one client at once, running and waiting.
const SHARE: usize = 4;
/// Seconds after which a client whose share is full asks again.
const RETRY_AFTER: &str = "5";

/// The exports of this process: cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ExportQueue(Arc<Mutex<HashMap<Id, Share>>>);

#[derive(Debug, Clone, Copy, Default)]
struct Share {
    waiting: usize,
    running: usize,
}

impl ExportQueue {
    /// Gives an export its place; 429 when the client holds its share already.
    pub fn enter(&self, client: Id) -> Result<ExportPlace, Halt> {
        let mut shares = self.shares();
        let share = shares.entry(client).or_default();
        if share.waiting + share.running >= SHARE {
            let detail = both(
                format!("Ce client a déjà {SHARE} exports en cours : lire ceux-là d'abord."),
                format!("This client has {SHARE} exports under way already: read those first."),
            );
            return Err(Problem::new("rate_limited", detail).header("Retry-After", RETRY_AFTER).into());
        }
        share.waiting += 1;
        Ok(ExportPlace { queue: self.clone(), client, runs: false })
    }

    fn shares(&self) -> MutexGuard<'_, HashMap<Id, Share>> {
        // Counts stay right whatever panicked beside them.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one export, given back when it is dropped.
#[derive(Debug)]
pub struct ExportPlace {
    queue: ExportQueue,
    client: Id,
    runs: bool,
}

impl ExportPlace {
    /// Leaves the queue: a thread writes this export now.
    pub fn begin(&mut self) {
        if let Some(share) = self.queue.shares().get_mut(&self.client).filter(|_| !self.runs) {
            share.waiting -= 1;
            share.running += 1;
            self.runs = true;
        }
    }

    /// Returns whether an export of another client waits for a thread.
    pub fn others_wait(&self) -> bool {
        self.queue.shares().iter().any(|(client, share)| *client != self.client && share.waiting > 0)
    }
}

impl Drop for ExportPlace {
    fn drop(&mut self) {
        let mut shares = self.queue.shares();
        let Some(share) = shares.get_mut(&self.client) else { return };
        if self.runs {
            share.running -= 1;
        } else {
            share.waiting -= 1;
        }
        // Who exports nothing is forgotten.
        if share.waiting + share.running == 0 {
            shares.remove(&self.client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_holds_its_share_and_no_more() {
        let queue = ExportQueue::default();
        let [one, other] = [1, 2].map(|n| Id::from_bytes([n; 16]));
        let mut places: Vec<_> = (0..SHARE).map(|_| queue.enter(one).unwrap()).collect();
        places[0].begin();
        let Err(Halt::Problem(refused)) = queue.enter(one) else { panic!("the share is full") };
        assert_eq!(refused.entry.code, "rate_limited");
        assert!(!places[0].others_wait(), "its own exports are no others");
        let mut waits = queue.enter(other).unwrap();
        assert!(places[0].others_wait());
        waits.begin();
        assert!(!places[0].others_wait());
        places.pop();
        assert!(queue.enter(one).is_ok());
        drop((places, waits));
        assert!(queue.shares().is_empty());
    }
}
