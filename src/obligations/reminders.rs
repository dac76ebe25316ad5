//! Reminders: entries of the change feed, one for each duty that comes to be due and one when it is overdue; to tell
//! people is the frontends' part. A duty whose dates change is told of again.

use diesel::prelude::*;

use super::store::{Held, any_status, valid};
use crate::db::record::{self, Change, Operation};
use crate::db::schema::{conventions, duties};
use crate::db::{Connection, MultiBackend, lock_row};
use crate::domain::vocabulary::DutyStatus;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;

/// The kind of an entry.
pub const KIND: &str = "obligation";

/// What is told.
const TOLD: [DutyStatus; 2] = [DutyStatus::Due, DutyStatus::Overdue];

/// Conventions of one unit: others write in between.
const AT_ONCE: i64 = 100;

/// The daily job: an entry for each duty that is due or overdue today and of which that was not told. Returns how many; it is
/// to be run again until there is none.
pub fn remind(c: &mut Connection, now: Instant, today: CivilDate) -> Result<usize, Halt> {
    let mut told = 0;
    for status in TOLD {
        let waiting: Vec<Id> = duties::table
            .into_boxed::<MultiBackend>()
            .filter(untold(status, today))
            .order(duties::convention_id)
            .select(duties::convention_id)
            .distinct()
            .limit(AT_ONCE)
            .load(c)?;
        for convention in waiting {
            told += tell(c, convention, status, now, today)?;
        }
    }
    Ok(told)
}

/// Duties of that status today of which the feed was told another, or nothing.
fn untold(status: DutyStatus, today: CivilDate) -> Held {
    let other = duties::told.is_null().nullable().or(duties::told.ne(Some(status)));
    let reached = duties::due_key.le(today).nullable();
    Box::new(reached.and(other).and(valid(today)).and(any_status(&[status], today)))
}

/// Tells of those of one convention, which nobody writes meanwhile.
fn tell(c: &mut Connection, convention: Id, status: DutyStatus, now: Instant, today: CivilDate) -> Result<usize, Halt> {
    lock_row(c, "conventions", convention)?;
    let (version, audience): (i64, Option<Id>) =
        conventions::table.find(convention).select((conventions::version, conventions::audience_id)).first(c)?;
    let waiting: Vec<Id> = duties::table
        .into_boxed::<MultiBackend>()
        .filter(untold(status, today))
        .filter(duties::convention_id.eq(convention).nullable())
        .order((duties::due_key, duties::id))
        .select(duties::id)
        .load(c)?;
    for id in &waiting {
        let change = Change::news(KIND, *id, Operation::DateReached, (convention, version), audience);
        record::announce(c, now, &change)?;
        diesel::update(duties::table.find(*id)).set(duties::told.eq(Some(status))).execute(c)?;
    }
    Ok(waiting.len())
}

/// What was told of duties that are due after today is forgotten: they are told of when their day comes.
pub fn forget_after(c: &mut Connection, today: CivilDate) -> QueryResult<usize> {
    diesel::update(duties::table.filter(duties::due_key.gt(today))).set(duties::told.eq(None::<DutyStatus>)).execute(c)
}
