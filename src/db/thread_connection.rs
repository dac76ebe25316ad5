//! The connection of a thread: opened again when it is lost, and never one of a file that is no longer there.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection as _;

use super::opened_database::OpenedDatabase;
use super::pulse::BUSY;
use super::{Connection, Target};
use crate::error::Halt;

/// A read answers its caller itself; it returns true when the connection is in doubt.
pub(super) type Read = Box<dyn FnOnce(Result<&mut Connection, String>) -> bool + Send>;

/// Why a unit could not begin; the log has the words.
#[derive(Debug, Clone, Copy)]
pub(super) enum NoTurn {
    /// Another program writes.
    Busy,
    Failing,
}

impl From<NoTurn> for Halt {
    fn from(why: NoTurn) -> Self {
        match why {
            NoTurn::Busy => Self::busy(),
            NoTurn::Failing => Self::not_now(),
        }
    }
}

/// A connection idle for longer is asked for a sign of life before it is used, as one is when others have ended.
const IDLE: Duration = Duration::from_secs(20);
/// How long a connection that could not be opened is not tried again.
const RETRY: Duration = Duration::from_millis(300);

/// A thread's own connection, reopened when it is lost.
pub(super) struct ThreadConnection<'t> {
    pub(super) target: &'t Target,
    pub(super) opened: Arc<OpenedDatabase>,
    read_only: bool,
    pub(super) connection: Option<Connection>,
    used: Instant,
    /// Sessions that had ended when it was last used.
    ended: usize,
    pub(super) failed: Option<Instant>,
}

impl<'t> ThreadConnection<'t> {
    /// Reads of a database that is not opened yet.
    pub(super) fn reading(target: &'t Target, opened: Arc<OpenedDatabase>) -> Self {
        let ended = opened.sessions_ended();
        Self { target, opened, read_only: true, connection: None, used: Instant::now(), ended, failed: None }
    }

    /// Writes, on a connection that is open.
    pub(super) fn writing(target: &'t Target, opened: Arc<OpenedDatabase>, first: Connection) -> Self {
        Self { read_only: false, connection: Some(first), ..Self::reading(target, opened) }
    }

    /// A connection that answers, or why there is none. A database that is down is asked again at most every
    /// [`RETRY`]: meanwhile callers get their 503 at once.
    pub(super) fn get(&mut self) -> Result<&mut Connection, String> {
        self.opened.check()?;
        let ended = self.opened.sessions_ended();
        let stale = self.used.elapsed() > IDLE || ended != self.ended;
        self.ended = ended;
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

    /// Starts the transaction of a write; a connection that is dead is replaced once.
    pub(super) fn begin(&mut self) -> Result<(), NoTurn> {
        let since = Instant::now();
        let mut why = String::new();
        for _ in 0..2 {
            let target = self.target;
            match self.get().map(|c| target.begin_writing(c)) {
                Ok(Ok(())) => return Ok(()),
                // The driver does not say that another program writes: it is what fails after the whole wait for it.
                Ok(Err(e)) if !target.is_postgres() && since.elapsed() >= BUSY => {
                    log::warn!("another program writes: {e}");
                    return Err(NoTurn::Busy);
                }
                Ok(Err(e)) => {
                    why = format!("a transaction could not start: {e}");
                    self.renew();
                }
                Err(e) => {
                    why = e;
                    break;
                }
            }
        }
        log::error!("{why}");
        Err(NoTurn::Failing)
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

    /// Drops a connection that the server failed: what is set for new sessions, as read-only is, may change. The file of an
    /// embedded database stays open where it can.
    pub(super) fn renew(&mut self) {
        if self.target.is_postgres() {
            self.connection = None;
        } else {
            self.check();
        }
    }
}

pub(super) fn serve_reads(target: &Target, opened: Arc<OpenedDatabase>, first: Connection, jobs: &Receiver<Read>) {
    let mut held = ThreadConnection { connection: Some(first), ..ThreadConnection::reading(target, opened) };
    for job in jobs {
        read_with(&mut held, job);
    }
}

pub(super) fn read_with(held: &mut ThreadConnection<'_>, job: Read) {
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
