//! `GET /v1/conventions`: the list, with status, end and next duty as columns and filters.

use std::collections::HashMap;

use actix_web::get;
use diesel::prelude::*;
use utoipa_actix_web::service_config::ServiceConfig;

use super::convention::{ConventionRow, ConventionSummary};
use super::lived::CurrentTerm;
use super::store::{Seen, parties_of, seen_by};
use super::story::Story;
use crate::auth::policy::ReadConventions;
use crate::db::schema::{conventions, parties};
use crate::db::{Connection, MultiBackend, holds};
use crate::domain::folded::fold;
use crate::domain::vocabulary::{ConventionLevel, ConventionStatus};
use crate::domain::{CivilDate, Id, Instant, Territory};
use crate::error::Halt;
use crate::http::answer::Reply;
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::obligations::next;
use crate::ordered;

/// Filters of the list of conventions.
struct Conventions {
    q: Vec<String>,
    status: Vec<ConventionStatus>,
    level: Vec<ConventionLevel>,
    territory: Vec<Territory>,
    parent_id: Vec<Id>,
    organisation_id: Vec<Id>,
    external_id: Option<String>,
    updated_after: Option<Instant>,
    ends_before: Option<CivilDate>,
    ends_after: Option<CivilDate>,
    next_duty_before: Option<CivilDate>,
    as_of: Option<CivilDate>,
}

impl Conventions {
    fn on(&self, request: &Request) -> CivilDate {
        self.as_of.unwrap_or(request.today)
    }

    fn query(&self, request: &Request) -> conventions::BoxedQuery<'static, MultiBackend> {
        let mut query = conventions::table.into_boxed().filter(seen_by(request));
        for pattern in holds(&self.q) {
            query = query.filter(conventions::search_key.like(pattern).escape('\\'));
        }
        if !self.status.is_empty() {
            query = query.filter(any_status(&self.status, self.on(request)));
        }
        if !self.level.is_empty() {
            query = query.filter(conventions::level.eq_any(self.level.clone()));
        }
        if !self.territory.is_empty() {
            query = query.filter(conventions::territory.eq_any(self.territory.clone()));
        }
        if !self.parent_id.is_empty() {
            query = query.filter(conventions::parent_id.eq_any(self.parent_id.clone().into_iter().map(Some)));
        }
        if !self.organisation_id.is_empty() {
            let with = parties::table
                .filter(parties::organisation_id.eq_any(self.organisation_id.clone()))
                .select(parties::convention_id);
            query = query.filter(conventions::id.eq_any(with));
        }
        if let Some(external_id) = &self.external_id {
            query = query.filter(conventions::external_id.eq(Some(external_id.clone())));
            query = match request.caller.organisation_id {
                Some(mine) => query.filter(conventions::owner_id.eq(Some(mine))),
                None => query.filter(conventions::owner_id.is_null()),
            };
        }
        if let Some(after) = self.updated_after {
            query = query.filter(conventions::updated_at.gt(after));
        }
        if let Some(day) = self.ends_before {
            query = query.filter(conventions::ends_on.lt(Some(day)));
        }
        if let Some(day) = self.ends_after {
            query = query.filter(conventions::ends_on.gt(Some(day)));
        }
        if let Some(day) = self.next_duty_before {
            query = query.filter(next::owing_before(&request.caller, self.on(request), day));
        }
        query
    }
}

/// The pure rule `rules::status` as SQL, on a date: a test compares the two.
fn any_status(wanted: &[ConventionStatus], on: CivilDate) -> Seen {
    let ended = || conventions::ends_on.lt(Some(on));
    let lives = || conventions::ends_on.is_null().nullable().or(conventions::ends_on.ge(Some(on)));
    let started = || conventions::in_force_from.le(Some(on));
    let not_started = || conventions::in_force_from.is_null().nullable().or(conventions::in_force_from.gt(Some(on)));
    let signed = || conventions::first_signed_on.le(Some(on));
    let not_signed = || conventions::first_signed_on.is_null().nullable().or(conventions::first_signed_on.gt(Some(on)));
    let negotiated = || conventions::negotiation_on.le(Some(on));
    let not_negotiated =
        || conventions::negotiation_on.is_null().nullable().or(conventions::negotiation_on.gt(Some(on)));
    let mut any: Seen = Box::new(conventions::version.lt(0).nullable());
    for status in wanted {
        let one: Seen = match status {
            ConventionStatus::InForce => Box::new(lives().and(started())),
            ConventionStatus::PartiallySigned => Box::new(lives().and(not_started()).and(signed())),
            ConventionStatus::Negotiation => Box::new(lives().and(not_started()).and(not_signed()).and(negotiated())),
            ConventionStatus::Draft => Box::new(lives().and(not_started()).and(not_signed()).and(not_negotiated())),
            ConventionStatus::Expired
            | ConventionStatus::Terminated
            | ConventionStatus::Lapsed
            | ConventionStatus::Abandoned => Box::new(ended().and(conventions::end_status.eq(Some(*status)))),
        };
        any = Box::new(any.or(one));
    }
    any
}

/// The last day of the renewal that runs on a date, of those that renew tacitly: few, and their clauses say how long.
fn renewed_terms(
    c: &mut Connection,
    rows: &[ConventionRow],
    on: CivilDate,
) -> Result<HashMap<Id, Option<CivilDate>>, Halt> {
    let renewing = rows.iter().filter(|row| row.in_force_from.is_some() && row.term_on(on).1);
    renewing
        .map(|row| {
            let story = Story::load(c, row.clone(), Instant::MAX)?;
            Ok((row.id, CurrentTerm::on(&story.lived, on).map(|term| term.last_day)))
        })
        .collect()
}

impl Listing for Conventions {
    type Item = ConventionSummary;
    const SORTS: &'static [&'static str] = &["title", "created_at", "updated_at"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "reference",
        "title",
        "document_type",
        "level",
        "territory",
        "territory_label.fr",
        "parent_id",
        "status",
        "as_of",
        "in_force_from",
        "last_day",
        "ends_on",
        "term_ends_on",
        "next_duty.rule",
        "next_duty.what.fr",
        "next_duty.due_on",
        "next_duty.deadline_on",
        "next_duty.status",
        "external_id",
        "created_at",
        "updated_at",
    ];

    fn filters(params: &mut Params) -> Self {
        Self {
            q: params.words("q"),
            status: params.many("status"),
            level: params.many("level"),
            territory: params.many("territory"),
            parent_id: params.many("parent_id"),
            organisation_id: params.many("organisation_id"),
            external_id: params.text("external_id"),
            updated_after: params.one("updated_after"),
            ends_before: params.one("ends_before"),
            ends_after: params.one("ends_after"),
            next_duty_before: params.one("next_duty_before"),
            as_of: params.one("as_of"),
        }
    }

    fn enter(&mut self, _: &mut Connection, _: &Request) -> Result<(), Halt> {
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<ConventionSummary>, Halt> {
        let query = self.query(request);
        let start = Instant::from_micros(window.number());
        let query = match window.sort {
            "created_at" => ordered!(query, window, conventions::created_at, conventions::id, start),
            "updated_at" => ordered!(query, window, conventions::updated_at, conventions::id, start),
            _ => ordered!(query, window, conventions::title_key, conventions::id, window.text()),
        };
        let rows: Vec<ConventionRow> = query.select(ConventionRow::as_select()).load(c)?;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let mut parties = parties_of(c, &ids)?;
        let on = self.on(request);
        let mut renewed = renewed_terms(c, &rows, on)?;
        let mut duties = next::of_each(c, &request.caller, &ids, on)?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let id = row.id;
                let (mine, others) = std::mem::take(&mut parties).into_iter().partition(|(of, _)| *of == id);
                parties = others;
                let mut line = row.summary(mine.into_iter().map(|(_, party)| party).collect(), on);
                line.next_duty = duties.remove(&id);
                line.term_ends_on = renewed.remove(&id).unwrap_or(line.term_ends_on);
                line
            })
            .collect())
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.query(request).count().get_result(c)?)
    }

    fn mark(item: &ConventionSummary, sort: &str) -> After {
        let mark = match sort {
            "created_at" => Mark::Number(item.created_at.as_micros()),
            "updated_at" => Mark::Number(item.updated_at.as_micros()),
            _ => Mark::Text(fold(&item.title)),
        };
        After { mark, id: item.id }
    }
}

/// List the conventions
///
/// Within the perimeter of the caller's role. The status is computed for `as_of` (today in Paris when left out), from
/// every fact known now.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("q" = Option<String>, Query, description = "Every word occurs in title, reference, parties or headings; accents and case do not count"),
        ("status" = inline(Option<Many<ConventionStatus>>), Query, description = "Statuses on `as_of`, separated by commas"),
        ("level" = inline(Option<Many<ConventionLevel>>), Query, description = "Levels, separated by commas"),
        ("territory" = inline(Option<Many<Territory>>), Query, description = "Territories, separated by commas: `national`, `region:11`, `academie:25`"),
        ("parent_id" = inline(Option<Many<Id>>), Query, description = "Territorial conventions of these national ones, ids separated by commas"),
        ("organisation_id" = inline(Option<Many<Id>>), Query, description = "Conventions that these organisations are party to, ids separated by commas"),
        ("external_id" = Option<String>, Query, description = "The caller's own key"),
        ("updated_after" = Option<Instant>, Query, description = "Changed after this instant (RFC 3339)"),
        ("ends_before" = Option<CivilDate>, Query, description = "Whose last day, whatever ends it, comes before this day; what is renewed without limit has none"),
        ("ends_after" = Option<CivilDate>, Query, description = "Whose last day, whatever ends it, comes after this day"),
        ("next_duty_before" = Option<CivilDate>, Query, description = "Whose `next_duty` on `as_of` is due before this day"),
        ("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) the status and the next duty are computed for"),
        ("sort" = Option<String>, Query, pattern = "^-?(title|created_at|updated_at)$", description = "`title` (default), `created_at` or `updated_at`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Conventions", body = Page<ConventionSummary>))
)]
#[get("/v1/conventions")]
async fn list_conventions(call: Call<ReadConventions>) -> Reply {
    call.list::<Conventions>().await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_conventions);
}
