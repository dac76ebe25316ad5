//! Finding a contact within a caller's perimeter, what is asked of it, and its writes.

use diesel::prelude::*;

use super::contact::{CompanyContact, CompanyLabel, ContactRow};
use crate::aggregate::{Whole as _, unique};
use crate::auth::policy;
use crate::companies::company::CompanyRow;
use crate::companies::feed;
use crate::companies::places::academie;
use crate::companies::rules::period::{self, InForce};
use crate::companies::store::{academies_of, duplicate};
use crate::conventions::ConventionRow;
use crate::conventions::clauses::article_of;
use crate::db::record::{Change, Operation};
use crate::db::schema::{companies, company_contacts as contacts, conventions, parties};
use crate::db::{Connection, MultiBackend, lock_row};
use crate::domain::vocabulary::{ClauseKind, Role};
use crate::domain::{CivilDate, Id, Territory};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::call::Request;
use crate::http::unit::Unit;

/// What a caller sees: the ministry all; a party all under its conventions, a delegate that of its territories; an académie
/// also its own and those of its territory; the operator those it brought in.
pub fn seen_by(request: &Request) -> contacts::BoxedQuery<'static, MultiBackend> {
    let caller = &request.caller;
    let query = contacts::table.into_boxed();
    let there = || contacts::academie.eq_any(academies_of(caller));
    let under = |mine: Id| {
        let party_to = parties::table.filter(parties::organisation_id.eq(mine)).select(parties::convention_id);
        contacts::owner_id.eq(Some(mine)).or(contacts::convention_id.eq_any(party_to).nullable())
    };
    match (caller.role, caller.organisation_id) {
        (Role::Ministry, _) => query,
        (Role::Operator, _) => query.filter(contacts::owner_id.is_null()),
        (Role::Association, Some(mine)) if caller.territories.is_empty() => query.filter(under(mine)),
        (Role::Association, Some(mine)) => {
            query.filter(under(mine)).filter(contacts::academie.is_null().nullable().or(there()))
        }
        (Role::Academie, Some(mine)) => query.filter(under(mine).or(there())),
        _ => query.filter(contacts::version.lt(0)),
    }
}

/// Each row with the company that it was made with.
pub fn views(c: &mut Connection, rows: Vec<ContactRow>) -> QueryResult<Vec<CompanyContact>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.company_id).collect();
    let found: Vec<CompanyRow> =
        companies::table.filter(companies::id.eq_any(ids)).select(CompanyRow::as_select()).load(c)?;
    let labels: std::collections::HashMap<Id, CompanyLabel> =
        found.iter().map(|company| (company.id, CompanyLabel::from(company))).collect();
    let under: std::collections::HashSet<Id> = rows.iter().map(|row| row.convention_id).collect();
    let ends: Vec<(Id, Option<CivilDate>)> = conventions::table
        .filter(conventions::id.eq_any(under))
        .select((conventions::id, conventions::ends_on))
        .load(c)?;
    let ends: std::collections::HashMap<Id, Option<CivilDate>> = ends.into_iter().collect();
    // Foreign keys hold: each has its company and its convention.
    let view = |row: ContactRow| {
        let ends_on = ends.get(&row.convention_id).copied().flatten();
        labels.get(&row.company_id).cloned().map(|company| row.view(company, ends_on))
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

impl ContactRow {
    /// Finds it within the caller's perimeter; 404 otherwise.
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<Self, Halt> {
        seen_by(request)
            .filter(contacts::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?
            .ok_or_else(Halt::not_found)
    }

    /// The same with its company; nobody else writes either until this unit ends.
    pub fn lock(unit: &mut Unit<'_>, id: Id) -> Result<(Self, CompanyRow), Halt> {
        let request = unit.request.clone();
        let found = Self::find(unit, &request, id)?;
        // The company first, as its own writes do.
        lock_row(unit, "companies", found.company_id)?;
        lock_row(unit, "company_contacts", id)?;
        let row = Self::find(unit, &request, id)?;
        let company = companies::table.find(row.company_id).select(CompanyRow::as_select()).first(&mut **unit)?;
        Ok((row, company))
    }

    /// May this caller change it? 403 otherwise.
    pub fn check_keeper(&self, request: &Request) -> Result<(), Halt> {
        if policy::may_keep(&request.caller, self.owner_id, self.academie.as_deref()) {
            return Ok(());
        }
        Err(Problem::plain("not_allowed").into())
    }

    /// The convention must be in the caller's perimeter, the caller one who may record under it, and the day one of those
    /// on which it is in force.
    pub fn check(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        let request = unit.request.clone();
        let convention = match ConventionRow::find(unit, &request, self.convention_id) {
            Ok(convention) => convention,
            Err(Halt::Problem(problem)) if problem.entry.status == 404 => return Err(unknown_convention().into()),
            Err(other) => return Err(other),
        };
        let place = academie(self.academie.as_deref()).map(Territory::Academie);
        let covered = place.is_some_and(|place| convention.territory.contains(&place));
        let standing = convention.standing(unit)?;
        if !policy::may_record_contact(&request.caller, &standing, self.academie.as_deref(), covered) {
            return Err(Problem::plain("not_allowed").into());
        }
        let article = article_of(unit, convention.id, ClauseKind::Duration)?;
        let spans = convention.spans();
        let period = InForce { from: spans.in_force_from, until: spans.ends_on, article: article.as_deref() };
        let zone = place.unwrap_or(convention.territory).zone();
        Ok(period::check(self.occurred_on, request.today_in(zone), period)?)
    }

    /// Inserts it and records the change.
    pub fn add(&mut self, unit: &mut Unit<'_>, company: &CompanyRow) -> Result<CompanyContact, Halt> {
        self.check_unique(unit)?;
        self.audience_id = Some(feed::audience_of_contact(unit, self)?.keep(unit)?);
        unique(diesel::insert_into(contacts::table).values(&*self).execute(&mut **unit))?;
        self.record(unit, company, Operation::Created, None)?;
        // Its day was checked: it lies within the period.
        Ok(self.clone().view(company.into(), None))
    }

    /// Saves a change of it under the next version.
    pub fn save(mut self, unit: &mut Unit<'_>, company: &CompanyRow, before: &Self) -> Result<CompanyContact, Halt> {
        self.check_unique(unit)?;
        self.version = before.version + 1;
        self.updated_at = unit.request.now;
        self.audience_id = Some(feed::audience_of_contact(unit, &self)?.keep(unit)?);
        unique(diesel::update(contacts::table.find(self.id)).set(&self).execute(&mut **unit))?;
        self.record(unit, company, Operation::Updated, Some(before))?;
        Ok(self.view(company.into(), None))
    }

    /// Deletes it.
    pub fn remove(&self, unit: &mut Unit<'_>, company: &CompanyRow) -> Result<(), Halt> {
        diesel::delete(contacts::table.find(self.id)).execute(&mut **unit)?;
        let gone = Self { version: self.version + 1, ..self.clone() };
        gone.record(unit, company, Operation::Deleted, Some(self))
    }

    fn check_unique(&self, c: &mut Connection) -> Result<(), Halt> {
        let Some(key) = &self.external_id else { return Ok(()) };
        let same = contacts::table
            .filter(contacts::id.ne(self.id).and(contacts::external_id.eq(Some(key.clone()))))
            .select(contacts::id)
            .into_boxed();
        let same = match self.owner_id {
            Some(owner) => same.filter(contacts::owner_id.eq(Some(owner))),
            None => same.filter(contacts::owner_id.is_null()),
        };
        let taken: Option<Id> = same.first(c).optional()?;
        taken.map_or(Ok(()), |id| Err(duplicate("/external_id", format!("/v1/company-contacts/{id}")).into()))
    }

    fn record(
        &self,
        unit: &mut Unit<'_>,
        company: &CompanyRow,
        operation: Operation,
        before: Option<&Self>,
    ) -> Result<(), Halt> {
        let was_seen_by = before.and_then(|row| row.audience_id);
        let form = |row: &Self| serde_json::to_value(row.clone().view(company.into(), None));
        let (before, after) = (before.map(form).transpose()?, form(self)?);
        unit.record(&Change {
            kind: "company_contact",
            resource: self.id,
            version: self.version,
            operation,
            convention: Some(self.convention_id),
            organisation: self.owner_id,
            seen_by: self.audience_id.filter(|_| operation != Operation::Deleted),
            was_seen_by,
            before: before.as_ref(),
            after: (operation != Operation::Deleted).then_some(&after),
        })
    }
}

fn unknown_convention() -> Problem {
    Problem::body(vec![Fault::pointer(
        "/convention_id",
        "unknown_reference",
        both("Cette convention n'existe pas dans votre périmètre.", "No such convention within your perimeter."),
    )])
}
