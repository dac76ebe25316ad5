//! Grants: what somebody whom an external issuer knows may do here. The operator keeps them; the issuer's own word on
//! roles counts for nothing.

mod http;

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

pub use http::{create, revoke, routes};

use super::caller::{Caller, ExternalSubject};
use super::issuers::{Cap, Issuers};
use super::policy;
use super::reach::Reach;
use crate::aggregate::unique;
use crate::changes::audience::Audience;
use crate::db::record::{Change, Operation};
use crate::db::schema::{grants, organisations};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::Role;
use crate::domain::{CivilDate, Id, Instant, Territory};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::body::{Body, Faults};
use crate::http::unit::Unit;

/// What a grant is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "issuer": "https://sso.ac-versailles.example", "subject": "b7d1c9", "name": "Claude Petit, DAFPIC de Versailles",
    "role": "academie", "organisation_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "territories": ["academie:25"],
    "scopes": ["conventions:read", "organisations:read"], "valid_from": "2026-09-01", "valid_until": "2027-08-31"
}))]
pub struct NewGrant {
    /// The issuer, exactly as in its tokens (`iss`); one of those that this instance is configured with.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub issuer: String,
    /// Who it is to that issuer (`sub`).
    #[validate(length(min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255)]
    pub subject: String,
    /// Name, for people.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    pub role: Role,
    /// The organisation it acts for: required for `ministry`, `association` and `academie`.
    #[deserr(default)]
    pub organisation_id: Option<Id>,
    /// Territories it acts on (`academie`: required) or is narrowed to (`association`).
    #[deserr(default)]
    #[schema(required = false)]
    pub territories: Vec<Territory>,
    /// Schools it acts for (`school`: required).
    #[deserr(default)]
    #[schema(required = false)]
    pub uais: Vec<Uai>,
    /// Scopes, at most those of its role; all that role and issuer allow when left out.
    #[deserr(default)]
    pub scopes: Option<Vec<String>>,
    /// First day it holds.
    #[deserr(default)]
    pub valid_from: Option<CivilDate>,
    /// Last day it holds.
    #[deserr(default)]
    pub valid_until: Option<CivilDate>,
}

impl NewGrant {
    fn reach(&self) -> Reach<'_> {
        let (territories, uais, scopes) = (&self.territories, &self.uais, self.scopes.as_deref());
        Reach { role: self.role, organisation_id: self.organisation_id, territories, uais, scopes }
    }

    /// Refuses what the issuer's cap does not give, and an issuer that this instance does not know.
    pub fn check_cap(&self, issuers: &Issuers) -> Result<(), Problem> {
        let mut faults = Faults::new();
        let mut beyond = |pointer: String, fr: &'static str, en: &'static str| {
            faults.push(Fault::pointer(pointer, "beyond_cap", both(fr, en)));
        };
        let Some(issuer) = issuers.find(&self.issuer) else {
            let unknown = both("Cet émetteur n'est pas configuré ici.", "This issuer is not configured here.");
            let known = issuers.all().map(|issuer| issuer.issuer.clone());
            return Err(Problem::body(vec![Fault::pointer("/issuer", "not_in_list", unknown).accepting(known)]));
        };
        let cap = &issuer.cap;
        if !cap.roles.contains(&self.role) {
            beyond("/role".into(), "Le plafond de l'émetteur exclut ce rôle.", "The issuer's cap excludes this role.");
        }
        for (index, _) in self.scopes.iter().flatten().enumerate().filter(|(_, scope)| !cap.gives(scope)) {
            let (fr, en) = ("Portée hors du plafond de l'émetteur.", "Scope beyond the issuer's cap.");
            beyond(format!("/scopes/{index}"), fr, en);
        }
        for (index, _) in self.territories.iter().enumerate().filter(|(_, territory)| !cap.reaches(territory)) {
            let (fr, en) = ("Territoire hors du plafond de l'émetteur.", "Territory beyond the issuer's cap.");
            beyond(format!("/territories/{index}"), fr, en);
        }
        for (index, _) in self.uais.iter().enumerate().filter(|(_, uai)| !cap.reaches_school(uai)) {
            let (fr, en) = ("Établissement hors du plafond de l'émetteur.", "School beyond the issuer's cap.");
            beyond(format!("/uais/{index}"), fr, en);
        }
        if self.role == Role::Association && self.territories.is_empty() && !cap.territories.is_empty() {
            beyond(
                "/territories".into(),
                "Le plafond de l'émetteur borne le territoire : le préciser.",
                "The issuer's cap bounds the territory: name it.",
            );
        }
        if faults.is_empty() { Ok(()) } else { Err(Problem::body(faults)) }
    }
}

impl Body for NewGrant {
    fn check(&self, faults: &mut Faults) {
        self.reach().check(faults);
        if let (Some(from), Some(until)) = (self.valid_from, self.valid_until)
            && until < from
        {
            faults.push(Fault::pointer(
                "/valid_until",
                "before_start",
                both("La fin précède le début.", "The end comes before the start."),
            ));
        }
    }
}

/// A grant.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = grants, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Grant {
    /// Its id, also the `client_id` under which its acts are recorded.
    pub id: Id,
    pub version: i64,
    pub issuer: String,
    pub subject: String,
    pub name: String,
    #[serde(skip)]
    pub name_key: String,
    pub role: Role,
    pub organisation_id: Option<Id>,
    #[schema(value_type = Vec<Territory>)]
    pub territories: Json<Vec<Territory>>,
    #[schema(value_type = Vec<Uai>)]
    pub uais: Json<Vec<Uai>>,
    #[schema(value_type = Vec<String>)]
    pub scopes: Json<Vec<String>>,
    /// First day it holds.
    pub valid_from: Option<CivilDate>,
    /// Last day it holds.
    pub valid_until: Option<CivilDate>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// When it was revoked: its holder is refused within 30 seconds of it.
    pub revoked_at: Option<Instant>,
}

impl Grant {
    /// What holds for a subject on a day.
    pub fn live(c: &mut Connection, issuer: &str, subject: &str, today: CivilDate) -> QueryResult<Option<Self>> {
        let found: Option<Self> = grants::table
            .filter(grants::issuer.eq(issuer).and(grants::subject.eq(subject)).and(grants::revoked_at.is_null()))
            .select(Self::as_select())
            .first(c)
            .optional()?;
        Ok(found.filter(|grant| grant.holds_on(today)))
    }

    /// True within its dates.
    pub fn holds_on(&self, today: CivilDate) -> bool {
        self.valid_from.is_none_or(|from| from <= today) && self.valid_until.is_none_or(|until| today <= until)
    }

    /// Every grant, revoked ones included, by name: for the command line.
    pub fn all(c: &mut Connection) -> QueryResult<Vec<Self>> {
        grants::table.order((grants::name_key, grants::id)).select(Self::as_select()).load(c)
    }

    /// A grant, revoked or not.
    pub fn find(c: &mut Connection, id: Id) -> Result<Self, Halt> {
        grants::table.find(id).select(Self::as_select()).first(c).optional()?.ok_or_else(Halt::not_found)
    }

    /// The caller it makes, clipped to the cap of its issuer, which may have become narrower since; none when nothing
    /// is left.
    pub fn caller(self, cap: &Cap) -> Option<Caller> {
        let within: Vec<Territory> = self.territories.0.iter().filter(|t| cap.reaches(t)).copied().collect();
        let uais: Vec<String> =
            self.uais.0.iter().filter(|uai| cap.reaches_school(uai)).map(ToString::to_string).collect();
        let lost =
            (within.is_empty() && !self.territories.0.is_empty()) || (uais.is_empty() && !self.uais.0.is_empty());
        let unbounded = self.role == Role::Association && within.is_empty() && !cap.territories.is_empty();
        if !cap.roles.contains(&self.role) || lost || unbounded {
            return None;
        }
        let of_role = policy::scopes_of(self.role);
        let scopes = self.scopes.0.into_iter().filter(|s| cap.gives(s) && of_role.contains(&s.as_str())).collect();
        Some(Caller {
            client_id: self.id,
            subject: Some(ExternalSubject { issuer: self.issuer, subject: self.subject }),
            name: self.name,
            role: self.role,
            organisation_id: self.organisation_id,
            territories: within,
            uais,
            scopes,
        })
    }

    fn make(id: Id, new: NewGrant, issuers: &Issuers, now: Instant) -> Self {
        let mut scopes = new.reach().scopes();
        if let Some(issuer) = issuers.find(&new.issuer) {
            scopes.retain(|scope| issuer.cap.gives(scope));
        }
        Self {
            id,
            version: 1,
            issuer: new.issuer,
            subject: new.subject,
            name_key: fold(&new.name),
            name: new.name,
            role: new.role,
            organisation_id: new.organisation_id,
            territories: Json(new.territories),
            uais: Json(new.uais),
            scopes: Json(scopes),
            valid_from: new.valid_from,
            valid_until: new.valid_until,
            created_at: now,
            updated_at: now,
            revoked_at: None,
        }
    }

    fn as_new(&self) -> NewGrant {
        NewGrant {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            name: self.name.clone(),
            role: self.role,
            organisation_id: self.organisation_id,
            territories: self.territories.0.clone(),
            uais: self.uais.0.clone(),
            scopes: Some(self.scopes.0.clone()),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        }
    }

    fn lock(unit: &mut Unit<'_>, id: Id) -> Result<Self, Halt> {
        crate::db::lock_row(unit, "grants", id)?;
        Self::find(unit, id)
    }

    fn check_organisation(&self, c: &mut Connection) -> Result<(), Halt> {
        let Some(organisation) = self.organisation_id else { return Ok(()) };
        if organisations::table.find(organisation).count().get_result::<i64>(c)? > 0 {
            return Ok(());
        }
        let unknown = both("Cet organisme n'existe pas.", "This organisation does not exist.");
        Err(Problem::body(vec![Fault::pointer("/organisation_id", "unknown_reference", unknown)]).into())
    }

    fn add(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        self.check_organisation(unit)?;
        unique(diesel::insert_into(grants::table).values(self).execute(&mut **unit))?;
        self.record(unit, Operation::Created, None)
    }

    fn save(&mut self, unit: &mut Unit<'_>, before: &Self) -> Result<(), Halt> {
        self.version = before.version + 1;
        self.updated_at = unit.request.now;
        unique(diesel::update(grants::table.find(self.id)).set(&*self).execute(&mut **unit))?;
        self.record(unit, Operation::Updated, Some(before))
    }

    fn record(&self, unit: &mut Unit<'_>, operation: Operation, before: Option<&Self>) -> Result<(), Halt> {
        let before = before.map(serde_json::to_value).transpose()?;
        let after = serde_json::to_value(self)?;
        let seen_by = Some(Audience::operator().keep(unit)?);
        unit.record(&Change {
            kind: "grant",
            resource: self.id,
            version: self.version,
            operation,
            convention: None,
            organisation: self.organisation_id,
            seen_by,
            was_seen_by: before.as_ref().and(seen_by),
            before: before.as_ref(),
            after: Some(&after),
        })
    }
}
