//! The room that bodies in flight share: their bytes, as they come, and what is made of them while they are read. Beyond it
//! the service says that it is busy: fifty large bodies at once do not end it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::strict_json;

/// Bytes of the room: 128 MiB.
const SIZE: usize = 128 << 20;
/// Bytes of it that only small bodies may take, so that a few large ones do not keep them out.
const FOR_SMALL: usize = 8 << 20;
/// Bytes of a small body at most, with what is made of it.
const SMALL: usize = 256 << 10;
/// Bytes that are made of one body at most: those that are longer are read in pieces.
const MADE: usize = 48 << 20;
/// How long a body waits for room, all in all, before its caller is told to come back: two that wait for each other do not
/// wait for ever.
const WAIT: Duration = Duration::from_secs(5);
/// How often it looks. Nobody queues: a large body that waits stands in no small one's way.
const LOOK: Duration = Duration::from_millis(20);

/// The room of one service.
#[derive(Debug, Default)]
pub struct Room {
    taken: AtomicUsize,
}

/// What one body has of the room, until it is dropped.
#[derive(Debug)]
pub struct Share {
    room: Arc<Room>,
    bytes: usize,
    until: Option<Instant>,
}

impl Room {
    /// A share of nothing yet.
    pub fn share(self: &Arc<Self>) -> Share {
        Share { room: self.clone(), bytes: 0, until: None }
    }

    /// Bytes that are taken.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

impl Share {
    /// Takes more of the room, if it is there.
    pub fn take(&mut self, bytes: usize) -> bool {
        let limit = if self.bytes.saturating_add(bytes) > SMALL { SIZE - FOR_SMALL } else { SIZE };
        let fits = |taken: usize| taken.checked_add(bytes).filter(|all| *all <= limit);
        let taken = self.room.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok();
        self.bytes += if taken { bytes } else { 0 };
        taken
    }

    /// Takes more of the room once it is there; false when it does not come in time.
    pub async fn wait_for(&mut self, bytes: usize) -> bool {
        while !self.take(bytes) {
            let until = *self.until.get_or_insert_with(|| Instant::now() + WAIT);
            if Instant::now() >= until {
                return false;
            }
            tokio::time::sleep(LOOK).await;
        }
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.room.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Bytes that are made of a body of a media type while it is read and answered.
pub fn made_of(media_type: &str, body: &[u8]) -> usize {
    let count = |signs: &[u8]| body.iter().filter(|byte| signs.contains(byte)).count();
    let made = match media_type {
        // A tree, and another one when it must be read without what is wrong in it.
        "application/json" | "application/merge-patch+json" => 2 * (strict_json::cost(body) - body.len()) + body.len(),
        // Lines are read some at a time; each has its result.
        "application/x-ndjson" => body.len().min(16 << 20) + 600 * count(b"\n"),
        // Its text and all of its cells.
        "text/csv" => body.len() + 24 * count(b";,\t") + 600 * count(b"\n"),
        // A convention: its text, its articles, its clauses.
        text if text.starts_with("text/") => body.len().saturating_mul(4),
        _ => 0,
    };
    made.min(MADE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_bodies_leave_room_for_small_ones() {
        let room = Arc::new(Room::default());
        let mut large = room.share();
        assert!(large.take(SIZE - FOR_SMALL));
        let (mut other, mut small) = (room.share(), room.share());
        assert!(!other.take(SMALL + 1));
        assert!(small.take(SMALL));
        assert_eq!(room.taken(), SIZE - FOR_SMALL + SMALL);
        drop((large, small));
        assert!(other.take(SMALL + 1));
        drop(other);
        assert_eq!(room.taken(), 0);
    }

    #[test]
    fn two_that_wait_for_each_other_do_not_wait_for_ever() {
        let room = Arc::new(Room::default());
        let (mut one, mut other) = (room.share(), room.share());
        assert!(one.take(60 << 20) && other.take(60 << 20));
        actix_web::rt::System::new().block_on(async {
            // Their time is up.
            (one.until, other.until) = (Some(Instant::now()), Some(Instant::now()));
            assert!(!one.wait_for(20 << 20).await && !other.wait_for(20 << 20).await);
            drop(one);
            assert!(other.wait_for(20 << 20).await);
        });
    }

    #[test]
    fn every_body_fits_alone() {
        for media_type in ["application/json", "application/x-ndjson", "text/csv", "text/plain"] {
            let body = vec![b','; 64 << 20];
            assert!(body.len() + made_of(media_type, &body) <= SIZE - FOR_SMALL, "{media_type}");
        }
    }
}
