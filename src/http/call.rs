//! One request of one caller. Its type names the permission; what may be wrong with its input waits for its turn.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::HeaderName;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use serde_json::Value;

use super::answer::{Answer, Refused, Reply, settle};
use super::room::{Share, made_of};
use super::unit::Unit;
use super::{negotiate, strict_json};
use crate::actions::Shelf;
use crate::app::App;
use crate::auth::caller::{self, Caller};
use crate::auth::policy::{self, Permission};
use crate::db::Connection;
use crate::domain::instant::PARIS;
use crate::domain::vocabulary::Role;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Halt, Language, Patience, Problem};

/// Bytes of a JSON body at most: 1 MiB.
pub const JSON_LIMIT: usize = 1 << 20;
/// Bytes of an imported text at most: 5 MiB.
pub const TEXT_LIMIT: usize = 5 << 20;

/// A request of a caller who holds the permission `P`.
pub struct Call<P> {
    pub app: App,
    pub request: Arc<Request>,
    permission: PhantomData<P>,
}

/// What was asked, apart from the permission.
#[derive(Debug)]
pub struct Request {
    pub caller: Arc<Caller>,
    pub method: Method,
    /// The path as sent.
    pub path: String,
    pub query: String,
    pub request_id: String,
    pub language: Language,
    pub accept: Option<String>,
    pub if_match: Option<String>,
    pub if_none_match: Option<String>,
    pub idempotency_key: Option<String>,
    pub content_type: Option<String>,
    /// The body, or why it could not be read.
    pub body: Result<Bytes, &'static str>,
    /// The body as JSON, once it was read.
    json: OnceLock<Result<Value, Problem>>,
    /// What its body has of the memory.
    room: Option<Share>,
    /// The value of `{id}` in the route.
    pub id: Option<String>,
    pub now: Instant,
    /// Made once per request and handed to the rules.
    pub today: CivilDate,
    /// What this replica knows of conventions.
    pub shelf: Shelf,
}

impl<P: Permission> FromRequest for Call<P> {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refused>>>>;

    fn from_request(http: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let prepared = prepare::<P>(http);
        let payload = payload.take();
        let large = P::BODY_LIMIT;
        let declared =
            http.headers().get("content-length").and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
        let limit = large.unwrap_or(match http.headers().get("content-type").and_then(|v| v.to_str().ok()) {
            Some(t) if t.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("text/")) => TEXT_LIMIT,
            _ => JSON_LIMIT,
        });
        Box::pin(async move {
            let (app, mut request) = prepared?;
            if request.body.is_ok() && declared.is_some_and(|declared| declared > limit) {
                request.body = Err("payload_too_large");
            }
            if request.body.is_ok() {
                // Three times what the headers may take: a client that trickles holds its connection no longer.
                let patience =
                    Duration::from_secs(app.config.header_timeout.saturating_mul(3)) + slow_line(declared, limit);
                let mut room = app.room.share();
                let body = read_body(payload, declared, limit, &mut room);
                request.body = tokio::time::timeout(patience, body).await.unwrap_or(Err("request_timeout"));
                request = parse(request, room).await;
            }
            Ok(Self { app, request: Arc::new(request), permission: PhantomData })
        })
    }
}

/// Reads JSON before a database thread is taken, once there is room for what is made of it.
async fn parse(mut request: Request, mut room: Share) -> Request {
    let Ok(body) = request.body.clone() else { return request };
    let media_type = request.media_type().unwrap_or_default();
    let is_json = ["application/json", "application/merge-patch+json"].contains(&media_type.as_str());
    let (size, counted) = (body.len(), body.clone());
    let made = aside(size, move || made_of(&media_type, &counted)).await.unwrap_or(usize::MAX);
    if !room.wait_for(made).await {
        request.body = Err("busy");
        return request;
    }
    if is_json && let Some(json) = aside(size, move || strict_json::read(&body)).await {
        request.json = OnceLock::from(json);
    }
    request.room = Some(room);
    request
}

/// Does what takes a while for a body of a size: of a long one on a thread of its own, so that no other request waits.
async fn aside<T: Send + 'static>(size: usize, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    if size > INLINE { actix_web::web::block(work).await.ok() } else { Some(work()) }
}

/// The token lacks a scope.
pub fn lacking(scope: &str) -> Problem {
    let challenge = format!("Bearer realm=\"passerelle\", error=\"insufficient_scope\", scope=\"{scope}\"");
    Problem::plain("insufficient_scope").member("scope", scope.into()).header("WWW-Authenticate", challenge)
}

fn prepare<P: Permission>(http: &HttpRequest) -> Result<(App, Request), Refused> {
    let app = http.app_data::<App>().cloned().ok_or_else(|| Refused::from(Problem::plain("internal")))?;
    // Only the frame puts a caller there: a route outside of it has none.
    let caller = caller::of(http).ok_or_else(|| Refused::from(Problem::plain("unauthenticated")))?;
    if !caller.holds(P::SCOPE) {
        return Err(lacking(P::SCOPE).into());
    }
    let request = Request::of(&app, http, caller);
    Ok((app, request))
}

/// Bytes of JSON that are read on the thread that they come in at.
const INLINE: usize = 16 << 10;
/// Bytes that come before memory is set aside for all that are declared.
const BEGUN: usize = 256 << 10;
/// Bytes a second that a large body comes with at least, and an export is read with.
pub const SLOWEST: usize = 64 << 10;

/// The time that a large body takes on a slow line, beyond what any request may take.
pub fn slow_line(declared: Option<usize>, limit: usize) -> Duration {
    let size = if limit > TEXT_LIMIT { declared.unwrap_or(limit).min(limit) } else { 0 };
    Duration::from_secs((size / SLOWEST) as u64)
}

/// Reads a body to its end, and takes room for the bytes as they come: what is declared and never sent takes none.
pub async fn read_body(
    mut payload: Payload,
    declared: Option<usize>,
    limit: usize,
    room: &mut Share,
) -> Result<Bytes, &'static str> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| "bad_request")?;
        if body.len() + chunk.len() > limit {
            return Err("payload_too_large");
        }
        if !room.wait_for(chunk.len()).await {
            return Err("busy");
        }
        if body.len() < BEGUN && body.len() + chunk.len() >= BEGUN {
            // Grown step by step it would be there twice.
            body.reserve(declared.unwrap_or(0).saturating_sub(body.len()).max(chunk.len()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl Request {
    /// Today on the calendar of a place. A day set apart from the clock is that of every place.
    pub fn today_in(&self, zone: chrono_tz::Tz) -> CivilDate {
        let set_apart = self.today != self.now.civil_date_in(PARIS);
        if set_apart { self.today } else { self.now.civil_date_in(zone) }
    }

    /// What a caller asks over HTTP; the body is still to be read.
    pub fn of(app: &App, http: &HttpRequest, caller: Arc<Caller>) -> Self {
        let header = |name: &'static str| {
            http.headers()
                .get(HeaderName::from_static(name))
                .map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned())
        };
        Self {
            caller,
            method: http.method().clone(),
            path: http.path().to_owned(),
            query: http.query_string().to_owned(),
            request_id: super::frame::request_id(http),
            language: negotiate::language(header("accept-language").as_deref()),
            accept: header("accept"),
            if_match: header("if-match"),
            if_none_match: header("if-none-match"),
            idempotency_key: header("idempotency-key"),
            content_type: header("content-type"),
            body: match header("content-encoding").as_deref() {
                None | Some("identity") => Ok(Bytes::new()),
                Some(_) => Err("unsupported_media_type"),
            },
            json: OnceLock::new(),
            room: None,
            id: http.match_info().get("id").map(str::to_owned),
            now: app.clock.now(),
            today: app.clock.today(),
            shelf: app.shelf.clone(),
        }
    }

    /// A request that came by the command line: the operator of the instance, with every scope of that role.
    pub fn by_operator(app: &App) -> Self {
        Self::by_operator_for(app, None)
    }

    /// The same, for an organisation: what is made is its own.
    pub fn by_operator_for(app: &App, organisation_id: Option<Id>) -> Self {
        let scopes = policy::scopes_of(Role::Operator).iter().map(|s| (*s).to_owned()).collect();
        Self {
            caller: Arc::new(Caller {
                client_id: Id::from_bytes([0; 16]),
                subject: None,
                name: "passerelle".into(),
                role: Role::Operator,
                organisation_id,
                territories: Vec::new(),
                uais: Vec::new(),
                scopes,
            }),
            method: Method::POST,
            path: "command-line".into(),
            query: String::new(),
            request_id: app.ids.next(app.clock.now()).to_string(),
            language: Language::French,
            accept: None,
            if_match: Some("*".into()),
            if_none_match: None,
            idempotency_key: None,
            content_type: None,
            body: Ok(Bytes::new()),
            json: OnceLock::new(),
            room: None,
            id: None,
            now: app.clock.now(),
            today: app.clock.today(),
            shelf: app.shelf.clone(),
        }
    }

    /// The id of the path; what is no UUID is simply not found.
    pub fn id(&self) -> Result<Id, Halt> {
        self.id.as_deref().and_then(|text| text.parse().ok()).ok_or_else(Halt::not_found)
    }

    /// Returns the body as JSON, or what is wrong with it.
    pub fn json(&self) -> Result<&Value, &Problem> {
        let read = || match &self.body {
            Ok(bytes) => strict_json::read(bytes),
            Err(code) => Err(Problem::plain(code)),
        };
        self.json.get_or_init(read).as_ref()
    }

    /// Refuses what a read that only gives JSON does not serve (406).
    pub fn only_json(&self) -> Result<(), Problem> {
        negotiate::choose(self.accept.as_deref(), &[("application/json", ())])
    }

    /// For a read that takes no parameter: 406, then 400.
    pub fn plain_read(&self) -> Result<(), Problem> {
        self.only_json()?;
        super::params::Params::of(&self.query).verdict()
    }

    /// The media type of the body, without its parameters.
    pub fn media_type(&self) -> Option<String> {
        let essence = self.content_type.as_deref()?.split(';').next()?.trim().to_ascii_lowercase();
        Some(essence)
    }

    /// The encoding that the body is said to have.
    pub fn charset(&self) -> Option<String> {
        let mut parameters = self.content_type.as_deref()?.split(';').skip(1).filter_map(|text| text.split_once('='));
        let (_, name) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
        Some(name.trim().trim_matches('"').to_ascii_lowercase())
    }
}

impl<P: Permission> Call<P> {
    /// Answers from reads alone.
    pub async fn read<F>(self, reads: F) -> Reply
    where
        F: FnOnce(&mut Connection, &Request) -> Result<Answer, Halt> + Send + 'static,
    {
        let request = self.request.clone();
        settle(self.app.db.read(move |c| reads(c, &request)).await)
    }

    /// Runs one unit of work: rows, audit entry and change entry are committed together, or nothing is.
    /// One that lost a race against another, or that the database failed, is done again as a whole: it then sees what the
    /// other wrote.
    pub async fn write<F>(self, work: F) -> Reply
    where
        F: Fn(&mut Unit<'_>) -> Result<Answer, Halt> + Send + Sync + 'static,
    {
        let (work, mut patience, mut again) = (Arc::new(work), Patience::default(), false);
        let done = loop {
            let work = work.clone();
            match self.unit(again, move |unit| work(unit)).await {
                Err(halt) if patience.allows(&halt) => again = true,
                done => break done,
            }
        };
        settle(done)
    }

    /// The same, of what cannot be done twice: it holds what it read from the body.
    pub async fn write_once<F>(self, work: F) -> Reply
    where
        F: FnOnce(&mut Unit<'_>) -> Result<Answer, Halt> + Send + 'static,
    {
        settle(self.unit(false, work).await)
    }

    async fn unit<F>(&self, again: bool, work: F) -> Result<Answer, Halt>
    where
        F: FnOnce(&mut Unit<'_>) -> Result<Answer, Halt> + Send + 'static,
    {
        let (request, ids) = (self.request.clone(), self.app.ids.clone());
        let dry_run = Unit::is_dry_run(&request);
        let write = move |c: &mut Connection| {
            let mut unit = Unit::new(c, request, ids, dry_run);
            unit.again = again;
            let answer = work(&mut unit)?;
            unit.finish(answer)
        };
        self.app.db.write(!dry_run, write).await
    }
}
