//! Records of signatures made on paper (R01): who signed for which party, when, and the hash of the text signed.
//!
//! A record is not an electronic signature. Recording one is a creation and needs no `If-Match`: it names the
//! `content_hash` it binds. A party records its own; the operator those of a convention it brings in, with proof.

use actix_web::{get, post};
use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::completing;
use super::content::Pieces;
use super::convention::ConventionRow;
use super::feed;
use super::records::{Record, RecordsOf};
use super::rules::{self, SignatureFact};
use crate::aggregate::Whole as _;
use crate::auth::policy::{self, ReadConventions, WriteSignatures};
use crate::db::record::{self, Change, Operation};
use crate::db::schema::{amendment_signatures, signatures};
use crate::db::{Connection, MultiBackend};
use crate::domain::folded::fold;
use crate::domain::vocabulary::{ConventionStatus, Role};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, Faults};
use crate::http::call::{Call, Request};
use crate::http::list::{Page, Window};
use crate::http::unit::{Expect, Unit};
use crate::record_store;

/// What a signature is recorded with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "party_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "signatory": "Camille Martin",
    "function": "présidente de l'association", "signed_on": "2024-06-27", "place": "Paris",
    "content_hash": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
}))]
pub struct NewSignature {
    /// The party signed for; each signs once.
    pub party_id: Id,
    /// The person who signed; nobody signs for two parties.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub signatory: String,
    /// In what capacity.
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub function: String,
    /// Civil day of the signature; never after today.
    pub signed_on: CivilDate,
    /// Town.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub place: Option<String>,
    /// `content_hash` of the convention or of the amendment, as read: the text that was signed.
    #[validate(length(min = 71, max = 71))]
    #[schema(min_length = 71, max_length = 71)]
    pub content_hash: String,
    /// The record that this one corrects, of the same party: the old one stays visible, void.
    #[deserr(default)]
    pub replaces: Option<Id>,
    /// Where the signed original or its scan is kept. Required from the operator.
    #[deserr(default)]
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub proof: Option<String>,
}

impl Body for NewSignature {}

/// The record of a signature.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, ToSchema)]
#[diesel(table_name = signatures, check_for_backend(MultiBackend))]
pub struct Signature {
    pub id: Id,
    pub convention_id: Id,
    #[serde(skip)]
    pub position: i64,
    pub party_id: Id,
    pub signatory: String,
    #[serde(skip)]
    pub signatory_key: String,
    pub function: String,
    pub signed_on: CivilDate,
    pub place: Option<String>,
    pub content_hash: String,
    pub proof: Option<String>,
    /// The record that this one corrects.
    pub replaces: Option<Id>,
    /// The client that recorded it.
    pub recorded_by: Id,
    pub recorded_at: Instant,
    /// When the text changed after it, or another record corrected it: it no longer counts.
    pub voided_at: Option<Instant>,
}

/// The signatures of a convention, as the rules see them.
pub fn facts(c: &mut Connection, convention: Id) -> QueryResult<Vec<SignatureFact>> {
    known(c, convention, Instant::MAX)
}

/// Those known at an instant, as they stood then.
pub fn known(c: &mut Connection, convention: Id, at: Instant) -> QueryResult<Vec<SignatureFact>> {
    let rows: Vec<Signature> = signatures::table
        .filter(signatures::convention_id.eq(convention).and(signatures::recorded_at.le(at)))
        .order((signatures::position, signatures::id))
        .select(Signature::as_select())
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|row| SignatureFact {
            party: row.party_id,
            signatory: row.signatory,
            signed_on: row.signed_on,
            content_hash: row.content_hash,
            voided: row.voided_at.is_some_and(|when| when <= at),
        })
        .collect())
}

impl Signature {
    /// Finds it, with its convention, within the caller's perimeter.
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<(Self, ConventionRow), Halt> {
        let found: Option<Self> = signatures::table.find(id).select(Self::as_select()).first(c).optional()?;
        let signature = found.ok_or_else(Halt::not_found)?;
        let row = ConventionRow::find(c, request, signature.convention_id)?;
        Ok((signature, row))
    }
}

/// The text has changed: the signatures that bound the old one no longer count.
pub fn void_all(unit: &mut Unit<'_>, row: &ConventionRow) -> QueryResult<usize> {
    let now = unit.request.now;
    feed::announce_some(unit, &row.next(), "signature", " AND voided_at IS NULL", feed::Event::updated(row, now))?;
    diesel::update(signatures::table.filter(signatures::convention_id.eq(row.id).and(signatures::voided_at.is_null())))
        .set(signatures::voided_at.eq(Some(now)))
        .execute(&mut **unit)
}

/// The operator records what others signed, with its proof only.
pub fn check_proof(request: &Request, new: &NewSignature) -> Result<(), Halt> {
    if request.caller.role != Role::Operator || new.proof.is_some() {
        return Ok(());
    }
    let detail = both(
        "L'exploitant n'enregistre une signature qu'avec sa preuve.",
        "The operator records a signature with its proof only.",
    );
    Err(Problem::body(vec![Fault::pointer("/proof", "missing", detail)]).into())
}

/// Records a signature on a locked convention; returns it with the convention at its next version.
pub fn record(unit: &mut Unit<'_>, row: ConventionRow, new: NewSignature) -> Result<(Signature, ConventionRow), Halt> {
    let pieces = Pieces::load(unit, row.id)?;
    let request = unit.request.clone();
    let standing = row.standing(unit)?;
    let party = pieces.parties.iter().find(|p| p.id == new.party_id);
    if let Some(party) = party {
        if !policy::may_sign(&request.caller, &standing, party.organisation_id) {
            return Err(Problem::plain("not_allowed").into());
        }
        check_proof(&request, &new)?;
    }
    let terms = pieces.terms(&row);
    let ids: Vec<Id> = pieces.parties.iter().map(|p| p.id).collect();
    if let Some(replaced) = new.replaces {
        let before = rules::spans(&ids, &facts(unit, row.id)?, &terms);
        correct(unit, &row, replaced, new.party_id)?;
        let corrected = facts(unit, row.id)?.into_iter().chain([bound(&new)]).collect::<Vec<_>>();
        let after = rules::spans(&ids, &corrected, &terms);
        // Amendments were signed on the dates that these records give.
        if (before.complete_on, before.in_force_from) != (after.complete_on, after.in_force_from)
            && amended(unit, row.id)?
        {
            return Err(Problem::plain("in_use").into());
        }
    }
    let facts = facts(unit, row.id)?;
    let asked = rules::NewSignature {
        party: new.party_id,
        signatory: new.signatory.clone(),
        signed_on: new.signed_on,
        content_hash: new.content_hash.clone(),
    };
    if row.end_status == Some(ConventionStatus::Abandoned) {
        rules::check_not_after_end(&row.spans(), &terms, new.signed_on)?;
    }
    rules::check_signature(&ids, &facts, &terms, &row.content_hash, &asked, request.today)?;
    completing::check(unit, &row, &pieces, facts, &terms, &asked)?;
    let signature = Signature {
        id: unit.new_id(),
        convention_id: row.id,
        position: Signature::next_position(unit, row.id)?,
        party_id: new.party_id,
        signatory_key: fold(&new.signatory),
        signatory: new.signatory,
        function: new.function,
        signed_on: new.signed_on,
        place: new.place,
        content_hash: new.content_hash,
        proof: new.proof,
        replaces: new.replaces,
        recorded_by: request.caller.client_id,
        recorded_at: request.now,
        voided_at: None,
    };
    signature.insert(unit)?;
    let row = row.touch(unit)?;
    let after = serde_json::to_value(&signature)?;
    unit.record(&Change {
        kind: "signature",
        resource: signature.id,
        version: row.version,
        operation: Operation::Created,
        convention: Some(row.id),
        organisation: None,
        seen_by: row.audience_id,
        was_seen_by: None,
        before: None,
        after: Some(&after),
    })?;
    Ok((signature, row))
}

/// What a new record says, as the rules see it.
fn bound(new: &NewSignature) -> SignatureFact {
    SignatureFact {
        party: new.party_id,
        signatory: new.signatory.clone(),
        signed_on: new.signed_on,
        content_hash: new.content_hash.clone(),
        voided: false,
    }
}

/// Has anybody signed an amendment?
fn amended(c: &mut Connection, convention: Id) -> QueryResult<bool> {
    let signed = amendment_signatures::convention_id.eq(convention).and(amendment_signatures::voided_at.is_null());
    let count: i64 = amendment_signatures::table.filter(signed).count().get_result(c)?;
    Ok(count > 0)
}

/// Voids the record that a new one corrects: one of this convention and party that still counts. Should the new one
/// be refused, nothing of this stays.
fn correct(unit: &mut Unit<'_>, row: &ConventionRow, replaced: Id, party: Id) -> Result<(), Halt> {
    let now = unit.request.now;
    let voided = diesel::update(
        signatures::table
            .find(replaced)
            .filter(signatures::convention_id.eq(row.id).and(signatures::party_id.eq(party)))
            .filter(signatures::voided_at.is_null()),
    )
    .set(signatures::voided_at.eq(Some(now)))
    .execute(&mut **unit)?;
    if voided == 0 {
        return Err(Problem::body(vec![super::references::unknown("/replaces")]).into());
    }
    let of = (row.id, row.version + 1);
    let voided = Change::news("signature", replaced, Operation::Updated, of, row.audience_id);
    record::announce(unit, now, &voided)?;
    Ok(())
}

impl Record for Signature {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "party_id",
        "signatory",
        "function",
        "signed_on",
        "place",
        "content_hash",
        "proof",
        "replaces",
        "recorded_by",
        "recorded_at",
        "voided_at",
    ];

    fn enter(c: &mut Connection, request: &Request, signed: Id) -> Result<(), Halt> {
        ConventionRow::glance(c, request, signed).map(|_| ())
    }

    record_store!(signatures, convention_id);
}

/// List the signatures of a convention
///
/// In the order they were recorded, the void ones included.
#[utoipa::path(
    tag = "Signatures", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(("sort" = Option<String>, Query, pattern = "^-?(recorded)$", description = "`recorded` (default); a minus in front reverses")),
    responses((status = 200, description = "Signatures", body = Page<Signature>))
)]
#[get("/v1/conventions/{id}/signatures")]
async fn list_signatures(call: Call<ReadConventions>) -> Reply {
    call.list::<RecordsOf<Signature>>().await
}

/// Record a signature
///
/// R01: each party once, nobody for two parties, never in the future, on the present text, and only once duration and
/// notices are confirmed or declared absent. The last one puts the convention in force, on its day or on the date that
/// a clause names. A wrong record is corrected by another one that `replaces` it; once an amendment is signed, by one that
/// leaves the day of the last signature and the first day in force as they were (`in_use`). A territorial convention has linked its
/// axes first (T05); one that renews another is the only one in force to do so (R03).
#[utoipa::path(
    tag = "Signatures", security(("oauth2" = ["signatures:write"]), ("bearer" = [])), request_body = NewSignature,
    responses((status = 201, description = "The record", body = Signature))
)]
#[post("/v1/conventions/{id}/signatures")]
async fn record_signature(call: Call<WriteSignatures>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let row = ConventionRow::lock(unit, id)?;
        let new: NewSignature = unit.accept_json(Expect::CREATION)?;
        let (signature, row) = record(unit, row, new)?;
        Answer::created(&format!("/v1/signatures/{}", signature.id), row.version, &signature)
    })
    .await
}

/// Read a signature
#[utoipa::path(
    tag = "Signatures", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The record", body = Signature))
)]
#[get("/v1/signatures/{id}")]
async fn read_signature(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        let (signature, row) = Signature::find(c, request, request.id()?)?;
        request.plain_read()?;
        Ok(Answer::single(row.version, &signature)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_signatures).service(record_signature).service(read_signature);
}
