//! `/v1/organisations`.

use actix_web::{delete, get, patch, post};
use diesel::prelude::*;
use utoipa_actix_web::service_config::ServiceConfig;

use super::organisation::{NewOrganisation, Organisation, OrganisationRow, seen_by};
use super::representatives;
use crate::aggregate::Whole as _;
use crate::auth::policy::{ReadOrganisations, WriteOrganisations};
use crate::db::schema::organisations;
use crate::db::{Connection, MultiBackend, holds};
use crate::domain::Instant;
use crate::domain::identifiers::{Rna, Siret};
use crate::domain::vocabulary::OrganisationKind;
use crate::error::Halt;
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::http::unit::Expect;
use crate::ordered;

/// Filters of the list of organisations.
struct Organisations {
    q: Vec<String>,
    kind: Vec<OrganisationKind>,
    siret: Vec<Siret>,
    rna: Vec<Rna>,
    verified: Option<bool>,
    external_id: Option<String>,
}

impl Organisations {
    fn query(&self, request: &Request) -> organisations::BoxedQuery<'static, MultiBackend> {
        let mut query = seen_by(request);
        for pattern in holds(&self.q) {
            query = query.filter(organisations::name_key.like(pattern).escape('\\'));
        }
        if !self.kind.is_empty() {
            query = query.filter(organisations::kind.eq_any(self.kind.clone()));
        }
        if !self.siret.is_empty() {
            query = query.filter(organisations::siret.eq_any(self.siret.clone().into_iter().map(Some)));
        }
        if !self.rna.is_empty() {
            query = query.filter(organisations::rna.eq_any(self.rna.clone().into_iter().map(Some)));
        }
        if let Some(verified) = self.verified {
            query = query.filter(organisations::verified.eq(verified));
        }
        if let Some(external_id) = &self.external_id {
            // A key of the caller's own: another organisation's key is another key.
            query = query.filter(organisations::external_id.eq(Some(external_id.clone())));
            query = match request.caller.organisation_id {
                Some(mine) => query.filter(organisations::owner_id.eq(Some(mine))),
                None => query.filter(organisations::owner_id.is_null()),
            };
        }
        query
    }
}

impl Listing for Organisations {
    type Item = Organisation;
    const SORTS: &'static [&'static str] = &["name", "created_at"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "name",
        "short_name",
        "legal_form",
        "siret",
        "rna",
        "address",
        "public_utility",
        "accreditation.level",
        "accreditation.from",
        "accreditation.until",
        "verified",
        "external_id",
        "created_at",
        "updated_at",
    ];

    fn filters(params: &mut Params) -> Self {
        Self {
            q: params.words("q"),
            kind: params.many("kind"),
            siret: params.many("siret"),
            rna: params.many("rna"),
            verified: params.flag("verified"),
            external_id: params.text("external_id"),
        }
    }

    fn enter(&mut self, _: &mut Connection, _: &Request) -> Result<(), Halt> {
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<Organisation>, Halt> {
        let query = self.query(request);
        let query = if window.sort == "created_at" {
            let start = Instant::from_micros(window.number());
            ordered!(query, window, organisations::created_at, organisations::id, start)
        } else {
            ordered!(query, window, organisations::name_key, organisations::id, window.text())
        };
        let rows: Vec<OrganisationRow> = query.select(OrganisationRow::as_select()).load(c)?;
        Ok(rows.into_iter().map(Organisation::from).collect())
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.query(request).count().get_result(c)?)
    }

    fn mark(item: &Organisation, sort: &str) -> After {
        let mark = match sort {
            "created_at" => Mark::Number(item.created_at.as_micros()),
            _ => Mark::Text(super::organisation::name_key(&item.name, item.short_name.as_deref())),
        };
        After { mark, id: item.id }
    }
}

/// List the organisations
///
/// Within the perimeter: the operator and the ministry see all; others the verified ones, their own, and those they
/// proposed themselves.
#[utoipa::path(
    tag = "Organisations", security(("oauth2" = ["organisations:read"]), ("bearer" = [])),
    params(
        ("q" = Option<String>, Query, description = "Every word occurs in the name; accents and case do not count"),
        ("kind" = inline(Option<Many<OrganisationKind>>), Query, description = "Kinds, separated by commas"),
        ("siret" = inline(Option<Many<Siret>>), Query, description = "SIRET numbers, separated by commas"),
        ("rna" = inline(Option<Many<Rna>>), Query, description = "RNA numbers, separated by commas"),
        ("verified" = Option<bool>, Query, description = "Only verified ones, or only those still to check"),
        ("external_id" = Option<String>, Query, description = "The caller's own key"),
        ("sort" = Option<String>, Query, pattern = "^-?(name|created_at)$", description = "`name` (default) or `created_at`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Organisations", body = Page<Organisation>))
)]
#[get("/v1/organisations")]
async fn list_organisations(call: Call<ReadOrganisations>) -> Reply {
    call.list::<Organisations>().await
}

/// Create an organisation
///
/// SIRET and RNA numbers are checked and unique. One created by the operator or the ministry is verified unless it says
/// otherwise; one proposed by anybody else waits for them, and may not say that it is (`/verified`, 422).
#[utoipa::path(
    tag = "Organisations", security(("oauth2" = ["organisations:write"]), ("bearer" = [])),
    request_body = NewOrganisation,
    responses((status = 201, description = "The organisation", body = Organisation))
)]
#[post("/v1/organisations")]
async fn create_organisation(call: Call<WriteOrganisations>) -> Reply {
    call.write(|unit| {
        let new: NewOrganisation = unit.accept_json(Expect::CREATION)?;
        let request = unit.request.clone();
        OrganisationRow::check_verified(&new, None, &request)?;
        let mut row = OrganisationRow::make(unit.new_id(), new, &request);
        row.add(unit)?;
        Answer::created(&format!("/v1/organisations/{}", row.id), row.version, &Organisation::from(row))
    })
    .await
}

/// Read an organisation
#[utoipa::path(
    tag = "Organisations", security(("oauth2" = ["organisations:read"]), ("bearer" = [])),
    responses((status = 200, description = "The organisation", body = Organisation))
)]
#[get("/v1/organisations/{id}")]
async fn read_organisation(call: Call<ReadOrganisations>) -> Reply {
    call.read(|c, request| {
        let row = OrganisationRow::find(c, request, request.id()?)?;
        request.plain_read()?;
        let answer = Answer::single(row.version, &Organisation::from(row))?;
        Ok(answer.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Change an organisation
#[utoipa::path(
    tag = "Organisations", security(("oauth2" = ["organisations:write"]), ("bearer" = [])),
    request_body(content = NewOrganisation, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The organisation, changed", body = Organisation))
)]
#[patch("/v1/organisations/{id}")]
async fn update_organisation(call: Call<WriteOrganisations>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let before = OrganisationRow::lock(unit, id)?;
        let request = unit.request.clone();
        before.check_caller(unit, &request)?;
        let new: NewOrganisation = unit.accept_patch(Expect::version(before.version), &before.as_new())?;
        OrganisationRow::check_verified(&new, Some(&before), &request)?;
        let wanted = new.verified;
        let made = OrganisationRow::make(id, new, &request);
        let changed = OrganisationRow {
            owner_id: before.owner_id,
            audience_id: before.audience_id,
            created_at: before.created_at,
            verified: made.still_verified(&before, wanted),
            ..made
        };
        let row = changed.save(unit, &before)?;
        Answer::single(row.version, &Organisation::from(row))
    })
    .await
}

/// Delete an organisation
///
/// Refused while it is party to a convention or has machine clients.
#[utoipa::path(
    tag = "Organisations", security(("oauth2" = ["organisations:write"]), ("bearer" = [])),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/organisations/{id}")]
async fn delete_organisation(call: Call<WriteOrganisations>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let row = OrganisationRow::lock(unit, id)?;
        let request = unit.request.clone();
        row.check_caller(unit, &request)?;
        unit.accept_empty(Expect::version(row.version))?;
        row.remove(unit)?;
        Ok(Answer::none())
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_organisations)
        .service(create_organisation)
        .service(read_organisation)
        .service(update_organisation)
        .service(delete_organisation);
    representatives::routes(cfg);
}
