//! `GET /v1/actions`: the list, with the filters that people need, within the caller's perimeter.

mod page;

use actix_web::get;
use diesel::prelude::*;
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

use self::page::{Line, Walk};
use super::action::Action;
use super::cells;
use super::perimeter::{academies_of, in_schools, seen_at, seen_by, under};
use super::places::{within_academies, within_departements};
use crate::auth::policy::ReadActions;
use crate::db::schema::{action_aliases, actions, conventions};
use crate::db::{Connection, MultiBackend, holds};
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionKind, ActionOrigin, ActionStatus, Programme, SchoolLevel};
use crate::domain::{CivilDate, Id, Instant, Territory};
use crate::error::{Fault, Halt, both};
use crate::http::answer::Reply;
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;

/// Ids that one call takes.
const IDS: usize = 200;
/// That many ids, as the document says it.
type Ids = Many<Id, IDS>;

/// Filters of the list of actions.
struct Actions {
    ids: Vec<Id>,
    q: Vec<String>,
    convention_id: Vec<Id>,
    association_id: Vec<Id>,
    axis_id: Vec<Id>,
    kind: Vec<ActionKind>,
    status: Vec<ActionStatus>,
    school: Vec<Uai>,
    academies: Vec<String>,
    region: Vec<String>,
    departement: Vec<String>,
    level: Vec<SchoolLevel>,
    from: Option<CivilDate>,
    to: Option<CivilDate>,
    programme: Vec<Programme>,
    theme: Option<String>,
    orphaned: Option<bool>,
    updated_after: Option<Instant>,
    external_id: Option<String>,
    origin: Vec<ActionOrigin>,
    host_company_id: Vec<Id>,
}

type Query = actions::BoxedQuery<'static, MultiBackend>;

/// Keeps rows whose column has one of some values; none named, any. The statement of one value is kept prepared, that of
/// several is not.
macro_rules! among {
    ($query:expr, $column:expr, $values:expr) => {
        match $values.as_slice() {
            [] => $query,
            [one] => $query.filter($column.eq(one.clone())),
            many => $query.filter($column.eq_any(many.to_vec())),
        }
    };
}

impl Actions {
    fn query(&self, request: &Request, walk: &Walk) -> Query {
        let seen = match walk {
            Walk::Seen(place) => seen_at(&request.caller, place),
            _ => seen_by(&request.caller),
        };
        let mut query = actions::table.into_boxed().filter(seen);
        if !self.ids.is_empty() {
            query = query.filter(actions::id.eq_any(self.ids.clone()));
        }
        for pattern in holds(&self.q) {
            query = query.filter(actions::search_key.like(pattern).escape('\\'));
        }
        query = among!(query, actions::convention_id, self.convention_id);
        for association in &self.association_id {
            query = query.filter(under(*association));
        }
        query = among!(query, actions::axis_id, self.axis_id);
        query = among!(query, actions::kind, self.kind);
        query = among!(query, actions::status, self.status);
        if !self.host_company_id.is_empty() {
            let hosts = self.host_company_id.clone().into_iter().map(Some);
            query = query.filter(actions::host_company_id.eq_any(hosts));
        }
        if !self.programme.is_empty() {
            query = query.filter(actions::programme.eq_any(self.programme.clone().into_iter().map(Some)));
        }
        query = among!(query, actions::origin, self.origin);
        self.dated(self.placed(query, walk), request)
    }

    fn placed(&self, mut query: Query, walk: &Walk) -> Query {
        if !self.school.is_empty() {
            query = query.filter(in_schools(&self.school));
        }
        if let Walk::Asked(place) = walk {
            query = query.filter(place.holds());
        } else if !self.academies.is_empty() {
            query = query.filter(within_academies(self.academies.clone()));
        }
        if !self.region.is_empty() {
            query = query.filter(within_academies(self.region.clone()));
        }
        if !self.departement.is_empty() {
            query = query.filter(within_departements(self.departement.clone()));
        }
        if !self.level.is_empty() {
            let of = |level: &SchoolLevel| {
                actions::levels.like(format!("%|{}|%", level.code().replace('_', "\\_"))).escape('\\')
            };
            let mut any: super::perimeter::Seen = Box::new(actions::version.lt(0).nullable());
            for level in &self.level {
                any = Box::new(any.or(of(level).nullable()));
            }
            query = query.filter(any);
        }
        if let Some(theme) = &self.theme {
            let pattern = holds(&[fold(theme)]).into_iter().next().unwrap_or_default();
            let pattern = pattern.trim_matches('%').to_owned();
            query = query.filter(actions::themes.like(format!("%|{pattern}|%")).escape('\\'));
        }
        query
    }

    fn dated(&self, mut query: Query, request: &Request) -> Query {
        if let Some(from) = self.from {
            query = query.filter(actions::ends_on.ge(Some(from)));
        }
        if let Some(to) = self.to {
            query = query.filter(actions::starts_on.le(Some(to)));
        }
        if let Some(after) = self.updated_after {
            query = query.filter(actions::updated_at.gt(after));
        }
        if let Some(orphaned) = self.orphaned {
            let to_come =
                [ActionStatus::Requested, ActionStatus::Proposed, ActionStatus::Planned, ActionStatus::Confirmed];
            let ended = conventions::table
                .filter(conventions::id.eq(actions::convention_id))
                .filter(conventions::ends_on.lt(actions::ends_on));
            query = if orphaned {
                query.filter(actions::status.eq_any(to_come)).filter(diesel::dsl::exists(ended))
            } else {
                query.filter(actions::status.ne_all(to_come).or(diesel::dsl::not(diesel::dsl::exists(ended))))
            };
        }
        if let Some(key) = &self.external_id {
            // A key of the caller's own, those of twins that were merged included.
            let mine = request.caller.organisation_id;
            let aliases = action_aliases::table
                .filter(action_aliases::external_id.eq(key.clone()))
                .filter(action_aliases::owner_id.nullable().eq(mine))
                .select(action_aliases::action_id);
            let own: super::perimeter::Seen = match mine {
                Some(_) => Box::new(actions::external_id.eq(Some(key.clone())).and(actions::owner_id.eq(mine))),
                None => {
                    Box::new(actions::external_id.eq(Some(key.clone())).and(actions::owner_id.is_null().nullable()))
                }
            };
            query = query.filter(own.or(actions::id.eq_any(aliases).nullable()));
        }
        query
    }
}

/// Codes of académies, from `24`, `academie:24`.
fn academies(params: &mut Params) -> Vec<String> {
    codes(params, "academie", |code| {
        let code = code.strip_prefix("academie:").unwrap_or(code);
        Territory::academie(code).map(|territory| academies_of(&[territory]))
    })
}

/// Codes of the académies of some régions académiques, from `11`, `region:11`.
fn regions(params: &mut Params) -> Vec<String> {
    codes(params, "region", |code| {
        let code = code.strip_prefix("region:").unwrap_or(code);
        Territory::region(code).map(|territory| academies_of(&[territory]))
    })
}

fn departements(params: &mut Params) -> Vec<String> {
    codes(params, "departement", |code| {
        crate::domain::territory::department(code).map(|known| vec![known.code.to_owned()])
    })
}

fn codes(params: &mut Params, name: &'static str, read: impl Fn(&str) -> Option<Vec<String>>) -> Vec<String> {
    let mut all = Vec::new();
    for text in params.text(name).as_deref().into_iter().flat_map(|text| text.split(',')) {
        match read(text.trim()) {
            Some(codes) => all.extend(codes),
            None => params.fault(Fault::parameter(name, "malformed", both("Code inconnu.", "Unknown code."))),
        }
    }
    all
}

impl Listing for Actions {
    type Item = Line;
    const SORTS: &'static [&'static str] = &["day", "updated_at"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "axis_id",
        "axis_label",
        "axis_article",
        "catalogue_label",
        "kind",
        "kind_text",
        "programme",
        "counted_under",
        "origin",
        "status",
        "reason",
        "title",
        "description",
        "schools.0.uai",
        "schools.0.name",
        "schools.0.commune",
        "schools.0.departement",
        "schools.0.academie",
        "schools.0.education_priority",
        "schools.0.class_label",
        "schools.*.uai",
        "schools.*.counts",
        "schools",
        "organiser",
        "territory",
        "modality",
        "place.label",
        "place.address",
        "place.postcode",
        "place.commune",
        "wished",
        "sessions.0.date",
        "sessions.0.start",
        "sessions.0.end",
        "sessions.0.zone",
        "sessions.0.hours",
        "sessions",
        "starts_on",
        "ends_on",
        "school_year",
        "session_hours",
        "levels",
        "tracks",
        "pupil_statuses",
        "themes",
        "sectors",
        "skills",
        "host_company",
        "host_company_id",
        "network_contact_id",
        "school_contact.function",
        "school_contact.email",
        "responsible_adult",
        "inclusion.measures",
        "inclusion.none_because",
        "accessibility",
        "volunteers_needed",
        "offers",
        "pairs",
        "results.pupils",
        "results.girls",
        "results.boys",
        "results.with_disability",
        "results.attendances",
        "results.session_hours",
        "results.pupil_hours",
        "results.volunteer_hours",
        "results.volunteers",
        "results.speakers_women",
        "results.speakers_men",
        "results.comment",
        "not_recorded",
        "comment",
        "orphaned",
        "external_id",
        "created_at",
        "updated_at",
    ];

    fn filters(params: &mut Params) -> Self {
        Self {
            ids: params.up_to("ids", IDS),
            q: params.words("q"),
            convention_id: params.many("convention_id"),
            association_id: params.one("association_id").into_iter().collect(),
            axis_id: params.many("axis_id"),
            kind: params.many("kind"),
            status: params.many("status"),
            school: params.many("school"),
            academies: academies(params),
            region: regions(params),
            departement: departements(params),
            level: params.many("level"),
            from: params.one("from"),
            to: params.one("to"),
            programme: params.many("programme"),
            theme: params.text("theme"),
            orphaned: params.flag("orphaned"),
            updated_after: params.one("updated_after"),
            external_id: params.text("external_id"),
            origin: params.many("origin"),
            host_company_id: params.many("host_company_id"),
        }
    }

    fn enter(&mut self, _: &mut Connection, _: &Request) -> Result<(), Halt> {
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<Line>, Halt> {
        page::rows(self, c, request, window)
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.query(request, &Walk::Whole).count().get_result(c)?)
    }

    fn mark(item: &Line, sort: &str) -> After {
        item.mark(sort)
    }

    fn write(item: &Line, out: &mut Vec<u8>) -> serde_json::Result<()> {
        out.extend_from_slice(item.json().as_bytes());
        Ok(())
    }

    fn told(item: &Value, column: &str) -> Option<String> {
        cells::cell(item, column)
    }
}

/// List the actions
///
/// Within the caller's perimeter: a school those it takes part in, an académie those of its territory, an association
/// those of its conventions, the ministry all. The same list as CSV, XLSX or NDJSON is exactly what is filtered.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:read"]), ("bearer" = [])),
    params(
        ("ids" = inline(Option<Ids>), Query, description = "Ids, separated by commas, at most 200"),
        ("q" = Option<String>, Query, description = "Every word occurs in title, schools, communes, themes, sectors, organiser, place or host company; accents and case do not count"),
        ("convention_id" = inline(Option<Many<Id>>), Query, description = "Conventions, ids separated by commas"),
        ("association_id" = Option<Id>, Query, description = "Of the conventions that this organisation is party to, and those that decline them"),
        ("axis_id" = inline(Option<Many<Id>>), Query, description = "Axes, ids separated by commas"),
        ("kind" = inline(Option<Many<ActionKind>>), Query, description = "Kinds, separated by commas"),
        ("status" = inline(Option<Many<ActionStatus>>), Query, description = "States, separated by commas"),
        ("school" = inline(Option<Many<Uai>>), Query, description = "Schools, UAI separated by commas"),
        ("academie" = Option<String>, Query, pattern = "^((academie:)?[0-9]{2})(,((academie:)?[0-9]{2}))*$", description = "With a school in these académies or, without any school, placed there: codes separated by commas"),
        ("region" = Option<String>, Query, pattern = "^((region:)?[0-9]{2})(,((region:)?[0-9]{2}))*$", description = "With a school in these régions académiques or, without any school, placed there: codes separated by commas"),
        ("departement" = Option<String>, Query, pattern = "^([0-9]{2,3}|2[ABab])(,([0-9]{2,3}|2[ABab]))*$", description = "With a school in these départements or, without any school, placed there by the postcode of its place or in an académie that is one of them: codes separated by commas"),
        ("level" = inline(Option<Many<SchoolLevel>>), Query, description = "With one of these levels, separated by commas"),
        ("from" = Option<CivilDate>, Query, description = "Its last session is on this day or later; with `to`, an action whose sessions surround the days asked for is found too"),
        ("to" = Option<CivilDate>, Query, description = "Its first session is on this day or earlier"),
        ("programme" = inline(Option<Many<Programme>>), Query, description = "Programmes, separated by commas"),
        ("theme" = Option<String>, Query, description = "One theme, whole; accents and case do not count"),
        ("orphaned" = Option<bool>, Query, description = "Only those dated beyond the end of their convention and not held, or only the others"),
        ("updated_after" = Option<Instant>, Query, description = "Changed after this instant (RFC 3339)"),
        ("external_id" = Option<String>, Query, description = "The caller's own key, that of a twin merged since included"),
        ("origin" = inline(Option<Many<ActionOrigin>>), Query, description = "Origins, separated by commas"),
        ("host_company_id" = inline(Option<Many<Id>>), Query, description = "Hosted by these companies, ids separated by commas"),
        ("sort" = Option<String>, Query, pattern = "^-?(day|updated_at)$", description = "`day` (default: first day of its sessions, else the day it was entered) or `updated_at`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Actions", body = Page<Action>))
)]
#[get("/v1/actions")]
async fn list_actions(call: Call<ReadActions>) -> Reply {
    call.list::<Actions>().await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_actions);
}
