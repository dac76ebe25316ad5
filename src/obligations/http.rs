//! `/v1/conventions/{id}/obligations`: the ledger of one convention; `/v1/obligations`: those of all that the caller sees.

use std::collections::HashMap;

use actix_web::get;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::obligation::{Home, Obligation};
use super::rules::{self, Duty};
use super::store::{self, DutyRow};
use crate::aggregate::Whole as _;
use crate::auth::policy::ReadConventions;
use crate::conventions::ConventionRow;
use crate::conventions::store::seen_by;
use crate::conventions::story::Story;
use crate::db::schema::{conventions, duties};
use crate::db::{Connection, MultiBackend};
use crate::domain::vocabulary::{DutyNature, DutyStatus, Side};
use crate::domain::{CivilDate, Id, Instant, Territory};
use crate::error::{Fault, Halt, both};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::ordered;

/// The ledger of a convention.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ledger {
    pub convention_id: Id,
    /// The civil date (Paris) it holds for.
    pub as_of: CivilDate,
    /// Computed from what was recorded by this instant; null for everything known.
    pub known_at: Option<Instant>,
    pub items: Vec<Obligation>,
}

/// Read the ledger of obligations of a convention
///
/// What the clauses of the signed text make due, on `as_of`, from the facts known at `known_at`: the information before
/// the end and the talks on renewal (R04, R05), the meetings of each year (R11) and their minutes (R17), the remedy of an
/// unauthorised use (R08), conciliation (R09), what is owed all along, year by year, and what each party has a right to.
/// No clause, no duty.
#[utoipa::path(
    tag = "Obligations", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("status" = inline(Option<Many<DutyStatus>>), Query, description = "Statuses on `as_of`, separated by commas"),
        ("nature" = inline(Option<Many<DutyNature>>), Query, description = "Natures, separated by commas"),
        ("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) the ledger is computed for; today when left out"),
        ("known_at" = Option<Instant>, Query, description = "Only what was recorded by this instant (RFC 3339)"),
    ),
    responses((status = 200, description = "The ledger", body = Ledger))
)]
#[get("/v1/conventions/{id}/obligations")]
async fn read_obligations(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let row = ConventionRow::find(c, request, request.id()?)?;
            request.only_json()?;
            let mut params = Params::of(&request.query);
            let (on, known_at) = (params.one("as_of").unwrap_or(request.today), params.one("known_at"));
            let (statuses, natures): (Vec<DutyStatus>, Vec<DutyNature>) =
                (params.many("status"), params.many("nature"));
            params.verdict()?;
            let story = Story::load(c, row, known_at.unwrap_or(Instant::MAX))?;
            let mut items = ledger(c, request, &story, on, known_at)?;
            items.retain(|duty| statuses.is_empty() || statuses.contains(&duty.status));
            items.retain(|duty| natures.is_empty() || natures.contains(&duty.nature));
            let ledger = Ledger { convention_id: story.row.id, as_of: on, known_at, items };
            Ok(Answer::single(story.row.version, &ledger)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

/// The duties of a convention on a date, in the order of the rules.
fn ledger(
    c: &mut Connection,
    request: &Request,
    story: &Story,
    on: CivilDate,
    known_at: Option<Instant>,
) -> Result<Vec<Obligation>, Halt> {
    let convention = story.row.id;
    let homes = Home::of_each(c, &[convention])?;
    let home = homes.get(&convention).ok_or_else(Halt::not_found)?;
    // The rows are those of what is known now.
    let rows = if known_at.is_none() { DutyRow::all(c, convention)? } else { Vec::new() };
    let ids: HashMap<(String, CivilDate), Id> =
        rows.into_iter().map(|row| ((row.key, row.valid_from), row.id)).collect();
    let parties = home.organisations();
    let shown = |duty: &Duty| duty.valid_on(on) && store::tells(&request.caller, &parties, duty.rule);
    let duties = rules::duties(&story.scene()).into_iter().filter(shown);
    let items = duties.map(|duty| {
        let id = ids.get(&(duty.key.clone(), duty.valid_from)).copied();
        Obligation::of(id, DutyRow::of(convention, convention, duty), home, on).told(&request.caller, home)
    });
    Ok(items.collect())
}

/// Filters of the list of obligations.
struct Obligations {
    due_before: Option<CivilDate>,
    due_after: Option<CivilDate>,
    status: Vec<DutyStatus>,
    nature: Vec<DutyNature>,
    rule: Vec<String>,
    territory: Vec<Territory>,
    owed_by: Vec<Side>,
    organisation_id: Vec<Id>,
    mine: bool,
    convention_id: Vec<Id>,
    as_of: Option<CivilDate>,
    /// The conventions that the caller sees, of those asked for.
    seen: Vec<Id>,
}

impl Obligations {
    fn on(&self, request: &Request) -> CivilDate {
        self.as_of.unwrap_or(request.today)
    }

    fn query(&self, request: &Request) -> duties::BoxedQuery<'static, MultiBackend> {
        let on = self.on(request);
        let seen = store::in_any(&self.seen).and(store::told(&request.caller));
        let mut query = duties::table.into_boxed().filter(seen).filter(store::valid(on));
        if let Some(day) = self.due_before {
            query = query.filter(duties::due_on.lt(Some(day)));
        }
        if let Some(day) = self.due_after {
            query = query.filter(duties::due_on.gt(Some(day)));
        }
        if !self.status.is_empty() {
            query = query.filter(store::any_status(&self.status, on));
        }
        if !self.nature.is_empty() {
            query = query.filter(duties::nature.eq_any(self.nature.clone()));
        }
        if !self.rule.is_empty() {
            query = query.filter(duties::rule.eq_any(self.rule.clone()));
        }
        if !self.owed_by.is_empty() {
            query = query.filter(store::owed_by_sides(&self.owed_by));
        }
        if !self.organisation_id.is_empty() {
            query = query.filter(store::owed_by_organisations(&self.organisation_id));
        }
        if self.mine {
            let mine: Vec<Id> = request.caller.organisation_id.into_iter().collect();
            query = query.filter(store::owed_by_organisations(&mine));
        }
        query
    }
}

/// A rule that the ledger knows, as the document lists them.
pub struct RuleName;

impl utoipa::PartialSchema for RuleName {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new().enum_values(Some(rules::RULES)).into()
    }
}

/// Rules that the ledger knows: of another there is no duty, and nobody means to ask for none.
fn known_rules(params: &mut Params) -> Vec<String> {
    let asked: Vec<String> =
        params.text("rule").map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default();
    if asked.iter().any(|rule| !rules::RULES.contains(&rule.as_str())) {
        let detail = both("Valeur hors de la liste.", "Value outside the list.");
        params.fault(Fault::parameter("rule", "not_in_list", detail).accepting(rules::RULES));
        return Vec::new();
    }
    asked
}

impl Listing for Obligations {
    type Item = Obligation;
    const SORTS: &'static [&'static str] = &["due_on"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "convention_title",
        "territory",
        "territory_label.fr",
        "key",
        "rule",
        "article",
        "what.fr",
        "kind",
        "nature",
        "owed_by",
        "owed_by_names",
        "window_from",
        "window_until",
        "due_on",
        "deadline_on",
        "status",
        "as_of",
        "met_on",
        "late_by_days",
    ];

    fn filters(params: &mut Params) -> Self {
        Self {
            due_before: params.one("due_before"),
            due_after: params.one("due_after"),
            status: params.many("status"),
            nature: params.many("nature"),
            rule: known_rules(params),
            territory: params.many("territory"),
            owed_by: params.many("owed_by"),
            organisation_id: params.many("organisation_id"),
            mine: params.flag("mine").unwrap_or(false),
            convention_id: params.many("convention_id"),
            as_of: params.one("as_of"),
            seen: Vec::new(),
        }
    }

    /// The signed conventions that the caller sees: few beside their duties, and the finders stay the only ones to know
    /// who sees what.
    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        let mut seen = conventions::table
            .into_boxed::<MultiBackend>()
            .filter(seen_by(request))
            .filter(conventions::complete_on.is_not_null().nullable());
        if !self.territory.is_empty() {
            seen = seen.filter(conventions::territory.eq_any(self.territory.clone()));
        }
        if !self.convention_id.is_empty() {
            seen = seen.filter(conventions::id.eq_any(self.convention_id.clone()));
        }
        self.seen = seen.select(conventions::id).load(c)?;
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<Obligation>, Halt> {
        let start = CivilDate::of_ours(&window.text()).unwrap_or(CivilDate::LAST);
        let query = ordered!(self.query(request), window, duties::due_key, duties::id, start);
        let rows: Vec<DutyRow> = query.select(DutyRow::as_select()).load(c)?;
        let mut ids: Vec<Id> = rows.iter().map(|row| row.convention_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let (homes, on) = (Home::of_each(c, &ids)?, self.on(request));
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let home = homes.get(&row.convention_id)?;
                Some(Obligation::of(Some(row.id), row, home, on).told(&request.caller, home))
            })
            .collect())
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.query(request).count().get_result(c)?)
    }

    fn mark(item: &Obligation, _: &str) -> After {
        After { mark: Mark::Text(item.due_key.to_string()), id: item.id.unwrap_or(item.convention_id) }
    }
}

/// List the obligations
///
/// Of every convention within the caller's perimeter, as they stand on `as_of` (today in Paris when left out), those due
/// first coming first and those without a date last. From every fact known now.
#[utoipa::path(
    tag = "Obligations", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("due_before" = Option<CivilDate>, Query, description = "Due before this day"),
        ("due_after" = Option<CivilDate>, Query, description = "Due after this day"),
        ("status" = inline(Option<Many<DutyStatus>>), Query, description = "Statuses on `as_of`, separated by commas"),
        ("nature" = inline(Option<Many<DutyNature>>), Query, description = "Natures, separated by commas"),
        ("rule" = inline(Option<Many<RuleName>>), Query, description = "Rules that the ledger knows, separated by commas: `R04,R11`, `E01`, `E02`"),
        ("territory" = inline(Option<Many<Territory>>), Query, description = "Territories of the conventions, separated by commas"),
        ("owed_by" = inline(Option<Many<Side>>), Query, description = "Owed by a party of these sides, separated by commas"),
        ("organisation_id" = inline(Option<Many<Id>>), Query, description = "Owed by a party that is one of these organisations, ids separated by commas"),
        ("mine" = Option<bool>, Query, description = "true: owed by the caller's own organisation"),
        ("convention_id" = inline(Option<Many<Id>>), Query, description = "Of these conventions, ids separated by commas"),
        ("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) the status is computed for"),
        ("sort" = Option<String>, Query, pattern = "^-?(due_on)$", description = "`due_on` (default); a minus in front reverses"),
    ),
    responses((status = 200, description = "Obligations", body = Page<Obligation>))
)]
#[get("/v1/obligations")]
async fn list_obligations(call: Call<ReadConventions>) -> Reply {
    call.list::<Obligations>().await
}

/// A duty by its id, within the caller's perimeter, with what it is labelled with.
pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<(DutyRow, Home), Halt> {
    let found: Option<DutyRow> = duties::table.find(id).select(DutyRow::as_select()).first(c).optional()?;
    let row = found.ok_or_else(Halt::not_found)?;
    ConventionRow::glance(c, request, row.convention_id)?;
    let home = Home::of_each(c, &[row.convention_id])?.remove(&row.convention_id).ok_or_else(Halt::not_found)?;
    if !store::tells(&request.caller, &home.organisations(), &row.rule) {
        return Err(Halt::not_found());
    }
    Ok((row, home))
}

/// Read an obligation
///
/// As it stands on `as_of`, from every fact known now. A duty that is owed no more, because a fact was corrected or an
/// amendment changed the text, is no longer found.
#[utoipa::path(
    tag = "Obligations", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) the status is computed for; today when left out")),
    responses((status = 200, description = "The obligation", body = Obligation))
)]
#[get("/v1/obligations/{id}")]
async fn read_obligation(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let (row, home) = find(c, request, request.id()?)?;
            request.only_json()?;
            let mut params = Params::of(&request.query);
            let on = params.one("as_of").unwrap_or(request.today);
            params.verdict()?;
            let duty = Obligation::of(Some(row.id), row, &home, on).told(&request.caller, &home);
            Ok(Answer::single(home.version, &duty)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_obligations).service(list_obligations).service(read_obligation);
}
