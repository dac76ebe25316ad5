//! The service's own issuer: `POST /oauth/token` (RFC 6749 client credentials), its keys and its metadata (RFC 8414).

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::clients::Client;
use super::{policy, secret, tokens};
use crate::app::App;
use crate::config::Config;
use crate::domain::Id;
use crate::error::{Halt, Problem};
use crate::http::answer::{Answer, Reply, settle};
use crate::http::call::read_body;
use crate::http::frame;
use crate::http::limiter::Limiter;

/// Bytes of a form at most: far more than every scope there is.
const FORM_LIMIT: usize = 64 << 10;

/// How often tokens may be asked for, in this replica.
///
/// By address, whatever is asked. By client in two ways, so that who does not know its secret cannot lock it out: each
/// request counts against the client at that address, and those with the right secret against the client everywhere.
pub struct TokenLimits {
    by_address: Limiter,
    by_client: Limiter,
}

impl TokenLimits {
    pub fn new(config: &Config) -> Self {
        Self {
            by_address: Limiter::per_minute(config.tokens_per_address),
            by_client: Limiter::per_minute(config.tokens_per_client),
        }
    }
}

/// An access token (RFC 6749, 5.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAnswer {
    /// A JWT (RFC 9068), for `Authorization: Bearer`.
    pub access_token: String,
    #[schema(value_type = String, example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds it lives.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// Scopes it carries, separated by spaces.
    #[schema(example = "conventions:read organisations:read")]
    pub scope: String,
}

/// An error of the token endpoint (RFC 6749, 5.2): not a problem, since OAuth clients expect this form.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenError {
    /// `invalid_request`, `invalid_client`, `unsupported_grant_type` or `invalid_scope`.
    #[schema(value_type = String, example = "invalid_client")]
    pub error: &'static str,
    #[schema(value_type = String, example = "unknown client or wrong secret")]
    pub error_description: &'static str,
}

/// A request for a token.
#[derive(Debug, ToSchema)]
#[allow(dead_code)] // the form of the document; read by hand below, since a repeated field must be refused
pub struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// Fewer scopes than the client has, separated by spaces; all of them when left out.
    #[schema(example = "conventions:read")]
    scope: Option<String>,
}

struct Refused(StatusCode, TokenError);

fn refused(error: &'static str, error_description: &'static str) -> Refused {
    let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    Refused(status, TokenError { error, error_description })
}

/// Obtain an access token
///
/// Client credentials with `client_secret_basic`. The token lives ten minutes; ask again before it expires. Requests are
/// limited by client and by address (429 with `Retry-After`): keep a token for as long as it lives.
#[utoipa::path(
    tag = "OAuth", security(("client" = [])),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token", body = TokenAnswer),
        (status = 400, description = "The request is not understood", body = TokenError),
        (status = 401, description = "Unknown client or wrong secret", body = TokenError),
    )
)]
#[post("/oauth/token")]
async fn create_token(app: App, request: HttpRequest, body: Payload) -> Reply {
    match token(&app, &request, body).await {
        Ok(Ok(answer)) => settle(Answer::ok(&answer).map(uncached)),
        Ok(Err(Refused(status, error))) => settle(Answer::json(status, &error).map(|mut answer| {
            if status == StatusCode::UNAUTHORIZED {
                answer = answer.with("WWW-Authenticate", "Basic realm=\"passerelle\", charset=\"UTF-8\"");
            }
            uncached(answer)
        })),
        Err(halt) => settle(Err(halt)),
    }
}

fn uncached(answer: Answer) -> Answer {
    answer.with("Cache-Control", "no-store").with("Pragma", "no-cache")
}

async fn token(app: &App, request: &HttpRequest, body: Payload) -> Result<Result<TokenAnswer, Refused>, Halt> {
    let address = frame::address_of(app, request);
    app.token_limits.by_address.check(address)?;
    let (id, given) = match credentials(request) {
        Ok(pair) => pair,
        Err(refused) => return Ok(Err(refused)),
    };
    app.token_limits.by_client.check((id, address))?;
    let scope = match form(request, &form_bytes(app, body).await?) {
        Ok(scope) => scope,
        Err(refused) => return Ok(Err(refused)),
    };
    let client = app.db.read(move |c| Ok(Client::live(c, id)?)).await?;
    let hash = secret::hash(&given);
    let Some(client) = client.filter(|client| secret::same(&client.secret_hash, &hash)) else {
        return Ok(Err(refused("invalid_client", "unknown client or wrong secret")));
    };
    app.token_limits.by_client.check(id)?;
    let scopes = match scope {
        None => client.scopes.0.clone(),
        Some(scope) => {
            let mut wanted: Vec<String> = Vec::new();
            for scope in scope.split_ascii_whitespace() {
                // One that is repeated is one: a token stays short.
                if !wanted.iter().any(|known| known == scope) {
                    wanted.push(scope.to_owned());
                }
            }
            if wanted.is_empty() || wanted.iter().any(|scope| !client.scopes.0.contains(scope)) {
                return Ok(Err(refused("invalid_scope", "a scope is unknown or not this client's")));
            }
            wanted
        }
    };
    let now = app.clock.now();
    if app.keys.signing(now).is_none() {
        log::error!("no signing key signs at {now}: if the clock is right, run `passerelle keys rotate`");
        let wait = app.keys.signs_in(now).to_string();
        return Err(Problem::plain("no_signing_key").header("Retry-After", wait).into());
    }
    let lifetime = app.config.token_lifetime;
    let token_id = app.ids.next(now);
    let access_token = tokens::issue(&app.keys, &app.config.public_url, client.id, token_id, &scopes, now, lifetime)
        .map_err(Halt::Broken)?;
    Ok(Ok(TokenAnswer { access_token, token_type: "Bearer", expires_in: lifetime, scope: scopes.join(" ") }))
}

/// `client_secret_basic`: both halves are form-encoded before base64 (RFC 6749, 2.3.1).
fn credentials(request: &HttpRequest) -> Result<(Id, String), Refused> {
    let unknown = || refused("invalid_client", "unknown client or wrong secret");
    let header = request.headers().get(AUTHORIZATION).and_then(|v| v.to_str().ok()).ok_or_else(unknown)?;
    let (scheme, encoded) = header.split_once(' ').ok_or_else(unknown)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unknown());
    }
    let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|b| String::from_utf8(b).ok()).ok_or_else(unknown)?;
    let (id, secret) = decoded.split_once(':').ok_or_else(unknown)?;
    Ok((id.parse().map_err(|_| unknown())?, secret.to_owned()))
}

/// The body, within the limits of size and time that every other body has.
async fn form_bytes(app: &App, body: Payload) -> Result<Bytes, Halt> {
    let patience = Duration::from_secs(app.config.header_timeout.saturating_mul(3));
    let mut room = app.room.share();
    let read = tokio::time::timeout(patience, read_body(body.into_inner(), None, FORM_LIMIT, &mut room)).await;
    read.unwrap_or(Err("request_timeout")).map_err(|code| Problem::plain(code).into())
}

fn form(request: &HttpRequest, body: &Bytes) -> Result<Option<String>, Refused> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !media_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return Err(refused("invalid_request", "the body must be application/x-www-form-urlencoded"));
    }
    let (mut grant, mut scope) = (None, None);
    for (name, value) in form_urlencoded::parse(body) {
        let slot = match &*name {
            "grant_type" => &mut grant,
            "scope" => &mut scope,
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(refused("invalid_request", "a parameter is repeated"));
        }
    }
    match grant.as_deref() {
        None => Err(refused("invalid_request", "grant_type is missing")),
        Some("client_credentials") => Ok(scope),
        Some(_) => Err(refused("unsupported_grant_type", "only client_credentials is served")),
    }
}

/// A JWK set (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code)]
pub struct Jwks {
    /// Ed25519 public keys (RFC 8037).
    #[schema(value_type = Vec<Object>)]
    keys: Vec<serde_json::Value>,
}

/// The issuer's metadata (RFC 8414).
#[derive(Debug, Serialize, ToSchema)]
pub struct Metadata {
    issuer: String,
    token_endpoint: String,
    jwks_uri: String,
    grant_types_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    response_types_supported: Vec<&'static str>,
    scopes_supported: Vec<&'static str>,
}

/// The issuer's public keys
///
/// A new key is published a minute before it signs; an old one stays until the tokens it signed have expired.
#[utoipa::path(tag = "OAuth", security(()), responses((status = 200, description = "The keys", body = Jwks)))]
#[get("/.well-known/jwks.json")]
async fn read_jwks(app: App) -> Reply {
    settle(Answer::ok(&app.keys.jwks(app.clock.now())).map(|a| a.with("Cache-Control", "public, max-age=60")))
}

/// The issuer's metadata
#[utoipa::path(tag = "OAuth", security(()), responses((status = 200, description = "The metadata", body = Metadata)))]
#[get("/.well-known/oauth-authorization-server")]
async fn read_issuer_metadata(app: App) -> Reply {
    let url = &app.config.public_url;
    settle(Answer::ok(&Metadata {
        issuer: url.clone(),
        token_endpoint: format!("{url}/oauth/token"),
        jwks_uri: format!("{url}/.well-known/jwks.json"),
        grant_types_supported: vec!["client_credentials"],
        token_endpoint_auth_methods_supported: vec!["client_secret_basic"],
        response_types_supported: Vec::new(),
        scopes_supported: policy::SCOPES.iter().map(|(scope, ..)| *scope).collect(),
    }))
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(create_token).service(read_jwks).service(read_issuer_metadata);
}
