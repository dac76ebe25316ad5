//! Finding an amendment within a caller's perimeter, numbering and sealing those of a convention.

use diesel::prelude::*;

use super::amendment::{AmendmentRow, NewAmendment};
use super::feed::{Told, announce_text};
use super::laid::Laid;
use super::rules::text::headed;
use super::signatures::AmendmentSignature;
use crate::aggregate::{Whole as _, unique};
use crate::auth::policy::{self, Standing};
use crate::conventions::convention::ConventionRow;
use crate::conventions::feed;
use crate::conventions::references;
use crate::conventions::story::Story;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::{amendment_pieces, amendment_signatures, amendments};
use crate::db::{Connection, Json};
use crate::domain::Id;
use crate::domain::content::content_hash;
use crate::domain::vocabulary::{EditKind, Role};
use crate::error::{Fault, Faults, Halt, Problem};
use crate::http::call::Request;
use crate::http::unit::Unit;

/// Does this caller see what is not signed by all yet? Schools read texts in force, and an académie drafts as a party only.
pub fn sees_drafts(request: &Request, standing: &Standing) -> bool {
    let mine = request.caller.organisation_id;
    let own = mine.is_some_and(|mine| standing.parties.contains(&mine) || standing.owner == Some(mine));
    own || !matches!(request.caller.role, Role::Academie | Role::School)
}

impl AmendmentRow {
    /// Finds it, with its convention, within the caller's perimeter.
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<(Self, ConventionRow), Halt> {
        let found: Option<Self> = amendments::table.find(id).select(Self::as_select()).first(c).optional()?;
        let amendment = found.ok_or_else(Halt::not_found)?;
        let row = ConventionRow::find(c, request, amendment.convention_id)?;
        if amendment.in_force_from.is_none() && !sees_drafts(request, &row.standing(c)?) {
            return Err(Halt::not_found());
        }
        Ok((amendment, row))
    }

    /// Finds it, and nobody else writes its convention until this unit ends.
    pub fn lock(unit: &mut Unit<'_>, id: Id) -> Result<(Self, ConventionRow), Halt> {
        let request = unit.request.clone();
        let (found, _) = Self::find(unit, &request, id)?;
        ConventionRow::lock(unit, found.convention_id)?;
        // Read again under the lock: both may have changed while this unit waited.
        Self::find(unit, &request, id)
    }

    /// From what was asked, over what stood before.
    pub fn make(unit: &mut Unit<'_>, laid: &Laid, new: NewAmendment, before: Option<&Self>) -> Result<Self, Halt> {
        check_references(laid, &new, before)?;
        let given = |unit: &mut Unit<'_>, id: Option<Id>| id.unwrap_or_else(|| unit.new_id());
        let edits = new.edits.into_iter().map(|edit| {
            let id = given(unit, edit.id);
            edit.kept(id)
        });
        let edits = edits.collect();
        let changes = new.clause_changes.into_iter().map(|change| {
            let id = given(unit, change.id);
            change.kept(id)
        });
        let clause_changes = changes.collect();
        let next = laid.rows.last().map_or(0, |row| row.position) + 1;
        let now = unit.request.now;
        let row = Self {
            id: before.map_or_else(|| unit.new_id(), |b| b.id),
            convention_id: laid.story.row.id,
            position: before.map_or(next, |b| b.position),
            title: new.title,
            requested_by: new.requested_by,
            effective_on: new.effective_on,
            edits: Json(edits),
            clause_changes: Json(clause_changes),
            warnings: Json(before.map(|b| b.warnings.0.clone()).unwrap_or_default()),
            source: before.and_then(|b| b.source.clone()),
            source_sha256: before.and_then(|b| b.source_sha256.clone()),
            content_hash: before.map_or_else(String::new, |b| b.content_hash.clone()),
            first_signed_on: before.and_then(|b| b.first_signed_on),
            complete_on: before.and_then(|b| b.complete_on),
            in_force_from: before.and_then(|b| b.in_force_from),
            created_at: before.map_or(now, |b| b.created_at),
            updated_at: now,
        };
        Ok(row)
    }

    /// Inserts a new one, sealed; its convention is touched next.
    pub fn insert(&mut self, unit: &mut Unit<'_>, original_hash: &str) -> Result<(), Halt> {
        self.content_hash = content_hash(&self.content(original_hash));
        unique(diesel::insert_into(amendments::table).values(&*self).execute(&mut **unit))?;
        self.keep_pieces(unit)
    }

    /// Saves a changed one; its convention is touched next, and seals it again.
    pub fn save(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        diesel::update(amendments::table.find(self.id)).set(self).execute(&mut **unit)?;
        self.keep_pieces(unit)
    }

    /// Deletes one that is not in force, and numbers those after it again.
    pub fn delete(&self, unit: &mut Unit<'_>, laid: &Laid) -> Result<(), Halt> {
        let of = amendment_signatures::amendment_id.eq(self.id);
        // What replaces another refers to it: the last recorded goes first.
        let recorded: Vec<Id> = amendment_signatures::table
            .filter(of)
            .order((amendment_signatures::position.desc(), amendment_signatures::id.desc()))
            .select(amendment_signatures::id)
            .load(&mut **unit)?;
        for id in recorded {
            diesel::delete(amendment_signatures::table.find(id)).execute(&mut **unit)?;
        }
        diesel::delete(amendments::table.find(self.id)).execute(&mut **unit)?;
        for later in laid.rows.iter().filter(|row| row.position > self.position) {
            diesel::update(amendments::table.find(later.id))
                .set((amendments::position.eq(later.position - 1), amendments::updated_at.eq(unit.request.now)))
                .execute(&mut **unit)?;
        }
        Ok(())
    }

    /// Says where the articles and clauses are found that exist by this amendment alone.
    fn keep_pieces(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        let of = amendment_pieces::amendment_id.eq(self.id);
        diesel::delete(amendment_pieces::table.filter(of)).execute(&mut **unit)?;
        let articles = self.edits.0.iter().filter(|edit| edit.kind == EditKind::AddArticle).map(|e| (e.id, "article"));
        let clauses = self.clause_changes.0.iter().map(|change| (change.id, "clause"));
        for (id, kind) in articles.chain(clauses) {
            let piece = (
                amendment_pieces::id.eq(id),
                amendment_pieces::amendment_id.eq(self.id),
                amendment_pieces::kind.eq(kind),
            );
            unique(diesel::insert_into(amendment_pieces::table).values(piece).execute(&mut **unit))?;
        }
        Ok(())
    }

    /// Records a change of it, under the version that its convention has by then.
    pub fn tell(
        unit: &mut Unit<'_>,
        convention: &ConventionRow,
        before: Option<&Self>,
        after: Option<&Self>,
    ) -> Result<(), Halt> {
        let Some(resource) = after.or(before).map(|row| row.id) else { return Ok(()) };
        let form = |row: &Self| row.content(&convention.content_hash);
        let (old, now) = (before.map(form), after.map(form));
        let was_seen_by = before.map(|row| row.audience(unit, convention)).transpose()?;
        let seen_by = after.map(|row| row.audience(unit, convention)).transpose()?;
        unit.record(&Change {
            kind: "amendment",
            resource,
            version: convention.version,
            operation: match (before, after) {
                (None, _) => Operation::Created,
                (_, None) => Operation::Deleted,
                _ => Operation::Updated,
            },
            convention: Some(convention.id),
            organisation: None,
            seen_by,
            was_seen_by,
            before: old.as_ref(),
            after: now.as_ref(),
        })
    }

    /// Who sees it: those of its convention once it is in force one day, who sees drafts before.
    pub fn audience(&self, c: &mut Connection, convention: &ConventionRow) -> Result<Id, Halt> {
        let told = convention.audience_id.filter(|_| self.in_force_from.is_some());
        match told {
            Some(audience) => Ok(audience),
            None => Ok(feed::audience_of_drafts(c, convention)?.keep(c)?),
        }
    }
}

/// The party that asks is one, and what is said to be kept was there.
fn check_references(laid: &Laid, new: &NewAmendment, before: Option<&AmendmentRow>) -> Result<(), Halt> {
    let mut faults = Faults::new();
    if new.requested_by.is_some_and(|party| !laid.parties.contains(&party)) {
        faults.push(references::unknown("/requested_by"));
    }
    let kept = |id: Id| before.is_some_and(|b| b.edits.0.iter().any(|edit| edit.id == id));
    for (index, edit) in new.edits.iter().enumerate() {
        if edit.id.is_some_and(|id| !kept(id)) {
            faults.push(references::unknown(&format!("/edits/{index}/id")));
        }
        let says = edit.new.as_deref().and_then(headed);
        let other = |number: &str| super::rules::text::plain_number(number);
        if edit.kind == EditKind::ReplaceArticle
            && let (Some(says), Some(article)) = (says, &edit.article)
            && other(says.number) != other(article)
        {
            faults.push(Fault::pointer(
                format!("/edits/{index}/new"),
                "invalid",
                crate::error::both(
                    "Le texte commence par un autre numéro d'article.",
                    "The text begins with another article number.",
                ),
            ));
        }
    }
    let kept = |id: Id| before.is_some_and(|b| b.clause_changes.0.iter().any(|change| change.id == id));
    for (index, change) in new.clause_changes.iter().enumerate() {
        if change.id.is_some_and(|id| !kept(id)) {
            faults.push(references::unknown(&format!("/clause_changes/{index}/id")));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::body(faults).into()) }
}

/// Refuses who may not draft an amendment of a convention: its parties may, and the operator of one it brings in.
pub fn check_caller(unit: &mut Unit<'_>, row: &ConventionRow) -> Result<(), Halt> {
    let request = unit.request.clone();
    if policy::may_record(&request.caller, &row.standing(unit)?) {
        return Ok(());
    }
    Err(Problem::plain("not_allowed").into())
}

/// Seals the amendments of a convention again: what a change of any of them, or of the original, made another content is
/// under another hash, and its signatures count no more.
pub fn seal(unit: &mut Unit<'_>, convention: &ConventionRow) -> Result<(), Halt> {
    for mut row in AmendmentRow::of(unit, convention.id)? {
        let hash = content_hash(&row.content(&convention.content_hash));
        if hash != row.content_hash {
            row.content_hash = hash;
            AmendmentSignature::void_all(unit, convention, &row)?;
            diesel::update(amendments::table.find(row.id)).set(&row).execute(&mut **unit)?;
        }
    }
    Ok(())
}

/// Takes over the dates of the amendments, which do not depend on today; tells the feed of those whose readers change.
pub fn date(unit: &mut Unit<'_>, story: &Story) -> Result<(), Halt> {
    if story.amendments.is_empty() {
        return Ok(());
    }
    let laid = Laid::load(unit, story.row.clone(), crate::domain::Instant::MAX)?;
    let (now, today) = (unit.request.now, unit.request.today);
    let mut of_the_text = Vec::new();
    for row in &laid.rows {
        let dates = laid.standing(row).1;
        if dates == row.dates() {
            continue;
        }
        let mut after = row.clone();
        (after.first_signed_on, after.complete_on) = (dates.first_signed_on, dates.complete_on);
        after.in_force_from = dates.in_force_from;
        diesel::update(amendments::table.find(row.id)).set(&after).execute(&mut **unit)?;
        if dates.in_force_from != row.in_force_from {
            moved(unit, &story.row, row, &after)?;
            // What comes on a later day is told on that day.
            if [dates.in_force_from, row.in_force_from].into_iter().flatten().any(|from| from <= today) {
                of_the_text.push(row.id);
            }
        }
    }
    if !of_the_text.is_empty() {
        let told = Told { version: story.row.version + 1, now, today };
        announce_text(unit, &story.row, told, &of_the_text)?;
    }
    Ok(())
}

/// An amendment that comes into force, or does not any more, has other readers.
fn moved(
    unit: &mut Unit<'_>,
    convention: &ConventionRow,
    before: &AmendmentRow,
    after: &AmendmentRow,
) -> Result<(), Halt> {
    let now = unit.request.now;
    let (was, seen) = (before.audience(unit, convention)?, after.audience(unit, convention)?);
    let version = convention.version + 1;
    let news = |kind, id| {
        let of = (convention.id, version);
        Change { was_seen_by: Some(was), ..Change::news(kind, id, Operation::Updated, of, Some(seen)) }
    };
    record::announce(unit, now, &news("amendment", after.id))?;
    let signed: Vec<Id> = amendment_signatures::table
        .filter(amendment_signatures::amendment_id.eq(after.id))
        .order((amendment_signatures::position, amendment_signatures::id))
        .select(amendment_signatures::id)
        .load(&mut **unit)?;
    for id in signed {
        record::announce(unit, now, &news("amendment_signature", id))?;
    }
    Ok(())
}
