//! `/v1/conventions`: create, read, patch, delete.

use actix_web::{delete, get, patch, post};
use diesel::prelude::*;
use utoipa_actix_web::service_config::ServiceConfig;

use super::acts;
use super::convention::{Convention, ConventionRow, NewConvention};
use super::{links, renewals};
use crate::aggregate::{Whole as _, unused};
use crate::auth::policy::{self, ReadConventions, WriteConventions};
use crate::db::record::Operation;
use crate::db::schema::{articles, axes, clauses, conventions, facts, files, objectives, parts, signatures};
use crate::domain::{CivilDate, Id, Instant, Territory};
use crate::error::{Halt, Problem};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::params::Params;
use crate::http::unit::Expect;

/// Create a draft convention
///
/// Its parties, articles and clauses are added one by one, or all come from an imported text (`/v1/conventions/import`).
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:write"]), ("bearer" = [])), request_body = NewConvention,
    responses((status = 201, description = "The draft", body = Convention))
)]
#[post("/v1/conventions")]
async fn create_convention(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let new: NewConvention = unit.accept_json(Expect::CREATION)?;
        check_territory(unit, new.territory)?;
        ConventionRow::check_parent(unit, new.parent_id)?;
        renewals::check(unit, None, new.renews)?;
        check_commitments(unit, None, &new)?;
        let mut row = ConventionRow::make(unit, new);
        row.insert(unit)?;
        row.record(unit, Operation::Created, None)?;
        let request = unit.request.clone();
        let view = acts::view(unit, &request, row, request.today)?;
        Answer::created(&format!("/v1/conventions/{}", view.id), view.version, &view)
    })
    .await
}

/// Read a convention
///
/// With its status, term and flags, computed for `as_of` from the signatures and facts recorded by `known_at`, and what this
/// caller may do today. `known_at` covers signatures, facts and their answers; the words and clauses are those of today,
/// frozen once every party has signed them.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) the status is computed for; today when left out"),
        ("known_at" = Option<Instant>, Query, description = "Computed from what was recorded by this instant (RFC 3339)"),
    ),
    responses((status = 200, description = "The convention", body = Convention))
)]
#[get("/v1/conventions/{id}")]
async fn read_convention(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let row = ConventionRow::find(c, request, request.id()?)?;
            request.only_json()?;
            let mut params = Params::of(&request.query);
            let on = params.one("as_of").unwrap_or(request.today);
            let known_at = params.one("known_at");
            params.verdict()?;
            let version = row.version;
            let view = acts::view_known(c, request, row, on, known_at.unwrap_or(Instant::MAX))?;
            Ok(Answer::single(version, &view)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

/// Change a convention
///
/// Title, reference, territory, preamble… until every party has signed; signatures already recorded become void, since
/// the text they bind is another. The end is computed and cannot be written (R02). Under another parent, axes lose their
/// `parent_axis_id`.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    request_body(content = NewConvention, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The convention, changed", body = Convention))
)]
#[patch("/v1/conventions/{id}")]
async fn update_convention(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let (before, request) = open(unit)?;
        acts::refuse_written_end(unit, &before)?;
        let new: NewConvention = unit.accept_patch(Expect::version(before.version), &before.as_new())?;
        if new.territory != before.territory {
            check_territory(unit, new.territory)?;
        }
        before.check_state(unit)?;
        links::reparent(unit, &before, new.parent_id)?;
        if new.renews != before.renews_id {
            renewals::check(unit, Some(before.id), new.renews)?;
        }
        check_commitments(unit, Some(before.id), &new)?;
        let changed = ConventionRow {
            readings: new.readings(),
            title: new.title,
            reference: new.reference,
            document_type: new.document_type,
            level: new.level,
            territory: new.territory,
            parent_id: new.parent_id,
            renews_id: new.renews,
            last_day_rule: new.last_day_rule.unwrap_or(before.last_day_rule),
            preamble_commitments: crate::db::Json(
                new.preamble.as_ref().map(|p| p.commitments.clone()).unwrap_or_default(),
            ),
            preamble: new.preamble.map(|p| p.body),
            networks: crate::db::Json(new.networks),
            external_id: new.external_id,
            ..before.clone()
        };
        let row = changed.recompute(unit)?;
        row.saved(unit, &before)?;
        let view = acts::view(unit, &request, row, request.today)?;
        Answer::single(view.version, &view)
    })
    .await
}

/// Delete a draft
///
/// A draft only: once a signature was recorded the convention stays, whatever becomes of it.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/conventions/{id}")]
async fn delete_convention(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let (row, _) = open(unit)?;
        unit.accept_empty(Expect::version(row.version))?;
        row.check_state(unit)?;
        let signed: i64 =
            signatures::table.filter(signatures::convention_id.eq(row.id)).count().get_result(&mut **unit)?;
        let children: i64 =
            conventions::table.filter(conventions::parent_id.eq(Some(row.id))).count().get_result(&mut **unit)?;
        if signed + children > 0 {
            return Err(Problem::plain("in_use").into());
        }
        let gone = row.next();
        let now = unit.request.now;
        let event =
            super::feed::Event { operation: Operation::Deleted, seen_by: None, was_seen_by: row.audience_id, now };
        super::feed::announce_pieces(unit, &gone, event)?;
        crate::calendars::Calendar::go_with(unit, row.id)?;
        diesel::delete(facts::table.filter(facts::convention_id.eq(row.id))).execute(&mut **unit)?;
        diesel::delete(files::table.filter(files::convention_id.eq(Some(row.id)))).execute(&mut **unit)?;
        // What refers to articles and parts goes before them.
        diesel::delete(objectives::table.filter(objectives::convention_id.eq(row.id))).execute(&mut **unit)?;
        diesel::delete(axes::table.filter(axes::convention_id.eq(row.id))).execute(&mut **unit)?;
        diesel::delete(clauses::table.filter(clauses::convention_id.eq(row.id))).execute(&mut **unit)?;
        diesel::delete(articles::table.filter(articles::convention_id.eq(row.id))).execute(&mut **unit)?;
        diesel::delete(parts::table.filter(parts::convention_id.eq(row.id))).execute(&mut **unit)?;
        unused(diesel::delete(conventions::table.find(row.id)).execute(&mut **unit))?;
        gone.record(unit, Operation::Deleted, Some(&row))?;
        Ok(Answer::none())
    })
    .await
}

/// The convention named in the path, locked, for a caller who may draft it.
pub fn open(unit: &mut crate::http::unit::Unit<'_>) -> Result<(ConventionRow, std::sync::Arc<Request>), Halt> {
    let id = unit.request.id()?;
    let row = ConventionRow::lock(unit, id)?;
    let request = unit.request.clone();
    row.check_caller(unit, &request)?;
    Ok((row, request))
}

/// An académie and a delegate draft for their own territories.
pub fn check_territory(unit: &crate::http::unit::Unit<'_>, territory: Territory) -> Result<(), Halt> {
    if policy::acts_within(&unit.request.caller, &territory) {
        return Ok(());
    }
    Err(Problem::plain("not_allowed").into())
}

/// The parties that the preamble's commitments name must be this convention's.
fn check_commitments(
    unit: &mut crate::http::unit::Unit<'_>,
    convention: Option<Id>,
    new: &NewConvention,
) -> Result<(), Halt> {
    let wanted: Vec<_> = new
        .preamble
        .iter()
        .flat_map(|p| p.commitments.iter().enumerate())
        .filter_map(|(index, commitment)| {
            let pointer = format!("/preamble/commitments/{index}/party_id");
            Some((super::references::Kind::Party, pointer, commitment.party_id?))
        })
        .collect();
    super::references::check(unit, convention.unwrap_or_else(|| Id::from_bytes([0; 16])), &wanted)
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(create_convention).service(read_convention).service(update_convention).service(delete_convention);
}
