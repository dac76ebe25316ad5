//! Facts: what happened in the life of a convention, as rules.md has them: `occurred_on` (civil day), `recorded_at`
//! (instant), `done_by` (party), `recorded_by` (caller). Nothing recorded is rewritten: a correction names the fact that
//! it replaces, and a party says whether it acknowledges what another recorded for it.

mod http;

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

pub use http::routes;

use super::content::Pieces;
use super::convention::ConventionRow;
use super::rules::{self, LifeFact, Spans, Terms};
use crate::aggregate::{Whole as _, unique};
use crate::auth::policy;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::facts;
use crate::db::{Connection, MultiBackend};
use crate::domain::refusal::Flag;
use crate::domain::vocabulary::{FactAnswer, FactKind, Side};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Halt, Problem};
use crate::http::body::{Body, Faults};
use crate::http::call::Request;
use crate::http::unit::Unit;

/// What a fact is recorded with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "kind": "expiry_information", "done_by": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "occurred_on": "2028-12-20",
    "note": "Courrier recommandé du 20 décembre 2028"
}))]
pub struct NewFact {
    pub kind: FactKind,
    /// The party that did it.
    pub done_by: Id,
    /// Civil day on which it happened; never after today.
    pub occurred_on: CivilDate,
    /// In words. Proof is attached as a file: `attached_to=fact:` and its id.
    #[deserr(default)]
    #[validate(length(min = 1, max = 2000))]
    pub note: Option<String>,
    /// The fact that this one corrects, of the same kind: the old one stays visible, and counts no more.
    #[deserr(default)]
    pub replaces: Option<Id>,
}

impl Body for NewFact {}

/// A row of `facts`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = facts, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct FactRow {
    pub id: Id,
    pub convention_id: Id,
    pub position: i64,
    pub kind: FactKind,
    pub party_id: Id,
    pub occurred_on: CivilDate,
    pub note: Option<String>,
    pub replaces: Option<Id>,
    pub replaced_at: Option<Instant>,
    pub recorded_by: Id,
    pub recorder_id: Option<Id>,
    pub recorded_at: Instant,
    pub answer: Option<FactAnswer>,
    pub answer_note: Option<String>,
    pub answered_by: Option<Id>,
    pub answered_at: Option<Instant>,
}

/// A fact in the life of a convention.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fact {
    pub id: Id,
    pub convention_id: Id,
    #[serde(skip)]
    pub position: i64,
    pub kind: FactKind,
    /// The party that did it.
    pub done_by: Id,
    /// Its side.
    pub side: Side,
    pub occurred_on: CivilDate,
    pub note: Option<String>,
    /// The fact that this one corrects.
    pub replaces: Option<Id>,
    /// When another fact corrected it: it counts no more since.
    pub replaced_at: Option<Instant>,
    /// The client or grant that recorded it.
    pub recorded_by: Id,
    pub recorded_at: Instant,
    /// True when another than the party recorded it: the party may acknowledge or contest it.
    pub for_another: bool,
    /// What that party says of it; a contested fact does not count.
    pub answer: Option<FactAnswer>,
    pub answer_note: Option<String>,
    pub answered_at: Option<Instant>,
    /// What the rules have to say of it: `late`, `without_effect`; rule, article and dates.
    #[schema(value_type = Vec<Object>)]
    pub warnings: Vec<Flag>,
}

impl FactRow {
    /// The facts of a convention known at an instant, as they stood then, in the order they were recorded.
    pub fn known(c: &mut Connection, convention: Id, at: Instant) -> QueryResult<Vec<Self>> {
        let rows: Vec<Self> = facts::table
            .filter(facts::convention_id.eq(convention).and(facts::recorded_at.le(at)))
            .order((facts::position, facts::id))
            .select(Self::as_select())
            .load(c)?;
        Ok(rows.into_iter().map(|row| row.known_by(at)).collect())
    }

    /// As it stood at an instant: what came later is left out.
    fn known_by(mut self, at: Instant) -> Self {
        self.replaced_at = self.replaced_at.filter(|when| *when <= at);
        if self.answered_at.is_some_and(|when| when > at) {
            (self.answer, self.answer_note, self.answered_by, self.answered_at) = (None, None, None, None);
        }
        self
    }

    /// Finds it, with its convention, within the caller's perimeter.
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<(Self, ConventionRow), Halt> {
        let found: Option<Self> = facts::table.find(id).select(Self::as_select()).first(c).optional()?;
        let fact = found.ok_or_else(Halt::not_found)?;
        let convention = ConventionRow::find(c, request, fact.convention_id)?;
        Ok((fact, convention))
    }

    /// Does it count? Not once corrected, nor while the party that it is said of contests it.
    fn counts(&self) -> bool {
        self.replaced_at.is_none() && self.answer != Some(FactAnswer::Contested)
    }

    /// What the rules see of it; nothing when its party is no party any more.
    fn as_life(&self, pieces: &Pieces) -> Option<LifeFact> {
        let party = pieces.parties.iter().find(|party| party.id == self.party_id)?;
        Some(LifeFact { kind: self.kind, by: party.side, occurred_on: self.occurred_on })
    }

    /// Its view, as the rules see it now.
    pub fn seen(c: &mut Connection, request: &Request, id: Id) -> Result<(Fact, ConventionRow), Halt> {
        let (fact, row) = Self::find(c, request, id)?;
        let pieces = Pieces::load(c, row.id)?;
        let (spans, terms) = (row.spans(), pieces.terms(&row));
        Ok((fact.view(&pieces, &spans, &terms), row))
    }

    /// Its view, with what the rules say of it.
    pub fn view(self, pieces: &Pieces, spans: &Spans, terms: &Terms) -> Fact {
        let party = pieces.parties.iter().find(|party| party.id == self.party_id);
        let warnings = self.as_life(pieces).and_then(|life| rules::said_of(&life, spans, terms));
        Fact {
            id: self.id,
            convention_id: self.convention_id,
            position: self.position,
            kind: self.kind,
            done_by: self.party_id,
            side: party.map_or(Side::Other, |party| party.side),
            occurred_on: self.occurred_on,
            note: self.note,
            replaces: self.replaces,
            replaced_at: self.replaced_at,
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
            for_another: party.is_none_or(|party| self.recorder_id != Some(party.organisation_id)),
            answer: self.answer,
            answer_note: self.answer_note,
            answered_at: self.answered_at,
            warnings: warnings.into_iter().collect(),
        }
    }
}

/// The facts that count, as the rules see them.
pub fn life(rows: &[FactRow], pieces: &Pieces) -> Vec<LifeFact> {
    rows.iter().filter(|row| row.counts()).filter_map(|row| row.as_life(pieces)).collect()
}

/// The facts that meet a duty on its day.
pub fn proof(rows: &[FactRow], kind: FactKind, met_on: Option<CivilDate>) -> Vec<Id> {
    let meets = |row: &&FactRow| row.counts() && row.kind == kind && Some(row.occurred_on) == met_on;
    rows.iter().filter(meets).map(|row| row.id).collect()
}

/// Records a fact on a locked convention; returns it with the convention at its next version.
pub fn record(unit: &mut Unit<'_>, row: ConventionRow, new: NewFact) -> Result<(Fact, ConventionRow), Halt> {
    let request = unit.request.clone();
    if !policy::may_record(&request.caller, &row.standing(unit)?) {
        return Err(Problem::plain("not_allowed").into());
    }
    let pieces = Pieces::load(unit, row.id)?;
    let (spans, terms) = (row.spans(), pieces.terms(&row));
    if !pieces.parties.iter().any(|party| party.id == new.done_by) {
        return Err(Problem::body(vec![super::references::unknown("/done_by")]).into());
    }
    rules::check_fact(new.kind, new.occurred_on, &terms, request.today)?;
    if let Some(replaced) = new.replaces {
        correct(unit, &row, replaced, new.kind)?;
    }
    let last: Option<i64> = facts::table
        .filter(facts::convention_id.eq(row.id))
        .select(diesel::dsl::max(facts::position))
        .first(&mut **unit)?;
    let fact = FactRow {
        id: unit.new_id(),
        convention_id: row.id,
        position: last.unwrap_or(0) + 1,
        kind: new.kind,
        party_id: new.done_by,
        occurred_on: new.occurred_on,
        note: new.note,
        replaces: new.replaces,
        replaced_at: None,
        recorded_by: request.caller.client_id,
        recorder_id: request.caller.organisation_id,
        recorded_at: request.now,
        answer: None,
        answer_note: None,
        answered_by: None,
        answered_at: None,
    };
    unique(diesel::insert_into(facts::table).values(&fact).execute(&mut **unit))?;
    let row = row.touch(unit)?;
    let view = fact.view(&pieces, &spans, &terms);
    tell(unit, &row, Operation::Created, None, &view)?;
    Ok((view, row))
}

/// The record that a new one corrects counts no more: one of this convention and kind that still does.
fn correct(unit: &mut Unit<'_>, row: &ConventionRow, replaced: Id, kind: FactKind) -> Result<(), Halt> {
    let now = unit.request.now;
    let marked = diesel::update(
        facts::table
            .find(replaced)
            .filter(facts::convention_id.eq(row.id).and(facts::kind.eq(kind)))
            .filter(facts::replaced_at.is_null()),
    )
    .set(facts::replaced_at.eq(Some(now)))
    .execute(&mut **unit)?;
    if marked == 0 {
        return Err(Problem::body(vec![super::references::unknown("/replaces")]).into());
    }
    let change = Change {
        kind: "fact",
        resource: replaced,
        version: row.version + 1,
        operation: Operation::Updated,
        convention: Some(row.id),
        organisation: None,
        seen_by: row.audience_id,
        was_seen_by: row.audience_id,
        before: None,
        after: None,
    };
    record::announce(unit, now, &change)?;
    Ok(())
}

/// Records a change of a fact under the version that its convention has by then.
fn tell(
    unit: &mut Unit<'_>,
    row: &ConventionRow,
    operation: Operation,
    before: Option<&Fact>,
    after: &Fact,
) -> Result<(), Halt> {
    let id = after.id;
    let (before, after) = (before.map(serde_json::to_value).transpose()?, serde_json::to_value(after)?);
    unit.record(&Change {
        kind: "fact",
        resource: id,
        version: row.version,
        operation,
        convention: Some(row.id),
        organisation: None,
        seen_by: row.audience_id,
        was_seen_by: before.as_ref().and(row.audience_id),
        before: before.as_ref(),
        after: Some(&after),
    })
}
