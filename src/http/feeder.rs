//! A body that a database thread writes while its client reads it, and how long the thread waits for one that reads slowly.

use std::cell::Cell;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::call::SLOWEST;
use super::queue::ExportPlace;
use crate::db::Stopped;

/// Where a database thread puts what a client reads. Dropped before [`Feeder::finish`], it cuts the connection short, so
/// that a client cannot take a part for the whole.
pub struct Feeder {
    chunks: Sender<Bytes>,
    whole: Arc<AtomicBool>,
    place: ExportPlace,
    patience: Patience,
    /// Time that the client may still let this thread wait.
    credit: Cell<Duration>,
}

/// The client has gone, or reads nothing any more.
#[derive(Debug)]
pub struct NobodyReads;

/// The slowest that a client may read.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// Time without reading, at most.
    still: Duration,
    /// Bytes a second, at least.
    slowest: usize,
}

/// How long a thread of the database waits for a client that reads slowly.
#[derive(Debug, Clone, Copy)]
struct Patience {
    alone: Pace,
    /// While another client waits for the thread.
    others_wait: Pace,
}

const PATIENCE: Patience = Patience {
    alone: Pace { still: Duration::from_secs(30), slowest: SLOWEST },
    others_wait: Pace { still: Duration::from_secs(3), slowest: 512 << 10 },
};

impl Feeder {
    /// Says that a thread writes this answer now: it waits in the queue no more.
    pub fn begin(&mut self) {
        self.place.begin();
    }

    /// Sends the next bytes, once there is room for them. Each wait is taken from the client's credit, and what it reads
    /// is added, up to the time that it may be still.
    pub fn send(&self, bytes: impl Into<Bytes>) -> Result<(), NobodyReads> {
        let mut next = bytes.into();
        let size = next.len();
        loop {
            next = match self.chunks.try_send(next) {
                Ok(()) => {
                    let Pace { still, slowest } = self.pace();
                    let earned = Duration::from_micros((size.saturating_mul(1_000_000) / slowest) as u64);
                    self.credit.set((self.credit.get() + earned).min(still));
                    return Ok(());
                }
                Err(TrySendError::Full(back)) => back,
                Err(TrySendError::Closed(_)) => return Err(NobodyReads),
            };
            let since = Instant::now();
            std::thread::sleep(Duration::from_millis(1));
            let credit = self.credit.get().min(self.pace().still);
            self.credit.set(credit.checked_sub(since.elapsed()).ok_or(NobodyReads)?);
        }
    }

    fn pace(&self) -> Pace {
        if self.place.others_wait() { self.patience.others_wait } else { self.patience.alone }
    }

    /// All was sent.
    pub fn finish(self) {
        self.whole.store(true, Ordering::Release);
    }
}

/// What writes into a body: it gathers, and sends in pieces.
pub struct Outlet {
    feeder: Feeder,
    gathered: Vec<u8>,
}

/// Bytes gathered before they are sent.
pub const SENT_AT_ONCE: usize = 64 << 10;

impl Outlet {
    pub fn new(feeder: Feeder) -> Self {
        Self { feeder, gathered: Vec::with_capacity(SENT_AT_ONCE) }
    }

    /// Sends the rest: all was written.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.feeder.finish();
        Ok(())
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= SENT_AT_ONCE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    /// A broken pipe when the client reads no more.
    fn flush(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::replace(&mut self.gathered, Vec::with_capacity(SENT_AT_ONCE));
        self.feeder.send(bytes).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// A body fed from a database thread through a bounded channel: memory stays constant however long it is.
pub struct Chunks {
    pieces: Receiver<Bytes>,
    whole: Arc<AtomicBool>,
    /// Ends when the database has fallen silent.
    stopped: Option<Stopped>,
}

impl Chunks {
    /// The same, cut short when this ends.
    #[must_use]
    pub fn until(self, stopped: Stopped) -> Self {
        Self { stopped: Some(stopped), ..self }
    }

    /// A body, and what feeds it, for an export that has its place in the queue.
    pub fn pair(place: ExportPlace) -> (Feeder, Self) {
        Self::pair_with(place, PATIENCE)
    }

    fn pair_with(place: ExportPlace, patience: Patience) -> (Feeder, Self) {
        let (chunks, receiver) = channel(4);
        let whole = Arc::new(AtomicBool::new(false));
        let credit = Cell::new(patience.alone.still);
        (
            Feeder { chunks, whole: whole.clone(), place, patience, credit },
            Self { pieces: receiver, whole, stopped: None },
        )
    }
}

impl MessageBody for Chunks {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Bytes, Self::Error>>> {
        let next = self.pieces.poll_recv(cx);
        if next.is_pending()
            && let Some(stopped) = &mut self.stopped
            && stopped.as_mut().poll(cx).is_ready()
        {
            self.stopped = None;
            return std::task::Poll::Ready(Some(Err(std::io::Error::other("the database has fallen silent"))));
        }
        next.map(|next| match next {
            Some(bytes) => Some(Ok(bytes)),
            None if self.whole.load(Ordering::Acquire) => None,
            None => Some(Err(std::io::Error::other("the answer broke off"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Id;
    use crate::http::queue::ExportQueue;

    const CALM: Pace = Pace { still: Duration::from_millis(400), slowest: 10_000 };
    const HURRIED: Pace = Pace { still: Duration::from_millis(40), slowest: 1_000_000 };

    /// Sends thirty chunks of 1,000 bytes to a client that takes one whenever `every` has passed; how many it got.
    fn read_every(every: Duration, queue: &ExportQueue) -> usize {
        let mut place = queue.enter(Id::from_bytes([1; 16])).unwrap();
        place.begin();
        let (feeder, mut chunks) = Chunks::pair_with(place, Patience { alone: CALM, others_wait: HURRIED });
        let reader = std::thread::spawn(move || {
            let mut got = 0;
            loop {
                std::thread::sleep(every);
                match chunks.pieces.blocking_recv() {
                    Some(_) => got += 1,
                    None => return got,
                }
            }
        });
        for _ in 0..30 {
            if feeder.send(vec![0; 1000]).is_err() {
                break;
            }
        }
        drop(feeder);
        reader.join().unwrap()
    }

    #[test]
    fn who_reads_slowly_alone_is_never_cut() {
        let queue = ExportQueue::default();
        // At its pace, though all waits together are longer than it may be still.
        assert_eq!(read_every(Duration::from_millis(40), &queue), 30);
        // Each wait is short enough; all together they are not.
        assert!(read_every(Duration::from_millis(250), &queue) < 30);
    }

    #[test]
    fn who_reads_slowly_makes_way_for_another_client() {
        let queue = ExportQueue::default();
        let own = queue.enter(Id::from_bytes([1; 16])).unwrap();
        assert_eq!(read_every(Duration::from_millis(40), &queue), 30, "its own exports wait for it");
        let other = queue.enter(Id::from_bytes([2; 16])).unwrap();
        assert!(read_every(Duration::from_millis(40), &queue) < 30);
        drop((own, other));
        assert_eq!(read_every(Duration::from_millis(40), &queue), 30);
    }
}
