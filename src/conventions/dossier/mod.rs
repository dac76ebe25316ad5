//! `GET /v1/conventions/{id}/dossier`: all there is of a convention in one ZIP, each file with its hash, for whoever
//! must keep it or check it years later without this service.
//!
//! It is written as it is sent, from one snapshot: memory stays constant however many files it holds.

mod archive;
mod markdown;

use actix_web::get;
use actix_web::http::StatusCode;
use diesel::prelude::*;
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

use self::archive::{Archive, Gone};
use super::acts;
use super::amendments::amendment::AmendmentRow;
use super::amendments::laid::Laid;
use super::amendments::store::sees_drafts;
use super::amendments::{reading, texts};
use super::contacts::NetworkContact;
use super::content::Pieces;
use super::convention::{Convention, ConventionRow};
use super::signatures::Signature;
use super::story::Story;
use crate::aggregate::Whole as _;
use crate::auth::policy::{self, ReadConventions};
use crate::db::schema::{files, network_contacts, signatures, sources};
use crate::db::{Connection, Json, Source};
use crate::domain::Instant;
use crate::domain::content::canonical;
use crate::error::Halt;
use crate::files::FileBytes;
use crate::files::blobs;
use crate::files::file::{File, FileRow};
use crate::files::perimeter::Perimeter;
use crate::http::answer::{Answer, Content, Reply, settle};
use crate::http::call::{Call, Request};
use crate::http::feeder::Chunks;
use crate::http::negotiate;
use crate::http::params::Params;

const MEDIA_TYPE: &str = "application/zip";

/// Download the dossier of a convention
///
/// One ZIP: `LISEZMOI.md` (what is in it and how to check it), `convention.json`, `texte.md`, `contenu-signe.json` (the
/// RFC 8785 bytes whose SHA-256 is `content_hash`), the imported source, `signatures.json`, `avenants.json` with `avenants/`
/// (the bytes that each amendment's signatures bind) and `texte-consolide.md`, `pieces.json`, `faits.json`
/// (dates, facts, and the acts of the audit when the caller may read them), `fichiers/` and `fichiers.json` (with `files:read`),
/// and `SHA256SUMS`, last, over all of them.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The dossier", headers(
        ("Content-Disposition" = String, description = "`attachment`, and a name"),
    ), content((FileBytes = "application/zip"))))
)]
#[get("/v1/conventions/{id}/dossier")]
async fn read_convention_dossier(call: Call<ReadConventions>) -> Reply {
    let app = call.app.clone();
    let request = call.request.clone();
    let found = app.db.read({
        let request = request.clone();
        move |c| {
            let row = ConventionRow::find(c, &request, request.id()?)?;
            negotiate::choose(request.accept.as_deref(), &[(MEDIA_TYPE, ())])?;
            Params::of(&request.query).verdict()?;
            Ok(row)
        }
    });
    let row = match found.await {
        Ok(row) => row,
        Err(halt) => return settle(Err(halt)),
    };
    let name = format!("dossier-{}.zip", row.id);
    let (mut feeder, chunks) = match call.app.exports.enter(call.request.caller.client_id) {
        Ok(place) => Chunks::pair(place),
        Err(halt) => return settle(Err(halt)),
    };
    // From the primary: what was just attached is in it.
    let started = app.db.stream(Source::Primary, move |c| {
        feeder.begin();
        let written = match c {
            Ok(c) => c.snapshot(|c| write(c, &request, Archive::new(feeder, &request))),
            Err(why) => Err(Halt::unavailable(&why)),
        };
        if let Err(halt) = &written {
            log::error!("the dossier {} broke off: {halt:?}", request.path);
        }
        matches!(written, Err(Halt::Database(_)))
    });
    let stopped = match started {
        Ok(stopped) => stopped,
        Err(halt) => return settle(Err(halt)),
    };
    let mut answer = Answer::none()
        .with("Content-Type", MEDIA_TYPE)
        .with("Content-Disposition", format!("attachment; filename=\"{name}\""))
        // It is compressed already.
        .with("Content-Encoding", "identity");
    answer.status = StatusCode::OK;
    answer.body = Content::Stream(chunks.until(stopped));
    Ok(answer)
}

fn write(c: &mut Connection, request: &Request, mut archive: Archive) -> Result<(), Halt> {
    let row = ConventionRow::find(c, request, request.id()?)?;
    let pieces = Pieces::load(c, row.id)?;
    let view = acts::view(c, request, row.clone(), request.today)?;
    let signatures: Vec<Signature> = signatures::table
        .filter(signatures::convention_id.eq(row.id))
        .order((signatures::position, signatures::id))
        .select(Signature::as_select())
        .load(c)?;
    let with_files = request.caller.holds("files:read");
    let with_acts = request.caller.holds("audit:read");
    archive.text("LISEZMOI.md", &markdown::read_me(&view, request, with_files, with_acts))?;
    archive.json("convention.json", &shown(&view)?)?;
    archive.text("texte.md", &markdown::text(&row, &pieces, &signatures))?;
    archive.text("contenu-signe.json", &canonical(&pieces.content(&row)))?;
    write_source(c, &row, &mut archive)?;
    archive.json("signatures.json", &serde_json::to_value(&signatures)?)?;
    write_amendments(c, request, &row, &mut archive)?;
    let contacts: Vec<NetworkContact> = network_contacts::table
        .filter(network_contacts::convention_id.eq(row.id))
        .order((network_contacts::created_at, network_contacts::id))
        .select(NetworkContact::as_select())
        .load(c)?;
    archive.json(
        "pieces.json",
        &json!({
            "parties": pieces.parties, "parts": pieces.parts, "articles": pieces.articles, "clauses": pieces.clauses,
            "axes": pieces.axes, "objectives": pieces.objectives, "network_contacts": contacts,
        }),
    )?;
    write_facts(c, request, &view, &row, (with_acts, &mut archive))?;
    if with_files {
        write_files(c, request, &row, &mut archive)?;
    }
    Ok(archive.finish()?)
}

/// The amendments that this caller sees, what each was signed on, and the text of the day with them.
fn write_amendments(
    c: &mut Connection,
    request: &Request,
    row: &ConventionRow,
    archive: &mut Archive,
) -> Result<(), Halt> {
    let standing = row.standing(c)?;
    let laid = Laid::load(c, row.clone(), Instant::MAX)?;
    let seen = |amendment: &&AmendmentRow| amendment.in_force_from.is_some() || sees_drafts(request, &standing);
    let mut listed = Vec::new();
    for amendment in laid.rows.iter().filter(seen) {
        let content = amendment.content(&row.content_hash);
        archive.text(&format!("avenants/avenant-{}-contenu.json", amendment.position), &canonical(&content))?;
        let mut value = serde_json::to_value(reading::view(&laid, amendment, request, &standing, request.today))?;
        if let Some(members) = value.as_object_mut() {
            members.shift_remove("allowed_acts");
        }
        let signatures = laid.signatures.iter().filter(|signature| signature.amendment_id == amendment.id);
        value["signatures"] = serde_json::to_value(signatures.collect::<Vec<_>>())?;
        listed.push(value);
    }
    if listed.is_empty() {
        return Ok(());
    }
    archive.json("avenants.json", &Value::Array(listed))?;
    Ok(archive.text("texte-consolide.md", &texts::markdown(&laid, request.today))?)
}

/// The convention itself; what this caller may do today is no part of a dossier.
fn shown(view: &Convention) -> Result<Value, Halt> {
    let mut value = serde_json::to_value(view)?;
    if let Some(members) = value.as_object_mut() {
        members.shift_remove("allowed_acts");
    }
    Ok(value)
}

fn write_source(c: &mut Connection, row: &ConventionRow, archive: &mut Archive) -> Result<(), Halt> {
    let found: Option<(String, String, Json<Value>)> = sources::table
        .find(row.id)
        .select((sources::media_type, sources::body, sources::parsed))
        .first(c)
        .optional()?;
    let Some((media_type, body, parsed)) = found else { return Ok(()) };
    let name = if media_type == "text/markdown" { "source.md" } else { "source.txt" };
    archive.text(name, &body)?;
    Ok(archive.json("source-lecture.json", &parsed.0)?)
}

/// What happened: the dates that the signatures and clauses give, the facts recorded, and who did what as the audit has
/// it, written entry by entry.
fn write_facts(
    c: &mut Connection,
    request: &Request,
    view: &Convention,
    row: &ConventionRow,
    (with_acts, archive): (bool, &mut Archive),
) -> Result<(), Halt> {
    let story = Story::load(c, row.clone(), Instant::MAX)?;
    let told = policy::may_read_facts(&request.caller, &story.pieces.organisations());
    let facts: Vec<_> = story.facts.iter().filter(|_| told).cloned().map(|fact| fact.view(&story)).collect();
    let mut head = serde_json::to_string_pretty(&json!({
        "status": view.status, "as_of": view.as_of, "first_signed_on": view.first_signed_on,
        "complete_on": view.complete_on, "in_force_from": view.in_force_from, "last_day": view.last_day,
        "renews_tacitly": view.renews_tacitly, "flags": view.flags, "facts": facts,
    }))?;
    head.truncate(head.trim_end_matches(['}', '\n']).len());
    archive.start("faits.json", false)?;
    archive.write(head.as_bytes())?;
    archive.write(b",\n  \"acts\": ")?;
    if with_acts {
        let mut before = "[\n    ";
        crate::audit::http::of_convention(c, request, view.id, |act| {
            archive.write(before.as_bytes())?;
            before = ",\n    ";
            Ok(archive.write(&serde_json::to_vec(act)?)?)
        })?;
        archive.write(if before.starts_with('[') { b"[]" } else { b"\n  ]" })?;
    } else {
        archive.write(b"null")?;
    }
    archive.write(b"\n}\n")?;
    archive.end();
    Ok(())
}

fn write_files(c: &mut Connection, request: &Request, row: &ConventionRow, archive: &mut Archive) -> Result<(), Halt> {
    let rows: Vec<FileRow> = files::table
        .filter(files::convention_id.eq(Some(row.id)))
        .filter(Perimeter::of(c, request)?.holds())
        .order((files::created_at, files::id))
        .select(FileRow::as_select())
        .load(c)?;
    let mut listed = Vec::with_capacity(rows.len());
    for (number, file) in (1..).zip(rows) {
        let path = file.blob.as_ref().map(|_| format!("fichiers/{number:03}-{}", file.name));
        if let (Some(path), Some(blob)) = (&path, &file.blob) {
            archive.start(path, !file.media_type.starts_with("text/"))?;
            for piece in 0..blobs::pieces(file.size) {
                archive.write(&blobs::piece(c, blob, piece)?)?;
            }
            archive.end();
        }
        let mut entry = serde_json::to_value(File::from(file))?;
        entry["path"] = json!(path);
        listed.push(entry);
    }
    Ok(archive.json("fichiers.json", &Value::Array(listed))?)
}

impl From<Gone> for Halt {
    fn from(gone: Gone) -> Self {
        Self::Broken(format!("the dossier could not be written: {}", gone.0))
    }
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_convention_dossier);
}
