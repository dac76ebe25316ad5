//! The caller of a request: a machine client, its role, its organisation, its perimeter.

use std::sync::Arc;

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::AUTHORIZATION;

use super::clients::Client;
use super::tokens::{self, Refusal, TokenCache};
use crate::app::App;
use crate::db::Connection;
use crate::domain::vocabulary::Role;
use crate::domain::{Id, Territory};
use crate::error::{Halt, Problem, both};

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub client_id: Id,
    pub name: String,
    pub role: Role,
    /// The organisation it acts for.
    pub organisation_id: Option<Id>,
    /// Académies and régions académiques it acts on, or is narrowed to; empty when not narrowed.
    pub territories: Vec<Territory>,
    /// Schools it acts for.
    pub uais: Vec<String>,
    pub scopes: Vec<String>,
}

impl Caller {
    /// True when the token carries the scope.
    pub fn holds(&self, scope: &str) -> bool {
        self.scopes.iter().any(|s| s == scope)
    }

    fn of(client: Client, granted: &[String]) -> Self {
        Self {
            scopes: granted.iter().filter(|s| client.scopes.0.contains(s)).cloned().collect(),
            client_id: client.id,
            name: client.name,
            role: client.role,
            organisation_id: client.organisation_id,
            territories: client.territories.0,
            uais: client.uais.0.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Reads and verifies the bearer token of a request, and leaves the [`Caller`] in it.
pub async fn authenticate(app: &App, request: &ServiceRequest) -> Result<Arc<Caller>, Box<Problem>> {
    let token = bearer(request)?;
    let now = app.clock.now();
    let key = TokenCache::key(token);
    let known = app.tokens.get(&key, now);
    if let Some((known, false)) = &known {
        return Ok(known.caller.clone());
    }
    let claims = match known {
        Some((known, true)) => known.claims,
        _ => Arc::new(verified(app, token).await?),
    };
    let (id, db) = (claims.client_id, app.db.clone());
    let client = db.read(move |c| Ok(Client::live(c, id)?)).await;
    let client = match client {
        Ok(client) => client,
        Err(halt) => return Err(refuse(halt)),
    };
    let Some(client) = client else {
        app.tokens.remove(&key);
        return Err(Box::new(gone()));
    };
    let caller = Arc::new(Caller::of(client, &claims.scopes));
    app.tokens.put(key, claims, caller.clone(), now);
    Ok(caller)
}

async fn verified(app: &App, token: &str) -> Result<tokens::Claims, Box<Problem>> {
    let verify = || tokens::verify(&app.keys, &app.config.public_url, token, app.clock.now());
    let outcome = match verify() {
        // Another replica may have made the key since.
        Err(Refusal::UnknownKey) if !app.keys.fresh() => {
            app.keys.reload(&app.db).await.map_err(refuse)?;
            verify()
        }
        outcome => outcome,
    };
    outcome.map_err(|refusal| {
        log::info!("token refused: {refusal:?}");
        Box::new(refusal.problem())
    })
}

fn refuse(halt: Halt) -> Box<Problem> {
    match halt.settle() {
        Err(problem) => problem,
        Ok(_) => Box::new(Problem::plain("internal")),
    }
}

fn bearer(request: &ServiceRequest) -> Result<&str, Box<Problem>> {
    let missing =
        || Box::new(Problem::plain("unauthenticated").header("WWW-Authenticate", "Bearer realm=\"passerelle\""));
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else { return Err(missing()) };
    let text = header.to_str().map_err(|_| missing())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(missing());
    }
    Ok(token.trim())
}

/// Refuses a caller that was revoked while it waited.
pub fn still_live(c: &mut Connection, caller: &Caller) -> Result<(), Halt> {
    if Client::live(c, caller.client_id)?.is_some() {
        return Ok(());
    }
    Err(gone().into())
}

fn gone() -> Problem {
    tokens::refused(both(
        "Le client de ce jeton n'existe plus ou a été révoqué.",
        "The client of this token no longer exists or was revoked.",
    ))
}

/// The caller left in a request by [`authenticate`].
pub fn of(request: &actix_web::HttpRequest) -> Option<Arc<Caller>> {
    request.extensions().get::<Arc<Caller>>().cloned()
}
