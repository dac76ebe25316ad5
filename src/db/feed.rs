//! The stamper: gives what was written its position in the one order that the feed and the audit chain follow.
//!
//! A write inserts its entries without position, so that no lock is held to commit. The stamper numbers what is visible,
//! by insertion order: an entry whose transaction ends later gets a later number, so that a reader who follows the
//! positions skips nothing; and the entries of one resource, written under the lock of its whole, keep their order.
//! The row of `feed_head` is locked meanwhile: two stampers cannot run at once, whatever leases say.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};

use super::schema::feed_head;
use super::types::sql::DbUuid;
use super::{Connection, MultiBackend};
use crate::audit::chain::{Entry, link};
use crate::domain::{Id, Instant};
use crate::error::Halt;

/// Entries numbered in one transaction at most.
const BATCH: i64 = 2000;

/// How far the feed has come.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = feed_head, check_for_backend(MultiBackend))]
pub struct Head {
    /// Another one after a restore: cursors of before are refused.
    pub epoch: String,
    /// Position of the last entry.
    pub position: i64,
    /// Position of the last entry that retention has dropped.
    pub dropped_until: i64,
    /// Position of the last entry of the audit chain.
    pub audit_position: i64,
    /// Its hash.
    pub audit_hash: String,
}

/// Reads the head.
pub fn head(c: &mut Connection) -> QueryResult<Head> {
    feed_head::table.find(1).select(Head::as_select()).first(c)
}

/// Numbers what is visible and has no position yet; returns how many entries. To be run inside a transaction.
pub fn stamp(c: &mut Connection) -> Result<i64, Halt> {
    let mut all = 0;
    loop {
        let stamped = stamp_batch(c)?;
        all += stamped;
        if stamped < BATCH {
            return Ok(all);
        }
    }
}

fn stamp_batch(c: &mut Connection) -> Result<i64, Halt> {
    if !unstamped(c)? {
        return Ok(0);
    }
    lock_head(c)?;
    let head = head(c)?;
    let numbered = diesel::sql_query(
        "UPDATE changes SET position = $1 + numbered.rank FROM \
         (SELECT seq, row_number() OVER (ORDER BY seq) AS rank FROM \
           (SELECT seq FROM changes WHERE position IS NULL ORDER BY seq LIMIT 2000) AS next) AS numbered \
         WHERE changes.seq = numbered.seq",
    )
    .bind::<BigInt, _>(head.position)
    .execute(c)?;
    let position = head.position + i64::try_from(numbered).unwrap_or(0);
    let (audit_position, audit_hash) = chain(c, &head, position)?;
    diesel::update(feed_head::table.find(1))
        .set((
            feed_head::position.eq(position),
            feed_head::audit_position.eq(audit_position),
            feed_head::audit_hash.eq(audit_hash),
        ))
        .execute(c)?;
    Ok(position - head.position)
}

/// Nothing else moves the head until the transaction ends.
pub fn lock_head(c: &mut Connection) -> QueryResult<()> {
    if matches!(c, Connection::Postgres(_)) {
        diesel::sql_query("SELECT 1 FROM feed_head WHERE id = 1 FOR UPDATE").execute(c)?;
    }
    Ok(())
}

fn unstamped(c: &mut Connection) -> QueryResult<bool> {
    use super::schema::changes::dsl::{changes, position, seq};
    let first: Option<i64> = changes.filter(position.is_null()).select(seq).limit(1).first(c).optional()?;
    Ok(first.is_some())
}

/// How many entries have no position yet.
pub fn waiting(c: &mut Connection) -> QueryResult<i64> {
    use super::schema::changes::dsl::{changes, position};
    changes.filter(position.is_null()).count().get_result(c)
}

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = DbUuid)]
    id: Id,
    #[diesel(sql_type = DbUuid)]
    client_id: Id,
    #[diesel(sql_type = Text)]
    request_id: String,
    #[diesel(sql_type = Text)]
    act: String,
    #[diesel(sql_type = Text)]
    details_digest: String,
    #[diesel(sql_type = BigInt)]
    recorded_at: Instant,
    #[diesel(sql_type = BigInt)]
    change_position: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = DbUuid)]
    resource_id: Id,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Nullable<DbUuid>)]
    convention_id: Option<Id>,
    #[diesel(sql_type = Nullable<DbUuid>)]
    organisation_id: Option<Id>,
}

/// Links the audit entries of what was just numbered, in its order; returns the new end of the chain.
fn chain(c: &mut Connection, head: &Head, until: i64) -> Result<(i64, String), Halt> {
    let waiting: Vec<Waiting> = diesel::sql_query(
        "SELECT a.seq, a.id, a.client_id, a.request_id, a.act, a.details_digest, a.recorded_at, \
         ch.position AS change_position, ch.kind, ch.resource_id, ch.version, ch.convention_id, ch.organisation_id \
         FROM changes ch JOIN audit_entries a ON a.change_seq = ch.seq \
         WHERE ch.position > $1 AND ch.position <= $2 ORDER BY ch.position",
    )
    .bind::<BigInt, _>(head.position)
    .bind::<BigInt, _>(until)
    .load(c)?;
    let (mut position, mut hash) = (head.audit_position, head.audit_hash.clone());
    for batch in waiting.chunks(500) {
        let mut links = Links::default();
        for w in batch {
            position += 1;
            let entry = Entry {
                position,
                id: w.id,
                act: w.act.clone(),
                kind: w.kind.clone(),
                resource_id: w.resource_id,
                version: w.version,
                convention_id: w.convention_id,
                organisation_id: w.organisation_id,
                client_id: w.client_id,
                request_id: w.request_id.clone(),
                recorded_at: w.recorded_at,
                change_position: w.change_position,
                details_digest: w.details_digest.clone(),
                previous_hash: hash,
            };
            let linked = link(&entry)?;
            links.seq.push(w.seq);
            links.position.push(position);
            links.previous.push(entry.previous_hash);
            links.hash.push(linked.clone());
            hash = linked;
        }
        links.write(c)?;
    }
    Ok((position, hash))
}

/// Where entries stand in the chain.
#[derive(Default)]
struct Links {
    seq: Vec<i64>,
    position: Vec<i64>,
    previous: Vec<String>,
    hash: Vec<String>,
}

impl Links {
    fn write(&self, c: &mut Connection) -> QueryResult<()> {
        const SET: &str = "UPDATE audit_entries SET position = v.column2, previous_hash = v.column3, hash = v.column4, \
             change_position = ch.position, kind = ch.kind, resource_id = ch.resource_id, version = ch.version, \
             convention_id = ch.convention_id, organisation_id = ch.organisation_id, \
             audience_id = COALESCE(ch.seen_by, ch.was_seen_by)";
        const OF: &str = "changes ch WHERE audit_entries.seq = v.column1 AND ch.seq = audit_entries.change_seq";
        match c {
            // Arrays are planned in no time, whatever their length.
            Connection::Postgres(c) => {
                let v = "unnest($1, $2, $3, $4) AS v (column1, column2, column3, column4)";
                diesel::sql_query(format!("{SET} FROM {v}, {OF}"))
                    .bind::<Array<BigInt>, _>(&self.seq)
                    .bind::<Array<BigInt>, _>(&self.position)
                    .bind::<Array<Text>, _>(&self.previous)
                    .bind::<Array<Text>, _>(&self.hash)
                    .execute(c)?;
            }
            Connection::Sqlite(c) => {
                // Numbers and hexadecimal only: nothing of a client's own.
                let rows = self.seq.iter().zip(&self.position).zip(self.previous.iter().zip(&self.hash));
                let rows = rows
                    .map(|((seq, position), (previous, hash))| format!("({seq}, {position}, '{previous}', '{hash}')"));
                let rows = rows.collect::<Vec<_>>().join(", ");
                diesel::sql_query(format!("{SET} FROM (VALUES {rows}) AS v, {OF}")).execute(c)?;
            }
        }
        Ok(())
    }
}

/// Before a commit: on SQLite the one writer numbers what it wrote; on PostgreSQL the stamper's job does.
pub fn before_commit(c: &mut Connection) -> QueryResult<()> {
    if matches!(c, Connection::Postgres(_)) {
        return Ok(());
    }
    match stamp(c) {
        Ok(_) => Ok(()),
        Err(Halt::Database(e)) => Err(e),
        Err(other) => Err(diesel::result::Error::QueryBuilderError(format!("{other:?}").into())),
    }
}

/// Entries dropped in one unit at most: meanwhile nothing is numbered, and on SQLite nothing written.
pub const DROPPED_AT_ONCE: i64 = 5000;

/// When the first entry was recorded that is still there.
pub fn oldest(c: &mut Connection) -> QueryResult<Option<Instant>> {
    use super::schema::changes;
    let numbered = changes::table.filter(changes::position.is_not_null());
    numbered.order(changes::position).select(changes::recorded_at).first(c).optional()
}

/// Drops the first entries, as far as they were recorded before a moment; returns how many, and is called again until there
/// are none. A cursor before the last of them must start again. What is dated after `now` was written by a clock that was
/// ahead: it goes with those beside it.
pub fn drop_before(c: &mut Connection, moment: Instant, now: Instant) -> QueryResult<usize> {
    use super::schema::changes;
    lock_head(c)?;
    let first: Option<i64> = changes::table.select(diesel::dsl::min(changes::position)).first(c)?;
    let Some(first) = first else { return Ok(0) };
    let at_once = || changes::position.lt(first + DROPPED_AT_ONCE);
    // A clock that was behind has dated new entries before older ones: the first that stays keeps all that follow it.
    let stays = changes::recorded_at.ge(moment).and(changes::recorded_at.le(now));
    let stays: Option<i64> =
        changes::table.filter(stays.and(at_once())).select(diesel::dsl::min(changes::position)).first(c)?;
    let last: Option<i64> = changes::table
        .filter(changes::recorded_at.lt(moment).and(at_once()))
        .filter(changes::position.lt(stays.unwrap_or(i64::MAX)))
        .select(diesel::dsl::max(changes::position))
        .first(c)?;
    let Some(last) = last else { return Ok(0) };
    diesel::update(feed_head::table.find(1).filter(feed_head::dropped_until.lt(last)))
        .set(feed_head::dropped_until.eq(last))
        .execute(c)?;
    diesel::delete(changes::table.filter(changes::position.le(last))).execute(c)
}

/// Makes every cursor start again: what was read of another copy of the data is not what stands here.
pub fn renew(c: &mut Connection) -> Result<String, Halt> {
    let mut bytes = [0_u8; 6];
    getrandom::fill(&mut bytes).map_err(|e| Halt::Broken(e.to_string()))?;
    let epoch = crate::auth::secret::hex(&bytes);
    diesel::update(feed_head::table.find(1)).set(feed_head::epoch.eq(&epoch)).execute(c)?;
    Ok(epoch)
}
