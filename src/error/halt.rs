//! Why a handler stopped, what of that is worth another try, and what is answered in the end.
//!
//! The driver shows only a few kinds of errors, and the words of a server are in its own language: all that has no kind is
//! taken for a server that fails (a lock that did not come, a full disk, a query cancelled) and is a 503.

use std::time::{Duration, Instant};

use diesel::result::{DatabaseErrorKind, Error};

use super::Problem;
use crate::domain::refusal::Refusal;
use crate::http::answer::Answer;

/// Why a handler stopped.
#[derive(Debug)]
pub enum Halt {
    /// A refusal that the client reads.
    Problem(Box<Problem>),
    /// The answer is known already: an idempotent replay, a 304.
    Answered(Box<Answer>),
    /// The database said no; its words go to the log.
    Database(Error),
    /// The service is at fault; the words go to the log.
    Broken(String),
}

/// Seconds that a client waits before it tries a failing database again.
const RETRY_AFTER: &str = "2";

/// Returns true for an error of a server, or of the way to it, that cannot do its work now. A statement that the program
/// wrote wrongly looks the same: it is logged as an error.
pub fn is_failing(e: &Error) -> bool {
    match e {
        Error::DatabaseError(kind, _) => matches!(
            kind,
            DatabaseErrorKind::Unknown
                | DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::SerializationFailure
        ),
        Error::BrokenTransactionManager => true,
        Error::RollbackErrorOnCommit { commit_error, .. } => is_failing(commit_error),
        _ => false,
    }
}

/// Returns the 503 of a database that fails.
fn failing(code: &'static str) -> Problem {
    Problem::plain(code).header("Retry-After", RETRY_AFTER)
}

impl Halt {
    /// Too much work is waiting.
    pub fn busy() -> Self {
        Problem::plain("busy").header("Retry-After", "1").into()
    }

    /// The database does not answer; why goes to the log.
    pub fn unavailable(why: &str) -> Self {
        log::error!("{why}");
        Self::not_now()
    }

    /// Says that the database does not answer; the log has it already.
    pub fn not_now() -> Self {
        failing("unavailable").into()
    }

    /// A write was sent, and the database fell silent before it said whether it was committed.
    pub fn outcome_unknown() -> Self {
        failing("outcome_unknown").into()
    }

    /// Nothing of that name within the caller's perimeter.
    pub fn not_found() -> Self {
        Problem::plain("not_found").into()
    }

    /// Returns true when another unit at the same moment stood in the way: done again, this one sees what that one wrote.
    pub fn is_race(&self) -> bool {
        matches!(
            self,
            Self::Database(Error::DatabaseError(
                DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::SerializationFailure,
                _
            ))
        )
    }

    /// Returns true when the server could not do its work.
    pub fn is_failing(&self) -> bool {
        matches!(self, Self::Database(e) if is_failing(e))
    }

    /// Turns it into an answer or a problem; logs what the client must not read.
    pub fn settle(self) -> Result<Answer, Box<Problem>> {
        let failing = self.is_failing();
        match self {
            Self::Answered(answer) => Ok(*answer),
            Self::Problem(problem) => Err(problem),
            Self::Database(e) => {
                log::error!("database: {e:?}");
                Err(Box::new(if failing { self::failing("unavailable") } else { Problem::plain("internal") }))
            }
            Self::Broken(why) => {
                log::error!("{why}");
                Err(Box::new(Problem::plain("internal")))
            }
        }
    }
}

/// How often a unit that failed as a whole is done again.
#[derive(Debug)]
pub struct Patience {
    races: u32,
    failures: u32,
    since: Instant,
}

impl Patience {
    /// Times that a unit which another one crossed is done again.
    const RACES: u32 = 3;
    /// Times that a unit which the server failed is done again.
    const FAILURES: u32 = 2;
    /// A failure that took longer is not waited for once more: a lock that did not come, a statement that was cut off.
    const QUICK: Duration = Duration::from_secs(3);

    /// Says whether a race would be met once more with another try.
    pub fn is_last(&self) -> bool {
        self.races >= Self::RACES
    }

    /// Decides whether a unit that stopped so is done again.
    pub fn allows(&mut self, halt: &Halt) -> bool {
        let quick = self.since.elapsed() < Self::QUICK;
        self.since = Instant::now();
        if halt.is_race() {
            self.races += 1;
            log::info!("a unit was crossed by another one");
            self.races <= Self::RACES
        } else if halt.is_failing() && quick && self.failures < Self::FAILURES {
            self.failures += 1;
            log::warn!("a unit that the database failed is done again: {halt:?}");
            true
        } else {
            false
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self { races: 0, failures: 0, since: Instant::now() }
    }
}

impl From<Problem> for Halt {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// All that rules refuse at once; one of them at least.
impl From<Vec<Refusal>> for Halt {
    fn from(refused: Vec<Refusal>) -> Self {
        let mut all = refused.into_iter();
        match all.next() {
            Some(first) => Problem::refused(first, all.collect()).into(),
            None => Self::Broken("a refusal without a rule".to_owned()),
        }
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

impl From<Error> for Halt {
    fn from(e: Error) -> Self {
        Self::Database(e)
    }
}

impl From<serde_json::Error> for Halt {
    fn from(e: serde_json::Error) -> Self {
        Self::Broken(format!("serialisation: {e}"))
    }
}
