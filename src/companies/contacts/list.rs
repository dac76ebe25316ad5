//! The lists of contacts: all of a caller's perimeter, and those with one company.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::Value;
use utoipa::IntoParams;

use super::by_level;
use super::contact::{CompanyContact, ContactRow};
use super::store::{seen_by, views};
use crate::companies::company::CompanyRow;
use crate::companies::places::PlaceFilters;
use crate::db::schema::{companies, company_contacts as contacts, conventions};
use crate::db::{Connection, MultiBackend, holds};
use crate::domain::vocabulary::{ContactMeans, ContactOutcome, ContactPurpose, SchoolLevel};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;
use crate::http::call::Request;
use crate::http::list::{After, Listing, Mark, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::ordered;

/// How the filters of contacts are documented, in lists and sums.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a form of the document alone: `Filters` reads them")]
pub struct ContactFilters {
    /// Under these conventions, ids separated by commas
    #[param(inline)]
    convention_id: Option<Many<Id>>,
    /// Purposes, separated by commas
    #[param(inline)]
    purpose: Option<Many<ContactPurpose>>,
    /// Outcomes, separated by commas
    #[param(inline)]
    outcome: Option<Many<ContactOutcome>>,
    /// Means, separated by commas
    #[param(inline)]
    means: Option<Many<ContactMeans>>,
    /// With places for one of these levels, separated by commas
    #[param(inline)]
    level: Option<Many<SchoolLevel>>,
    /// Every word occurs in the name of the company; accents and case do not count
    q: Option<String>,
    /// On this civil day or later
    from: Option<CivilDate>,
    /// On this civil day or before
    to: Option<CivilDate>,
    /// Codes of départements, separated by commas
    #[param(pattern = "^([0-9]{2,3}|2[ABab])(,([0-9]{2,3}|2[ABab]))*$")]
    departement: Option<String>,
    /// Codes of académies, separated by commas: `25`
    #[param(pattern = "^((academie:)?[0-9]{2})(,((academie:)?[0-9]{2}))*$")]
    academie: Option<String>,
    /// Codes of régions académiques, separated by commas: `11`
    #[param(pattern = "^((region:)?[0-9]{2})(,((region:)?[0-9]{2}))*$")]
    region: Option<String>,
    /// Only those dated beyond the end of their convention, or only the others
    orphaned: Option<bool>,
    /// The caller's own key
    external_id: Option<String>,
    /// Changed after this instant (RFC 3339)
    updated_after: Option<Instant>,
}

/// What contacts are narrowed by, in lists and sums.
pub struct Filters {
    convention_id: Vec<Id>,
    company_id: Vec<Id>,
    purpose: Vec<ContactPurpose>,
    outcome: Vec<ContactOutcome>,
    means: Vec<ContactMeans>,
    /// Levels that places are for.
    pub level: Vec<SchoolLevel>,
    q: Vec<String>,
    from: Option<CivilDate>,
    to: Option<CivilDate>,
    places: PlaceFilters,
    orphaned: Option<bool>,
    external_id: Option<String>,
    updated_after: Option<Instant>,
}

impl Filters {
    /// Takes them; `company_id` is another's where the path names the company.
    pub fn of(params: &mut Params, of_one_company: bool) -> Self {
        Self {
            convention_id: params.many("convention_id"),
            company_id: if of_one_company { Vec::new() } else { params.many("company_id") },
            purpose: params.many("purpose"),
            outcome: params.many("outcome"),
            means: params.many("means"),
            level: params.many("level"),
            q: params.words("q"),
            from: params.one("from"),
            to: params.one("to"),
            places: PlaceFilters::of(params),
            orphaned: params.flag("orphaned"),
            external_id: params.text("external_id"),
            updated_after: params.one("updated_after"),
        }
    }

    /// The rows of the caller's perimeter that they keep.
    pub fn query(&self, request: &Request) -> contacts::BoxedQuery<'static, MultiBackend> {
        let mut query = seen_by(request);
        if !self.convention_id.is_empty() {
            query = query.filter(contacts::convention_id.eq_any(self.convention_id.clone()));
        }
        if !self.company_id.is_empty() {
            query = query.filter(contacts::company_id.eq_any(self.company_id.clone()));
        }
        if !self.purpose.is_empty() {
            query = query.filter(contacts::purpose.eq_any(self.purpose.clone()));
        }
        if !self.outcome.is_empty() {
            query = query.filter(contacts::outcome.eq_any(self.outcome.clone()));
        }
        if !self.means.is_empty() {
            query = query.filter(contacts::means.eq_any(self.means.clone()));
        }
        if let Some(some) =
            self.level.iter().map(|level| for_level(*level)).reduce(|one, other| Box::new(one.or(other)))
        {
            query = query.filter(some);
        }
        for pattern in holds(&self.q) {
            let named = companies::table.filter(companies::name_key.like(pattern).escape('\\')).select(companies::id);
            query = query.filter(contacts::company_id.eq_any(named));
        }
        if let Some(day) = self.from {
            query = query.filter(contacts::occurred_on.ge(day));
        }
        if let Some(day) = self.to {
            query = query.filter(contacts::occurred_on.le(day));
        }
        if let Some(orphaned) = self.orphaned {
            let ended = conventions::table
                .filter(conventions::id.eq(contacts::convention_id))
                .filter(conventions::ends_on.lt(contacts::occurred_on.nullable()));
            query = if orphaned {
                query.filter(diesel::dsl::exists(ended))
            } else {
                query.filter(diesel::dsl::not(diesel::dsl::exists(ended)))
            };
        }
        if let Some(departements) = &self.places.departements {
            let there =
                companies::table.filter(companies::departement.eq_any(departements.clone())).select(companies::id);
            query = query.filter(contacts::company_id.eq_any(there));
        }
        for academies in &self.places.academies {
            query = query.filter(contacts::academie.eq_any(academies.clone()));
        }
        if let Some(key) = &self.external_id {
            query = query.filter(contacts::external_id.eq(Some(key.clone())));
            query = match request.caller.organisation_id {
                Some(mine) => query.filter(contacts::owner_id.eq(Some(mine))),
                None => query.filter(contacts::owner_id.is_null()),
            };
        }
        if let Some(after) = self.updated_after {
            query = query.filter(contacts::updated_at.gt(after));
        }
        query
    }
}

type Kept = Box<dyn BoxableExpression<contacts::table, MultiBackend, SqlType = Bool>>;

/// With places for a level: as the row's own JSON writes it, which is short and never written by hand.
fn for_level(level: SchoolLevel) -> Kept {
    let written = format!("%\"level\":\"{}\"%", level.code().replace('_', "\\_"));
    Box::new(contacts::places.like(written).escape('\\'))
}

const SORTS: &[&str] = &["occurred_on", "created_at", "updated_at"];
const COLUMNS: &[&str] = &[
    "id",
    "company_id",
    "company.name",
    "company.siret",
    "company.commune",
    "company.departement",
    "convention_id",
    "occurred_on",
    "means",
    "purpose",
    "outcome",
    "places_total",
    "places_rep",
    "places_rep_plus",
    "places_by_level",
    "places_rep_by_level",
    "places_rep_plus_by_level",
    "academie",
    "academie_label.fr",
    "comment",
    "external_id",
    "owner_id",
    "created_at",
    "updated_at",
];

type Rows = contacts::BoxedQuery<'static, MultiBackend>;

fn page(c: &mut Connection, query: Rows, window: &Window) -> Result<Vec<CompanyContact>, Halt> {
    let start = Instant::from_micros(window.number());
    let query = match window.sort {
        "created_at" => ordered!(query, window, contacts::created_at, contacts::id, start),
        "updated_at" => ordered!(query, window, contacts::updated_at, contacts::id, start),
        _ => {
            // A cursor of ours holds a day; what holds another text starts where nothing is left.
            let day = CivilDate::of_ours(&window.text()).unwrap_or(CivilDate::LAST);
            ordered!(query, window, contacts::occurred_on, contacts::id, day)
        }
    };
    let rows: Vec<ContactRow> = query.select(ContactRow::as_select()).load(c)?;
    Ok(views(c, rows)?)
}

fn mark_of(item: &CompanyContact, sort: &str) -> After {
    let mark = match sort {
        "created_at" => Mark::Number(item.created_at.as_micros()),
        "updated_at" => Mark::Number(item.updated_at.as_micros()),
        _ => Mark::Text(item.occurred_on.to_string()),
    };
    After { mark, id: item.id }
}

/// All contacts of the perimeter.
pub struct Contacts(Filters);

impl Listing for Contacts {
    type Item = CompanyContact;
    const SORTS: &'static [&'static str] = SORTS;
    const COLUMNS: &'static [&'static str] = COLUMNS;

    fn filters(params: &mut Params) -> Self {
        Self(Filters::of(params, false))
    }

    fn enter(&mut self, _: &mut Connection, _: &Request) -> Result<(), Halt> {
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<CompanyContact>, Halt> {
        page(c, self.0.query(request), window)
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.0.query(request).count().get_result(c)?)
    }

    fn mark(item: &CompanyContact, sort: &str) -> After {
        mark_of(item, sort)
    }

    fn told(item: &Value, column: &str) -> Option<String> {
        by_level::cell(item, column)
    }
}

/// The contacts made with one company that the caller sees.
pub struct ContactsWith {
    filters: Filters,
    company: Option<Id>,
}

impl ContactsWith {
    fn query(&self, request: &Request) -> Result<Rows, Halt> {
        let company = self.company.ok_or_else(Halt::not_found)?;
        Ok(self.filters.query(request).filter(contacts::company_id.eq(company)))
    }
}

impl Listing for ContactsWith {
    type Item = CompanyContact;
    const SORTS: &'static [&'static str] = SORTS;
    const COLUMNS: &'static [&'static str] = COLUMNS;

    fn filters(params: &mut Params) -> Self {
        Self { filters: Filters::of(params, true), company: None }
    }

    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        self.company = Some(CompanyRow::find(c, request, request.id()?)?.id);
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<CompanyContact>, Halt> {
        page(c, self.query(request)?, window)
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.query(request)?.count().get_result(c)?)
    }

    fn mark(item: &CompanyContact, sort: &str) -> After {
        mark_of(item, sort)
    }

    fn told(item: &Value, column: &str) -> Option<String> {
        by_level::cell(item, column)
    }
}
