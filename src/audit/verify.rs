//! Walking the chain: the first entry that is bad, missing or cut off is named. And erasing details, which leaves it valid.

use diesel::prelude::*;

use super::chain::{Broken, Entry, Stored, Walk};
use crate::db::schema::{audit_details, audit_entries};
use crate::db::{Connection, MultiBackend, feed};
use crate::domain::{Id, Instant};
use crate::error::Halt;

/// A row of the audit that has its place in the chain.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_entries, check_for_backend(MultiBackend))]
pub struct AuditRow {
    pub id: Id,
    pub position: Option<i64>,
    pub client_id: Id,
    pub request_id: String,
    pub act: String,
    pub details_digest: String,
    pub previous_hash: Option<String>,
    pub hash: Option<String>,
    pub recorded_at: Instant,
    pub change_position: Option<i64>,
    pub kind: Option<String>,
    pub resource_id: Option<Id>,
    pub version: Option<i64>,
    pub convention_id: Option<Id>,
    pub organisation_id: Option<Id>,
}

impl AuditRow {
    /// What it binds, and its hash. A member that somebody emptied reads as an empty one: the hash will not fit.
    pub fn entry(self) -> (Entry, String) {
        let hash = self.hash.unwrap_or_default();
        let entry = Entry {
            position: self.position.unwrap_or_default(),
            id: self.id,
            act: self.act,
            kind: self.kind.unwrap_or_default(),
            resource_id: self.resource_id.unwrap_or_else(|| Id::from_bytes([0; 16])),
            version: self.version.unwrap_or_default(),
            convention_id: self.convention_id,
            organisation_id: self.organisation_id,
            client_id: self.client_id,
            request_id: self.request_id,
            recorded_at: self.recorded_at,
            change_position: self.change_position.unwrap_or_default(),
            details_digest: self.details_digest,
            previous_hash: self.previous_hash.unwrap_or_default(),
        };
        (entry, hash)
    }
}

/// Salt, before and after of an entry.
pub type Details = (String, Option<String>, Option<String>);

/// The details of several entries that were not erased.
pub fn details(c: &mut Connection, entries: &[Id]) -> QueryResult<std::collections::HashMap<Id, Details>> {
    let rows: Vec<(Id, String, Option<String>, Option<String>)> = audit_details::table
        .filter(audit_details::entry_id.eq_any(entries.to_vec()))
        .select((audit_details::entry_id, audit_details::salt, audit_details::before, audit_details::after))
        .load(c)?;
    Ok(rows.into_iter().map(|(id, salt, before, after)| (id, (salt, before, after))).collect())
}

/// The end of a chain that was found whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub entries: i64,
    pub hash: String,
    /// Entries whose details were erased.
    pub erased: i64,
}

/// What was known of the chain outside of the database: the position and hash of a signed head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub position: i64,
    pub hash: String,
}

/// Walks the whole chain on one snapshot.
pub fn verify(c: &mut Connection, known: &[Known]) -> Result<Result<Whole, Broken>, Halt> {
    c.snapshot(|c| walk(c, known))
}

fn walk(c: &mut Connection, known: &[Known]) -> Result<Result<Whole, Broken>, Halt> {
    const BATCH: i64 = 1000;
    let head = feed::head(c)?;
    let (mut walk, mut erased) = (Walk::default(), 0);
    // From below the first: what was written there is served as well.
    let mut from = i64::MIN;
    loop {
        let rows: Vec<AuditRow> = audit_entries::table
            .filter(audit_entries::position.gt(Some(from)))
            .order(audit_entries::position)
            .limit(BATCH)
            .select(AuditRow::as_select())
            .load(c)?;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let mut details = details(c, &ids)?;
        let full = i64::try_from(rows.len()).unwrap_or(0) == BATCH;
        for row in rows {
            let (entry, hash) = row.entry();
            let stored = Stored { details: details.remove(&entry.id), entry, hash };
            erased += i64::from(stored.details.is_none());
            if let Err(broken) = walk.step(&stored) {
                return Ok(Err(broken));
            }
            if let Some(known) = known.iter().find(|known| known.position == walk.position)
                && known.hash != walk.hash
            {
                return Ok(Err(Broken::Rewritten(known.position)));
            }
        }
        from = walk.position;
        if !full {
            break;
        }
    }
    // How far it came, by the database's own word and by heads kept elsewhere: the earliest missing entry is the same.
    let reached = known.iter().map(|known| (known.position, known.hash.as_str()));
    for (position, hash) in std::iter::once((head.audit_position, head.audit_hash.as_str())).chain(reached) {
        if let Err(broken) = walk.end(position, hash) {
            return Ok(Err(broken));
        }
    }
    if walk.position > head.audit_position {
        return Ok(Err(Broken::Added(head.audit_position + 1)));
    }
    Ok(Ok(Whole { entries: walk.position, hash: walk.hash, erased }))
}

/// Erases the details of one resource's entries; the entries stay, and the chain valid. Returns how many.
pub fn erase_resource(c: &mut Connection, resource: Id) -> QueryResult<usize> {
    let entries = audit_entries::table.filter(audit_entries::resource_id.eq(Some(resource))).select(audit_entries::id);
    diesel::delete(audit_details::table.filter(audit_details::entry_id.eq_any(entries))).execute(c)
}

/// Erases the details recorded before a moment. Returns how many.
pub fn erase_before(c: &mut Connection, moment: Instant) -> QueryResult<usize> {
    let entries = audit_entries::table.filter(audit_entries::recorded_at.lt(moment)).select(audit_entries::id);
    diesel::delete(audit_details::table.filter(audit_details::entry_id.eq_any(entries))).execute(c)
}
