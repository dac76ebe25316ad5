//! `/v1/conventions/{id}/amendments` and `/v1/amendments/{id}`: list, draft, read, change, delete, confirm.

use actix_web::{delete, get, patch, post};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::amendment::{Amendment, AmendmentRow, NewAmendment};
use super::laid::Laid;
use super::reading;
use super::rules::signing::{check_change, check_drafting};
use super::store::{check_caller, sees_drafts};
use crate::aggregate::Whole as _;
use crate::auth::policy::{ReadConventions, Standing, WriteConventions};
use crate::conventions::convention::ConventionRow;
use crate::db::schema::amendments;
use crate::db::{Connection, MultiBackend};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Halt, Problem};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};
use crate::ordered;

/// The list of one convention's amendments.
struct Amendments {
    under: Option<(Laid, Standing)>,
    as_of: Option<CivilDate>,
}

impl Amendments {
    fn query(&self, request: &Request) -> Result<amendments::BoxedQuery<'static, MultiBackend>, Halt> {
        let (laid, standing) = self.under.as_ref().ok_or_else(Halt::not_found)?;
        let query = amendments::table.filter(amendments::convention_id.eq(laid.story.row.id)).into_boxed();
        Ok(if sees_drafts(request, standing) { query } else { query.filter(amendments::in_force_from.is_not_null()) })
    }
}

impl Listing for Amendments {
    type Item = Amendment;
    const SORTS: &'static [&'static str] = &["number"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "number",
        "title",
        "requested_by",
        "effective_on",
        "status",
        "as_of",
        "awaited",
        "first_signed_on",
        "complete_on",
        "in_force_from",
        "content_hash",
        "created_at",
        "updated_at",
    ];

    fn filters(params: &mut Params) -> Self {
        Self { under: None, as_of: params.one("as_of") }
    }

    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        let row = ConventionRow::find(c, request, request.id()?)?;
        let standing = row.standing(c)?;
        self.under = Some((Laid::load(c, row, Instant::MAX)?, standing));
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<Amendment>, Halt> {
        let (laid, standing) = self.under.as_ref().ok_or_else(Halt::not_found)?;
        let query = ordered!(self.query(request)?, window, amendments::position, amendments::id, window.number());
        let rows: Vec<AmendmentRow> = query.select(AmendmentRow::as_select()).load(c)?;
        let on = self.as_of.unwrap_or(request.today);
        Ok(rows.iter().map(|row| reading::view(laid, row, request, standing, on)).collect())
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.query(request)?.count().get_result(c)?)
    }

    fn mark(item: &Amendment, _: &str) -> After {
        After { mark: Mark::Number(item.number), id: item.id }
    }
}

/// List the amendments of a convention
///
/// In the order of their numbers, each with its status on `as_of` (today when left out).
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) the status is computed for"),
        ("sort" = Option<String>, Query, pattern = "^-?(number)$", description = "`number` (default); a minus in front reverses"),
    ),
    responses((status = 200, description = "Amendments", body = Page<Amendment>))
)]
#[get("/v1/conventions/{id}/amendments")]
async fn list_amendments(call: Call<ReadConventions>) -> Reply {
    call.list::<Amendments>().await
}

/// Draft an amendment
///
/// R06: edits of named articles or of the preamble, and the changes of clauses that follow. By a party, once every party
/// has signed the convention and until it ends. It takes the next number.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:write"]), ("bearer" = [])), request_body = NewAmendment,
    responses((status = 201, description = "The draft", body = Amendment))
)]
#[post("/v1/conventions/{id}/amendments")]
async fn create_amendment(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let row = ConventionRow::lock(unit, id)?;
        check_caller(unit, &row)?;
        let new: NewAmendment = unit.accept_json(Expect::CREATION)?;
        let laid = open(unit, row)?;
        let amendment = AmendmentRow::make(unit, &laid, new, None)?;
        let view = added(unit, laid, amendment)?;
        Answer::created(&format!("/v1/amendments/{}", view.id), view.version, &view)
    })
    .await
}

/// A convention that may be amended.
pub fn open(unit: &mut Unit<'_>, row: ConventionRow) -> Result<Laid, Halt> {
    let laid = Laid::load(unit, row, Instant::MAX)?;
    check_drafting(&laid.story.lived.spans, laid.article.as_deref())?;
    Ok(laid)
}

/// Adds an amendment to a convention that is locked and may be amended.
pub fn added(unit: &mut Unit<'_>, laid: Laid, mut amendment: AmendmentRow) -> Result<Amendment, Halt> {
    amendment.insert(unit, &laid.story.row.content_hash)?;
    let row = laid.story.row.touch(unit)?;
    AmendmentRow::tell(unit, &row, None, Some(&amendment))?;
    seen(unit, row, amendment.id)
}

/// As its writer sees it after the write.
pub fn seen(unit: &mut Unit<'_>, row: ConventionRow, id: Id) -> Result<Amendment, Halt> {
    let request = unit.request.clone();
    let standing = row.standing(unit)?;
    let laid = Laid::load(unit, row, Instant::MAX)?;
    Ok(reading::view(&laid, laid.amendment(id)?, &request, &standing, request.today))
}

/// Read an amendment
///
/// With its status for `as_of`, who must sign next, and what this caller may do.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) the status is computed for; today when left out")),
    responses((status = 200, description = "The amendment", body = Amendment))
)]
#[get("/v1/amendments/{id}")]
async fn read_amendment(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let (amendment, row) = AmendmentRow::find(c, request, request.id()?)?;
            request.only_json()?;
            let mut params = Params::of(&request.query);
            let on = params.one("as_of").unwrap_or(request.today);
            params.verdict()?;
            let standing = row.standing(c)?;
            let laid = Laid::load(c, row, Instant::MAX)?;
            let view = reading::view(&laid, &amendment, request, &standing, on);
            Ok(Answer::single(view.version, &view)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

/// As the feed shows it.
pub fn shown(c: &mut Connection, request: &Request, id: Id) -> Result<Value, Halt> {
    let (amendment, row) = AmendmentRow::find(c, request, id)?;
    let standing = row.standing(c)?;
    let laid = Laid::load(c, row, Instant::MAX)?;
    Ok(serde_json::to_value(reading::view(&laid, &amendment, request, &standing, request.today))?)
}

/// Change an amendment
///
/// Until every party has signed it. Signatures of its former content no longer count.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    request_body(content = NewAmendment, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The amendment, changed", body = Amendment))
)]
#[patch("/v1/amendments/{id}")]
async fn update_amendment(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let (before, row) = lock(unit)?;
        let new: NewAmendment = unit.accept_patch(Expect::version(row.version), &before.as_new())?;
        let laid = changing(unit, row, &before)?;
        let changed = AmendmentRow::make(unit, &laid, new, Some(&before))?;
        let view = saved(unit, laid, &before, &changed)?;
        Answer::single(view.version, &view)
    })
    .await
}

/// Confirm the clause changes of an amendment
///
/// All those that nobody confirmed yet, at once. Read them first: each has its sentence.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    responses((status = 200, description = "The amendment, its clause changes confirmed", body = Amendment))
)]
#[post("/v1/amendments/{id}/confirm-clauses")]
async fn confirm_amendment_clauses(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let (before, row) = lock(unit)?;
        unit.accept_empty(Expect::version(row.version))?;
        let laid = changing(unit, row, &before)?;
        let mut after = AmendmentRow { updated_at: unit.request.now, ..before.clone() };
        for change in &mut after.clause_changes.0 {
            change.confirmed = true;
        }
        let view = saved(unit, laid, &before, &after)?;
        Answer::single(view.version, &view)
    })
    .await
}

/// The amendment named in the path and its convention, locked, for a caller who may draft.
fn lock(unit: &mut Unit<'_>) -> Result<(AmendmentRow, ConventionRow), Halt> {
    let id = unit.request.id()?;
    let (amendment, row) = AmendmentRow::lock(unit, id)?;
    check_caller(unit, &row)?;
    Ok((amendment, row))
}

/// A convention whose amendment may still change today.
fn changing(unit: &mut Unit<'_>, row: ConventionRow, amendment: &AmendmentRow) -> Result<Laid, Halt> {
    let laid = Laid::load(unit, row, Instant::MAX)?;
    let dates = laid.standing(amendment).1;
    check_change(amendment.position, &dates, unit.request.today, laid.article.as_deref())?;
    check_drafting(&laid.story.lived.spans, laid.article.as_deref())?;
    Ok(laid)
}

fn saved(unit: &mut Unit<'_>, laid: Laid, before: &AmendmentRow, changed: &AmendmentRow) -> Result<Amendment, Halt> {
    changed.save(unit)?;
    let row = laid.story.row.touch(unit)?;
    let request = unit.request.clone();
    let (after, _) = AmendmentRow::find(unit, &request, changed.id)?;
    AmendmentRow::tell(unit, &row, Some(before), Some(&after))?;
    seen(unit, row, changed.id)
}

/// Delete an amendment
///
/// Until every party has signed it: those of higher numbers, which nobody can have signed by then, are numbered again. One's
/// own signature goes with it; once the signature of another party stands, it stays (`in_use`).
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/amendments/{id}")]
async fn delete_amendment(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let (before, row) = lock(unit)?;
        unit.accept_empty(Expect::version(row.version))?;
        let laid = changing(unit, row, &before)?;
        let standing = laid.story.row.standing(unit)?;
        if laid.signed_by_another(&before, &unit.request.caller, &standing) {
            return Err(Problem::plain("in_use").into());
        }
        let later = |row: &&AmendmentRow| row.position > before.position;
        before.delete(unit, &laid)?;
        crate::files::feed::outlive(unit, "amendment", before.id, laid.story.row.feed())?;
        let renumbered: Vec<AmendmentRow> = laid.rows.iter().filter(later).cloned().collect();
        let row = laid.story.row.touch(unit)?;
        AmendmentRow::tell(unit, &row, Some(&before), None)?;
        let request = unit.request.clone();
        for old in renumbered {
            let (new, _) = AmendmentRow::find(unit, &request, old.id)?;
            AmendmentRow::tell(unit, &row, Some(&old), Some(&new))?;
        }
        Ok(Answer::none())
    })
    .await
}

/// What the signatures of an amendment bind.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmendmentContent {
    pub amendment_id: Id,
    /// `sha256:` over the RFC 8785 form of `content`.
    pub content_hash: String,
    /// The convention it amends and the hash of its text, number, title, edits, confirmed changes of clauses.
    #[schema(value_type = Object)]
    pub content: Value,
}

/// Read the content that the signatures of an amendment bind
///
/// Hash its RFC 8785 form with SHA-256 and you get `content_hash`: the one a signature names.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The content and its hash", body = AmendmentContent))
)]
#[get("/v1/amendments/{id}/content")]
async fn read_amendment_content(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        let (amendment, row) = AmendmentRow::find(c, request, request.id()?)?;
        request.plain_read()?;
        let content = amendment.content(&row.content_hash);
        let body = AmendmentContent { amendment_id: amendment.id, content_hash: amendment.content_hash, content };
        Ok(Answer::single(row.version, &body)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_amendments)
        .service(create_amendment)
        .service(read_amendment)
        .service(update_amendment)
        .service(delete_amendment)
        .service(confirm_amendment_clauses)
        .service(read_amendment_content);
}
