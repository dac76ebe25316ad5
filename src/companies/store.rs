//! Finding a company within a caller's perimeter, and its writes.

use diesel::prelude::*;

use super::company::{Company, CompanyRow};
use super::feed;
use crate::aggregate::{unique, unused};
use crate::auth::caller::Caller;
use crate::auth::policy;
use crate::db::record::{Change, Operation};
use crate::db::schema::{companies, company_contacts};
use crate::db::{Connection, MultiBackend, lock_row};
use crate::domain::Id;
use crate::domain::vocabulary::Role;
use crate::error::{Fault, Halt, Problem, both};
use crate::http::call::Request;
use crate::http::unit::Unit;

/// The académies that a caller acts on, or is narrowed to, as the columns hold them.
pub fn academies_of(caller: &Caller) -> Vec<Option<String>> {
    caller.academies().into_iter().map(|code| Some(code.as_str().to_owned())).collect()
}

/// What a caller sees: the ministry all; an association its own, a delegate those of its territories; an académie its own
/// and those of its territory; the operator those it brought in, or brings in for
/// an organisation.
pub fn seen_by(request: &Request) -> companies::BoxedQuery<'static, MultiBackend> {
    let caller = &request.caller;
    let query = companies::table.into_boxed();
    match (caller.role, caller.organisation_id) {
        (Role::Ministry, _) => query,
        (Role::Operator, None) => query.filter(companies::owner_id.is_null()),
        (Role::Operator, Some(mine)) => {
            query.filter(companies::owner_id.is_null().nullable().or(companies::owner_id.eq(Some(mine))))
        }
        (Role::Association, Some(mine)) => {
            let own = query.filter(companies::owner_id.eq(Some(mine)));
            if caller.territories.is_empty() {
                return own;
            }
            let there = companies::academie.eq_any(academies_of(caller));
            own.filter(companies::academie.is_null().nullable().or(there))
        }
        (Role::Academie, Some(mine)) => {
            let there = companies::academie.eq_any(academies_of(caller));
            query.filter(companies::owner_id.eq(Some(mine)).or(there))
        }
        _ => query.filter(companies::version.lt(0)),
    }
}

impl CompanyRow {
    /// Finds it within the caller's perimeter; 404 otherwise.
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<Self, Halt> {
        seen_by(request)
            .filter(companies::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?
            .ok_or_else(Halt::not_found)
    }

    /// The same, and nobody else writes it, or a contact with it, until this unit ends.
    pub fn lock(unit: &mut Unit<'_>, id: Id) -> Result<Self, Halt> {
        lock_row(unit, "companies", id)?;
        let request = unit.request.clone();
        Self::find(unit, &request, id)
    }

    /// May this caller change it? 403 otherwise.
    pub fn check_keeper(&self, request: &Request) -> Result<(), Halt> {
        if policy::may_keep(&request.caller, self.owner_id, self.academie.as_deref()) {
            return Ok(());
        }
        Err(Problem::plain("not_allowed").into())
    }

    /// Inserts it and records the change.
    pub fn add(&mut self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        self.check_unique(unit)?;
        self.audience_id = Some(feed::audience(self).keep(unit)?);
        unique(diesel::insert_into(companies::table).values(&*self).execute(&mut **unit))?;
        self.record(unit, Operation::Created, None)
    }

    /// Saves a change of it under the next version; its contacts follow it where it goes.
    pub fn save(mut self, unit: &mut Unit<'_>, before: &Self) -> Result<Self, Halt> {
        self.check_unique(unit)?;
        self.version = before.version + 1;
        self.updated_at = unit.request.now;
        self.audience_id = Some(feed::audience(&self).keep(unit)?);
        unique(diesel::update(companies::table.find(self.id)).set(&self).execute(&mut **unit))?;
        self.record(unit, Operation::Updated, Some(before))?;
        feed::follow(unit, &self, before)?;
        Ok(self)
    }

    /// Deletes it, unless somebody has been in contact with it.
    pub fn remove(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        let contacts: i64 =
            company_contacts::table.filter(company_contacts::company_id.eq(self.id)).count().get_result(&mut **unit)?;
        if contacts > 0 {
            return Err(Problem::plain("in_use").into());
        }
        unused(diesel::delete(companies::table.find(self.id)).execute(&mut **unit))?;
        let gone = Self { version: self.version + 1, ..self.clone() };
        gone.record(unit, Operation::Deleted, Some(self))
    }

    /// Names the company of the same owner that already has its SIRET or its key.
    fn check_unique(&self, c: &mut Connection) -> Result<(), Halt> {
        let others = || {
            let query = companies::table.filter(companies::id.ne(self.id)).select(companies::id).into_boxed();
            match self.owner_id {
                Some(owner) => query.filter(companies::owner_id.eq(Some(owner))),
                None => query.filter(companies::owner_id.is_null()),
            }
        };
        let mut taken: Option<(&str, Id)> = None;
        if let Some(siret) = &self.siret {
            let id = others().filter(companies::siret.eq(Some(siret.clone()))).first(c).optional()?;
            taken = taken.or(id.map(|id| ("/siret", id)));
        }
        if let Some(key) = &self.external_id {
            let id = others().filter(companies::external_id.eq(Some(key.clone()))).first(c).optional()?;
            taken = taken.or(id.map(|id| ("/external_id", id)));
        }
        match taken {
            None => Ok(()),
            Some((pointer, id)) => Err(duplicate(pointer, format!("/v1/companies/{id}")).into()),
        }
    }

    fn record(&self, unit: &mut Unit<'_>, operation: Operation, before: Option<&Self>) -> Result<(), Halt> {
        let was_seen_by = before.and_then(|row| row.audience_id);
        let before = before.map(|row| serde_json::to_value(Company::from(row.clone()))).transpose()?;
        let after = serde_json::to_value(Company::from(self.clone()))?;
        unit.record(&Change {
            kind: "company",
            resource: self.id,
            version: self.version,
            operation,
            convention: None,
            organisation: self.owner_id,
            seen_by: self.audience_id.filter(|_| operation != Operation::Deleted),
            was_seen_by,
            before: before.as_ref(),
            after: (operation != Operation::Deleted).then_some(&after),
        })
    }
}

/// A value that another resource of the same owner has already, by name.
pub fn duplicate(pointer: &str, resource: String) -> Problem {
    let mut problem = Problem::plain("duplicate").member("resource", resource.into());
    problem.faults.push(Fault::pointer(
        pointer,
        "taken",
        both("Une autre de vos ressources a déjà cette valeur.", "Another resource of yours already has this value."),
    ));
    problem
}
