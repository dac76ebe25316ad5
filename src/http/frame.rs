//! The frame around every request: its id, its caller, its limits, its log line, and the form of every refusal.
//!
//! Outermost is [`frame`]: whatever came out, the router's 404, a library's error or a panic, leaves as a problem in the
//! caller's language. Inside CORS and compression stands [`guard`]: no request under `/v1` gets further without a caller.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt as _;

use super::answer::Refused;
use super::call::slow_line;
use super::socket::{Answering, Exchanges};
use super::{address, negotiate};
use crate::app::App;
use crate::auth::caller::{self, Caller};
use crate::error::{Language, Problem, both};
use crate::files::FILE_LIMIT;

/// Bytes of all headers at most.
const HEADERS_LIMIT: usize = 16 * 1024;
/// Seconds a request may take until its answer starts.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// A file may take longer to come, by its size.
fn time_limit(request: &ServiceRequest) -> Duration {
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    TIME_LIMIT + slow_line(Some(declared.unwrap_or(0)), FILE_LIMIT)
}

/// The id of a request, in the log and in its problems.
#[derive(Clone)]
struct RequestId(String);

/// The id of this request.
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// What the frame must know of a request once it is gone: the router wants a request that nobody else holds, so that
/// none may be kept here.
struct Asked {
    id: String,
    method: Method,
    path: String,
    language: Language,
    app: Option<App>,
}

/// Lets a body be read only where one is due, and lets come first what was sent with the head: who sent all of a small
/// body keeps its connection, whatever is answered.
async fn await_body(request: &mut ServiceRequest) {
    let headers = request.headers();
    if !headers.contains_key(header::CONTENT_LENGTH) && !headers.contains_key(header::TRANSFER_ENCODING) {
        // No body is announced (RFC 9112, 6.3). For the library, what follows an `Upgrade` is one without an end.
        request.set_payload(Payload::None);
    } else {
        tokio::task::yield_now().await;
    }
}

/// The outermost layer.
pub async fn frame<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Answering<EitherBody<B>>>, Error> {
    let exchange = request.conn_data::<Exchanges>().map(Exchanges::start);
    await_body(&mut request).await;
    let started = std::time::Instant::now();
    let app = request.app_data::<App>().cloned();
    let asked = Asked {
        id: accepted_id(&request).unwrap_or_else(|| match &app {
            Some(app) => app.ids.next(app.clock.now()).to_string(),
            None => String::new(),
        }),
        method: request.method().clone(),
        path: request.path().to_owned(),
        language: negotiate::language(request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok())),
        app,
    };
    request.extensions_mut().insert(RequestId(asked.id.clone()));
    if asked.method == Method::HEAD {
        // The answer of GET; the protocol layer leaves the body out.
        request.head_mut().method = Method::GET;
    }
    let outcome = if headers_size(&request) > HEADERS_LIMIT {
        Err(Refused::from(Problem::plain("headers_too_large")).into())
    } else {
        match tokio::time::timeout(time_limit(&request), AssertUnwindSafe(next.call(request)).catch_unwind()).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(_)) => Err(Refused::from(Problem::plain("internal")).into()),
            Err(_) => Err(Refused::from(Problem::plain("busy").header("Retry-After", "5")).into()),
        }
    };
    match outcome {
        Ok(answered) => {
            let failed = answered.status().is_client_error() || answered.status().is_server_error();
            let mut answered = if failed && !is_answer(&answered) {
                let problem = problem_of(answered.response().error(), answered.status(), answered.headers());
                let mut response = render(&problem, &asked);
                for (name, value) in cors_headers(answered.headers()) {
                    response.headers_mut().insert(name, value);
                }
                answered.into_response(response).map_into_right_body()
            } else {
                answered.map_into_left_body()
            };
            let client = caller::of(answered.request()).map(|c| c.client_id.to_string()).unwrap_or_default();
            let route = answered.request().match_pattern();
            let status = answered.status();
            dress(answered.response_mut().headers_mut(), status, &asked);
            note(&asked, route.as_deref(), status, &client, started);
            Ok(answered.map_body(|_, body| Answering::new(body, exchange)))
        }
        // The request is gone, with a panic or with its time: the error carries the whole answer.
        Err(error) => {
            let status = error.as_response_error().status_code();
            let problem = problem_of(Some(&error), status, error.error_response().headers());
            let mut response = render(&problem, &asked);
            let status = response.status();
            dress(response.headers_mut(), status, &asked);
            note(&asked, None, status, "", started);
            let response = response.map_body(|_, body| BoxBody::new(Answering::new(body, exchange)));
            Err(InternalError::from_response(problem.entry.code, response).into())
        }
    }
}

/// True when a handler answered an error in the form of its own protocol: `/oauth/token` (RFC 6749, 5.2).
fn is_answer<B>(answered: &ServiceResponse<B>) -> bool {
    answered.response().error().is_none()
        && answered.headers().get(header::CONTENT_TYPE).is_some_and(|v| v == "application/json")
}

/// Counts and logs one answer.
fn note(asked: &Asked, route: Option<&str>, status: StatusCode, client: &str, started: std::time::Instant) {
    let status = status.as_u16();
    if let Some(app) = &asked.app {
        let seconds = started.elapsed().as_secs_f64();
        app.metrics.answered(asked.method.as_str(), route, status, seconds);
    }
    log::info!(
        target: "passerelle::access",
        "{} {} {status} {}us request_id={} client={client}",
        Brief(asked.method.as_str()),
        Brief(&redact_path(&asked.path)),
        started.elapsed().as_micros(),
        asked.id,
    );
}

/// Addresses that hold a secret.
const CALENDARS: &str = "/calendars/";

/// What a caller sent, as a line of the log may have it: its beginning, and nothing that moves a terminal.
struct Brief<'t>(&'t str);

/// Characters of it at most.
const BRIEF: usize = 200;

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut signs = self.0.chars();
        for sign in signs.by_ref().take(BRIEF) {
            // All that is not visible ASCII is in a path by mistake or by malice.
            if sign.is_ascii_graphic() || sign == ' ' {
                f.write_char(sign)?;
            } else {
                write!(f, "{}", sign.escape_default())?;
            }
        }
        if signs.next().is_some() { f.write_char('…') } else { Ok(()) }
    }
}

/// A path as the log may have it: nobody reads a calendar by its log.
fn redact_path(path: &str) -> Cow<'_, str> {
    match path.find(CALENDARS) {
        Some(at) if !path.starts_with("/v1/") => Cow::Owned(format!("{}{CALENDARS}***", &path[..at])),
        _ => Cow::Borrowed(path),
    }
}

/// No request under `/v1` gets further without a caller, whether its address exists or not.
pub async fn guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    // An answer, not an error: CORS adds its headers to answers only, and a page in a browser must be able to read a 401.
    match admit(&request).await {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_left_body),
        Err(refused) => Ok(request.error_response(refused).map_into_right_body()),
    }
}

async fn admit(request: &ServiceRequest) -> Result<(), Refused> {
    let app = request.app_data::<App>().cloned().ok_or_else(|| Refused::from(Problem::plain("internal")))?;
    let path = request.path();
    if path == "/v1" || path.starts_with("/v1/") {
        match caller::authenticate(&app, request).await {
            Ok(caller) => {
                app.limiter.check(caller.client_id)?;
                request.extensions_mut().insert::<std::sync::Arc<Caller>>(caller);
            }
            Err(problem) => {
                // A token that is right is limited by itself; guessing them, also while nobody can tell, by address.
                if problem.status() == StatusCode::FORBIDDEN {
                    app.limiter.check(request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes))?;
                } else {
                    app.limiter.check(address_of(&app, request.request()))?;
                }
                return Err(Refused(problem));
            }
        }
    } else if path.starts_with("/oauth/") || path.starts_with(CALENDARS) {
        // Guesses of a secret are limited by address.
        app.limiter.check(address_of(&app, request.request()))?;
    }
    Ok(())
}

/// Returns the address that the caller of a request is counted under.
pub fn address_of(app: &App, request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
    let lines: Vec<_> = request.headers().get_all("x-forwarded-for").map(HeaderValue::as_bytes).collect();
    address::counted(address::of_caller(peer, lines.into_iter(), &app.config.trusted_proxies))
}

fn accepted_id(request: &ServiceRequest) -> Option<String> {
    let given = request.headers().get("x-request-id")?.to_str().ok()?;
    let fits = (1..=64).contains(&given.len())
        && given.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    fits.then(|| given.to_owned())
}

fn headers_size(request: &ServiceRequest) -> usize {
    request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>()
        + request.uri().to_string().len()
}

/// The problem behind an error response, ours or a library's.
fn problem_of(error: Option<&Error>, status: StatusCode, headers: &header::HeaderMap) -> Problem {
    if let Some(refused) = error.and_then(|e| e.as_error::<Refused>()) {
        return (*refused.0).clone();
    }
    if let Some(error) = error {
        log::info!("{status} by a library: {}", Brief(&error.to_string()));
    }
    let problem = match status.as_u16() {
        404 => Problem::plain("unknown_route"),
        405 => Problem::plain("method_not_allowed"),
        406 => Problem::plain("not_acceptable"),
        408 => Problem::plain("request_timeout"),
        413 => Problem::plain("payload_too_large"),
        415 => Problem::plain("unsupported_media_type"),
        431 => Problem::plain("headers_too_large"),
        429 => Problem::plain("rate_limited"),
        400..=499 => Problem::new(
            "bad_request",
            both(
                "La requête n'est pas conforme à HTTP ou aux règles d'origine (CORS).",
                "The request conforms neither to HTTP nor to the rules of origin (CORS).",
            ),
        ),
        503 => Problem::plain("unavailable"),
        _ => Problem::plain("internal"),
    };
    match headers.get(header::ALLOW).and_then(|v| v.to_str().ok()) {
        Some(allow) => problem.header("Allow", allow),
        None => problem,
    }
}

fn cors_headers(headers: &header::HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
    headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("access-control-") || **name == header::VARY)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn render(problem: &Problem, asked: &Asked) -> HttpResponse<BoxBody> {
    let document = problem.render(asked.language, &asked.path, &asked.id);
    let mut response = HttpResponse::new(problem.status());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(match asked.language {
            Language::French => "fr",
            Language::English => "en",
        }),
    );
    for (name, value) in &problem.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response.set_body(BoxBody::new(document.to_string()))
}

/// The headers of every answer.
fn dress(headers: &mut header::HeaderMap, status: StatusCode, asked: &Asked) {
    let path = asked.path.as_str();
    let docs = path.starts_with("/docs");
    let public = docs || path == "/openapi.json" || path.starts_with("/.well-known/") || path.starts_with("/problems");
    let error = !status.is_success() && status != StatusCode::NOT_MODIFIED;
    let https = asked.app.as_ref().is_some_and(|app| app.config.public_url.starts_with("https://"));
    if let Ok(id) = HeaderValue::try_from(&asked.id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    // A download has a stricter policy of its own; `identity` told the compression to leave it alone, and says nothing.
    let own_policy = headers.contains_key(header::CONTENT_SECURITY_POLICY);
    if headers.get(header::CONTENT_ENCODING).is_some_and(|v| v == "identity") {
        headers.remove(header::CONTENT_ENCODING);
    }
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "no-referrer");
    set("cross-origin-resource-policy", "same-site");
    if !own_policy {
        set(
            "content-security-policy",
            if docs {
                "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
            } else {
                "default-src 'none'; frame-ancestors 'none'"
            },
        );
    }
    if https {
        set("strict-transport-security", "max-age=31536000");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(match (error, public) {
                (true, _) => "no-store",
                (false, true) => "public, max-age=300",
                // What a caller sees is its own, and is asked for again each time: an ETag makes that cheap.
                (false, false) => "private, no-cache",
            }),
        );
    }
    headers.append(header::VARY, HeaderValue::from_static("Authorization, Accept, Accept-Language"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_has_the_beginning_and_no_control_character() {
        for sent in ["/x".repeat(8_000), "\u{9b}31m".repeat(4_000), "\u{202e}\u{1b}[2J\r\nforged".into(), "é".into()] {
            let line = Brief(&sent).to_string();
            assert!(line.len() < 10 * BRIEF, "{}", line.len());
            assert!(line.trim_end_matches('…').chars().all(|sign| sign.is_ascii_graphic()), "{line}");
        }
        assert_eq!(Brief("/v1/conventions").to_string(), "/v1/conventions");
    }

    #[test]
    fn the_secret_of_a_calendar_is_not_logged() {
        for path in ["/calendars/secret.ics", "/calendars/secret", "//calendars/secret.ics", "/x/calendars/secret/y"] {
            assert!(!redact_path(path).contains("secret"), "{path}");
        }
        for path in ["/v1/calendars/01a2", "/v1/conventions", "/", "/calendars"] {
            assert_eq!(redact_path(path), path);
        }
    }
}
