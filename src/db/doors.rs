//! The two doors to the database.
//!
//! A door is a bounded queue in front of threads that own their connection. A request hops once, off the async
//! threads; a full queue is a 503 with `Retry-After` rather than a pile of waiting work. On SQLite the write door has
//! one thread and commits several waiting units together: one fsync serves them all.

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

use super::Connection;
use super::connection::Target;
use super::feed;
use super::replica::{Source, serve_long_reads};
use crate::error::Halt;

/// What a unit did with its transaction, and what to tell its caller once the commit is known.
struct Done {
    commit: bool,
    doubt: bool,
    answer: Box<dyn FnOnce(QueryResult<()>) + Send>,
}

/// A read answers its caller itself; it returns true when the connection is in doubt.
pub(super) type Read = Box<dyn FnOnce(Result<&mut Connection, String>) -> bool + Send>;
/// A unit of work gets its connection inside a transaction, or why none could start.
type Write = Box<dyn FnOnce(Result<&mut Connection, String>) -> Done + Send>;

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
    stream: Sender<(Source, Read)>,
    job: Sender<Write>,
    target: Arc<Target>,
    waiting: Arc<AtomicUsize>,
    /// Says whether long reads find the replica; none when there is none.
    replica_up: Option<Arc<AtomicBool>>,
}

/// A connection idle for longer is asked for a sign of life before it is used.
const IDLE: Duration = Duration::from_secs(20);
/// How long a connection that could not be opened is not tried again.
const RETRY: Duration = Duration::from_millis(300);
/// Exports that may wait for a thread, of all clients: a slow reader makes way for them (`http::answer`).
const EXPORTS: usize = 32;
/// At most this many waiting units share one commit on SQLite.
const GROUP: usize = 64;

impl Database {
    /// Opens the doors; fails when the first connection does.
    pub fn open(target: Target, replica: Option<Target>, sizes: DoorSizes) -> Result<Self, String> {
        let (read, reads) = bounded::<Read>(sizes.queue);
        let (write, writes) = bounded::<Write>(sizes.queue);
        let (stream, streams) = bounded::<(Source, Read)>(EXPORTS);
        let (target, replica) = (Arc::new(target), replica.map(Arc::new));
        let replica_up = replica.as_ref().map(|_| Arc::new(AtomicBool::new(true)));
        let spawn = |name: String, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name).spawn(work).map_err(|e| e.to_string())
        };
        for n in 0..sizes.readers.max(1) {
            let (target, reads, first) = (target.clone(), reads.clone(), target.open(true)?);
            spawn(format!("read-{n}"), Box::new(move || serve_reads(&target, Some(first), &reads)))?;
        }
        // Exports walk long: they have threads of their own, so that they never hold up a screen.
        for n in 0..2 {
            let (target, replica, up) = (target.clone(), replica.clone(), replica_up.clone());
            let streams = streams.clone();
            let serve = move || match (&replica, &up) {
                (Some(replica), Some(up)) => serve_long_reads(&target, Some((replica, up)), &streams),
                _ => serve_long_reads(&target, None, &streams),
            };
            spawn(format!("export-{n}"), Box::new(serve))?;
        }
        let threads = if target.is_postgres() { sizes.writers.max(1) } else { 1 };
        for n in 0..threads {
            let (target, writes, first) = (target.clone(), writes.clone(), target.open(false)?);
            let group = if target.is_postgres() { 1 } else { GROUP };
            spawn(format!("write-{n}"), Box::new(move || serve_writes(&target, first, &writes, group)))?;
        }
        // Jobs never wait behind requests, nor requests behind jobs. SQLite has one writer: there they share its queue.
        let job = if target.is_postgres() {
            let (job, jobs) = bounded::<Write>(sizes.queue);
            let (target, first) = (target.clone(), target.open(false)?);
            spawn("jobs".into(), Box::new(move || serve_writes(&target, first, &jobs, 1)))?;
            job
        } else {
            write.clone()
        };
        Ok(Self { read, write, stream, job, target, waiting: Arc::default(), replica_up })
    }

    /// Where the data lie.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Units sent and not yet answered, for the metrics.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Runs reads on a thread that owns its connection.
    pub async fn read<T, F>(&self, reads: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Halt> + Send + 'static,
    {
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
        self.wait(answer).await
    }

    /// Whether the replica for reads answers; none when there is none.
    pub fn replica_up(&self) -> Option<bool> {
        self.replica_up.as_ref().map(|up| up.load(Ordering::Relaxed))
    }

    /// Runs a long read, an export, that sends its own chunks as it goes.
    pub fn stream(
        &self,
        source: Source,
        reads: impl FnOnce(Result<&mut Connection, String>) -> bool + Send + 'static,
    ) -> Result<(), Halt> {
        Self::send(&self.stream, (source, Box::new(reads)))
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
        let (reply, answer) = oneshot::channel();
        let job: Write = Box::new(move |c| {
            let outcome = match c {
                _ if reply.is_closed() => Err(Halt::Broken("the client has gone".into())),
                Ok(c) => work(c),
                Err(why) => Err(Halt::unavailable(&why)),
            };
            Done {
                commit: keep && outcome.is_ok(),
                doubt: matches!(outcome, Err(Halt::Database(_))),
                answer: Box::new(move |ended| {
                    let _ = reply.send(match ended {
                        Ok(()) => outcome,
                        Err(e) => Err(Halt::Database(e)),
                    });
                }),
            }
        });
        Self::send(door, job)?;
        self.wait(answer).await
    }

    fn send<J>(door: &Sender<J>, job: J) -> Result<(), Halt> {
        door.try_send(job).map_err(|e| match e {
            TrySendError::Full(_) => Halt::busy(),
            TrySendError::Disconnected(_) => Halt::Broken("the database threads have ended".into()),
        })
    }

    async fn wait<T>(&self, answer: oneshot::Receiver<Result<T, Halt>>) -> Result<T, Halt> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let got = answer.await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        // The sender is dropped unanswered only when the work panicked.
        got.unwrap_or_else(|_| Err(Halt::Broken("a database unit panicked".into())))
    }
}

/// A thread's own connection, reopened when it is lost.
pub(super) struct Held<'t> {
    pub(super) target: &'t Target,
    read_only: bool,
    pub(super) connection: Option<Connection>,
    used: Instant,
    pub(super) failed: Option<Instant>,
}

impl<'t> Held<'t> {
    /// Reads of a database that is not opened yet.
    pub(super) fn reading(target: &'t Target) -> Self {
        Self { target, read_only: true, connection: None, used: Instant::now(), failed: None }
    }

    /// A connection that answers, or why there is none. A database that is down is asked again at most every
    /// [`RETRY`]: meanwhile callers get their 503 at once.
    pub(super) fn get(&mut self) -> Result<&mut Connection, String> {
        let stale = self.used.elapsed() > IDLE;
        if stale
            && let Some(c) = &mut self.connection
            && c.batch_execute("SELECT 1").is_err()
        {
            self.connection = None;
        }
        self.used = Instant::now();
        if self.connection.is_none() {
            if self.failed.is_some_and(|at| at.elapsed() < RETRY) {
                return Err("the database could not be reached a moment ago".into());
            }
            match self.target.open(self.read_only) {
                Ok(c) => {
                    self.failed = None;
                    self.connection = Some(c);
                }
                Err(e) => {
                    self.failed = Some(Instant::now());
                    return Err(format!("the database cannot be reached: {e}"));
                }
            }
        }
        self.connection.as_mut().ok_or_else(|| "no connection".to_owned())
    }

    /// Drops a connection that is in doubt unless it answers outside any transaction.
    fn check(&mut self) {
        let sound =
            self.connection.as_mut().is_some_and(|c| !c.in_transaction() && c.batch_execute("SELECT 1").is_ok());
        if !sound {
            log::warn!("a database connection is dropped and opened again");
            self.connection = None;
        }
    }
}

fn serve_reads(target: &Target, first: Option<Connection>, jobs: &Receiver<Read>) {
    let mut held = Held { connection: first, ..Held::reading(target) };
    for job in jobs {
        read_with(&mut held, job);
    }
}

pub(super) fn read_with(held: &mut Held<'_>, job: Read) {
    let target = held.target;
    let begun = held.get().and_then(|c| match target.begin_reading(c) {
        Ok(()) => Ok(c),
        Err(e) => Err(format!("a transaction could not start: {e}")),
    });
    let started = begun.is_ok();
    // A panic leaves the connection in an unknown state.
    let mut doubt = catch_unwind(AssertUnwindSafe(|| job(begun))).unwrap_or(true) || !started;
    if target.is_pooled()
        && let Some(c) = &mut held.connection
    {
        doubt |= c.in_transaction() && c.rollback().is_err();
    }
    if doubt {
        held.check();
    }
}

fn serve_writes(target: &Target, first: Connection, jobs: &Receiver<Write>, group: usize) {
    let mut held = Held { target, read_only: false, connection: Some(first), used: Instant::now(), failed: None };
    while let Ok(job) = jobs.recv() {
        let mut batch = vec![job];
        while batch.len() < group
            && let Ok(next) = jobs.try_recv()
        {
            batch.push(next);
        }
        let sound = match held.get() {
            Err(why) => {
                refuse(batch, &why);
                continue;
            }
            Ok(c) if batch.len() > 1 => write_together(c, batch),
            Ok(c) => batch.into_iter().all(|only| write_alone(target, c, only)),
        };
        if !sound {
            held.check();
        }
    }
}

/// Answers units that cannot run.
fn refuse(jobs: Vec<Write>, why: &str) {
    for job in jobs {
        let refused = job(Err(why.to_owned()));
        (refused.answer)(Ok(()));
    }
}

/// One unit, one transaction. False when the connection is in doubt.
fn write_alone(target: &Target, c: &mut Connection, job: Write) -> bool {
    if let Err(e) = target.begin_writing(c) {
        refuse(vec![job], &format!("a transaction could not start: {e}"));
        return false;
    }
    let Ok(done) = catch_unwind(AssertUnwindSafe(|| job(Ok(&mut *c)))) else { return false };
    let ended = if done.commit { stamp_and_commit(c) } else { c.rollback() };
    let sound = ended.is_ok() && !done.doubt;
    (done.answer)(ended);
    sound
}

/// Several units, a savepoint each, one commit; the answers go out after it. False when the connection is in doubt.
fn write_together(c: &mut Connection, jobs: Vec<Write>) -> bool {
    if let Err(e) = c.begin_writing() {
        refuse(jobs, &format!("a transaction could not start: {e}"));
        return false;
    }
    let mut sound = true;
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        let started = c.savepoint();
        let run = match &started {
            Ok(()) => catch_unwind(AssertUnwindSafe(|| job(Ok(&mut *c)))),
            Err(e) => Ok(job(Err(format!("a savepoint could not start: {e}")))),
        };
        let ended = match &run {
            Ok(done) if started.is_ok() && done.commit => c.commit(),
            _ if started.is_ok() => c.rollback(),
            _ => Ok(()),
        };
        sound &= started.is_ok() && ended.is_ok();
        if let Ok(done) = run {
            sound &= !done.doubt;
            answers.push((done.answer, ended));
        }
    }
    let committed = stamp_and_commit(c);
    for (answer, ended) in answers {
        answer(match &committed {
            Ok(()) => ended,
            Err(e) => Err(diesel::result::Error::QueryBuilderError(format!("the commit failed: {e}").into())),
        });
    }
    sound && committed.is_ok()
}

/// What was written gets its place in the feed where the writer is alone to give it; then all of it is committed, or
/// nothing is.
fn stamp_and_commit(c: &mut Connection) -> QueryResult<()> {
    if let Err(e) = feed::before_commit(c) {
        c.rollback()?;
        return Err(e);
    }
    c.commit()
}
