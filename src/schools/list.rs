//! `GET /v1/schools`: the list and its filters.

use actix_web::get;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Date;
use utoipa_actix_web::service_config::ServiceConfig;

use super::filters::{CogCode, InAcademie, InRegion, SchoolYear};
use super::rules::names;
use super::school::{School, SchoolRow};
use crate::auth::policy::{Permission as _, ReadActions, ReadSchools};
use crate::changes::audience::Reading;
use crate::db::schema::schools;
use crate::db::types::sql::DbUuid;
use crate::db::{Connection, MultiBackend, holds};
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{EducationPriority, SchoolKind, SchoolSector};
use crate::domain::{Id, Instant, Territory};
use crate::error::{Fault, Halt, both};
use crate::http::answer::Reply;
use crate::http::call::{self, Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::ordered;

type Query = schools::BoxedQuery<'static, MultiBackend>;

/// Filters of the list of schools.
struct Schools {
    q: Vec<String>,
    uai: Vec<Uai>,
    kind: Vec<SchoolKind>,
    sector: Vec<SchoolSector>,
    academie: Vec<InAcademie>,
    region: Vec<InRegion>,
    departement: Vec<CogCode>,
    commune_code: Vec<CogCode>,
    education_priority: Vec<EducationPriority>,
    open: Option<bool>,
    known: Option<bool>,
    updated_after: Option<Instant>,
    without_action_in: Option<SchoolYear>,
    convention_id: Vec<Id>,
    /// Where something was done in that year, as far as the caller sees: at most the secondary schools (R31).
    met: Vec<Uai>,
}

impl Schools {
    fn query(&self) -> Query {
        let mut query = schools::table.into_boxed();
        for pattern in holds(&names::words(&self.q)) {
            let number = schools::uai.like(pattern.to_uppercase()).escape('\\');
            let named = schools::name_key.like(pattern.clone()).escape('\\');
            query = query.filter(named.or(schools::commune_key.like(pattern).escape('\\')).or(number));
        }
        if !self.uai.is_empty() {
            query = query.filter(schools::uai.eq_any(self.uai.clone()));
        }
        if !self.kind.is_empty() {
            query = query.filter(schools::kind.eq_any(self.kind.clone()));
        }
        if !self.sector.is_empty() {
            query = query.filter(schools::sector.eq_any(self.sector.clone().into_iter().map(Some)));
        }
        for places in [codes(self.academie.iter().map(|a| a.0)), codes(self.region.iter().map(|r| r.0))] {
            if !places.is_empty() {
                query = query.filter(schools::academie.eq_any(places));
            }
        }
        if !self.departement.is_empty() {
            query = query.filter(schools::departement.eq_any(self.departement.iter().map(|code| Some(code.0.clone()))));
        }
        if !self.commune_code.is_empty() {
            query =
                query.filter(schools::commune_code.eq_any(self.commune_code.iter().map(|code| Some(code.0.clone()))));
        }
        if !self.education_priority.is_empty() {
            let wanted = self.education_priority.clone().into_iter().map(Some);
            query = query.filter(schools::education_priority.eq_any(wanted));
        }
        if let Some(open) = self.open {
            query = query.filter(schools::open.eq(open));
        }
        query = match self.known {
            None => query,
            Some(true) => query.filter(schools::source.is_not_null()),
            Some(false) => query.filter(schools::source.is_null()),
        };
        if let Some(after) = self.updated_after {
            query = query.filter(schools::updated_at.gt(after));
        }
        if self.without_action_in.is_some() {
            query = query.filter(schools::open.eq(true)).filter(schools::uai.ne_all(self.met.clone()));
        }
        query
    }

    /// The schools where the caller sees something that took place or still may, some of whose days are in that year. Its perimeter is told as the
    /// feed tells it, by audience.
    fn met_in(&self, c: &mut Connection, request: &Request, year: SchoolYear) -> QueryResult<Vec<Uai>> {
        let seen = Reading::of(&request.caller).sql();
        let of = |condition: &str| {
            format!(
                "SELECT DISTINCT s.uai AS uai FROM action_schools s JOIN actions a ON a.id = s.action_id \
                 WHERE COALESCE(a.ends_on, a.day) >= $1 AND a.day <= $2 AND a.status NOT IN ('declined', 'cancelled') \
                 AND a.audience_id IN ({seen}){condition}"
            )
        };
        let mut met: Vec<Met> = Vec::new();
        if self.convention_id.is_empty() {
            met = sql_query(of("")).bind::<Date, _>(year.from).bind::<Date, _>(year.to).load(c)?;
        }
        for convention in &self.convention_id {
            let query = sql_query(of(" AND a.convention_id = $3")).bind::<Date, _>(year.from).bind::<Date, _>(year.to);
            met.extend(query.bind::<DbUuid, _>(*convention).load::<Met>(c)?);
        }
        Ok(met.into_iter().map(|row| row.uai).collect())
    }
}

/// A school where something was done.
#[derive(QueryableByName)]
struct Met {
    #[diesel(sql_type = diesel::sql_types::Text)]
    uai: Uai,
}

/// The académies of territories.
fn codes(territories: impl Iterator<Item = Territory>) -> Vec<Option<String>> {
    territories.flat_map(|t| t.academies()).map(|academie| Some(academie.code.to_string())).collect()
}

impl Listing for Schools {
    type Item = School;
    const SORTS: &'static [&'static str] = &["name", "commune", "updated_at"];
    const COLUMNS: &'static [&'static str] = &[
        "uai",
        "name",
        "kind",
        "nature",
        "sector",
        "address",
        "postcode",
        "commune",
        "commune_code",
        "departement",
        "departement_label",
        "academie",
        "academie_label",
        "region",
        "region_label",
        "education_priority",
        "vocational",
        "open",
        "opened_on",
        "closed_on",
        "email",
        "phone",
        "website",
        "known",
        "source",
        "source_date",
        "created_at",
        "updated_at",
    ];

    fn filters(params: &mut Params) -> Self {
        let (without_action_in, convention_id) = (params.one("without_action_in"), params.many("convention_id"));
        if params.has("convention_id") && !params.has("without_action_in") {
            let detail = both("Ce filtre va avec without_action_in.", "This filter goes with without_action_in.");
            params.fault(Fault::parameter("convention_id", "not_applicable", detail));
        }
        Self {
            met: Vec::new(),
            without_action_in,
            convention_id,
            q: params.words("q"),
            uai: params.many("uai"),
            kind: params.many("kind"),
            sector: params.many("sector"),
            academie: params.many("academie"),
            region: params.many("region"),
            departement: params.many("departement"),
            commune_code: params.many("commune_code"),
            education_priority: params.many("education_priority"),
            open: params.flag("open"),
            known: params.flag("known"),
            updated_after: params.one("updated_after"),
        }
    }

    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        // Where nothing was done tells what was.
        if self.without_action_in.is_some() && !request.caller.holds(ReadActions::SCOPE) {
            return Err(call::lacking(ReadActions::SCOPE).into());
        }
        if let Some(year) = self.without_action_in {
            self.met = self.met_in(c, request, year)?;
        }
        Ok(())
    }

    fn rows(&self, c: &mut Connection, _: &Request, window: &Window) -> Result<Vec<School>, Halt> {
        let query = self.query();
        let query = match window.sort {
            "updated_at" => {
                let start = Instant::from_micros(window.number());
                ordered!(query, window, schools::updated_at, schools::id, start)
            }
            "commune" => ordered!(query, window, schools::commune_key, schools::id, window.text()),
            _ => ordered!(query, window, schools::name_key, schools::id, window.text()),
        };
        let rows: Vec<SchoolRow> = query.select(SchoolRow::as_select()).load(c)?;
        Ok(rows.into_iter().map(School::from).collect())
    }

    fn count(&self, c: &mut Connection, _: &Request) -> Result<i64, Halt> {
        Ok(self.query().count().get_result(c)?)
    }

    fn mark(item: &School, sort: &str) -> After {
        let mark = match sort {
            "updated_at" => Mark::Number(item.updated_at.as_micros()),
            "commune" => Mark::Text(names::key(item.commune.as_deref().unwrap_or_default())),
            _ => Mark::Text(names::key(&item.name)),
        };
        After { mark, id: item.id }
    }
}

/// List the schools
///
/// The ministry's directory, closed schools too, and those of which only the number is known. The same for everybody;
/// it is not in the change feed: who keeps a copy asks again for what changed with `updated_after`, from a minute
/// before the latest `updated_at` that it holds.
#[utoipa::path(
    tag = "Schools", security(("oauth2" = ["schools:read"]), ("bearer" = [])),
    params(
        ("q" = Option<String>, Query, description = "Every word occurs in the name, the commune or the UAI; accents, case and usual abbreviations (`clg`, `lp`, `st`) do not count"),
        ("uai" = inline(Option<Many<Uai>>), Query, description = "UAIs, separated by commas"),
        ("kind" = inline(Option<Many<SchoolKind>>), Query, description = "Kinds, separated by commas"),
        ("sector" = inline(Option<Many<SchoolSector>>), Query, description = "Sectors, separated by commas"),
        ("academie" = Option<String>, Query, pattern = "^((academie:)?[0-9]{2})(,((academie:)?[0-9]{2}))*$", description = "Académies, separated by commas: `24` or `academie:24`"),
        ("region" = Option<String>, Query, pattern = "^((region:)?[0-9]{2})(,((region:)?[0-9]{2}))*$", description = "Régions académiques, separated by commas: `11` or `region:11`"),
        ("departement" = Option<String>, Query, pattern = "^([0-9A-Z]{2,5})(,([0-9A-Z]{2,5}))*$", description = "COG codes of départements, separated by commas: `93`, `2A`, `974`"),
        ("commune_code" = Option<String>, Query, pattern = "^([0-9A-Z]{2,5})(,([0-9A-Z]{2,5}))*$", description = "COG codes of communes, separated by commas: `93066`"),
        ("education_priority" = inline(Option<Many<EducationPriority>>), Query, description = "`rep`, `rep_plus`, `none`, separated by commas"),
        ("open" = Option<bool>, Query, description = "Only open ones, or only closed ones and those still to open"),
        ("known" = Option<bool>, Query, description = "Only those that a directory has named, or only those of which just the number is known"),
        ("updated_after" = Option<Instant>, Query, description = "Changed after this instant (RFC 3339)"),
        ("without_action_in" = Option<String>, Query, pattern = "^[0-9]{4}-[0-9]{4}$", description = "Open schools without any action of that school year, `2025-2026`, among the actions that the caller sees, declined and cancelled ones apart; needs the scope `actions:read`"),
        ("convention_id" = inline(Option<Many<Id>>), Query, description = "With `without_action_in`: only actions of these conventions count, ids separated by commas"),
        ("sort" = Option<String>, Query, pattern = "^-?(name|commune|updated_at)$", description = "`name` (default), `commune` or `updated_at`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Schools", body = Page<School>))
)]
#[get("/v1/schools")]
async fn list_schools(call: Call<ReadSchools>) -> Reply {
    call.list::<Schools>().await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_schools);
}
