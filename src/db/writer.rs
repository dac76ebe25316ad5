//! The threads that write: one transaction a unit, or on SQLite one commit for several that wait together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::result::{DatabaseErrorKind, Error};

use super::opened_database::OpenedDatabase;
use super::thread_connection::{NoTurn, ThreadConnection};
use super::{Connection, Target, feed, pulse};
use crate::error::Halt;

/// What a unit did with its transaction, and what to tell its caller once the commit is known.
pub(super) struct Done {
    pub(super) commit: bool,
    pub(super) doubt: bool,
    pub(super) answer: Box<dyn FnOnce(Result<(), Halt>) + Send>,
}

/// A unit of work gets its connection inside a transaction, or why none could start.
pub(super) type Write = Box<dyn FnOnce(Result<&mut Connection, NoTurn>) -> Done + Send>;

/// Serves the write door on one connection; on SQLite up to `group` waiting units share a commit.
pub(super) fn serve_writes(
    target: &Target,
    opened: Arc<OpenedDatabase>,
    first: Connection,
    jobs: &Receiver<Write>,
    group: usize,
) {
    let mut held = ThreadConnection::writing(target, opened, first);
    while let Ok(job) = jobs.recv() {
        let mut batch = vec![job];
        while batch.len() < group
            && let Ok(next) = jobs.try_recv()
        {
            batch.push(next);
        }
        if let Err(why) = held.begin() {
            refuse(batch, why);
            continue;
        }
        let opened = held.opened.clone();
        let Some(c) = &mut held.connection else { continue };
        let sound = match batch.len() {
            1 => batch.into_iter().all(|only| write_alone(&opened, c, only)),
            _ => write_together(&opened, c, batch),
        };
        if !sound {
            held.renew();
        }
    }
}

/// Answers units that cannot run.
fn refuse(jobs: impl IntoIterator<Item = Write>, why: NoTurn) {
    for job in jobs {
        let refused = job(Err(why));
        (refused.answer)(Ok(()));
    }
}

/// One unit, one transaction, which has begun. False when the connection is in doubt.
fn write_alone(opened: &OpenedDatabase, c: &mut Connection, job: Write) -> bool {
    let Ok(done) = catch_unwind(AssertUnwindSafe(|| job(Ok(&mut *c)))) else { return false };
    let ended = if done.commit { stamp_and_commit(opened, c) } else { c.rollback().map_err(Halt::Database) };
    let sound = ended.is_ok() && !done.doubt;
    (done.answer)(ended);
    sound
}

/// Several units, a savepoint each, one commit; the answers go out after it. False when the connection is in doubt.
fn write_together(opened: &OpenedDatabase, c: &mut Connection, jobs: Vec<Write>) -> bool {
    let (mut sound, mut whole) = (true, true);
    let mut answers = Vec::with_capacity(jobs.len());
    let mut jobs = jobs.into_iter();
    // SQLite ends the transaction of all on its own when a disk is full: nothing more may then be done outside of it.
    while whole && let Some(job) = jobs.next() {
        if let Err(e) = c.savepoint() {
            log::error!("a savepoint could not start: {e}");
            refuse([job], NoTurn::Failing);
            whole = false;
            break;
        }
        let run = catch_unwind(AssertUnwindSafe(|| job(Ok(&mut *c))));
        let ended = match &run {
            Ok(done) if done.commit => c.commit(),
            _ => c.rollback(),
        };
        whole = ended.is_ok();
        if let Ok(done) = run {
            sound &= !done.doubt;
            answers.push((done.answer, ended));
        }
    }
    refuse(jobs, NoTurn::Failing);
    let committed = if whole {
        stamp_and_commit(opened, c).map_err(|halt| format!("{halt:?}"))
    } else {
        let _ = c.rollback();
        Err("the transaction of all was lost".to_owned())
    };
    for (answer, ended) in answers {
        answer(match &committed {
            Ok(()) => ended.map_err(Halt::Database),
            Err(why) => Err(failed_together(why)),
        });
    }
    sound && committed.is_ok()
}

/// The failure of each of several units when none of them was committed.
fn failed_together(why: &str) -> Halt {
    Halt::Database(Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(format!("nothing was committed: {why}"))))
}

/// Gives what was written its place in the feed, where the writer is alone to give it, and commits all of it or nothing.
fn stamp_and_commit(opened: &OpenedDatabase, c: &mut Connection) -> Result<(), Halt> {
    let here = opened.check().map_err(|why| Halt::unavailable(&why));
    if let Err(halt) = here.and_then(|()| feed::before_commit(c).map_err(Halt::Database)) {
        c.rollback()?;
        return Err(halt);
    }
    c.commit().map_err(|e| {
        log::error!("a commit failed: {e:?}");
        if is_cut_off(&e) { Halt::outcome_unknown() } else { Halt::Database(e) }
    })
}

/// True when the server was gone before it said what became of a commit.
fn is_cut_off(e: &Error) -> bool {
    match e {
        Error::DatabaseError(kind, _) => {
            matches!(kind, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand)
        }
        Error::RollbackErrorOnCommit { commit_error, .. } => is_cut_off(commit_error),
        Error::BrokenTransactionManager => true,
        _ => false,
    }
}

/// Writes a little through the one writer of an embedded database.
pub(super) fn write_through(writer: &Sender<Write>) -> Result<(), String> {
    let (reply, answer) = bounded(1);
    let job: Write = Box::new(move |c| {
        let outcome = match c {
            Ok(c) => pulse::write_head(c).map_err(Halt::from),
            // Another program writes: the database can be written.
            Err(NoTurn::Busy) => Err(Halt::busy()),
            Err(NoTurn::Failing) => Err(Halt::Broken("no write could begin".into())),
        };
        Done {
            commit: outcome.is_ok(),
            doubt: outcome.as_ref().is_err_and(Halt::is_failing),
            answer: Box::new(move |ended| {
                let _ = reply.send(ended.and(outcome));
            }),
        }
    });
    match writer.try_send(job) {
        // It works: the queue is full.
        Err(TrySendError::Full(_)) => Ok(()),
        Err(TrySendError::Disconnected(_)) => Err("the writer has ended".into()),
        Ok(()) => match answer.recv() {
            Ok(Ok(()) | Err(Halt::Problem(_))) => Ok(()),
            Ok(Err(halt)) => Err(format!("{halt:?}")),
            Err(_) => Err("the writer has ended".into()),
        },
    }
}
