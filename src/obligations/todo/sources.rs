//! What may wait for an organisation, one function each.

use std::collections::{BTreeMap, HashSet};

use diesel::prelude::*;
use serde_json::Value;

use super::Waiting;
use crate::conventions::ConventionRow;
use crate::conventions::clauses::ClauseParameters;
use crate::conventions::rules::{Terms, TextClause};
use crate::conventions::store::seen_by;
use crate::db::schema::{amendment_signatures, amendments, clauses, conventions, duties, facts, parties, signatures};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::instant::PARIS;
use crate::domain::vocabulary::{ClauseKind, ConventionStatus, DutyNature, DutyStatus, FactAnswer, TodoKind, Urgency};
use crate::domain::{Bilingual, CivilDate, Id, Instant};
use crate::error::Halt;
use crate::http::call::Request;
use crate::obligations::store::{DutyRow, any_status, in_any, owed_by_organisations, valid};

/// Duties looked at: more are overdue only where nobody looks.
const DUTIES: i64 = 1000;

/// The organisation that the caller acts for, its parties and its conventions.
struct Mine {
    organisation: Id,
    today: CivilDate,
    /// Conventions that it is party to, or owner of, and sees; by id.
    conventions: BTreeMap<Id, ConventionRow>,
    /// Its parties: convention, party.
    parties: BTreeMap<Id, Id>,
}

/// Everything that waits for the caller: its actions, and what its organisation owes and signs.
pub fn all(c: &mut Connection, request: &Request) -> Result<Vec<Waiting>, Halt> {
    let mut items = crate::actions::todo::waiting(c, request)?;
    let Some(organisation) = request.caller.organisation_id else { return Ok(items) };
    let mine = Mine::load(c, request, organisation)?;
    if mine.conventions.is_empty() {
        return Ok(items);
    }
    items.extend(mine.duties(c)?);
    items.extend(mine.to_sign(c)?);
    items.extend(mine.to_answer(c)?);
    items.extend(mine.to_confirm(c)?);
    items.extend(mine.amendments(c)?);
    Ok(items)
}

impl Mine {
    fn load(c: &mut Connection, request: &Request, organisation: Id) -> Result<Self, Halt> {
        let of_mine = parties::table.filter(parties::organisation_id.eq(organisation)).select(parties::convention_id);
        let rows: Vec<ConventionRow> = conventions::table
            .into_boxed::<MultiBackend>()
            .filter(seen_by(request))
            .filter(conventions::id.eq_any(of_mine).nullable().or(conventions::owner_id.eq(Some(organisation))))
            .select(ConventionRow::as_select())
            .load(c)?;
        let conventions: BTreeMap<Id, ConventionRow> = rows.into_iter().map(|row| (row.id, row)).collect();
        let own: Vec<(Id, Id)> = parties::table
            .filter(parties::organisation_id.eq(organisation))
            .select((parties::convention_id, parties::id))
            .load(c)?;
        let parties = own.into_iter().filter(|(convention, _)| conventions.contains_key(convention)).collect();
        Ok(Self { organisation, today: request.today, conventions, parties })
    }

    /// Those of its conventions that a condition keeps, as party.
    fn party_to(&self, keeps: impl Fn(&ConventionRow) -> bool) -> Vec<Id> {
        self.parties.keys().copied().filter(|id| self.conventions.get(id).is_some_and(&keeps)).collect()
    }

    fn status(&self, row: &ConventionRow) -> ConventionStatus {
        crate::conventions::rules::status(&row.spans(), self.today)
    }

    /// One that waits without a date.
    fn waiting(&self, kind: TodoKind, title: Bilingual, convention: Id, about: Id, since: Instant) -> Option<Waiting> {
        let row = self.conventions.get(&convention)?;
        Some(Waiting {
            kind,
            urgency: Urgency::Waiting,
            title,
            convention_id: convention,
            convention_title: row.title.clone(),
            resource_id: about,
            address: String::new(),
            due_on: None,
            deadline_on: None,
            status: None,
            days_left: None,
            since: since.civil_date_in(PARIS),
        })
    }

    /// Duties due or overdue. Once a convention has ended, what was due at a date can be done no more. Until then a year
    /// without its meeting stays, though no longer the next duty: one held in time may still be recorded.
    fn duties(&self, c: &mut Connection) -> Result<Vec<Waiting>, Halt> {
        let at_dates = [DutyNature::Dated, DutyNature::Recurring];
        let rows: Vec<DutyRow> = duties::table
            .into_boxed::<MultiBackend>()
            .filter(in_any(&self.party_to(|_| true)))
            .filter(valid(self.today))
            .filter(any_status(&[DutyStatus::Due, DutyStatus::Overdue], self.today))
            .filter(owed_by_organisations(&[self.organisation]))
            .order((duties::due_key, duties::id))
            .limit(DUTIES)
            .select(DutyRow::as_select())
            .load(c)?;
        let open = |row: &DutyRow| {
            !at_dates.contains(&row.nature)
                || self.conventions.get(&row.convention_id).is_some_and(|of| !self.status(of).is_terminal())
        };
        Ok(rows.into_iter().filter(open).filter_map(|row| self.duty(row)).collect())
    }

    fn duty(&self, row: DutyRow) -> Option<Waiting> {
        let status = row.status(self.today);
        let convention = self.conventions.get(&row.convention_id)?;
        Some(Waiting {
            kind: TodoKind::Obligation,
            urgency: if status == DutyStatus::Overdue { Urgency::Overdue } else { Urgency::Due },
            title: row.body.0.what,
            convention_id: row.convention_id,
            convention_title: convention.title.clone(),
            resource_id: row.id,
            address: format!("/v1/conventions/{}/facts", row.convention_id),
            due_on: row.due_on,
            deadline_on: row.deadline_on,
            status: Some(status),
            days_left: row.deadline_on.map(|deadline| deadline.days_since(self.today)),
            since: row.due_on.unwrap_or(row.valid_from),
        })
    }

    /// Conventions ready to be signed that its party has not signed: two parties, duration and notices settled (R01).
    fn to_sign(&self, c: &mut Connection) -> Result<Vec<Waiting>, Halt> {
        let drafts = self.party_to(|row| row.complete_on.is_none() && !self.status(row).is_terminal());
        let own: Vec<Id> = drafts.iter().filter_map(|id| self.parties.get(id).copied()).collect();
        let signed: HashSet<Id> = signatures::table
            .filter(signatures::party_id.eq_any(own).and(signatures::voided_at.is_null()))
            .select(signatures::convention_id)
            .load(c)?
            .into_iter()
            .collect();
        let mut count: BTreeMap<Id, usize> = BTreeMap::new();
        let all: Vec<Id> = parties::table
            .filter(parties::convention_id.eq_any(drafts.clone()))
            .select(parties::convention_id)
            .load(c)?;
        for convention in all {
            *count.entry(convention).or_default() += 1;
        }
        let stated = settling_clauses(c, &drafts)?;
        let title = Bilingual::fixed("Signer la convention", "Sign the convention");
        Ok(drafts
            .into_iter()
            .filter(|id| !signed.contains(id) && count.get(id).is_some_and(|parties| *parties > 1))
            .filter_map(|id| {
                let row = self.conventions.get(&id)?;
                let clauses = stated.get(&id).map(Vec::as_slice).unwrap_or_default();
                Terms::of(clauses, &[], row.readings()).unsettled().is_empty().then_some(())?;
                let item = self.waiting(TodoKind::Signature, title.clone(), id, id, row.updated_at)?;
                Some(Waiting { address: format!("/v1/conventions/{id}/signatures"), ..item })
            })
            .collect())
    }

    /// Facts that another recorded for it, and that it has neither acknowledged nor contested.
    fn to_answer(&self, c: &mut Connection) -> Result<Vec<Waiting>, Halt> {
        let own: Vec<Id> = self.parties.values().copied().collect();
        let by_others = facts::recorder_id.is_null().nullable().or(facts::recorder_id.ne(Some(self.organisation)));
        let rows: Vec<(Id, Id, crate::domain::vocabulary::FactKind, Instant)> = facts::table
            .filter(facts::party_id.eq_any(own))
            .filter(facts::answer.is_null())
            .filter(by_others)
            .order((facts::recorded_at, facts::id))
            .select((facts::id, facts::convention_id, facts::kind, facts::recorded_at))
            .load(c)?;
        // What was corrected waits no more, but for a correction that is contested.
        let among: Vec<Id> = rows.iter().map(|(_, convention, ..)| *convention).collect();
        let corrected: HashSet<Id> = facts::table
            .filter(facts::convention_id.eq_any(among))
            .filter(facts::answer.is_null().or(facts::answer.ne(Some(FactAnswer::Contested))).nullable())
            .select(facts::replaces)
            .load::<Option<Id>>(c)?
            .into_iter()
            .flatten()
            .collect();
        Ok(rows
            .into_iter()
            .filter(|(id, ..)| !corrected.contains(id))
            .filter_map(|(id, convention, kind, at)| {
                let label = kind.label();
                let title = Bilingual::new(
                    format!("Reconnaître ou contester : {}", label.fr),
                    format!("Acknowledge or contest: {}", label.en),
                );
                let item = self.waiting(TodoKind::FactAnswer, title, convention, id, at)?;
                Some(Waiting { address: format!("/v1/facts/{id}/acknowledge"), ..item })
            })
            .collect())
    }

    /// Clauses that an import proposed and nobody confirmed, of texts that it may still draft; one item a convention.
    fn to_confirm(&self, c: &mut Connection) -> Result<Vec<Waiting>, Halt> {
        let editable = |row: &&ConventionRow| {
            let drafts = self.parties.contains_key(&row.id) || row.first_signed_on.is_none();
            drafts && crate::conventions::rules::may_edit(&row.spans(), self.today)
        };
        let drafts: Vec<Id> = self.conventions.values().filter(editable).map(|row| row.id).collect();
        let rows: Vec<Id> = clauses::table
            .filter(clauses::convention_id.eq_any(drafts).and(clauses::confirmed.eq(false)))
            .select(clauses::convention_id)
            .load(c)?;
        let mut count: BTreeMap<Id, usize> = BTreeMap::new();
        for convention in rows {
            *count.entry(convention).or_default() += 1;
        }
        Ok(count
            .into_iter()
            .filter_map(|(id, count)| {
                let title = match count {
                    1 => Bilingual::fixed("Confirmer la clause proposée", "Confirm the proposed clause"),
                    _ => Bilingual::new(
                        format!("Confirmer les {count} clauses proposées"),
                        format!("Confirm the {count} proposed clauses"),
                    ),
                };
                let since = self.conventions.get(&id)?.updated_at;
                let item = self.waiting(TodoKind::ClauseConfirmation, title, id, id, since)?;
                Some(Waiting { address: format!("/v1/conventions/{id}/confirm-clauses"), ..item })
            })
            .collect())
    }

    /// Of each convention in force, the amendments whose changes of clauses are to be confirmed, and the next one to be signed
    /// that its party has not signed.
    fn amendments(&self, c: &mut Connection) -> Result<Vec<Waiting>, Halt> {
        let living = self.party_to(|row| row.complete_on.is_some() && !self.status(row).is_terminal());
        let own: Vec<Id> = living.iter().filter_map(|id| self.parties.get(id).copied()).collect();
        let rows: Vec<(Id, Id, i64, Json<Value>, Instant)> = amendments::table
            .filter(amendments::convention_id.eq_any(living).and(amendments::complete_on.is_null()))
            .order((amendments::convention_id, amendments::position))
            .select((
                amendments::id,
                amendments::convention_id,
                amendments::position,
                amendments::clause_changes,
                amendments::updated_at,
            ))
            .load(c)?;
        let signed: HashSet<Id> = amendment_signatures::table
            .filter(amendment_signatures::party_id.eq_any(own).and(amendment_signatures::voided_at.is_null()))
            .select(amendment_signatures::amendment_id)
            .load(c)?
            .into_iter()
            .collect();
        // They are signed in the order of their numbers: of each convention, the first that somebody has not signed.
        let mut first: HashSet<Id> = HashSet::new();
        let waiting = |(id, convention, number, changes, at): (Id, Id, i64, Json<Value>, Instant)| {
            let is_next = first.insert(convention);
            let (kind, act, title) = if !all_confirmed(&changes.0) {
                let title = Bilingual::new(
                    format!("Confirmer les changements de clauses de l'avenant n° {number}"),
                    format!("Confirm the changes of clauses of amendment no. {number}"),
                );
                (TodoKind::ClauseConfirmation, "confirm-clauses", title)
            } else if is_next && !signed.contains(&id) {
                let title =
                    Bilingual::new(format!("Signer l'avenant n° {number}"), format!("Sign amendment no. {number}"));
                (TodoKind::AmendmentSignature, "signatures", title)
            } else {
                return None;
            };
            let item = self.waiting(kind, title, convention, id, at)?;
            Some(Waiting { address: format!("/v1/amendments/{id}/{act}"), ..item })
        };
        Ok(rows.into_iter().filter_map(waiting).collect())
    }
}

/// True when people have confirmed each change of a clause.
fn all_confirmed(changes: &Value) -> bool {
    changes.as_array().is_some_and(|changes| changes.iter().all(|change| change["confirmed"] == true))
}

/// The confirmed clauses that must be settled before any signature, by convention.
fn settling_clauses(c: &mut Connection, conventions: &[Id]) -> QueryResult<BTreeMap<Id, Vec<TextClause>>> {
    let kinds = [ClauseKind::Duration, ClauseKind::RenewalInformation, ClauseKind::Termination];
    let rows: Vec<(Id, ClauseKind, bool, Json<ClauseParameters>)> = clauses::table
        .filter(clauses::convention_id.eq_any(conventions.to_vec()))
        .filter(clauses::confirmed.eq(true).and(clauses::kind.eq_any(kinds)))
        .order((clauses::position, clauses::id))
        .select((clauses::convention_id, clauses::kind, clauses::absent, clauses::parameters))
        .load(c)?;
    let mut stated: BTreeMap<Id, Vec<TextClause>> = BTreeMap::new();
    for (convention, kind, absent, parameters) in rows {
        let clause = TextClause { kind, article: None, absent, parameters: parameters.0 };
        stated.entry(convention).or_default().push(clause);
    }
    Ok(stated)
}
