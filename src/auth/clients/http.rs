//! `/v1/clients`: list, create, read, change, revoke, a new secret.

use actix_web::{get, patch, post};
use diesel::prelude::*;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Client, ClientWithSecret, NewClient};
use crate::auth::policy::{ReadClients, WriteClients};
use crate::auth::secret;
use crate::db::record::Operation;
use crate::db::schema::clients;
use crate::db::{Connection, MultiBackend};
use crate::domain::vocabulary::Role;
use crate::domain::{Id, Instant};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};
use crate::ordered;

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
        ("role" = inline(Option<Many<Role>>), Query, description = "Roles, separated by commas"),
        ("revoked" = Option<bool>, Query, description = "Only revoked clients, or only live ones"),
        ("sort" = Option<String>, Query, pattern = "^-?(name|created_at)$", description = "`name` (default) or `created_at`; a minus in front reverses"),
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

/// Change a client
///
/// Its name, territories, schools and scopes: what was added to the service since it was made can be given to it. Its
/// next token carries them; those it holds lose what was taken away within 30 seconds. Role and organisation stay.
#[utoipa::path(
    tag = "Clients", security(("oauth2" = ["clients:write"]), ("bearer" = [])),
    request_body(content = NewClient, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The client, changed", body = Client))
)]
#[patch("/v1/clients/{id}")]
async fn update_client(call: Call<WriteClients>) -> Reply {
    let app = call.app.clone();
    let id = call.request.id.as_deref().and_then(|id| id.parse().ok());
    let reply = call
        .write(|unit| {
            let id = unit.request.id()?;
            let before = Client::lock(unit, id)?;
            let new: NewClient = unit.accept_patch(Expect::version(before.version), &before.as_new())?;
            let fixed = |pointer| {
                let why = both("Le rôle et l'organisme ne changent pas.", "Role and organisation do not change.");
                Err(Problem::body(vec![Fault::pointer(pointer, "fixed", why)]).into())
            };
            if new.role != before.role {
                return fixed("/role");
            }
            if new.organisation_id != before.organisation_id {
                return fixed("/organisation_id");
            }
            if before.revoked_at.is_some() {
                return Err(Problem::plain("revoked").into());
            }
            let secret_hash = before.secret_hash.clone();
            let mut client =
                Client { secret_hash, version: before.version, ..Client::make(id, new, "", before.created_at) };
            client.save(unit, &before)?;
            Answer::single(client.version, &client)
        })
        .await;
    if let (Ok(_), Some(id)) = (&reply, id) {
        app.tokens.forget_client(id);
    }
    reply
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
        .service(update_client)
        .service(revoke_client)
        .service(rotate_client_secret);
}
