//! What an import makes: a draft convention with all its pieces, from what the parser read ([`super::import`]).
//!
//! The original text is kept whole. Parties match existing organisations by SIRET or RNA only; a new unverified one is
//! proposed otherwise. The same text imported again within the caller's perimeter returns the first draft. The text of
//! an amendment is understood but makes no convention of its own.

use actix_web::http::StatusCode;
use actix_web::post;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::acts;
use super::convention::{Convention, ConventionRow, NewConvention};
use super::draft_pieces::Draughtsman;
use super::feed;
use super::http::check_territory;
use super::import::{self, Import, Parsed, Warning};
use crate::aggregate::Whole as _;
use crate::auth::policy::WriteConventions;
use crate::auth::secret::hex;
use crate::db::record::Operation;
use crate::db::schema::sources;
use crate::db::{Connection, Json};
use crate::domain::Id;
use crate::domain::folded::fold;
use crate::domain::territory::{self, Territory};
use crate::domain::text::{Lines, composed, forbidden_sign, refusal_of};
use crate::domain::vocabulary::{ConventionLevel, Role};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::answer::{Answer, Content, Reply, settle};
use crate::http::call::{Call, Request};
use crate::http::etag;
use crate::http::unit::{Expect, Unit};

/// What an import did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportAnswer {
    /// The draft; null on a dry run, which keeps nothing.
    pub convention: Option<Convention>,
    /// False when this very text was imported before: `convention` is that first draft.
    pub created: bool,
    /// What the importer understood; what the text does not say is null.
    #[schema(value_type = Parsed)]
    pub parsed: Value,
    /// Every doubt, with its line.
    #[schema(value_type = Vec<Warning>)]
    pub warnings: Value,
}

/// Pieces of one text at most: no convention has a hundredth of it, and a draft is one unit of work.
pub const MOST_PIECES: usize = 2000;
/// Texts read at once: the others wait, without a thread.
static READERS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);

/// Text in, with what was read of it.
pub struct Read {
    pub text: String,
    pub media_type: &'static str,
    pub import: Import,
}

impl Read {
    /// Parses a text.
    pub fn of(text: &str, media_type: &'static str) -> Self {
        let text = composed(text);
        Self { import: import::parse(&text), text, media_type }
    }
}

/// Refuses a text without a word, or with a sign that none may hold.
pub fn check_text(read: &Read) -> Result<(), Halt> {
    if let Some(sign) = forbidden_sign(&read.text, Lines::Pages) {
        let fault = Fault::pointer("", "forbidden_character", refusal_of(sign));
        return Err(Problem::body(vec![fault]).into());
    }
    if read.text.contains(char::is_alphanumeric) {
        return Ok(());
    }
    let nothing = both("Le texte est vide.", "The text is empty.");
    Err(Problem::body(vec![Fault::pointer("", "empty", nothing)]).into())
}

/// Reads the text of a request; nothing when it is no text of ours. Parsing takes a while for a long text: it is done
/// before a database thread is taken.
pub async fn read_body(request: &Request) -> Result<Option<Read>, Halt> {
    let body = request.body.clone().unwrap_or_default();
    let Some(media_type) = media_type(request) else { return Ok(None) };
    let _turn = READERS.acquire().await;
    let read = move || Some(Read::of(std::str::from_utf8(&body).ok()?, media_type));
    actix_web::web::block(read).await.map_err(|e| Halt::Broken(format!("the importer failed: {e}")))
}

/// What was read, or why it could not be.
pub fn readable(read: Option<Read>, media_type: Option<&'static str>) -> Result<Read, Halt> {
    read.filter(|read| !read.text.contains('\0')).ok_or_else(|| {
        if media_type.is_none() {
            Problem::plain("unsupported_media_type").into()
        } else {
            let detail = both("Le texte n'est pas de l'UTF-8 lisible.", "The text is not readable UTF-8.");
            Problem::new("malformed_body", detail).into()
        }
    })
}

/// Makes the draft of a text, or finds the one it made before.
pub fn import(unit: &mut Unit<'_>, read: &Read, parent_id: Option<Id>) -> Result<ImportAnswer, Halt> {
    check_text(read)?;
    let request = unit.request.clone();
    let sha256 = hex(&Sha256::digest(read.text.as_bytes()));
    if let Connection::Postgres(pg) = &mut **unit {
        // Two imports of one text at once: the second waits and finds the first. Other texts do not wait.
        let lock = i64::from_str_radix(&sha256[..15], 16).unwrap_or_default();
        pg.batch_execute(&format!("SELECT pg_advisory_xact_lock({lock})"))?;
    }
    if let Some((row, parsed)) = imported_before(unit, &request, &sha256)? {
        let convention = acts::view(unit, &request, row, request.today)?;
        let warnings = parsed["warnings"].clone();
        return Ok(ImportAnswer { convention: Some(convention), created: false, parsed, warnings });
    }
    let parsed = &read.import.parsed;
    let mut value = serde_json::to_value(parsed)?;
    if !unit.dry_run && (parsed.amends.is_some() || !parsed.edits.is_empty()) {
        return Err(Problem::plain("amendment_text").into());
    }
    let draft = &read.import.draft;
    if draft.articles.len() + draft.clauses.len() + draft.objectives.len() + parsed.parts.len() > MOST_PIECES {
        return Err(Problem::plain("text_too_long").into());
    }
    let new = convention_of(parsed, &read.import.draft, parent_id, &request);
    check_territory(unit, new.territory)?;
    ConventionRow::check_parent(unit, new.parent_id)?;
    let mut row = ConventionRow::make(unit, new);
    row.insert(unit)?;
    row.record(unit, Operation::Created, None)?;
    diesel::insert_into(sources::table)
        .values((
            sources::convention_id.eq(row.id),
            sources::sha256.eq(&sha256),
            sources::media_type.eq(read.media_type),
            sources::body.eq(&read.text),
            sources::parsed.eq(Json(value.clone())),
            sources::imported_at.eq(request.now),
        ))
        .execute(&mut **unit)?;
    let doubts = Draughtsman::new(unit, &row).draw(&read.import, &mut row.preamble_commitments.0)?;
    let row = {
        let before = row.clone();
        let row = row.recompute(unit)?;
        row.record(unit, Operation::Updated, Some(&before))?;
        let seen_by = row.audience_id;
        let event = feed::Event { operation: Operation::Created, seen_by, was_seen_by: None, now: request.now };
        feed::announce_pieces(unit, &row, event)?;
        row
    };
    if let Some(warnings) = value["warnings"].as_array_mut() {
        for doubt in doubts {
            warnings.push(serde_json::to_value(doubt)?);
        }
    }
    diesel::update(sources::table.find(row.id)).set(sources::parsed.eq(Json(value.clone()))).execute(&mut **unit)?;
    let view = acts::view(unit, &request, row, request.today)?;
    let convention = (!unit.dry_run).then_some(view);
    let warnings = value["warnings"].clone();
    Ok(ImportAnswer { convention, created: !unit.dry_run, parsed: value, warnings })
}

fn imported_before(
    c: &mut Connection,
    request: &Request,
    sha256: &str,
) -> Result<Option<(ConventionRow, Value)>, Halt> {
    let candidates: Vec<(Id, Json<Value>)> = sources::table
        .filter(sources::sha256.eq(sha256))
        .order((sources::imported_at, sources::convention_id))
        .select((sources::convention_id, sources::parsed))
        .load(c)?;
    for (id, parsed) in candidates {
        match ConventionRow::find(c, request, id) {
            Ok(row) => return Ok(Some((row, parsed.0))),
            // Another caller's draft of the same text is none of this one's business.
            Err(Halt::Problem(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(None)
}

/// The académie that the parties' names state, when exactly one does: what a text under a national one says of its
/// territory.
fn named_territory(parsed: &Parsed) -> Option<Territory> {
    let parties: Vec<String> = parsed.parties.iter().map(|party| format!(" {} ", fold(&party.name))).collect();
    let named = |academie: &&territory::Academie| {
        let title = format!(" {} ", fold(&academie.title()));
        parties.iter().any(|party| party.contains(&title))
    };
    let mut found = territory::academies().iter().filter(named);
    match (found.next(), found.next()) {
        (Some(one), None) => Territory::academie(one.code.as_str()),
        _ => None,
    }
}

/// The convention itself. Its level is that of the caller's own territory, or of the académie that is party to a text
/// under a national one; else national, for people to correct.
fn convention_of(parsed: &Parsed, draft: &import::Draft, parent_id: Option<Id>, request: &Request) -> NewConvention {
    let own = (request.caller.role == Role::Academie).then(|| request.caller.territories.first().copied()).flatten();
    let under = parent_id.and_then(|_| named_territory(parsed));
    let territory = own.or(under).unwrap_or(Territory::National);
    let level = match territory {
        Territory::National => ConventionLevel::National,
        Territory::Region(_) => ConventionLevel::Regional,
        Territory::Academie(_) => ConventionLevel::Academic,
    };
    let document_type = parsed.document_type.clone().unwrap_or_else(|| "convention".into());
    NewConvention {
        reference: None,
        title: parsed.title.clone().unwrap_or_else(|| document_type.clone()),
        document_type,
        level,
        territory,
        parent_id,
        renews: None,
        last_day_rule: None,
        notice_start: None,
        lapse_effect: None,
        preamble: draft
            .preamble
            .as_ref()
            .map(|section| super::convention::Preamble { body: unheaded(&section.body), commitments: Vec::new() })
            .filter(|preamble| !preamble.body.is_empty()),
        networks: draft
            .networks
            .iter()
            .map(|network| super::convention::MobilisedNetwork {
                network: network.code.and_then(|code| code.parse().ok()),
                text: network.text.clone(),
                line: Some(network.line),
            })
            .collect(),
        external_id: None,
    }
}

/// The preamble without its own heading.
fn unheaded(body: &str) -> String {
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    if fold(first) == "preambule" { rest.trim_start().to_owned() } else { body.to_owned() }
}

/// Import a convention from its text
///
/// A French partnership convention as plain text or Markdown, UTF-8, 5 MiB at most. It becomes a draft with its
/// parties, preamble, parts, articles, axes, objectives and networks, and proposed clauses that people confirm. What
/// the text does not say is null, never guessed; each doubt is a warning with its line. The same text imported again
/// answers 200 with the first draft.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    params(("parent_id" = Option<Id>, Query, description = "The national convention that this one applies in a territory (UUID)")),
    request_body(content(
        (String = "text/plain", example = json!("CONVENTION DE COOPÉRATION\nENTRE…\n\nArticle 1 – Objet\n…")),
        (String = "text/markdown", example = json!("# Convention de coopération\n\nENTRE…\n\n## Article 1 – Objet\n\n…")),
    )),
    responses(
        (status = 201, description = "The draft", body = ImportAnswer),
        (status = 200, description = "Imported before, or a dry run", body = ImportAnswer),
    )
)]
#[post("/v1/conventions/import")]
async fn import_convention(call: Call<WriteConventions>) -> Reply {
    let read = match read_body(&call.request).await {
        Ok(read) => read,
        Err(halt) => return settle(Err(halt)),
    };
    call.write_once(move |unit| {
        let parent_id = unit.accept(
            Expect { parameters: &["parent_id"], ..Expect::CREATION },
            &["text/plain", "text/markdown"],
            |request| {
                let mut params = crate::http::params::Params::of(&request.query);
                params.flag("dry_run");
                let parent_id: Option<Id> = params.one("parent_id");
                params.verdict().map(|()| parent_id)
            },
        )?;
        let read = readable(read, media_type(&unit.request))?;
        let answer = import(unit, &read, parent_id)?;
        let created = answer.created;
        let made = answer.convention.as_ref().map(|c| (format!("/v1/conventions/{}", c.id), c.version));
        let status = if created { StatusCode::CREATED } else { StatusCode::OK };
        let mut reply = Answer::json(status, &answer)?;
        if let (Some((address, version)), Content::Whole(body)) = (made, &reply.body) {
            // The version is the draft's: what the next write of it names.
            let tag = etag::of(version, body);
            reply = reply.with("ETag", tag);
            if created {
                reply = reply.with("Location", address);
            }
        }
        Ok(reply)
    })
    .await
}

/// The media type of an importable text; none when it is another, or in another charset than UTF-8.
pub fn media_type(request: &Request) -> Option<&'static str> {
    let charset = request.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    let charset =
        charset.split(';').find_map(|p| p.trim().strip_prefix("charset=").map(|c| c.trim_matches('"').to_owned()));
    if charset.is_some_and(|c| c != "utf-8" && c != "utf8" && c != "us-ascii") {
        return None;
    }
    match request.media_type()?.as_str() {
        "text/plain" => Some("text/plain"),
        "text/markdown" => Some("text/markdown"),
        _ => None,
    }
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(import_convention);
}
