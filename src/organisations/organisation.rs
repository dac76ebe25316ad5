//! One organisation: what it is created from, how it is stored, who sees it.

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::aggregate::{Feed, Whole, unique, unused};
use crate::auth::policy;
use crate::db::record::{Change, Operation};
use crate::db::schema::{clients, grants, organisations, parties};
use crate::db::{Connection, MultiBackend};
use crate::domain::folded::fold;
use crate::domain::identifiers::{Rna, Siret};
use crate::domain::vocabulary::{AccreditationLevel, OrganisationKind, Role};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Fault, Halt, Problem, both};
use crate::files::feed as files;
use crate::http::body::{Body, Faults};
use crate::http::call::Request;
use crate::http::unit::Unit;

/// An association's accreditation (agrément) to complement state education.
#[derive(Debug, Clone, Copy, PartialEq, Deserr, Serialize, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct Accreditation {
    pub level: AccreditationLevel,
    /// First day.
    #[deserr(default)]
    pub from: Option<CivilDate>,
    /// Last day.
    #[deserr(default)]
    pub until: Option<CivilDate>,
}

/// What an organisation is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "kind": "association", "name": "Passeurs de métiers", "legal_form": "association loi 1901",
    "rna": "W751234567", "public_utility": true,
    "accreditation": { "level": "national", "from": "2023-09-01", "until": "2028-08-31" }
}))]
pub struct NewOrganisation {
    pub kind: OrganisationKind,
    /// Name as it names itself.
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// Acronym or usual name.
    #[deserr(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub short_name: Option<String>,
    /// Legal form, as `association loi 1901`.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub legal_form: Option<String>,
    /// Number of its establishment (SIRET, 14 digits, checked); unique.
    #[deserr(default)]
    pub siret: Option<Siret>,
    /// Number in the register of associations (RNA, W and nine digits); unique. Associations of Alsace-Moselle have none.
    #[deserr(default)]
    pub rna: Option<Rna>,
    /// Postal address.
    #[deserr(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub address: Option<String>,
    /// Recognised as of public utility (reconnue d'utilité publique).
    #[deserr(default)]
    #[schema(required = false)]
    pub public_utility: bool,
    /// Its accreditation, if it has one.
    #[deserr(default)]
    pub accreditation: Option<Accreditation>,
    /// Somebody has checked that it is what it says. Only the operator and the ministry may say so.
    #[deserr(default)]
    pub verified: Option<bool>,
    /// The caller's own key, unique per organisation that sets it.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub external_id: Option<String>,
}

impl Body for NewOrganisation {
    fn check(&self, faults: &mut Faults) {
        if let Some(Accreditation { from: Some(from), until: Some(until), .. }) = self.accreditation
            && until < from
        {
            faults.push(Fault::pointer(
                "/accreditation/until",
                "before_start",
                both("La fin précède le début.", "The end comes before the start."),
            ));
        }
        if self.rna.is_some() && self.kind != OrganisationKind::Association {
            faults.push(Fault::pointer(
                "/rna",
                "not_applicable",
                both("Seule une association a un numéro RNA.", "Only an association has an RNA number."),
            ));
        }
    }
}

/// A row of `organisations`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct OrganisationRow {
    pub id: Id,
    pub version: i64,
    pub kind: OrganisationKind,
    pub name: String,
    pub name_key: String,
    pub short_name: Option<String>,
    pub legal_form: Option<String>,
    pub siret: Option<Siret>,
    pub rna: Option<Rna>,
    pub address: Option<String>,
    pub public_utility: bool,
    pub accreditation_level: Option<AccreditationLevel>,
    pub accredited_from: Option<CivilDate>,
    pub accredited_until: Option<CivilDate>,
    pub verified: bool,
    pub external_id: Option<String>,
    pub owner_id: Option<Id>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Who sees it, as the feed was last told.
    pub audience_id: Option<Id>,
}

/// An organisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Organisation {
    pub id: Id,
    pub version: i64,
    pub kind: OrganisationKind,
    pub name: String,
    pub short_name: Option<String>,
    pub legal_form: Option<String>,
    pub siret: Option<Siret>,
    pub rna: Option<Rna>,
    pub address: Option<String>,
    pub public_utility: bool,
    pub accreditation: Option<Accreditation>,
    /// False for one that an import proposed and nobody has checked yet.
    pub verified: bool,
    pub external_id: Option<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl From<OrganisationRow> for Organisation {
    fn from(row: OrganisationRow) -> Self {
        Self {
            accreditation: row.accreditation(),
            id: row.id,
            version: row.version,
            kind: row.kind,
            name: row.name,
            short_name: row.short_name,
            legal_form: row.legal_form,
            siret: row.siret,
            rna: row.rna,
            address: row.address,
            public_utility: row.public_utility,
            verified: row.verified,
            external_id: row.external_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl OrganisationRow {
    fn accreditation(&self) -> Option<Accreditation> {
        self.accreditation_level.map(|level| Accreditation {
            level,
            from: self.accredited_from,
            until: self.accredited_until,
        })
    }

    /// A row from what was asked. Who may say `verified` is the policy's.
    pub fn make(id: Id, new: NewOrganisation, request: &Request) -> Self {
        let trusted = may_verify(request);
        Self {
            id,
            version: 1,
            kind: new.kind,
            name_key: name_key(&new.name, new.short_name.as_deref()),
            name: new.name,
            short_name: new.short_name,
            legal_form: new.legal_form,
            siret: new.siret,
            rna: new.rna,
            address: new.address,
            public_utility: new.public_utility,
            accreditation_level: new.accreditation.map(|a| a.level),
            accredited_from: new.accreditation.and_then(|a| a.from),
            accredited_until: new.accreditation.and_then(|a| a.until),
            verified: trusted && new.verified.unwrap_or(true),
            external_id: new.external_id,
            owner_id: request.caller.organisation_id,
            created_at: request.now,
            updated_at: request.now,
            audience_id: None,
        }
    }

    /// Refuses that somebody who checks nothing says that an organisation is verified.
    pub fn check_verified(new: &NewOrganisation, before: Option<&Self>, request: &Request) -> Result<(), Problem> {
        let stands = before.is_some_and(|before| before.verified);
        if new.verified != Some(true) || stands || may_verify(request) {
            return Ok(());
        }
        let detail = both(
            "Seuls l'exploitant et le ministère vérifient une organisation.",
            "Only the operator and the ministry verify an organisation.",
        );
        Err(Problem::body(vec![Fault::pointer("/verified", "not_allowed", detail)]))
    }

    /// What it could be created from again.
    pub fn as_new(&self) -> NewOrganisation {
        NewOrganisation {
            kind: self.kind,
            name: self.name.clone(),
            short_name: self.short_name.clone(),
            legal_form: self.legal_form.clone(),
            siret: self.siret.clone(),
            rna: self.rna.clone(),
            address: self.address.clone(),
            public_utility: self.public_utility,
            accreditation: self.accreditation(),
            verified: Some(self.verified),
            external_id: self.external_id.clone(),
        }
    }

    /// What was checked stays so when its own people change what nobody has to check: an address, an acronym, a key.
    pub fn still_verified(&self, before: &Self, wanted: Option<bool>) -> bool {
        let said = |row: &Self| {
            (row.kind, row.name.clone(), row.legal_form.clone(), row.siret.clone(), row.rna.clone(), row.public_utility)
        };
        let stands = said(self) == said(before) && self.accreditation() == before.accreditation();
        self.verified || (stands && before.verified && wanted == Some(true))
    }

    /// Inserts it and records the change; SIRET, RNA and external id are unique.
    pub fn add(&mut self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        self.check_unique(unit)?;
        self.audience_id = Some(self.audience().keep(unit)?);
        unique(diesel::insert_into(organisations::table).values(&*self).execute(&mut **unit))?;
        self.record(unit, Operation::Created, None)
    }

    /// Saves a change of it under the next version.
    pub fn save(mut self, unit: &mut Unit<'_>, before: &Self) -> Result<Self, Halt> {
        self.check_unique(unit)?;
        self.version = before.version + 1;
        self.updated_at = unit.request.now;
        self.audience_id = Some(self.audience().id());
        if self.audience_id != before.audience_id {
            self.audience().keep(unit)?;
        }
        unique(diesel::update(organisations::table.find(self.id)).set(&self).execute(&mut **unit))?;
        self.record(unit, Operation::Updated, Some(before))?;
        if self.audience_id != before.audience_id {
            self.announce_representatives(unit, Operation::Moved, self.audience_id, before.audience_id)?;
            files::move_with_organisation(unit, self.id, self.audience_id, before.audience_id)?;
        }
        Ok(self)
    }

    /// Deletes it; one that is party to a convention, has clients or is acted for by a grant stays.
    pub fn remove(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        let used: i64 = parties::table.filter(parties::organisation_id.eq(self.id)).count().get_result(&mut **unit)?;
        let held: i64 =
            clients::table.filter(clients::organisation_id.eq(Some(self.id))).count().get_result(&mut **unit)?;
        let granted: i64 =
            grants::table.filter(grants::organisation_id.eq(Some(self.id))).count().get_result(&mut **unit)?;
        if used + held + granted > 0 {
            return Err(Problem::plain("in_use").into());
        }
        let gone = Self { version: self.version + 1, ..self.clone() };
        gone.announce_representatives(unit, Operation::Deleted, None, self.audience_id)?;
        files::delete_with_organisation(unit, self.id)?;
        unused(diesel::delete(organisations::table.find(self.id)).execute(&mut **unit))?;
        gone.record(unit, Operation::Deleted, Some(self))
    }

    fn record(&self, unit: &mut Unit<'_>, operation: Operation, before: Option<&Self>) -> Result<(), Halt> {
        let was_seen_by = before.and_then(|row| row.audience_id);
        let before = before.map(|row| serde_json::to_value(Organisation::from(row.clone()))).transpose()?;
        let after = serde_json::to_value(Organisation::from(self.clone()))?;
        unit.record(&Change {
            kind: "organisation",
            resource: self.id,
            version: self.version,
            operation,
            convention: None,
            organisation: Some(self.id),
            seen_by: self.audience_id.filter(|_| operation != Operation::Deleted),
            was_seen_by,
            before: before.as_ref(),
            after: (operation != Operation::Deleted).then_some(&after),
        })
    }
}

/// What `q` looks in and what the order by name follows.
pub fn name_key(name: &str, short_name: Option<&str>) -> String {
    fold(&format!("{name} {}", short_name.unwrap_or_default()))
}

fn may_verify(request: &Request) -> bool {
    matches!(request.caller.role, Role::Operator | Role::Ministry)
}

/// What a caller sees: the operator and the ministry all; others the verified ones, their own, and those they proposed.
pub fn seen_by(request: &Request) -> organisations::BoxedQuery<'static, MultiBackend> {
    let query = organisations::table.into_boxed();
    match (request.caller.role, request.caller.organisation_id) {
        (Role::Operator | Role::Ministry, _) => query,
        (_, Some(mine)) => query.filter(
            organisations::verified
                .eq(true)
                .nullable()
                .or(organisations::id.eq(mine).nullable())
                .or(organisations::owner_id.eq(Some(mine))),
        ),
        (_, None) => query.filter(organisations::verified.eq(true)),
    }
}

impl Whole for OrganisationRow {
    const DATED: bool = false;

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn find(c: &mut Connection, request: &Request, id: Id) -> Result<Self, Halt> {
        seen_by(request)
            .filter(organisations::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?
            .ok_or_else(Halt::not_found)
    }

    fn lock(unit: &mut Unit<'_>, id: Id) -> Result<Self, Halt> {
        crate::db::lock_row(unit, "organisations", id)?;
        let request = unit.request.clone();
        Self::find(unit, &request, id)
    }

    fn check_caller(&self, _: &mut Connection, request: &Request) -> Result<(), Halt> {
        if policy::may_keep_organisation(&request.caller, self.id, self.owner_id) {
            return Ok(());
        }
        Err(Problem::plain("not_allowed").into())
    }

    fn check_state(&self, _: &mut Unit<'_>) -> Result<(), Halt> {
        Ok(())
    }

    fn touch(self, unit: &mut Unit<'_>) -> Result<Self, Halt> {
        let before = self.clone();
        self.save(unit, &before)
    }

    fn feed(&self) -> Feed {
        Feed { convention: None, organisation: Some(self.id), audience: self.audience_id }
    }
}
