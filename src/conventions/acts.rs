//! What a convention shows of itself beside its text (its view, the content a signature binds, its source), and the
//! act that confirms proposed clauses.

use actix_web::{get, post};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::axes_in_force;
use super::content::Pieces;
use super::convention::{AllowedAct, Convention, ConventionRow};
use super::feed;
use super::http::open;
use super::import::Parsed;
use super::lived::CurrentTerm;
use super::rules;
use super::signatures;
use super::store::parties_of;
use super::story::Story;
use super::{completing, renewals, tree};
use crate::aggregate::Whole as _;
use crate::auth::policy::{self, ReadConventions, Standing, WriteConventions};
use crate::db::schema::{clauses, conventions, sources};
use crate::db::{Connection, Json};
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{ConventionStatus, FactKind};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Halt, both};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::unit::{Expect, Unit};
use crate::obligations::next;

/// A convention as this caller sees it on a date.
pub fn view(c: &mut Connection, request: &Request, row: ConventionRow, on: CivilDate) -> Result<Convention, Halt> {
    view_known(c, request, row, on, Instant::MAX)
}

/// The same, from what was recorded by an instant.
pub fn view_known(
    c: &mut Connection,
    request: &Request,
    row: ConventionRow,
    on: CivilDate,
    at: Instant,
) -> Result<Convention, Halt> {
    let standing = row.standing(c)?;
    let story = Story::load(c, row, at)?;
    let id = story.row.id;
    let parties = parties_of(c, &[id])?.into_iter().map(|(_, party)| party).collect();
    let imported_at = sources::table.find(id).select(sources::imported_at).first::<Instant>(c).optional()?;
    let children: i64 = conventions::table.filter(conventions::parent_id.eq(Some(id))).count().get_result(c)?;
    // What may be done is of today, whatever was known before.
    let now = if at < request.now { Some(Story::load(c, story.row.clone(), Instant::MAX)?) } else { None };
    let allowed_acts = allowed_acts(c, request, now.as_ref().unwrap_or(&story), &standing, children > 0)?;
    let above = tree::parent_spans(c, &story.row)?;
    let flags = if policy::may_read_facts(&request.caller, &standing.parties) {
        rules::flags(&story.scene(), above.as_ref(), on)
    } else {
        rules::territorial_flags(&story.lived.spans, above.as_ref(), on)
    };
    let (parent, renewed_by) = (tree::parent(c, request, &story.row, on)?, renewals::renewed_by(c, request, id)?);
    let next_duty = next::in_story(c, &request.caller, &story, on)?;
    let (spans, terms) = (story.lived.spans, story.terms_on(on));
    let (missing_terms, renews_tacitly) = (terms.unsettled(), terms.tacit_renewal.is_some());
    let last_day = story.lived.last_day_on(on);
    let current_term = CurrentTerm::on(&story.lived, on);
    let (preamble, networks) = (axes_in_force::preamble(&story, on), axes_in_force::networks(&story, on));
    let row = story.row;
    Ok(Convention {
        status: rules::status(&spans, on),
        as_of: on,
        territory_label: row.territory.label(),
        preamble,
        missing_terms: missing_terms.into_iter().map(str::to_owned).collect(),
        flags,
        next_duty,
        allowed_acts,
        parties,
        imported_at,
        id: row.id,
        version: row.version,
        reference: row.reference,
        title: row.title,
        document_type: row.document_type,
        level: row.level,
        territory: row.territory,
        parent_id: row.parent_id,
        parent,
        renews: row.renews_id,
        renewed_by,
        last_day_rule: row.last_day_rule,
        notice_start: row.readings.0.notice_start,
        lapse_effect: row.readings.0.lapse_effect,
        networks,
        content_hash: row.content_hash,
        first_signed_on: spans.first_signed_on,
        complete_on: spans.complete_on,
        in_force_from: spans.in_force_from,
        last_day,
        ends_on: spans.ends_on,
        end_status: spans.end_status,
        renews_tacitly,
        current_term,
        external_id: row.external_id,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// What this caller may do today, and why not the rest.
fn allowed_acts(
    c: &mut Connection,
    request: &Request,
    story: &Story,
    standing: &Standing,
    has_children: bool,
) -> Result<Vec<AllowedAct>, Halt> {
    let (row, today) = (&story.row, request.today);
    let article = super::clauses::article_of(c, row.id, crate::domain::vocabulary::ClauseKind::Amendment)?;
    let status_today = rules::status(&story.lived.spans, today);
    let editable = rules::check_edit(&story.lived.spans, today, article.as_deref()).err();
    let drafts = policy::may_draft(&request.caller, standing) && request.caller.holds("conventions:write");
    let signatures = signatures::facts(c, row.id)?;
    let mine: Vec<Id> = story
        .pieces
        .parties
        .iter()
        .filter(|party| policy::may_sign(&request.caller, standing, party.organisation_id))
        .map(|party| party.id)
        .collect();
    let signs = request.caller.holds("signatures:write") && !mine.is_empty();
    let terms = story.lived.texts.first();
    let given_up = (status_today == ConventionStatus::Abandoned)
        .then(|| rules::check_not_after_end(&story.lived.spans, terms, today).err())
        .flatten();
    let signed = given_up.or_else(|| cannot_sign(&story.pieces, &signatures, terms, row, &mine, today));
    let delete = match act("delete", drafts, editable.clone()) {
        AllowedAct { allowed: true, .. } if !signatures.is_empty() || has_children => refused_act("delete", "in_use"),
        told => told,
    };
    let records_it = policy::may_record(&request.caller, standing);
    let amends = records_it && request.caller.holds("conventions:write");
    let amended = super::amendments::rules::signing::check_drafting(&story.lived.spans, article.as_deref()).err();
    let records = request.caller.holds("facts:write") && records_it;
    let mut acts = vec![
        act("update", drafts, editable.clone()),
        delete,
        act("confirm_clauses", drafts, editable),
        act("record_signature", signs, signed),
        act("amend", amends, amended),
    ];
    let own = story.pieces.parties.iter().find(|party| Some(party.organisation_id) == request.caller.organisation_id);
    acts.extend(FactKind::ALL.iter().map(|kind| fact_act(*kind, records, own.map(|party| party.id), story, today)));
    Ok(acts)
}

/// Whether a fact of a kind may be recorded, as a party's own or, by the operator, as any party's.
fn fact_act(kind: FactKind, records: bool, own: Option<Id>, story: &Story, today: CivilDate) -> AllowedAct {
    if !records {
        return refused_act(kind.code(), "not_allowed");
    }
    let parties = story.parties.iter().map(|party| party.id).filter(|party| own.is_none_or(|own| own == *party));
    let scene = story.scene();
    match parties.map(|party| rules::taken(kind, party, &scene, today)).min_by_key(rules::Taken::rank) {
        Some(rules::Taken::Recorded(flag)) => AllowedAct {
            rule: flag.as_ref().map(|flag| flag.rule),
            reason: flag.as_ref().map(|flag| flag.detail.clone()),
            flag: flag.map(|flag| flag.code),
            ..act(kind.code(), true, None)
        },
        Some(rules::Taken::Refused(refusal)) => act(kind.code(), true, Some(refusal)),
        Some(rules::Taken::NoCause) | None => AllowedAct {
            reason: Some(both(
                "Rien de ce qui est enregistré n'y donne lieu.",
                "Nothing that is recorded gives rise to it.",
            )),
            ..refused_act(kind.code(), "invalid_body")
        },
    }
}

/// Why none of these parties can sign the present text any more (R01); none when one of them can. Who will sign, and on
/// which day, is not known yet: what depends on it is not refused here.
fn cannot_sign(
    pieces: &Pieces,
    facts: &[rules::SignatureFact],
    terms: &rules::Terms,
    row: &ConventionRow,
    mine: &[Id],
    today: CivilDate,
) -> Option<Refusal> {
    let parties: Vec<Id> = pieces.parties.iter().map(|party| party.id).collect();
    let attempt = |party: &Id| {
        let signature = rules::NewSignature {
            party: *party,
            signatory: String::new(),
            signed_on: today,
            content_hash: row.content_hash.clone(),
        };
        let checked = rules::check_signature(&parties, facts, terms, &row.content_hash, &signature, today);
        let checked = checked.and_then(|()| completing::check_links(row, pieces, facts));
        checked.err().filter(|refusal| refusal.code != "after_end")
    };
    let refusals: Vec<Refusal> = mine.iter().filter_map(attempt).collect();
    if refusals.len() < mine.len() { None } else { refusals.into_iter().next() }
}

/// An act that a plain problem refuses, whatever the rules.
pub fn refused_act(name: &'static str, code: &'static str) -> AllowedAct {
    let entry = crate::error::table::find(code);
    AllowedAct {
        act: name,
        allowed: false,
        code: Some(entry.code),
        rule: None,
        reason: Some(both(entry.when.0, entry.when.1)),
        flag: None,
    }
}

/// An act, refused to who may not do it, or by a rule.
pub fn act(name: &'static str, may: bool, refusal: Option<Refusal>) -> AllowedAct {
    if !may {
        return refused_act(name, "not_allowed");
    }
    AllowedAct {
        act: name,
        allowed: refusal.is_none(),
        code: refusal.as_ref().map(|r| r.code),
        rule: refusal.as_ref().map(|r| r.rule),
        reason: refusal.map(|r| r.detail),
        flag: None,
    }
}

/// R02: a patch that writes the computed end is told so, rather than "unknown member". Runs at its place among the
/// checks, as the first of the rules.
pub fn refuse_written_end(unit: &mut Unit<'_>, row: &ConventionRow) -> Result<(), Halt> {
    let request = unit.request.clone();
    let Ok(Value::Object(members)) = request.json() else { return Ok(()) };
    let Some(written) = members.get("last_day").and_then(Value::as_str).and_then(|d| d.parse::<CivilDate>().ok())
    else {
        return Ok(());
    };
    unit.accept(Expect::version(row.version), &["application/merge-patch+json", "application/json"], |_| Ok(()))?;
    let terms = Pieces::load(unit, row.id)?.terms(row);
    rules::check_computed_end(&row.spans(), &terms, written)?;
    // A text that names its end carries it in its duration clause.
    Err(Refusal::content(
        "R02",
        "computed_end",
        both(
            "La fin se lit dans la clause de durée : c'est elle qu'il faut modifier.",
            "The end is read from the duration clause: change that one.",
        ),
    )
    .with("written", written)
    .into())
}

/// The content that a signature binds.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedContent {
    pub convention_id: Id,
    /// `sha256:` over the RFC 8785 form of `content`.
    pub content_hash: String,
    /// Title, preamble, parties as signed, parts, articles, confirmed clauses, axes, objectives, networks.
    #[schema(value_type = Object)]
    pub content: Value,
}

/// Read the content that a signature binds
///
/// Hash its RFC 8785 form with SHA-256 and you get `content_hash`: the one a signature names.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The content and its hash", body = SignedContent))
)]
#[get("/v1/conventions/{id}/content")]
async fn read_convention_content(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let row = ConventionRow::find(c, request, request.id()?)?;
            request.plain_read()?;
            let content = Pieces::load(c, row.id)?.content(&row);
            let body = SignedContent { convention_id: row.id, content_hash: row.content_hash.clone(), content };
            Ok(Answer::single(row.version, &body)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

/// The text a convention was imported from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    pub convention_id: Id,
    /// SHA-256 of the text, lower hexadecimal.
    pub sha256: String,
    /// `text/plain` or `text/markdown`.
    pub media_type: String,
    /// The text, whole.
    pub text: String,
    /// What the importer understood of it.
    #[schema(value_type = Parsed)]
    pub parsed: Value,
    pub imported_at: Instant,
}

/// Read the text a convention was imported from
///
/// Kept whole, with what the importer understood of it. 404 for a convention that was not imported.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The source", body = Source))
)]
#[get("/v1/conventions/{id}/source")]
async fn read_convention_source(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        type Stored = (String, String, String, Json<Value>, Instant);
        let row = ConventionRow::find(c, request, request.id()?)?;
        let found: Option<Stored> = sources::table
            .find(row.id)
            .select((sources::sha256, sources::media_type, sources::body, sources::parsed, sources::imported_at))
            .first(c)
            .optional()?;
        let (sha256, media_type, text, parsed, imported_at) = found.ok_or_else(Halt::not_found)?;
        request.plain_read()?;
        let body = Source { convention_id: row.id, sha256, media_type, text, parsed: parsed.0, imported_at };
        Ok(Answer::single(row.version, &body)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Confirm the proposed clauses
///
/// All clauses that the import proposed and nobody confirmed yet, at once. Read them first: each has its sentence.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    responses((status = 200, description = "The convention, its clauses confirmed", body = Convention))
)]
#[post("/v1/conventions/{id}/confirm-clauses")]
async fn confirm_convention_clauses(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let (before, request) = open(unit)?;
        unit.accept_empty(Expect::version(before.version))?;
        before.check_state(unit)?;
        let row = confirm_all(unit, before)?;
        let view = view(unit, &request, row, request.today)?;
        Answer::single(view.version, &view)
    })
    .await
}

/// Confirms every clause of a locked convention.
pub fn confirm_all(unit: &mut Unit<'_>, row: ConventionRow) -> Result<ConventionRow, Halt> {
    let event = feed::Event::updated(&row, unit.request.now);
    feed::announce_some(unit, &row.next(), "clause", " AND confirmed = FALSE", event)?;
    diesel::update(clauses::table.filter(clauses::convention_id.eq(row.id)))
        .set(clauses::confirmed.eq(true))
        .execute(&mut **unit)?;
    row.touch(unit)
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_convention_content).service(read_convention_source).service(confirm_convention_clauses);
}
