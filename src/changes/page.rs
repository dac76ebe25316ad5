//! One page of the feed, as one caller may read it.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::audience::Reading;
use super::kinds::{self, KINDS};
use crate::auth::policy::{self, FactsOf};
use crate::db::types::sql::DbUuid;
use crate::db::{Connection, MultiBackend, feed};
use crate::domain::{Id, Instant};
use crate::error::{Halt, Problem};
use crate::files::perimeter::proofs_untold;
use crate::http::call::Request;
use crate::obligations::rules::OF_FACTS;

/// Positions looked through by one request at most: a caller who sees little of a long feed walks it in bounded steps.
const LOOK: i64 = 50_000;

/// What happened to the resource, for this caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    Created,
    Updated,
    /// A date that its state depends on has passed: it came into force, or to its end.
    DateReached,
    /// It is within the caller's perimeter from now on.
    Entered,
    /// It is outside the caller's perimeter from now on: drop it.
    Left,
    /// It is no more: drop it.
    Deleted,
}

/// An entry of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeEntry {
    /// Its place in the one order of the feed; other callers' entries leave gaps.
    pub position: i64,
    pub operation: Happened,
    /// Kind of the resource, singular: `convention`, `article`, `organisation`. New kinds come with new resources.
    #[schema(example = "article")]
    pub kind: String,
    pub id: Id,
    /// Version of the resource's aggregate: it never descends for one resource.
    pub version: i64,
    /// Where the resource is read.
    #[schema(example = "/v1/articles/0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50")]
    pub address: String,
    /// The convention it belongs to.
    pub convention_id: Option<Id>,
    /// The organisation it belongs to.
    pub organisation_id: Option<Id>,
    pub recorded_at: Instant,
    /// With `embed=resource`: what its `GET` answers now, which may be later than this entry; null when it is no longer
    /// there for this caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub resource: Option<Value>,
}

/// A page of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    pub items: Vec<ChangeEntry>,
    /// The cursor to go on from, always there; it moves on also when nothing was for this caller.
    pub next: String,
    /// True when there is more to read at once.
    pub more: bool,
}

/// Where to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// The first entry there ever was.
    Start,
    /// What comes from now on.
    Head,
    Cursor(Cursor),
}

/// A place in the feed of one copy of the data, for what one caller may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    epoch: String,
    reading: String,
    position: i64,
}

impl Cursor {
    /// Reads the text of a cursor.
    pub fn parse(text: &str) -> Option<Self> {
        let mut pieces = text.split('.');
        let (epoch, reading, position) = (pieces.next()?, pieces.next()?, pieces.next()?);
        let hexadecimal =
            |text: &str| !text.is_empty() && text.len() <= 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let position: i64 = position.parse().ok().filter(|p| *p >= 0)?;
        let sound = pieces.next().is_none() && hexadecimal(epoch) && hexadecimal(reading);
        sound.then(|| Self { epoch: epoch.to_owned(), reading: reading.to_owned(), position })
    }

    /// Where it stands.
    pub fn position(&self) -> i64 {
        self.position
    }

    fn text(&self) -> String {
        format!("{}.{}.{}", self.epoch, self.reading, self.position)
    }
}

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub after: After,
    pub kinds: Vec<&'static str>,
    pub limit: i64,
    pub embed: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    position: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = DbUuid)]
    resource_id: Id,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Text)]
    operation: String,
    #[diesel(sql_type = Nullable<DbUuid>)]
    convention_id: Option<Id>,
    #[diesel(sql_type = Nullable<DbUuid>)]
    organisation_id: Option<Id>,
    #[diesel(sql_type = BigInt)]
    recorded_at: Instant,
    #[diesel(sql_type = Bool)]
    sees: bool,
    #[diesel(sql_type = Bool)]
    saw: bool,
}

/// Reads one page, and the position it goes to.
pub fn read(c: &mut Connection, request: &Request, asked: &Asked) -> Result<(Changes, Cursor), Halt> {
    let reading = Reading::of(&request.caller);
    // Read first: what is stamped later is beyond this page.
    let head = feed::head(c)?;
    // With another scope, what came before and was not for this caller would be missed for ever.
    let scopes: BTreeSet<&str> = KINDS.iter().map(|kind| kind.scope).filter(|s| request.caller.holds(s)).collect();
    let fingerprint = reading.fingerprint(&scopes);
    let here = |position| Cursor { epoch: head.epoch.clone(), reading: fingerprint.clone(), position };
    let from = match &asked.after {
        After::Head => head.position,
        After::Start if head.dropped_until == 0 => 0,
        After::Cursor(cursor)
            if *cursor == here(cursor.position)
                && cursor.position >= head.dropped_until
                && cursor.position <= head.position =>
        {
            cursor.position
        }
        After::Start | After::Cursor(_) => {
            return Err(Problem::plain("resync").member("resume_after", here(head.position).text().into()).into());
        }
    };
    let until = head.position.min(from + LOOK);
    let rows = if until > from { rows(c, &reading, asked, (from, until), request)? } else { Vec::new() };
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= asked.limit;
    let reached = rows.last().filter(|_| full).map_or(until, |last| last.position);
    let rows = without_untold_proofs(c, request, rows)?;
    let items = rows.into_iter().map(|row| entry(c, request, row, asked.embed)).collect::<Result<_, Halt>>()?;
    let next = here(reached);
    Ok((Changes { items, next: next.text(), more: reached < head.position }, next))
}

/// Nor is it told of a file that is attached elsewhere and that a fact names as its proof.
fn without_untold_proofs(c: &mut Connection, request: &Request, mut rows: Vec<Row>) -> QueryResult<Vec<Row>> {
    let of = rows.iter().filter(|row| row.kind == "file").filter_map(|row| row.convention_id);
    let conventions: BTreeSet<Id> = of.collect();
    if conventions.is_empty() {
        return Ok(rows);
    }
    let conventions: Vec<Id> = conventions.into_iter().collect();
    let untold = proofs_untold(c, request, &conventions)?;
    rows.retain(|row| row.kind != "file" || !untold.contains(&row.resource_id));
    Ok(rows)
}

/// Who reads no facts is not told of them, of the files attached to them, or of the duties that they make. `$3` is the
/// organisation whose conventions are left in.
fn of_no_fact(facts: FactsOf) -> String {
    let elsewhere = match facts {
        FactsOf::Every => return String::new(),
        FactsOf::None => "",
        FactsOf::Party(_) => "convention_id NOT IN (SELECT convention_id FROM parties WHERE organisation_id = $3) AND ",
    };
    let rules = OF_FACTS.map(|rule| format!("'{rule}'")).join(", ");
    format!(
        " AND NOT ({elsewhere}(kind = 'fact' \
           OR (kind = 'obligation' AND resource_id IN (SELECT id FROM duties WHERE rule IN ({rules}))) \
           OR (kind = 'file' AND resource_id IN (SELECT id FROM files WHERE attached_to LIKE 'fact:%'))))"
    )
}

fn rows(
    c: &mut Connection,
    reading: &Reading,
    asked: &Asked,
    (from, until): (i64, i64),
    request: &Request,
) -> Result<Vec<Row>, Halt> {
    let wanted = |name: &str| asked.kinds.is_empty() || asked.kinds.contains(&name);
    let kinds: Vec<String> = KINDS
        .iter()
        .filter(|kind| wanted(kind.name) && request.caller.holds(kind.scope))
        .map(|kind| format!("'{}'", kind.name))
        .collect();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let facts = policy::facts_of(&request.caller);
    let sql = format!(
        "WITH mine AS ({mine}), told AS (\
           SELECT position, kind, resource_id, version, operation, convention_id, organisation_id, recorded_at, \
             COALESCE(seen_by IN (SELECT audience_id FROM mine), FALSE) AS sees, \
             COALESCE(was_seen_by IN (SELECT audience_id FROM mine), FALSE) AS saw \
           FROM changes WHERE position > $1 AND position <= $2 AND kind IN ({kinds}){told}) \
         SELECT * FROM told WHERE (sees OR saw) AND NOT (operation = 'moved' AND sees AND saw) \
         ORDER BY position LIMIT {limit}",
        limit = asked.limit,
        mine = reading.sql(),
        kinds = kinds.join(", "),
        told = of_no_fact(facts),
    );
    let mut query =
        diesel::sql_query(sql).into_boxed::<MultiBackend>().bind::<BigInt, _>(from).bind::<BigInt, _>(until);
    if let FactsOf::Party(mine) = facts {
        query = query.bind::<DbUuid, _>(mine);
    }
    Ok(query.load(c)?)
}

fn entry(c: &mut Connection, request: &Request, row: Row, embed: bool) -> Result<ChangeEntry, Halt> {
    let operation = match (row.operation.as_str(), row.sees, row.saw) {
        ("deleted", ..) => Happened::Deleted,
        (_, false, _) => Happened::Left,
        ("created", ..) => Happened::Created,
        (_, true, false) => Happened::Entered,
        ("date_reached", ..) => Happened::DateReached,
        _ => Happened::Updated,
    };
    let kind = kinds::find(&row.kind);
    let gone = matches!(operation, Happened::Deleted | Happened::Left);
    let resource = match kind.filter(|_| embed) {
        None => None,
        Some(_) if gone => Some(Value::Null),
        Some(kind) => Some(match (kind.read)(c, request, row.resource_id) {
            Ok(value) => value,
            // Gone since: a later entry says so.
            Err(Halt::Problem(problem)) if problem.entry.status == 404 => Value::Null,
            Err(other) => return Err(other),
        }),
    };
    Ok(ChangeEntry {
        position: row.position,
        operation,
        address: format!("{}/{}", kind.map_or("", |kind| kind.path), row.resource_id),
        kind: row.kind,
        id: row.resource_id,
        version: row.version,
        convention_id: row.convention_id,
        organisation_id: row.organisation_id,
        recorded_at: row.recorded_at,
        resource,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is() {
        let cursor = Cursor { epoch: "00ff".into(), reading: "a1".into(), position: 42 };
        assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
        for bad in ["", "1", "00ff.a1", "00ff.a1.-1", "00ff.a1.1.2", "zz.a1.1", "00ff..1", "00ff.a1.x"] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }
}
