//! Records of signatures of an amendment, made on paper (R06): who signed for which party, when, and the hash signed.
//!
//! As for a convention: a party records its own, the operator those of a convention it brings in, with proof.

use actix_web::{get, post};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::amendment::AmendmentRow;
use super::signing::record;
use crate::auth::policy::{ReadConventions, WriteSignatures};
use crate::conventions::convention::ConventionRow;
use crate::conventions::records::{Record, RecordsOf};
use crate::conventions::signatures::NewSignature;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::amendment_signatures;
use crate::db::{Connection, MultiBackend};
use crate::domain::approval::Approval;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::list::{Page, Window};
use crate::http::unit::{Expect, Unit};
use crate::record_store;

/// The record of a signature of an amendment.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, ToSchema)]
#[diesel(table_name = amendment_signatures, check_for_backend(MultiBackend))]
pub struct AmendmentSignature {
    pub id: Id,
    pub convention_id: Id,
    pub amendment_id: Id,
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
    /// When the content changed after it, or another record corrected it: it no longer counts.
    pub voided_at: Option<Instant>,
}

/// The signatures of one amendment among those loaded, as approvals.
pub fn approvals_of(signatures: &[AmendmentSignature], amendment: Id) -> Vec<Approval<'_>> {
    let of = signatures.iter().filter(|signature| signature.amendment_id == amendment);
    of.map(|signature| Approval {
        key: signature.party_id,
        person: Some(&signature.signatory),
        given_on: signature.signed_on,
        content_hash: &signature.content_hash,
        void: signature.voided_at.is_some(),
    })
    .collect()
}

impl AmendmentSignature {
    /// Those of a convention's amendments known at an instant, as they stood then.
    pub fn known(c: &mut Connection, convention: Id, at: Instant) -> QueryResult<Vec<Self>> {
        let of = amendment_signatures::convention_id.eq(convention);
        let rows: Vec<Self> = amendment_signatures::table
            .filter(of.and(amendment_signatures::recorded_at.le(at)))
            .order((amendment_signatures::position, amendment_signatures::id))
            .select(Self::as_select())
            .load(c)?;
        let then = |row: Self| Self { voided_at: row.voided_at.filter(|when| *when <= at), ..row };
        Ok(rows.into_iter().map(then).collect())
    }

    /// Finds it, with its convention, within the caller's perimeter.
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<(Self, ConventionRow), Halt> {
        let found: Option<Self> = amendment_signatures::table.find(id).select(Self::as_select()).first(c).optional()?;
        let signature = found.ok_or_else(Halt::not_found)?;
        let (_, row) = AmendmentRow::find(c, request, signature.amendment_id)?;
        Ok((signature, row))
    }

    /// The content has changed: what was signed of the old one no longer counts.
    pub fn void_all(unit: &mut Unit<'_>, convention: &ConventionRow, amendment: &AmendmentRow) -> Result<(), Halt> {
        let standing =
            amendment_signatures::amendment_id.eq(amendment.id).and(amendment_signatures::voided_at.is_null());
        let voided: Vec<Id> = amendment_signatures::table
            .filter(standing)
            .order((amendment_signatures::position, amendment_signatures::id))
            .select(amendment_signatures::id)
            .load(&mut **unit)?;
        for id in voided {
            Self::void(unit, convention, amendment, id)?;
        }
        Ok(())
    }

    /// One record that no longer counts.
    pub fn void(unit: &mut Unit<'_>, convention: &ConventionRow, amendment: &AmendmentRow, id: Id) -> Result<(), Halt> {
        let now = unit.request.now;
        diesel::update(amendment_signatures::table.find(id))
            .set(amendment_signatures::voided_at.eq(Some(now)))
            .execute(&mut **unit)?;
        let audience = Some(amendment.audience(unit, convention)?);
        let of = (convention.id, convention.version + 1);
        let change = Change::news("amendment_signature", id, Operation::Updated, of, audience);
        record::announce(unit, now, &change)?;
        Ok(())
    }
}

impl Record for AmendmentSignature {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "amendment_id",
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
        AmendmentRow::find(c, request, signed).map(|_| ())
    }

    record_store!(amendment_signatures, amendment_id);
}

/// List the signatures of an amendment
///
/// In the order they were recorded, the void ones included.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(("sort" = Option<String>, Query, pattern = "^-?(recorded)$", description = "`recorded` (default); a minus in front reverses")),
    responses((status = 200, description = "Signatures", body = Page<AmendmentSignature>))
)]
#[get("/v1/amendments/{id}/signatures")]
async fn list_amendment_signatures(call: Call<ReadConventions>) -> Reply {
    call.list::<RecordsOf<AmendmentSignature>>().await
}

/// Record a signature of an amendment
///
/// R06: in the order of the numbers, each party once, on its present content, with edits that apply and clause changes
/// that are confirmed. The last one puts it in force, that day or on the later day that it names, while the convention is.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["signatures:write"]), ("bearer" = [])), request_body = NewSignature,
    responses((status = 201, description = "The record", body = AmendmentSignature))
)]
#[post("/v1/amendments/{id}/signatures")]
async fn record_amendment_signature(call: Call<WriteSignatures>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let (amendment, row) = AmendmentRow::lock(unit, id)?;
        let new: NewSignature = unit.accept_json(Expect::CREATION)?;
        let (signature, row) = record(unit, amendment.id, row, new)?;
        Answer::created(&format!("/v1/amendment-signatures/{}", signature.id), row.version, &signature)
    })
    .await
}

/// Read a signature of an amendment
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The record", body = AmendmentSignature))
)]
#[get("/v1/amendment-signatures/{id}")]
async fn read_amendment_signature(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        let (signature, row) = AmendmentSignature::find(c, request, request.id()?)?;
        request.plain_read()?;
        Ok(Answer::single(row.version, &signature)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_amendment_signatures).service(record_amendment_signature).service(read_amendment_signature);
}
