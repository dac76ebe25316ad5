//! Machine clients: who may ask `/oauth/token` for a token, with what role and perimeter. The operator keeps them.

mod http;

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

pub use http::{create, revoke, routes};

use super::reach::Reach;
use super::secret;
use crate::db::record::{Change, Operation};
use crate::db::schema::{clients, organisations};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::Role;
use crate::domain::{Id, Instant, Territory};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::body::{Body, Faults};
use crate::http::unit::Unit;

/// What a client is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "name": "SI de l'académie de Versailles", "role": "academie",
    "organisation_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50",
    "territories": ["academie:25"], "scopes": ["conventions:read", "organisations:read"]
}))]
pub struct NewClient {
    /// Name of the machine client, for people.
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
    /// Scopes, at most those of its role; all of them when left out.
    #[deserr(default)]
    pub scopes: Option<Vec<String>>,
}

impl NewClient {
    fn reach(&self) -> Reach<'_> {
        let (territories, uais, scopes) = (&self.territories, &self.uais, self.scopes.as_deref());
        Reach { role: self.role, organisation_id: self.organisation_id, territories, uais, scopes }
    }
}

impl Body for NewClient {
    fn check(&self, faults: &mut Faults) {
        self.reach().check(faults);
    }
}

/// A machine client.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = clients, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Client {
    /// Its id, also its `client_id` at `/oauth/token`.
    pub id: Id,
    pub version: i64,
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
    #[serde(skip)]
    pub secret_hash: String,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// When it was revoked: its tokens are refused within 30 seconds of it.
    pub revoked_at: Option<Instant>,
}

/// A client and its secret, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientWithSecret {
    pub client: Client,
    /// 256 bits of chance; stored as SHA-256 only, never shown again.
    pub client_secret: String,
}

impl Client {
    /// A client of that id that was not revoked.
    pub fn live(c: &mut Connection, id: Id) -> QueryResult<Option<Self>> {
        clients::table.find(id).filter(clients::revoked_at.is_null()).select(Self::as_select()).first(c).optional()
    }

    /// Every client, revoked ones included, by name: for the command line.
    pub fn all(c: &mut Connection) -> QueryResult<Vec<Self>> {
        clients::table.order((clients::name_key, clients::id)).select(Self::as_select()).load(c)
    }

    /// A client, revoked or not.
    pub fn find(c: &mut Connection, id: Id) -> Result<Self, Halt> {
        clients::table.find(id).select(Self::as_select()).first(c).optional()?.ok_or_else(Halt::not_found)
    }

    /// The same, and nobody else writes it until this unit ends.
    fn lock(unit: &mut Unit<'_>, id: Id) -> Result<Self, Halt> {
        crate::db::lock_row(unit, "clients", id)?;
        Self::find(unit, id)
    }

    /// A new client from what was asked, with the hash of its secret.
    pub fn make(id: Id, new: NewClient, secret: &str, now: Instant) -> Self {
        let scopes = new.reach().scopes();
        Self {
            id,
            version: 1,
            name_key: fold(&new.name),
            name: new.name,
            role: new.role,
            organisation_id: new.organisation_id,
            territories: Json(new.territories),
            uais: Json(new.uais),
            scopes: Json(scopes),
            secret_hash: secret::hash(secret),
            created_at: now,
            updated_at: now,
            revoked_at: None,
        }
    }

    /// What it could be created from again.
    fn as_new(&self) -> NewClient {
        NewClient {
            name: self.name.clone(),
            role: self.role,
            organisation_id: self.organisation_id,
            territories: self.territories.0.clone(),
            uais: self.uais.0.clone(),
            scopes: Some(self.scopes.0.clone()),
        }
    }

    /// Saves a new client; its organisation must exist.
    pub fn insert(&self, c: &mut Connection) -> Result<(), Halt> {
        if let Some(organisation) = self.organisation_id {
            let known: i64 = organisations::table.find(organisation).count().get_result(c)?;
            if known == 0 {
                return Err(Problem::body(vec![Fault::pointer(
                    "/organisation_id",
                    "unknown_reference",
                    both("Cet organisme n'existe pas.", "This organisation does not exist."),
                )])
                .into());
            }
        }
        diesel::insert_into(clients::table).values(self).execute(c)?;
        Ok(())
    }

    /// Saves what changed, under the next version.
    fn save(&mut self, unit: &mut Unit<'_>, before: &Self) -> Result<(), Halt> {
        self.version += 1;
        self.updated_at = unit.request.now;
        diesel::update(clients::table.find(self.id)).set(&*self).execute(&mut **unit)?;
        self.record(unit, Operation::Updated, Some(before))
    }

    fn record(&self, unit: &mut Unit<'_>, operation: Operation, before: Option<&Self>) -> Result<(), Halt> {
        let before = before.map(serde_json::to_value).transpose()?;
        let after = serde_json::to_value(self)?;
        let seen_by = Some(crate::changes::audience::Audience::operator().keep(unit)?);
        unit.record(&Change {
            kind: "client",
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
