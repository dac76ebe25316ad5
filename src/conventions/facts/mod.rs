//! Facts: what happened in the life of a convention, as rules.md has them: `occurred_on` (civil day), `recorded_at`
//! (instant), `done_by` (party), `recorded_by` (caller). Nothing recorded is rewritten: a correction names the fact that
//! it replaces, and a party says whether it acknowledges what another recorded for it.

mod http;
mod new;
mod standing;

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

pub use http::routes;
pub use new::NewFact;
pub use standing::life;
use standing::{corrected_by, current, may_correct};

use super::content::Pieces;
use super::convention::ConventionRow;
use super::rules::{self, LifeFact};
use super::store::check_tells;
use super::story::Story;
use crate::aggregate::{Whole as _, unique};
use crate::auth::policy;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::{facts, files, parties};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::refusal::Flag;
use crate::domain::vocabulary::{FactAnswer, FactKind, Role, Side};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Fault, Faults, Halt, Problem};
use crate::http::call::Request;
use crate::http::unit::Unit;
use crate::obligations;

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
    pub refers_to: Option<Id>,
    pub effective_on: Option<CivilDate>,
    pub duty: Option<String>,
    pub proof: Json<Vec<Id>>,
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
    /// The fact that this one follows from.
    pub refers_to: Option<Id>,
    /// The last day in force that a termination names.
    pub effective_on: Option<CivilDate>,
    /// The key of the duty that it is evidence of.
    pub duty: Option<String>,
    /// Files that prove it.
    pub proof: Vec<Id>,
    /// The fact that this one corrects.
    pub replaces: Option<Id>,
    /// When another fact corrected it: it counts no more since. Null again while its correction is contested.
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
        check_tells(c, request, convention.id)?;
        Ok((fact, convention))
    }

    /// What the rules see of it; nothing when its party is no party any more.
    fn as_life(&self, pieces: &Pieces) -> Option<LifeFact> {
        let party = pieces.parties.iter().find(|party| party.id == self.party_id)?;
        Some(LifeFact {
            id: self.id,
            kind: self.kind,
            party: party.id,
            by: party.side,
            occurred_on: self.occurred_on,
            refers_to: self.refers_to,
            effective_on: self.effective_on,
            duty: self.duty.clone(),
            proven: !self.proof.0.is_empty(),
        })
    }

    /// Its view, as the rules see it now.
    pub fn seen(c: &mut Connection, request: &Request, id: Id) -> Result<(Fact, ConventionRow), Halt> {
        let (fact, row) = Self::find(c, request, id)?;
        let story = Story::load(c, row, Instant::MAX)?;
        Ok((fact.view(&story), story.row))
    }

    /// Its view, with what the rules say of it in the light of the others.
    pub fn view(self, story: &Story) -> Fact {
        let party = story.pieces.parties.iter().find(|party| party.id == self.party_id);
        let life = self
            .as_life(&story.pieces)
            .map(|fact| LifeFact { refers_to: current(&story.facts, &story.pieces, fact.refers_to), ..fact });
        let said = |life: &LifeFact| rules::said_of(life, &story.scene());
        let mut warnings: Vec<Flag> = life.as_ref().and_then(said).into_iter().collect();
        if let Some(detail) = self.awaits(&story.facts, &story.pieces).filter(|_| warnings.is_empty()) {
            let article =
                life.as_ref().and_then(|life| rules::facts::article_of(life, &story.scene()).map(str::to_owned));
            let flag = Flag::new(self.kind.rule(), "without_effect", detail).article(article.as_deref());
            warnings.push(flag.with("occurred_on", self.occurred_on));
        }
        Fact {
            id: self.id,
            convention_id: self.convention_id,
            position: self.position,
            kind: self.kind,
            done_by: self.party_id,
            side: party.map_or(Side::Other, |party| party.side),
            occurred_on: self.occurred_on,
            note: self.note,
            refers_to: self.refers_to,
            effective_on: self.effective_on,
            duty: self.duty,
            proof: self.proof.0,
            replaces: self.replaces,
            replaced_at: self
                .replaced_at
                .filter(|_| current(&story.facts, &story.pieces, Some(self.id)) != Some(self.id)),
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
            for_another: party.is_none_or(|party| self.recorder_id != Some(party.organisation_id)),
            answer: self.answer,
            answer_note: self.answer_note,
            answered_at: self.answered_at,
            warnings,
        }
    }
}

/// The operator records what happened between others with its proof only: it never acts for a party.
fn check_proof(request: &Request, new: &NewFact) -> Result<(), Problem> {
    if request.caller.role != Role::Operator || !new.proof.is_empty() {
        return Ok(());
    }
    let detail = crate::error::both(
        "L'exploitant n'enregistre un fait qu'avec sa preuve.",
        "The operator records a fact with its proof only.",
    );
    Err(Problem::body(vec![Fault::pointer("/proof", "missing", detail)]))
}

/// Records a fact on a locked convention; returns it with the convention at its next version.
pub fn record(unit: &mut Unit<'_>, row: ConventionRow, new: NewFact) -> Result<(Fact, ConventionRow), Halt> {
    let request = unit.request.clone();
    if !policy::may_record(&request.caller, &row.standing(unit)?) {
        return Err(Problem::plain("not_allowed").into());
    }
    check_proof(&request, &new)?;
    let story = Story::load(unit, row, Instant::MAX)?;
    check(unit, &story, &new)?;
    let row = story.row.clone();
    if let Some(replaced) = new.replaces {
        correct(unit, &row, replaced, new.kind)?;
        let found = story.facts.iter().find(|fact| fact.id == replaced);
        if found.is_some_and(|fact| !may_correct(&story, fact, &new)) {
            let detail = crate::error::both(
                "Une partie ne revient pas seule sur ce que d'autres ont suivi, reconnu ou consenti.",
                "A party does not go back alone on what others have followed, acknowledged or consented to.",
            );
            return Err(Problem::new("in_use", detail).into());
        }
        tell_corrected(unit, &row, row.version + 1, &story.facts, Some(replaced))?;
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
        refers_to: new.refers_to,
        effective_on: new.effective_on,
        duty: new.duty,
        proof: Json(new.proof),
    };
    unique(diesel::insert_into(facts::table).values(&fact).execute(&mut **unit))?;
    let row = row.touch(unit)?;
    let story = Story::load(unit, row, Instant::MAX)?;
    let view = fact.view(&story);
    let row = story.row;
    tell(unit, &row, Operation::Created, None, &view)?;
    Ok((view, row))
}

/// What it names must be of this convention, and it must have been possible.
fn check(unit: &mut Unit<'_>, story: &Story, new: &NewFact) -> Result<(), Halt> {
    let mut faults = Faults::new();
    let party = story.parties.iter().find(|party| party.id == new.done_by);
    if party.is_none() {
        faults.push(super::references::unknown("/done_by"));
    }
    let about = new.refers_to.and_then(|id| story.life.iter().find(|fact| fact.id == id));
    if new.refers_to.is_some() && about.is_none_or(|about| !new.kind.refers_to().contains(&about.kind)) {
        faults.push(super::references::unknown("/refers_to"));
    }
    let evidenced = |key: &String| obligations::rules::takes_evidence(&story.scene(), key);
    if new.duty.as_ref().is_some_and(|key| !evidenced(key)) {
        faults.push(super::references::unknown("/duty"));
    }
    for (index, file) in new.proof.iter().enumerate() {
        let known: i64 = files::table
            .filter(files::id.eq(*file).and(files::convention_id.eq(Some(story.row.id))))
            .count()
            .get_result(&mut **unit)?;
        if known == 0 {
            faults.push(super::references::unknown(&format!("/proof/{index}")));
        }
    }
    let Some(party) = party.filter(|_| faults.is_empty()) else { return Err(Problem::body(faults).into()) };
    let fact = LifeFact {
        id: new.done_by,
        kind: new.kind,
        party: party.id,
        by: party.side,
        occurred_on: new.occurred_on,
        refers_to: new.refers_to,
        effective_on: new.effective_on,
        duty: new.duty.clone(),
        proven: !new.proof.is_empty(),
    };
    let today = unit.request.today;
    rules::check_fact(&fact, about, &story.scene(), today)?;
    let replaced = current(&story.facts, &story.pieces, new.replaces);
    Ok(replaced.map_or(Ok(()), |replaced| rules::check_followers(&fact, replaced, &story.scene(), today))?)
}

/// The record that a new one corrects counts no more: one of this convention and kind that still does, and that the
/// caller recorded or that is said of it. What another says of itself is contested, not corrected.
fn correct(unit: &mut Unit<'_>, row: &ConventionRow, replaced: Id, kind: FactKind) -> Result<(), Halt> {
    let (now, mine) = (unit.request.now, unit.request.caller.organisation_id);
    let found: Option<(Option<Id>, Id)> = facts::table
        .inner_join(parties::table.on(parties::id.eq(facts::party_id)))
        .filter(facts::id.eq(replaced).and(facts::convention_id.eq(row.id)))
        .select((facts::recorder_id, parties::organisation_id))
        .first(&mut **unit)
        .optional()?;
    if found.is_some_and(|(recorder, said_of)| recorder != mine && Some(said_of) != mine) {
        return Err(Problem::plain("not_allowed").into());
    }
    let marked = diesel::update(
        facts::table
            .find(replaced)
            .filter(facts::convention_id.eq(row.id).and(facts::kind.eq(kind)))
            .filter(facts::replaced_at.is_null()),
    )
    .set(facts::replaced_at.eq(Some(now)))
    .execute(&mut **unit)?;
    if marked == 0 {
        let detail = crate::error::both(
            "Aucun fait de cette nature, dans cette convention, qui ne soit déjà corrigé, n'a cet identifiant.",
            "No fact of that kind, in this convention and not corrected yet, has that id.",
        );
        return Err(Problem::body(vec![Fault::pointer("/replaces", "unknown_reference", detail)]).into());
    }
    Ok(())
}

/// Tells that a fact was corrected, or is again what counts, and so of what it had corrected itself.
fn tell_corrected(
    unit: &mut Unit<'_>,
    row: &ConventionRow,
    version: i64,
    rows: &[FactRow],
    corrected: Option<Id>,
) -> QueryResult<()> {
    let now = unit.request.now;
    let Some(last) = rows.iter().find(|fact| Some(fact.id) == corrected) else { return Ok(()) };
    for fact in std::iter::once(last).chain(corrected_by(rows, last)) {
        let change = Change::news("fact", fact.id, Operation::Updated, (row.id, version), row.audience_id);
        record::announce(unit, now, &change)?;
    }
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
