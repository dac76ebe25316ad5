//! Machine clients: who may ask `/oauth/token` for a token, with what role and perimeter. The operator keeps them.

use actix_web::{get, post};
use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::policy::{ReadClients, WriteClients};
use super::reach::Reach;
use super::secret;
use crate::db::record::{Change, Operation};
use crate::db::schema::{clients, organisations};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::Role;
use crate::domain::{Id, Instant, Territory};
use crate::error::{Fault, Halt, both};
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, Faults};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};
use crate::ordered;

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
    fn check(&self, faults: &mut Vec<Fault>) {
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

    /// Saves a new client; its organisation must exist.
    pub fn insert(&self, c: &mut Connection) -> Result<(), Halt> {
        if let Some(organisation) = self.organisation_id {
            let known: i64 = organisations::table.find(organisation).count().get_result(c)?;
            if known == 0 {
                return Err(crate::error::Problem::body(vec![Fault::pointer(
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

/// Filters of the list of clients.
struct Clients {
    role: Vec<Role>,
    revoked: Option<bool>,
}

impl Clients {
    fn query(&self) -> clients::BoxedQuery<'static, MultiBackend> {
        let mut query = clients::table.into_boxed();
        if !self.role.is_empty() {
            query = query.filter(clients::role.eq_any(self.role.clone()));
        }
        match self.revoked {
            Some(true) => query.filter(clients::revoked_at.is_not_null()),
            Some(false) => query.filter(clients::revoked_at.is_null()),
            None => query,
        }
    }
}

impl Listing for Clients {
    type Item = Client;
    const SORTS: &'static [&'static str] = &["name", "created_at"];
    const COLUMNS: &'static [&'static str] =
        &["id", "name", "role", "organisation_id", "territories", "uais", "scopes", "created_at", "revoked_at"];

    fn filters(params: &mut Params) -> Self {
        Self { role: params.many("role"), revoked: params.flag("revoked") }
    }

    fn enter(&mut self, _: &mut Connection, _: &Request) -> Result<(), Halt> {
        Ok(())
    }

    fn rows(&self, c: &mut Connection, _: &Request, window: &Window) -> Result<Vec<Client>, Halt> {
        let query = if window.sort == "created_at" {
            ordered!(self.query(), window, clients::created_at, clients::id, Instant::from_micros(window.number()))
        } else {
            ordered!(self.query(), window, clients::name_key, clients::id, window.text())
        };
        Ok(query.select(Client::as_select()).load(c)?)
    }

    fn count(&self, c: &mut Connection, _: &Request) -> Result<i64, Halt> {
        Ok(self.query().count().get_result(c)?)
    }

    fn mark(item: &Client, sort: &str) -> After {
        let mark = match sort {
            "created_at" => Mark::Number(item.created_at.as_micros()),
            _ => Mark::Text(item.name_key.clone()),
        };
        After { mark, id: item.id }
    }
}

/// List the clients
#[utoipa::path(
    tag = "Clients", security(("oauth2" = ["clients:read"]), ("bearer" = [])),
    params(
        ("role" = Option<String>, Query, description = "Roles, separated by commas"),
        ("revoked" = Option<bool>, Query, description = "Only revoked clients, or only live ones"),
        ("sort" = Option<String>, Query, description = "`name` (default) or `created_at`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Clients", body = Page<Client>))
)]
#[get("/v1/clients")]
async fn list_clients(call: Call<ReadClients>) -> Reply {
    call.list::<Clients>().await
}

/// Create a client
///
/// The secret is in the answer and nowhere else: it is stored as SHA-256. `Idempotency-Key` is not kept here.
#[utoipa::path(
    tag = "Clients", security(("oauth2" = ["clients:write"]), ("bearer" = [])), request_body = NewClient,
    responses((status = 201, description = "The client and its secret", body = ClientWithSecret))
)]
#[post("/v1/clients")]
async fn create_client(call: Call<WriteClients>) -> Reply {
    call.write(|unit| {
        let new: NewClient = unit.accept_json(Expect { secret: true, ..Expect::CREATION })?;
        let made = create(unit, new)?;
        let location = format!("/v1/clients/{}", made.client.id);
        Ok(Answer::created(&location, made.client.version, &made)?.with("Cache-Control", "no-store"))
    })
    .await
}

/// Makes a client and its secret, for a request or for the command line.
pub fn create(unit: &mut Unit<'_>, new: NewClient) -> Result<ClientWithSecret, Halt> {
    let client_secret = secret::generate().map_err(Halt::Broken)?;
    let client = Client::make(unit.new_id(), new, &client_secret, unit.request.now);
    client.insert(unit)?;
    client.record(unit, Operation::Created, None)?;
    Ok(ClientWithSecret { client, client_secret })
}

/// Read a client
#[utoipa::path(
    tag = "Clients", security(("oauth2" = ["clients:read"]), ("bearer" = [])),
    responses((status = 200, description = "The client", body = Client))
)]
#[get("/v1/clients/{id}")]
async fn read_client(call: Call<ReadClients>) -> Reply {
    call.read(|c, request| {
        let client = Client::find(c, request.id()?)?;
        request.plain_read()?;
        Ok(Answer::single(client.version, &client)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Revoke a client
///
/// It gets no more tokens, and those it holds are refused within 30 seconds by every replica. It cannot be undone.
#[utoipa::path(
    tag = "Clients", security(("oauth2" = ["clients:write"]), ("bearer" = [])),
    responses((status = 200, description = "The client, revoked", body = Client))
)]
#[post("/v1/clients/{id}/revoke")]
async fn revoke_client(call: Call<WriteClients>) -> Reply {
    let app = call.app.clone();
    let id = call.request.id.as_deref().and_then(|id| id.parse().ok());
    let reply = call
        .write(|unit| {
            let id = unit.request.id()?;
            let client = revoke(unit, id)?;
            Answer::single(client.version, &client)
        })
        .await;
    if let (Ok(_), Some(id)) = (&reply, id) {
        app.tokens.forget_client(id);
    }
    reply
}

/// Revokes a client at the version that the request names, for a request or for the command line.
pub fn revoke(unit: &mut Unit<'_>, id: Id) -> Result<Client, Halt> {
    let before = Client::lock(unit, id)?;
    unit.accept_empty(Expect::version(before.version))?;
    let mut client = before.clone();
    if client.revoked_at.is_none() {
        client.revoked_at = Some(unit.request.now);
        client.save(unit, &before)?;
    }
    Ok(client)
}

/// Give a client a new secret
///
/// The old secret stops working at once; tokens already given live on. The new one is shown once.
#[utoipa::path(
    tag = "Clients", security(("oauth2" = ["clients:write"]), ("bearer" = [])),
    responses((status = 200, description = "The client and its new secret", body = ClientWithSecret))
)]
#[post("/v1/clients/{id}/rotate-secret")]
async fn rotate_client_secret(call: Call<WriteClients>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let before = Client::lock(unit, id)?;
        unit.accept_empty(Expect { secret: true, ..Expect::version(before.version) })?;
        let client_secret = secret::generate().map_err(Halt::Broken)?;
        let mut client = Client { secret_hash: secret::hash(&client_secret), ..before.clone() };
        client.save(unit, &before)?;
        Ok(Answer::single(client.version, &ClientWithSecret { client, client_secret })?
            .with("Cache-Control", "no-store"))
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_clients)
        .service(create_client)
        .service(read_client)
        .service(revoke_client)
        .service(rotate_client_secret);
}
