//! What the change feed is told of a convention: who sees it, what becomes of its pieces with it, and the dates that pass.
//!
//! The row keeps the audience that the feed was last told of. When it changes, by a party that comes or goes, by a
//! signature, by a date, each piece gets an entry that only those read whose perimeter it enters or leaves.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::amendments::feed::{Told, announce_text};
use super::convention::ConventionRow;
use crate::changes::audience::Audience;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::{amendments, conventions, feed_head, parties};
use crate::db::types::sql::DbUuid;
use crate::db::{Connection, MultiBackend, lock_row};
use crate::domain::vocabulary::Role;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;
use crate::obligations::reminders;

/// What hangs under a convention: kind, table, version of an entry about it.
const PIECES: [(&str, &str, Versioned); 12] = [
    ("party", "parties", Versioned::WithWhole),
    ("part", "parts", Versioned::WithWhole),
    ("article", "articles", Versioned::WithWhole),
    ("clause", "clauses", Versioned::WithWhole),
    ("axis", "axes", Versioned::WithWhole),
    ("objective", "objectives", Versioned::WithWhole),
    ("signature", "signatures", Versioned::WithWhole),
    ("fact", "facts", Versioned::WithWhole),
    ("amendment", "amendments", Versioned::WithWhole),
    ("amendment_signature", "amendment_signatures", Versioned::WithWhole),
    ("network_contact", "network_contacts", Versioned::ByItself),
    ("file", "files", Versioned::ByItself),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Versioned {
    WithWhole,
    ByItself,
}

/// What happens to the pieces of a convention, all at once.
#[derive(Clone, Copy)]
pub struct Event {
    pub operation: Operation,
    pub seen_by: Option<Id>,
    pub was_seen_by: Option<Id>,
    pub now: Instant,
}

impl Event {
    /// They change, and who sees them does not.
    pub fn updated(row: &ConventionRow, now: Instant) -> Self {
        Self { operation: Operation::Updated, seen_by: row.audience_id, was_seen_by: row.audience_id, now }
    }
}

/// Who sees a convention on a date: the same as the finder's perimeter ([`super::store::seen_by`]).
pub fn audience(c: &mut Connection, row: &ConventionRow, today: CivilDate) -> QueryResult<Audience> {
    let mut audience = audience_of_drafts(c, row)?;
    if row.in_force_from.is_some_and(|from| from <= today) {
        audience = audience.role(Role::Academie);
        if row.ends_on.is_none_or(|last| last >= today) {
            audience = audience.role(Role::School);
        }
    }
    Ok(audience)
}

/// Who sees what of it is not signed by all yet.
pub fn audience_of_drafts(c: &mut Connection, row: &ConventionRow) -> QueryResult<Audience> {
    let of = |c: &mut Connection, id: Id| -> QueryResult<Vec<Id>> {
        parties::table.filter(parties::convention_id.eq(id)).select(parties::organisation_id).load(c)
    };
    let mut audience = Audience::within(Some(row.territory)).role(Role::Ministry);
    if row.brought_in {
        audience = audience.role(Role::Operator);
    }
    for organisation in of(c, row.id)?.into_iter().chain(row.owner_id) {
        audience = audience.party(organisation);
    }
    if let Some(parent) = row.parent_id {
        for organisation in of(c, parent)? {
            audience = audience.above(organisation);
        }
    }
    Ok(audience)
}

/// Who sees a convention, as the feed was last told.
pub fn told(c: &mut Connection, convention: Id) -> QueryResult<Option<Id>> {
    conventions::table.find(convention).select(conventions::audience_id).first(c)
}

/// Writes an entry for each piece of a convention.
pub fn announce_pieces(c: &mut Connection, row: &ConventionRow, event: Event) -> QueryResult<()> {
    for (kind, ..) in PIECES {
        // A draft amendment has readers of its own, who do not change.
        let condition = match kind {
            "amendment" => " AND in_force_from IS NOT NULL",
            "amendment_signature" => " AND amendment_id IN (SELECT id FROM amendments WHERE in_force_from IS NOT NULL)",
            _ => "",
        };
        announce_some(c, row, kind, condition, event)?;
    }
    Ok(())
}

/// The same for the pieces of one kind that a condition keeps: ` AND confirmed = false`.
pub fn announce_some(
    c: &mut Connection,
    row: &ConventionRow,
    kind: &'static str,
    condition: &str,
    event: Event,
) -> QueryResult<()> {
    let Some((_, table, versioned)) = PIECES.iter().find(|(known, ..)| *known == kind) else { return Ok(()) };
    // SQLite counts parameters as they first appear: each statement names all of them, in order.
    let (version, order) = match versioned {
        Versioned::WithWhole => ("$2", "position"),
        Versioned::ByItself => ("version + 0 * $2", "created_at"),
    };
    diesel::sql_query(format!(
        "INSERT INTO changes (kind, resource_id, version, operation, convention_id, recorded_at, seen_by, was_seen_by) \
         SELECT $1, id, {version}, $3, convention_id, $4, $5, $6 FROM {table} \
         WHERE convention_id = $7{condition} ORDER BY {order}, id"
    ))
    .bind::<Text, _>(kind)
    .bind::<BigInt, _>(row.version)
    .bind::<Text, _>(event.operation.as_str())
    .bind::<BigInt, _>(event.now)
    .bind::<Nullable<DbUuid>, _>(event.seen_by)
    .bind::<Nullable<DbUuid>, _>(event.was_seen_by)
    .bind::<DbUuid, _>(row.id)
    .execute(c)?;
    Ok(())
}

/// After a change of audience: its pieces, and the territorial conventions whose readers its parties are.
pub fn announce_moves(
    c: &mut Connection,
    row: &ConventionRow,
    was: Option<Id>,
    now: Instant,
    today: CivilDate,
) -> QueryResult<()> {
    if row.audience_id == was {
        return Ok(());
    }
    let event = Event { operation: Operation::Moved, seen_by: row.audience_id, was_seen_by: was, now };
    announce_pieces(c, row, event)?;
    let children: Vec<Id> = conventions::table
        .filter(conventions::parent_id.eq(Some(row.id)))
        .order(conventions::id)
        .select(conventions::id)
        .load(c)?;
    for child in children {
        look_again(c, child, Operation::Moved, now, today)?;
    }
    Ok(())
}

/// Computes again who sees a convention; tells the feed when that, or a date, makes news.
fn look_again(c: &mut Connection, id: Id, operation: Operation, now: Instant, today: CivilDate) -> QueryResult<()> {
    lock_row(c, "conventions", id)?;
    let found: Option<ConventionRow> =
        conventions::table.find(id).select(ConventionRow::as_select()).first(c).optional()?;
    let Some(mut row) = found else { return Ok(()) };
    let was = row.audience_id;
    row.audience_id = Some(audience(c, &row, today)?.keep(c)?);
    if row.audience_id == was && operation == Operation::Moved {
        return Ok(());
    }
    diesel::update(conventions::table.find(id)).set(conventions::audience_id.eq(row.audience_id)).execute(c)?;
    record::announce(
        c,
        now,
        &Change {
            kind: "convention",
            resource: row.id,
            version: row.version,
            operation,
            convention: Some(row.id),
            organisation: row.owner_id,
            seen_by: row.audience_id,
            was_seen_by: was,
            before: None,
            after: None,
        },
    )?;
    announce_moves(c, &row, was, now, today)
}

/// A condition on conventions.
type Reached = Box<dyn BoxableExpression<conventions::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// The daily job: an entry for each convention that came into force or to its end since the last time. Returns how many.
pub fn reach_dates(c: &mut Connection, now: Instant, today: CivilDate) -> Result<usize, Halt> {
    crate::db::feed::lock_head(c)?;
    let until: Option<CivilDate> = feed_head::table.find(1).select(feed_head::dates_until).first(c)?;
    let since = until.unwrap_or(today);
    if since > today.next() {
        return go_back(c, (today, since), now);
    }
    if since >= today && until.is_some() {
        return Ok(0);
    }
    // In force from a day after the last one looked at; ended when that last day, or a later one, is over.
    let reached = reached(since, today);
    // An amendment that names its day makes another text of the convention.
    let amended = amendments::table
        .filter(amendments::in_force_from.gt(Some(since)).and(amendments::in_force_from.le(Some(today))))
        .order((amendments::convention_id, amendments::position))
        .select((amendments::convention_id, amendments::id));
    let came_amendments: Vec<(Id, Id)> = amended.load(c)?;
    let amended: Vec<Id> = came_amendments.iter().map(|(convention, _)| *convention).collect();
    let reached = reached.or(conventions::id.eq_any(amended.clone()).nullable());
    let reached: Vec<Id> = conventions::table.filter(reached).order(conventions::id).select(conventions::id).load(c)?;
    for id in &reached {
        look_again(c, *id, Operation::DateReached, now, today)?;
        if amended.contains(id) {
            let row = ConventionRow::by_id(c, *id)?;
            for (_, amendment) in came_amendments.iter().filter(|(convention, _)| convention == id) {
                let of = (row.id, row.version);
                let news = Change::news("amendment", *amendment, Operation::DateReached, of, row.audience_id);
                record::announce(c, now, &news)?;
            }
            announce_text(c, &row, Told { version: row.version, now, today }, &[])?;
        }
    }
    diesel::update(feed_head::table.find(1)).set(feed_head::dates_until.eq(Some(today))).execute(c)?;
    Ok(reached.len())
}

/// Conventions that came into force or to their end after the first day, on the second at the latest.
fn reached(since: CivilDate, until: CivilDate) -> Reached {
    // Ended when that last day is over.
    let came = conventions::in_force_from.gt(Some(since)).and(conventions::in_force_from.le(Some(until)));
    let ended = conventions::ends_on.ge(Some(since)).and(conventions::ends_on.lt(Some(until)));
    Box::new(came.or(ended))
}

/// A clock that was ahead has told of days that are still to come: who sees what is that of today again, and each day is told
/// of once more when it comes.
fn go_back(c: &mut Connection, (today, since): (CivilDate, CivilDate), now: Instant) -> Result<usize, Halt> {
    log::warn!("dates up to {since} were told of, and today is {today}: those to come will be told of again");
    let all: Vec<Id> =
        conventions::table.filter(reached(today, since)).order(conventions::id).select(conventions::id).load(c)?;
    for id in &all {
        look_again(c, *id, Operation::Moved, now, today)?;
    }
    diesel::update(feed_head::table.find(1)).set(feed_head::dates_until.eq(Some(today))).execute(c)?;
    reminders::forget_after(c, today)?;
    Ok(all.len())
}
