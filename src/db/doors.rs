//! The two doors to the database.
//!
//! A door is a bounded queue in front of threads that own their connection. A request hops once, off the async
//! threads; a full queue is a 503 with `Retry-After` rather than a pile of waiting work. On SQLite the write door has
//! one thread and commits several waiting units together: one fsync serves them all. Nobody waits at a door, or behind it,
//! for a database that has fallen silent ([`super::pulse`]).

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;

use super::Connection;
use super::connection::Target;
use super::opened_database::OpenedDatabase;
use super::pulse::{self, Pulse, Rhythm};
use super::replica::{LongRead, Source, serve_long_reads};
use super::thread_connection::{Read, serve_reads};
use super::writer::{Done, Write, serve_writes, write_through};
use crate::error::Halt;

/// Ends when what a long read sends is not to be waited for any more.
pub type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where a unit is on its way. One that still waits can be called off; one that has begun cannot.
const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const CALLED_OFF: u8 = 2;

/// Sizes of the doors.
#[derive(Debug, Clone, Copy)]
pub struct DoorSizes {
    pub readers: usize,
    pub writers: usize,
    /// Units that may wait at each door before it answers 503.
    pub queue: usize,
}

/// The database of this process: cheap to clone.
#[derive(Clone)]
pub struct Database {
    read: Sender<Read>,
    write: Sender<Write>,
    stream: Sender<LongRead>,
    job: Sender<Write>,
    target: Arc<Target>,
    opened: Arc<OpenedDatabase>,
    /// Does it answer, and can it write?
    reads: Pulse,
    writes: Pulse,
    /// The replica for reads: its own queue, and whether it answers.
    aside: Option<(Sender<LongRead>, Pulse)>,
    waiting: Arc<AtomicUsize>,
    /// Says whether long reads find the replica; none when there is none.
    replica_up: Option<Arc<AtomicBool>>,
}

/// Exports that may wait for a thread, of all clients: a slow reader makes way for them (`http::feeder`).
const EXPORTS: usize = 32;
/// At most this many waiting units share one commit on SQLite.
const GROUP: usize = 64;

impl Database {
    /// Opens the doors; fails when the first connection does.
    pub fn open(target: Target, replica: Option<Target>, sizes: DoorSizes) -> Result<Self, String> {
        let (read, reads) = bounded::<Read>(sizes.queue);
        let (write, writes) = bounded::<Write>(sizes.queue);
        let (stream, streams) = bounded::<LongRead>(EXPORTS);
        let (target, replica) = (Arc::new(target), replica.map(Arc::new));
        let replica_up = replica.as_ref().map(|_| Arc::new(AtomicBool::new(true)));
        let spawn = |name: String, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name).spawn(work).map_err(|e| e.to_string())
        };
        let mut first = target.open(true)?;
        // The log of an embedded database is there once something was read.
        pulse::answers(&target, &mut first, false)?;
        let opened = Arc::new(OpenedDatabase::of(&target));
        let mut first = Some(first);
        for n in 0..sizes.readers.max(1) {
            let (target, opened, reads) = (target.clone(), opened.clone(), reads.clone());
            let first = first.take().map_or_else(|| target.open(true), Ok)?;
            spawn(format!("read-{n}"), Box::new(move || serve_reads(&target, opened, first, &reads)))?;
        }
        // Exports walk long: they have threads of their own, so that they never hold up a screen. Those that ask the replica
        // have others, so that its silence does not hold up the primary's.
        let walk = |name: &str, waiting: &Receiver<LongRead>, replica: Option<&(Arc<Target>, Arc<AtomicBool>)>| {
            (0..2).try_for_each(|n| {
                let (target, opened, waiting, replica) =
                    (target.clone(), opened.clone(), waiting.clone(), replica.cloned());
                let serve = move || serve_long_reads(&target, opened, replica.as_ref(), &waiting);
                spawn(format!("{name}-{n}"), Box::new(serve)).map(drop)
            })
        };
        walk("export", &streams, None)?;
        let aside = match replica.zip(replica_up.clone()) {
            None => None,
            Some(replica) => {
                let (queue, waiting) = bounded(EXPORTS);
                walk("replica", &waiting, Some(&replica))?;
                let rhythm = Rhythm::of(&replica.0, Duration::from_millis(500));
                let ask = pulse::on_a_connection(replica.0.clone(), true, Arc::default(), pulse::answers);
                Some((queue, Pulse::start("pulse-replica", &rhythm, ask)?))
            }
        };
        let threads = if target.is_postgres() { sizes.writers.max(1) } else { 1 };
        for n in 0..threads {
            let (target, opened, writes) = (target.clone(), opened.clone(), writes.clone());
            let first = target.open(false)?;
            let group = if target.is_postgres() { 1 } else { GROUP };
            spawn(format!("write-{n}"), Box::new(move || serve_writes(&target, opened, first, &writes, group)))?;
        }
        // Jobs never wait behind requests, nor requests behind jobs. SQLite has one writer: there they share its queue.
        let job = if target.is_postgres() {
            let (job, jobs) = bounded::<Write>(sizes.queue);
            let (target, opened, first) = (target.clone(), opened.clone(), target.open(false)?);
            spawn("jobs".into(), Box::new(move || serve_writes(&target, opened, first, &jobs, 1)))?;
            job
        } else {
            write.clone()
        };
        let (reads, writes) = pulses(&target, opened.clone(), write.clone())?;
        Ok(Self { read, write, stream, job, target, opened, reads, writes, aside, waiting: Arc::default(), replica_up })
    }

    /// Where the data lie.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Units sent and not yet answered, for the metrics.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Says whether the database answers and can write, as last seen.
    pub fn is_ready(&self) -> bool {
        self.opened.check().is_ok() && self.reads.is_sound() && self.writes.is_sound()
    }

    /// Runs reads on a thread that owns its connection.
    pub async fn read<T, F>(&self, reads: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Halt> + Send + 'static,
    {
        if self.reads.is_stopped() {
            return Err(Halt::not_now());
        }
        let (reply, answer) = oneshot::channel();
        let job: Read = Box::new(move |c| {
            // The client may have gone while this waited.
            if reply.is_closed() {
                return false;
            }
            let outcome = match c {
                Ok(c) => reads(c),
                Err(why) => Err(Halt::unavailable(&why)),
            };
            let doubt = matches!(outcome, Err(Halt::Database(_)));
            let _ = reply.send(outcome);
            doubt
        });
        Self::send(&self.read, job)?;
        tokio::select! {
            biased;
            got = self.wait(answer) => got,
            () = self.reads.stopped() => Err(Halt::not_now()),
        }
    }

    /// Whether the replica for reads answers; none when there is none.
    pub fn replica_up(&self) -> Option<bool> {
        let (_, pulse) = self.aside.as_ref()?;
        Some(!pulse.is_stopped() && self.replica_up.as_ref()?.load(Ordering::Relaxed))
    }

    /// Runs a long read, an export, that sends its own chunks as it goes. What is given back ends when they are not to be
    /// waited for any more.
    pub fn stream(
        &self,
        source: Source,
        reads: impl FnOnce(Result<&mut Connection, String>) -> bool + Send + 'static,
    ) -> Result<Stopped, Halt> {
        let aside = self.aside.as_ref().filter(|(_, pulse)| source == Source::Replica && !pulse.is_stopped());
        if aside.is_none() && self.reads.is_stopped() {
            return Err(Halt::not_now());
        }
        let on_replica = Arc::new(AtomicBool::new(aside.is_some()));
        let door = aside.map_or(&self.stream, |(queue, _)| queue);
        Self::send(door, LongRead { on_replica: on_replica.clone(), read: Box::new(reads) })?;
        let (primary, replica) = (self.reads.clone(), aside.map(|(_, pulse)| pulse.clone()));
        Ok(Box::pin(async move {
            if let Some(replica) = replica {
                replica.stopped().await;
                if on_replica.load(Ordering::Relaxed) {
                    return;
                }
            }
            primary.stopped().await;
        }))
    }

    /// Runs one unit of work: all of it is committed, or none.
    /// `keep` says whether a success is to be committed (a dry run is not).
    pub async fn write<T, F>(&self, keep: bool, work: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Halt> + Send + 'static,
    {
        self.unit(&self.write, keep, work).await
    }

    /// Runs one unit of work of a job.
    pub async fn job<T, F>(&self, work: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Halt> + Send + 'static,
    {
        self.unit(&self.job, true, work).await
    }

    async fn unit<T, F>(&self, door: &Sender<Write>, keep: bool, work: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Halt> + Send + 'static,
    {
        if self.reads.is_stopped() || self.writes.is_stopped() {
            return Err(Halt::not_now());
        }
        let (reply, answer) = oneshot::channel();
        let way = Arc::new(AtomicU8::new(WAITING));
        let along = way.clone();
        let job: Write = Box::new(move |c| {
            let begins = !reply.is_closed()
                && along.compare_exchange(WAITING, BEGUN, Ordering::AcqRel, Ordering::Acquire).is_ok();
            let outcome = match c {
                _ if !begins => Err(Halt::Broken("the client has gone".into())),
                Ok(c) => work(c),
                Err(why) => Err(why.into()),
            };
            Done {
                commit: keep && outcome.is_ok(),
                doubt: outcome.as_ref().is_err_and(Halt::is_failing),
                answer: Box::new(move |ended| {
                    let _ = reply.send(ended.and(outcome));
                }),
            }
        });
        Self::send(door, job)?;
        let got = tokio::select! {
            biased;
            got = self.wait(answer) => got,
            () = async { tokio::select! { () = self.reads.stopped() => {}, () = self.writes.stopped() => {} } } => {
                let called_off = way.compare_exchange(WAITING, CALLED_OFF, Ordering::AcqRel, Ordering::Acquire).is_ok();
                Err(if keep && !called_off { Halt::outcome_unknown() } else { Halt::not_now() })
            }
        };
        if got.as_ref().is_err_and(Halt::is_failing) {
            self.writes.doubt();
        }
        got
    }

    fn send<J>(door: &Sender<J>, job: J) -> Result<(), Halt> {
        door.try_send(job).map_err(|e| match e {
            TrySendError::Full(_) => Halt::busy(),
            TrySendError::Disconnected(_) => Halt::Broken("the database threads have ended".into()),
        })
    }

    async fn wait<T>(&self, answer: oneshot::Receiver<Result<T, Halt>>) -> Result<T, Halt> {
        let counted = Counted::among(&self.waiting);
        let got = answer.await;
        drop(counted);
        // The sender is dropped unanswered only when the work panicked.
        got.unwrap_or_else(|_| Err(Halt::Broken("a database unit panicked".into())))
    }
}

/// A unit among those that wait; no more of them when its caller has gone.
struct Counted<'w>(&'w AtomicUsize);

impl<'w> Counted<'w> {
    fn among(waiting: &'w AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Starts the probes of a database.
fn pulses(target: &Arc<Target>, opened: Arc<OpenedDatabase>, door: Sender<Write>) -> Result<(Pulse, Pulse), String> {
    let mut answers = pulse::on_a_connection(target.clone(), true, opened.clone(), pulse::answers);
    let reads = {
        let (rhythm, opened) = (Rhythm::of(target, Duration::from_millis(500)), opened.clone());
        let ask = move |harder| opened.check().and_then(|()| answers(harder));
        Pulse::start("pulse-read", &rhythm, ask)?
    };
    let writes = match &**target {
        Target::Sqlite(path) => {
            let path = path.clone();
            // It goes through the one writer: behind long work it waits, and that is no failure.
            let rhythm = Rhythm { rest: Duration::from_secs(3), patience: None };
            Pulse::start("pulse-write", &rhythm, move |harder| {
                write_through(&door)?;
                if harder { pulse::has_room(&path) } else { Ok(()) }
            })?
        }
        Target::Postgres(_) | Target::Pooled(_) => {
            let ask = pulse::on_a_connection(target.clone(), false, opened, pulse::can_write);
            Pulse::start("pulse-write", &Rhythm::of(target, Duration::from_secs(1)), ask)?
        }
    };
    Ok((reads, writes))
}
