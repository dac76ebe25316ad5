//! What every write leaves behind, in its own transaction: a change entry (what changed, for those who follow) and an
//! audit entry (who did it, with a salted digest of the details, which can be erased without breaking the chain).
//!
//! Both are inserted without position; the stamper ([`super::feed`]) numbers them.

use diesel::prelude::*;
use serde_json::Value;

use super::Connection;
use super::fixed::Recorded;
use super::schema::{audit_details, audit_entries, changes};
use crate::audit::chain::digest;
use crate::auth::secret::hex;
use crate::clock::Ids;
use crate::domain::{Id, Instant};
use crate::error::Halt;
use crate::http::call::Request;
use crate::insert_all;

/// What was done to the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Created,
    Updated,
    Deleted,
    /// Nothing of it changed but who sees it.
    Moved,
    /// A date that its state depends on has passed.
    DateReached,
}

impl Operation {
    /// As the tables have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Moved => "moved",
            Self::DateReached => "date_reached",
        }
    }
}

/// One change of one resource.
pub struct Change<'r> {
    /// The kind of resource, singular: `article`.
    pub kind: &'static str,
    pub resource: Id,
    /// Version of its aggregate after the change.
    pub version: i64,
    pub operation: Operation,
    pub convention: Option<Id>,
    pub organisation: Option<Id>,
    /// The audience that sees it now ([`crate::changes::audience`]); nobody once it is deleted.
    pub seen_by: Option<Id>,
    /// The audience that saw it before; nobody when it is new.
    pub was_seen_by: Option<Id>,
    pub before: Option<&'r Value>,
    pub after: Option<&'r Value>,
}

impl Change<'_> {
    /// News of a piece of a convention, under a version of it, that the same people read as before.
    pub fn news(
        kind: &'static str,
        resource: Id,
        operation: Operation,
        (convention, version): (Id, i64),
        readers: Option<Id>,
    ) -> Self {
        Self {
            kind,
            resource,
            version,
            operation,
            convention: Some(convention),
            organisation: None,
            seen_by: readers,
            was_seen_by: readers,
            before: None,
            after: None,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = changes)]
pub(super) struct NewChange<'r> {
    pub(super) kind: &'r str,
    pub(super) resource_id: Id,
    pub(super) version: i64,
    pub(super) operation: &'r str,
    pub(super) convention_id: Option<Id>,
    pub(super) organisation_id: Option<Id>,
    pub(super) recorded_at: Instant,
    pub(super) seen_by: Option<Id>,
    pub(super) was_seen_by: Option<Id>,
}

/// A change whose number is known beforehand.
#[derive(Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
struct NumberedChange<'r> {
    seq: i64,
    kind: &'r str,
    resource_id: Id,
    version: i64,
    operation: &'r str,
    convention_id: Option<Id>,
    organisation_id: Option<Id>,
    recorded_at: Instant,
    seen_by: Option<Id>,
    was_seen_by: Option<Id>,
}

impl<'r> NewChange<'r> {
    fn of(now: Instant, change: &Change<'r>) -> Self {
        Self {
            kind: change.kind,
            resource_id: change.resource,
            version: change.version,
            operation: change.operation.as_str(),
            convention_id: change.convention,
            organisation_id: change.organisation,
            recorded_at: now,
            seen_by: change.seen_by,
            was_seen_by: change.was_seen_by,
        }
    }

    fn numbered(self, seq: i64) -> NumberedChange<'r> {
        NumberedChange {
            seq,
            kind: self.kind,
            resource_id: self.resource_id,
            version: self.version,
            operation: self.operation,
            convention_id: self.convention_id,
            organisation_id: self.organisation_id,
            recorded_at: self.recorded_at,
            seen_by: self.seen_by,
            was_seen_by: self.was_seen_by,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub(super) struct NewEntry<'r> {
    pub(super) id: Id,
    pub(super) change_seq: i64,
    pub(super) client_id: Id,
    pub(super) request_id: &'r str,
    pub(super) act: String,
    pub(super) details_digest: String,
    pub(super) recorded_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = audit_details, treat_none_as_default_value = false)]
pub(super) struct NewDetails {
    pub(super) entry_id: Id,
    pub(super) salt: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// Writes the change entry and the audit entry of one change.
pub fn write(c: &mut Connection, request: &Request, entry_id: Id, change: &Change<'_>) -> Result<(), Halt> {
    let text = |value: Option<&Value>| value.map(ToString::to_string);
    write_told(c, request, entry_id, change, text(change.before), text(change.after))
}

/// The same, with the details as JSON that is written already.
pub fn write_told(
    c: &mut Connection,
    request: &Request,
    entry_id: Id,
    change: &Change<'_>,
    before: Option<String>,
    after: Option<String>,
) -> Result<(), Halt> {
    if let Connection::Postgres(c) = c {
        let (entry, details) = entry_of(request, entry_id, change, 0, before, after)?;
        Recorded { change: NewChange::of(request.now, change), entry, details }.execute(c)?;
        return Ok(());
    }
    let seq = announce(c, request.now, change)?;
    insert_entry(c, entry_of(request, entry_id, change, seq, before, after)?)
}

/// Writes the change entry alone, for what nobody did: a date that has passed. Returns its number in the order of
/// insertion.
pub fn announce(c: &mut Connection, now: Instant, change: &Change<'_>) -> QueryResult<i64> {
    diesel::insert_into(changes::table).values(NewChange::of(now, change)).returning(changes::seq).get_result(c)
}

/// Writes the entries of many creations, those of a bulk: the same rows, in a few statements. With each comes what the
/// audit keeps of it, as JSON.
pub fn write_all(c: &mut Connection, request: &Request, ids: &Ids, all: Vec<(Change<'_>, String)>) -> Result<(), Halt> {
    if matches!(c, Connection::Sqlite(_)) {
        for (change, after) in all {
            let seq = announce(c, request.now, &change)?;
            insert_entry(c, entry_of(request, ids.next(request.now), &change, seq, None, Some(after))?)?;
        }
        return Ok(());
    }
    let seqs = reserve(c, all.len())?;
    let (mut changed, mut entries, mut details) = (Vec::new(), Vec::new(), Vec::new());
    for ((change, after), seq) in all.into_iter().zip(seqs) {
        changed.push(NewChange::of(request.now, &change).numbered(seq));
        let (entry, told) = entry_of(request, ids.next(request.now), &change, seq, None, Some(after))?;
        entries.push(entry);
        details.push(told);
    }
    insert_all!(c, changes::table, changed);
    insert_all!(c, audit_entries::table, entries);
    insert_all!(c, audit_details::table, details);
    Ok(())
}

/// Numbers for so many changes, in the order of insertion.
fn reserve(c: &mut Connection, count: usize) -> QueryResult<Vec<i64>> {
    #[derive(QueryableByName)]
    struct Seq {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        seq: i64,
    }
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let rows: Vec<Seq> = diesel::sql_query(
        "SELECT nextval(pg_get_serial_sequence('changes', 'seq')) AS seq FROM generate_series(1, $1)",
    )
    .bind::<diesel::sql_types::BigInt, _>(count)
    .load(c)?;
    Ok(rows.into_iter().map(|row| row.seq).collect())
}

fn insert_entry(c: &mut Connection, (entry, details): (NewEntry<'_>, NewDetails)) -> Result<(), Halt> {
    diesel::insert_into(audit_entries::table).values(entry).execute(c)?;
    diesel::insert_into(audit_details::table).values(details).execute(c)?;
    Ok(())
}

fn entry_of<'r>(
    request: &'r Request,
    entry_id: Id,
    change: &Change<'_>,
    seq: i64,
    before: Option<String>,
    after: Option<String>,
) -> Result<(NewEntry<'r>, NewDetails), Halt> {
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).map_err(|e| Halt::Broken(e.to_string()))?;
    let salt = hex(&salt);
    let entry = NewEntry {
        id: entry_id,
        change_seq: seq,
        client_id: request.caller.client_id,
        request_id: &request.request_id,
        act: format!("{}.{}", change.kind, change.operation.as_str()),
        details_digest: digest(&salt, before.as_deref(), after.as_deref()),
        recorded_at: request.now,
    };
    Ok((entry, NewDetails { entry_id, salt, before, after }))
}
