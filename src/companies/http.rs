//! `/v1/companies`.

use actix_web::{delete, get, patch, post};
use diesel::prelude::*;
use utoipa_actix_web::service_config::ServiceConfig;

use super::company::{Company, CompanyRow, NewCompany};
use super::places::PlaceFilters;
use super::store::seen_by;
use crate::auth::policy::{ReadCompanies, WriteCompanies};
use crate::db::schema::companies;
use crate::db::{Connection, MultiBackend, holds};
use crate::domain::folded::fold;
use crate::domain::identifiers::Siret;
use crate::domain::{Id, Instant};
use crate::error::{Fault, Halt, both};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::http::unit::Expect;
use crate::ordered;

/// Filters of the list of companies.
struct Companies {
    q: Vec<String>,
    siret: Vec<Siret>,
    sector_code: Option<String>,
    places: PlaceFilters,
    owner_id: Vec<Id>,
    external_id: Option<String>,
    updated_after: Option<Instant>,
}

/// The start of a NAF code: digits, a point after two of them or not.
fn sector_prefix(params: &mut Params) -> Option<String> {
    let text = params.text("sector_code")?;
    let pointed = text.split_once('.').filter(|(division, rest)| division.len() == 2 && !rest.is_empty());
    let close =
        pointed.map_or_else(|| text.clone(), |(division, rest)| format!("{division}{rest}")).to_ascii_uppercase();
    let digits = close.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let letter = close.len() == 5 && close.bytes().last().is_some_and(|b| b.is_ascii_uppercase());
    if (2..=5).contains(&close.len()) && (digits == close.len() || (digits == 4 && letter)) {
        let rest = &close[2..];
        return Some(if rest.is_empty() { close } else { format!("{}.{rest}", &close[..2]) });
    }
    params.fault(Fault::parameter(
        "sector_code",
        "malformed",
        both("Le début d'un code NAF : 85, 85.5, 85.59A.", "The start of a NAF code: 85, 85.5, 85.59A."),
    ));
    None
}

impl Companies {
    fn query(&self, request: &Request) -> companies::BoxedQuery<'static, MultiBackend> {
        let mut query = seen_by(request);
        for pattern in holds(&self.q) {
            query = query.filter(companies::name_key.like(pattern).escape('\\'));
        }
        if !self.siret.is_empty() {
            query = query.filter(companies::siret.eq_any(self.siret.clone().into_iter().map(Some)));
        }
        if let Some(prefix) = &self.sector_code {
            query = query.filter(companies::sector_code.like(format!("{prefix}%")));
        }
        if let Some(departements) = &self.places.departements {
            query = query.filter(companies::departement.eq_any(departements.clone()));
        }
        for academies in &self.places.academies {
            query = query.filter(companies::academie.eq_any(academies.clone()));
        }
        if !self.owner_id.is_empty() {
            query = query.filter(companies::owner_id.eq_any(self.owner_id.clone().into_iter().map(Some)));
        }
        if let Some(key) = &self.external_id {
            query = query.filter(companies::external_id.eq(Some(key.clone())));
            query = match request.caller.organisation_id {
                Some(mine) => query.filter(companies::owner_id.eq(Some(mine))),
                None => query.filter(companies::owner_id.is_null()),
            };
        }
        if let Some(after) = self.updated_after {
            query = query.filter(companies::updated_at.gt(after));
        }
        query
    }
}

impl Listing for Companies {
    type Item = Company;
    const SORTS: &'static [&'static str] = &["name", "created_at", "updated_at"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "siret",
        "sector_code",
        "sector",
        "address",
        "postcode",
        "commune",
        "departement",
        "academie",
        "academie_label.fr",
        "contact.name",
        "contact.function",
        "contact.email",
        "contact.phone",
        "comment",
        "external_id",
        "owner_id",
        "created_at",
        "updated_at",
    ];

    fn filters(params: &mut Params) -> Self {
        Self {
            q: params.words("q"),
            siret: params.many("siret"),
            sector_code: sector_prefix(params),
            places: PlaceFilters::of(params),
            owner_id: params.many("owner_id"),
            external_id: params.text("external_id"),
            updated_after: params.one("updated_after"),
        }
    }

    fn enter(&mut self, _: &mut Connection, _: &Request) -> Result<(), Halt> {
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<Company>, Halt> {
        let query = self.query(request);
        let start = Instant::from_micros(window.number());
        let query = match window.sort {
            "created_at" => ordered!(query, window, companies::created_at, companies::id, start),
            "updated_at" => ordered!(query, window, companies::updated_at, companies::id, start),
            _ => ordered!(query, window, companies::name_key, companies::id, window.text()),
        };
        let rows: Vec<CompanyRow> = query.select(CompanyRow::as_select()).load(c)?;
        Ok(rows.into_iter().map(Company::from).collect())
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.query(request).count().get_result(c)?)
    }

    fn mark(item: &Company, sort: &str) -> After {
        let mark = match sort {
            "created_at" => Mark::Number(item.created_at.as_micros()),
            "updated_at" => Mark::Number(item.updated_at.as_micros()),
            _ => Mark::Text(fold(&item.name)),
        };
        After { mark, id: item.id }
    }
}

/// List the companies
///
/// Within the perimeter: an association its own; an académie its own and those of its territory; the operator those it
/// brought in; the ministry all.
#[utoipa::path(
    tag = "Companies", security(("oauth2" = ["companies:read"]), ("bearer" = [])),
    params(
        ("q" = Option<String>, Query, description = "Every word occurs in the name; accents and case do not count"),
        ("siret" = inline(Option<Many<Siret>>), Query, description = "SIRET numbers, separated by commas"),
        ("sector_code" = Option<String>, Query, pattern = r"^[0-9]{2}(\.?([0-9]|[0-9]{2}[A-Za-z]?))?$", description = "Start of a NAF code: `85`, `85.5`, `85.59A`"),
        ("departement" = Option<String>, Query, pattern = "^([0-9]{2,3}|2[ABab])(,([0-9]{2,3}|2[ABab]))*$", description = "Codes of départements, separated by commas"),
        ("academie" = Option<String>, Query, pattern = "^((academie:)?[0-9]{2})(,((academie:)?[0-9]{2}))*$", description = "Codes of académies, separated by commas: `25`"),
        ("region" = Option<String>, Query, pattern = "^((region:)?[0-9]{2})(,((region:)?[0-9]{2}))*$", description = "Codes of régions académiques, separated by commas: `11`"),
        ("owner_id" = inline(Option<Many<Id>>), Query, description = "Organisations that keep them, ids separated by commas"),
        ("external_id" = Option<String>, Query, description = "The caller's own key"),
        ("updated_after" = Option<Instant>, Query, description = "Changed after this instant (RFC 3339)"),
        ("sort" = Option<String>, Query, pattern = "^-?(name|created_at|updated_at)$", description = "`name` (default), `created_at` or `updated_at`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Companies", body = Page<Company>))
)]
#[get("/v1/companies")]
async fn list_companies(call: Call<ReadCompanies>) -> Reply {
    call.list::<Companies>().await
}

/// Create a company
///
/// It belongs to the caller's organisation; an académie's services and a delegate bring in those of their territory.
#[utoipa::path(
    tag = "Companies", security(("oauth2" = ["companies:write"]), ("bearer" = [])),
    request_body = NewCompany,
    responses((status = 201, description = "The company", body = Company))
)]
#[post("/v1/companies")]
async fn create_company(call: Call<WriteCompanies>) -> Reply {
    call.write(|unit| {
        let new: NewCompany = unit.accept_json(Expect::CREATION)?;
        let request = unit.request.clone();
        let mut row = CompanyRow::make(unit.new_id(), new, &request);
        row.check_keeper(&request)?;
        row.add(unit)?;
        Answer::created(&format!("/v1/companies/{}", row.id), row.version, &Company::from(row))
    })
    .await
}

/// Read a company
#[utoipa::path(
    tag = "Companies", security(("oauth2" = ["companies:read"]), ("bearer" = [])),
    responses((status = 200, description = "The company", body = Company))
)]
#[get("/v1/companies/{id}")]
async fn read_company(call: Call<ReadCompanies>) -> Reply {
    call.read(|c, request| {
        let row = CompanyRow::find(c, request, request.id()?)?;
        request.plain_read()?;
        Ok(Answer::single(row.version, &Company::from(row))?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Change a company
///
/// By those whose own it is. Contacts made with it follow it to another académie.
#[utoipa::path(
    tag = "Companies", security(("oauth2" = ["companies:write"]), ("bearer" = [])),
    request_body(content = NewCompany, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The company, changed", body = Company))
)]
#[patch("/v1/companies/{id}")]
async fn update_company(call: Call<WriteCompanies>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let before = CompanyRow::lock(unit, id)?;
        let request = unit.request.clone();
        before.check_keeper(&request)?;
        let new: NewCompany = unit.accept_patch(Expect::version(before.version), &before.as_new())?;
        let made = CompanyRow::make(id, new.in_place_of(&before), &request);
        let changed = CompanyRow { owner_id: before.owner_id, created_at: before.created_at, ..made };
        changed.check_keeper(&request)?;
        let row = changed.save(unit, &before)?;
        Answer::single(row.version, &Company::from(row))
    })
    .await
}

/// Delete a company
///
/// Refused while somebody has been in contact with it.
#[utoipa::path(
    tag = "Companies", security(("oauth2" = ["companies:write"]), ("bearer" = [])),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/companies/{id}")]
async fn delete_company(call: Call<WriteCompanies>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let row = CompanyRow::lock(unit, id)?;
        let request = unit.request.clone();
        row.check_keeper(&request)?;
        unit.accept_empty(Expect::version(row.version))?;
        row.remove(unit)?;
        Ok(Answer::none())
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_companies)
        .service(create_company)
        .service(read_company)
        .service(update_company)
        .service(delete_company);
}
