//! The caller of a request, its role, its organisation, its perimeter: a machine client of this instance, or somebody
//! whom an external issuer knows, with what was granted to them.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::AUTHORIZATION;

use super::clients::Client;
use super::grants::Grant;
use super::issuers::{Issuers, Trouble};
use super::tokens::{self, Holder, Refusal, TokenCache};
use crate::app::App;
use crate::db::Connection;
use crate::domain::territory::AcademieCode;
use crate::domain::vocabulary::Role;
use crate::domain::{CivilDate, Id, Territory};
use crate::error::{Halt, Problem, both};
use crate::http::call::Request;

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The client, or the grant.
    pub client_id: Id,
    /// Who it is to an external issuer; none for a machine client.
    pub subject: Option<ExternalSubject>,
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

/// Somebody whom an external issuer knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalSubject {
    pub issuer: String,
    pub subject: String,
}

impl Caller {
    /// True when the token carries the scope.
    pub fn holds(&self, scope: &str) -> bool {
        self.scopes.iter().any(|s| s == scope)
    }

    /// The académies of its territories, each once.
    pub fn academies(&self) -> BTreeSet<AcademieCode> {
        self.territories.iter().flat_map(Territory::academies).map(|academie| academie.code).collect()
    }

    fn of(client: Client, granted: &[String]) -> Self {
        Self {
            scopes: granted.iter().filter(|s| client.scopes.0.contains(s)).cloned().collect(),
            client_id: client.id,
            subject: None,
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
        // Another issuer may have withdrawn its key meanwhile: its tokens are verified again.
        Some((known, true)) if matches!(known.claims.holder, Holder::Client(_)) => known.claims,
        _ => Arc::new(verified(app, token).await?),
    };
    let Some(caller) = look_up(app, &claims).await.map_err(refuse)? else {
        app.tokens.remove(&key);
        return Err(Box::new(match &claims.holder {
            Holder::Client(_) => gone(),
            Holder::Subject(_) => Problem::plain("no_grant"),
        }));
    };
    let caller = Arc::new(caller);
    app.tokens.put(key, claims, caller.clone(), now);
    Ok(caller)
}

/// What the holder of a token may do now; nothing when its client was revoked, or nothing is granted to it.
async fn look_up(app: &App, claims: &tokens::Claims) -> Result<Option<Caller>, Halt> {
    match &claims.holder {
        Holder::Client(id) => {
            let id = *id;
            let client = app.db.read(move |c| Ok(Client::live(c, id)?)).await?;
            Ok(client.map(|client| Caller::of(client, &claims.scopes)))
        }
        Holder::Subject(subject) => {
            let (subject, today) = (subject.clone(), app.clock.today());
            let cap = app.issuers.find(&subject.issuer).map(|issuer| issuer.cap.clone());
            let grant = app.db.read(move |c| Ok(Grant::live(c, &subject.issuer, &subject.subject, today)?)).await?;
            Ok(grant.zip(cap).and_then(|(grant, cap)| grant.caller(&cap)))
        }
    }
}

async fn verified(app: &App, token: &str) -> Result<tokens::Claims, Box<Problem>> {
    let refused = |refusal: Refusal| {
        log::info!("token refused: {refusal:?}");
        Box::new(refusal.problem())
    };
    let opened = tokens::open(token).map_err(refused)?;
    if opened.issuer.as_deref().is_some_and(|issuer| app.issuers.find(issuer).is_some()) {
        return match app.issuers.verify(token, &opened, app.clock.now()).await {
            Ok(subject) => {
                Ok(tokens::Claims { expires: subject.expires, scopes: Vec::new(), holder: Holder::Subject(subject) })
            }
            Err(Trouble::Refused(refusal)) => Err(refused(refusal)),
            Err(Trouble::Unreachable) => Err(Box::new(Problem::plain("issuer_unreachable").header("Retry-After", "5"))),
        };
    }
    let verify = || tokens::verify(&app.keys, &app.config.public_url, token, app.clock.now());
    let outcome = match verify() {
        // Another replica may have made the key since.
        Err(Refusal::UnknownKey) if !app.keys.fresh() => {
            app.keys.reload(&app.db).await.map_err(refuse)?;
            verify()
        }
        outcome => outcome,
    };
    outcome.map_err(refused)
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

/// Whether a client, or somebody under a grant, may still do what was given to it.
pub enum Holding {
    Now(Caller),
    /// Its grant does not hold today, or its issuer gives it nothing any more.
    NotNow,
    /// For good.
    Revoked,
}

/// What the holder of something may do today, with every scope that it has.
pub fn holding(c: &mut Connection, issuers: &Issuers, id: Id, today: CivilDate) -> Result<Holding, Halt> {
    let client = match Client::find(c, id) {
        Ok(client) => Some(client),
        Err(Halt::Problem(_)) => None,
        Err(other) => return Err(other),
    };
    if let Some(client) = client {
        let scopes = client.scopes.0.clone();
        return Ok(if client.revoked_at.is_some() {
            Holding::Revoked
        } else {
            Holding::Now(Caller::of(client, &scopes))
        });
    }
    let grant = Grant::find(c, id)?;
    if grant.revoked_at.is_some() {
        return Ok(Holding::Revoked);
    }
    let cap = issuers.find(&grant.issuer).map(|issuer| issuer.cap.clone()).filter(|_| grant.holds_on(today));
    Ok(cap.and_then(|cap| grant.caller(&cap)).map_or(Holding::NotNow, Holding::Now))
}

/// Refuses a caller that was revoked while it waited.
pub fn still_live(c: &mut Connection, request: &Request) -> Result<(), Halt> {
    let caller = &request.caller;
    match &caller.subject {
        None if Client::live(c, caller.client_id)?.is_some() => Ok(()),
        None => Err(gone().into()),
        Some(ExternalSubject { issuer, subject }) => {
            let grant = Grant::live(c, issuer, subject, request.today)?;
            let same = grant.is_some_and(|grant| grant.id == caller.client_id);
            if same { Ok(()) } else { Err(Problem::plain("no_grant").into()) }
        }
    }
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
