//! Making, saving and deleting actions: what is asked becomes a row that the rules have accepted, with its schools, its
//! audience, and its entries in the feed and the audit.

use std::collections::HashMap;

use diesel::prelude::*;

use super::desk::Desk;
use super::new::NewAction;
use super::perimeter::{actor_of, audience, barred, not_allowed};
use super::row::{ActionRow, Kept};
use super::rules::life::{Actor, created_in, dated_before, moved, stands};
use super::rules::{self, Sight};
use super::totals;
use crate::aggregate::unique;
use crate::changes::audience::Audience;
use crate::db::record::{Change, Operation};
use crate::db::schema::{action_aliases, action_schools, actions};
use crate::db::{Connection, Json};
use crate::domain::Id;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionOrigin, ActionStatus};
use crate::error::{Fault, Faults, Halt, Problem, both, noted};
use crate::http::unit::Unit;
use crate::obligations::evidence::{self, Turned};

/// The kind of an action in the feed, the audit and a file's attachment.
pub const KIND: &str = "action";

/// An action that the rules accept, ready to be stored.
pub struct Made {
    pub row: ActionRow,
    pub audience: Audience,
}

/// A new action, from what was asked of a caller who may make it.
pub fn make(unit: &mut Unit<'_>, desk: &mut Desk, new: NewAction) -> Result<Made, Halt> {
    let request = unit.request.clone();
    let known = desk.convention_seen(unit, new.convention_id)?;
    let actor =
        actor_of(&request.caller, &known.standing, &new).filter(|actor| *actor != Actor::Among).ok_or_else(|| {
            not_allowed(&request.caller, &known.standing).about_all(barred(&request.caller, &known.standing, &new))
        })?;
    let mut faults = Faults::new();
    let status = first_status(&new, actor, &mut faults);
    if new.external_id.is_some() && request.caller.organisation_id.is_none() {
        let detail = both(
            "Une clé appartient à un organisme : cet appelant n'agit pour aucun.",
            "A key belongs to an organisation: this caller acts for none.",
        );
        faults.push(Fault::pointer("/external_id", "not_applicable", detail));
    }
    totals::disagreeing(&new, "/results", &mut faults);
    let (id, now) = (unit.new_id(), request.now);
    let blank = ActionRow {
        id,
        version: 1,
        convention_id: new.convention_id,
        axis_id: new.axis_id,
        kind: new.kind,
        programme: None,
        status,
        origin: new.origin,
        title: String::new(),
        search_key: String::new(),
        day: request.today,
        starts_on: None,
        ends_on: None,
        territory: None,
        academie: String::new(),
        levels: String::new(),
        themes: String::new(),
        external_id: None,
        owner_id: request.caller.organisation_id,
        content: Json(Kept::blank(new.clone())),
        created_at: now,
        updated_at: now,
        audience_id: None,
        host_company_id: None,
        shown: None,
        shown_version: 0,
        shown_form: 0,
        held_at: None,
        departement: String::new(),
    };
    fill(unit, desk, blank, None, new, None, faults)
}

/// The row with what is asked, accepted by the rules in the state it has; `was` is the one it had before. What is wrong by
/// itself, `faults` known before among it, is told with what the rules refuse.
pub fn fill(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    mut row: ActionRow,
    was: Option<ActionStatus>,
    mut new: NewAction,
    reason: Option<String>,
    mut faults: Faults,
) -> Result<Made, Halt> {
    let request = unit.request.clone();
    new.status = None;
    let summed = totals::complete(&mut new);
    if let Some(results) = new.results.as_ref().filter(|_| faults.is_empty()) {
        results.check("/results", &mut faults);
    }
    let except = (row.version > 1).then_some(row.id);
    let today = request.today_in(new.zone());
    let stood = row.content.0.asked.network_contact_id.filter(|_| row.version > 1);
    let mut ground = desk.ground(unit, &request, &new, except, stood, &mut faults)?;
    ground.stood = row.version > 1 && stands(&row.content.0.asked, &new);
    ground.item_stood = ground.stood && row.content.0.asked.catalogue_item_id == new.catalogue_item_id;
    ground.dated_before = was.is_some_and(|was| dated_before(&row.content.0.asked, was, &new, row.status));
    // A host that stays is not asked for again: who confirms a visit may not see companies.
    let host_company = match &row.content.0 {
        Kept { host_company: Some(name), asked, .. } if asked.host_company_id == new.host_company_id => {
            Some(name.clone())
        }
        _ => noted(desk.company(unit, &request, new.host_company_id), &mut faults)?.flatten(),
    };
    let flags = match rules::check(&new, row.status, &ground, today) {
        Ok(_) if !faults.is_empty() => return Err(Problem::body(faults).into()),
        Ok(flags) => flags,
        Err(refused) if faults.is_empty() => return Err(refused.into()),
        Err(refused) => {
            faults.extend(refused.into_iter().map(Fault::from));
            return Err(Problem::body(faults).into());
        }
    };
    if let (Some(owner), Some(key)) = (row.owner_id, new.external_id.as_deref())
        && row.external_id.as_deref() != Some(key)
    {
        desk.check_key(unit, Some(owner), key)?;
    }
    let uais: Vec<Uai> = new.schools.iter().map(|school| school.uai.clone()).collect();
    let schools = desk.schools(unit, &uais)?;
    let (axis_label, axis_article, catalogue_label) = desk.labels(&new, today);
    // One that the text has no more keeps the words that it was entered with.
    let catalogue_label =
        catalogue_label.or_else(|| row.content.0.catalogue_label.clone().filter(|_| ground.item_stood));
    let warnings = flags.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    let entered = row.starts_on.map_or(row.day, |_| request.today);
    let kept = &row.content.0;
    let there = |uai: &Uai| new.schools.iter().any(|school| school.uai == *uai);
    // Who confirmed another date, place or school is asked again; one that left and was called back has not declined.
    let mut confirmed_by = kept.confirmed_by.clone();
    confirmed_by.retain(|uai| there(uai) && !moved(&kept.asked, &new));
    let mut declined_by = kept.declined_by.clone();
    declined_by.retain(|declined| !there(&declined.uai));
    row.take(Kept {
        asked: new,
        axis_label,
        axis_article,
        catalogue_label,
        schools,
        host_company,
        reason,
        warnings,
        summed,
        confirmed_by,
        declined_by,
        other_external_ids: row.content.0.other_external_ids.clone(),
    });
    row.day = row.starts_on.unwrap_or(entered);
    let known = desk.convention(unit, row.convention_id)?;
    let audience = audience(&known.row, &known.standing, &known.above, &row.content.0);
    row.audience_id = Some(audience.id());
    Ok(Made { row, audience })
}

/// The state it is created in: what was asked, if the caller may, or the first of those that it may.
fn first_status(new: &NewAction, actor: Actor, faults: &mut Faults) -> ActionStatus {
    let accepted = created_in(actor, new.origin);
    let with_results = new.origin != ActionOrigin::Live && new.results.is_some();
    let usual = if with_results { ActionStatus::Reported } else { accepted[0] };
    // What is brought in as held, with its results, is reported.
    let status = match new.status {
        Some(ActionStatus::Held) if with_results => ActionStatus::Reported,
        asked => asked.unwrap_or(usual),
    };
    if new.origin == ActionOrigin::Live {
        for index in (0..new.schools.len()).filter(|index| new.schools[*index].counts.is_some()) {
            faults.push(Fault::pointer(
                format!("/schools/{index}/counts"),
                "not_applicable",
                both("Les présences se déclarent par un acte.", "The attendance is declared by an act."),
            ));
        }
    }
    if !accepted.contains(&status) {
        faults.push(
            Fault::pointer(
                "/status",
                "not_in_list",
                both("Une action ne se crée pas dans cet état.", "An action is not created in this state."),
            )
            .accepting(accepted.iter().map(ToString::to_string)),
        );
    }
    if new.results.is_some() && status != ActionStatus::Reported {
        faults.push(Fault::pointer(
            "/results",
            "not_applicable",
            both(
                "Les résultats se déclarent par un acte, une fois l'action réalisée.",
                "Results are declared by an act, once the action is held.",
            ),
        ));
    }
    if actor == Actor::School && new.origin != ActionOrigin::Live {
        faults.push(Fault::pointer(
            "/origin",
            "not_applicable",
            both("Un établissement demande ce qui est à venir.", "A school requests what is to come."),
        ));
    }
    // What a state that it cannot have would ask for is not held against it as well.
    if accepted.contains(&status) { status } else { usual }
}

impl Kept {
    /// What is asked, before anything is known of it.
    pub fn blank(asked: NewAction) -> Self {
        Self {
            asked,
            axis_label: String::new(),
            axis_article: None,
            catalogue_label: None,
            schools: Vec::new(),
            host_company: None,
            reason: None,
            warnings: Vec::new(),
            summed: Vec::new(),
            confirmed_by: Vec::new(),
            declined_by: Vec::new(),
            other_external_ids: Vec::new(),
        }
    }
}

impl Made {
    /// Inserts the only action of a unit. Its audience, when it is there before, is there for good: the next does not ask.
    pub fn insert_alone(self, unit: &mut Unit<'_>) -> Result<ActionRow, Halt> {
        let (audience, known) = (self.audience.id(), unit.request.shelf.clone());
        if !known.knows_audience(audience) {
            if Audience::is_kept(unit, audience)? {
                // Units of SQLite share a transaction: there it may still be undone.
                if matches!(**unit, Connection::Postgres(_)) {
                    known.note_audience(audience);
                }
            } else {
                self.audience.keep(unit)?;
            }
        }
        self.insert_row(unit)
    }

    /// Inserts it with its schools and records the change.
    pub fn insert(self, unit: &mut Unit<'_>) -> Result<ActionRow, Halt> {
        self.audience.keep(unit)?;
        self.insert_row(unit)
    }

    fn insert_row(mut self, unit: &mut Unit<'_>) -> Result<ActionRow, Halt> {
        let told = self.row.told_text()?;
        self.row.keep_shown(&told);
        self.row.note_held(None);
        unique_key(diesel::insert_into(actions::table).values(&self.row).execute(&mut **unit))?;
        insert_schools(unit, &self.row)?;
        settle(unit, None, self.row.evidence())?;
        self.row.record(unit, Operation::Created, None, Some(told))?;
        Ok(self.row)
    }

    /// Saves it under its next version in place of what stood before.
    pub fn save(mut self, unit: &mut Unit<'_>, before: &ActionRow) -> Result<ActionRow, Halt> {
        if self.row.audience_id != before.audience_id {
            self.audience.keep(unit)?;
        }
        self.row.version = before.version + 1;
        self.row.updated_at = unit.request.now;
        let told = self.row.told_text()?;
        self.row.keep_shown(&told);
        self.row.note_held(Some(before));
        unique_key(diesel::update(actions::table.find(self.row.id)).set(&self.row).execute(&mut **unit))?;
        diesel::delete(action_schools::table.filter(action_schools::action_id.eq(self.row.id))).execute(&mut **unit)?;
        insert_schools(unit, &self.row)?;
        settle(unit, before.evidence(), self.row.evidence())?;
        self.row.record(unit, Operation::Updated, Some(before), Some(told))?;
        Ok(self.row)
    }
}

/// What is unique of an action is its key.
fn unique_key(saved: QueryResult<usize>) -> Result<usize, Halt> {
    unique(saved).map_err(|halt| match halt {
        Halt::Problem(problem) => problem.about("/external_id").into(),
        other => other,
    })
}

/// Settles what an action is evidence of, when it turns held or no more, or when its first day or its axis is another.
pub fn settle(unit: &mut Unit<'_>, before: Option<Turned>, after: Option<Turned>) -> Result<(), Halt> {
    if before.map(|was| (was.axis, was.on)) == after.map(|is| (is.axis, is.on)) {
        return Ok(());
    }
    let before = before.map(|was| Turned { held: false, ..was });
    let turned = before.into_iter().chain(after);
    if let Some(kept) = &mut unit.turned {
        kept.extend(turned);
        return Ok(());
    }
    let (ids, now) = (unit.ids(), unit.request.now);
    evidence::settle(unit, &ids, now, &turned.collect())
}

pub fn insert_schools(unit: &mut Unit<'_>, row: &ActionRow) -> QueryResult<()> {
    for school in row.school_rows() {
        diesel::insert_into(action_schools::table).values(&school).execute(&mut **unit)?;
    }
    Ok(())
}

impl ActionRow {
    /// What the audit keeps of it, as JSON: small counts are protected there too (R36).
    pub fn told_text(&self) -> Result<String, Halt> {
        Ok(serde_json::to_string(&self.clone().view(&Sight::None, None))?)
    }

    /// Records a change of it.
    pub fn record(
        &self,
        unit: &mut Unit<'_>,
        operation: Operation,
        before: Option<&Self>,
        told: Option<String>,
    ) -> Result<(), Halt> {
        let gone = operation == Operation::Deleted;
        let was = before.map(Self::told_text).transpose()?;
        let change = Change {
            kind: KIND,
            resource: self.id,
            version: self.version,
            operation,
            convention: Some(self.convention_id),
            organisation: self.owner_id,
            seen_by: self.audience_id.filter(|_| !gone),
            was_seen_by: before.and_then(|row| row.audience_id),
            before: None,
            after: None,
        };
        unit.record_told(&change, was, told)
    }

    /// Deletes it and records that it is gone.
    pub fn remove(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        diesel::delete(actions::table.find(self.id)).execute(&mut **unit)?;
        settle(unit, self.evidence(), None)?;
        let gone = Self { version: self.version + 1, ..self.clone() };
        gone.record(unit, Operation::Deleted, Some(self), None)
    }

    /// The action of a caller's key, that of one merged since included.
    pub fn of_key(c: &mut Connection, owner: Option<Id>, key: &str) -> QueryResult<Option<Id>> {
        let own = actions::table.filter(actions::owner_id.eq(owner).and(actions::external_id.eq(Some(key))));
        let own = match owner {
            Some(_) => own.select(actions::id).first(c).optional()?,
            None => None,
        };
        if own.is_some() { Ok(own) } else { Self::of_old_key(c, owner, key) }
    }

    /// The action that one with a caller's key was merged into. That no other has the key now, the index says.
    pub fn of_old_key(c: &mut Connection, owner: Option<Id>, key: &str) -> QueryResult<Option<Id>> {
        let Some(owner) = owner else { return Ok(None) };
        action_aliases::table.find((owner, key)).select(action_aliases::action_id).first(c).optional()
    }

    /// The actions of a caller's keys, those of ones merged since included.
    pub fn of_keys(c: &mut Connection, owner: Option<Id>, keys: &[String]) -> QueryResult<HashMap<String, Id>> {
        let Some(owner) = owner.filter(|_| !keys.is_empty()) else { return Ok(HashMap::new()) };
        let own: Vec<(Option<String>, Id)> = actions::table
            .filter(actions::owner_id.eq(Some(owner)))
            .filter(actions::external_id.eq_any(keys.iter().cloned().map(Some)))
            .select((actions::external_id, actions::id))
            .load(c)?;
        let merged: Vec<(String, Id)> = action_aliases::table
            .filter(action_aliases::owner_id.eq(owner).and(action_aliases::external_id.eq_any(keys.to_vec())))
            .select((action_aliases::external_id, action_aliases::action_id))
            .load(c)?;
        Ok(own.into_iter().filter_map(|(key, id)| Some((key?, id))).chain(merged).collect())
    }
}
