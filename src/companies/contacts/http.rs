//! `/v1/companies/{id}/contacts`: record and list; `/v1/company-contacts`: list, sum up, read, correct, delete.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::contact::{CompanyContact, ContactRow, NewCompanyContact};
use super::list::{ContactFilters, Contacts, ContactsWith, Filters};
use super::places::{PlacesSummary, summary};
use super::store::views;
use crate::auth::policy::{ReadCompanies, WriteCompanies};
use crate::companies::company::CompanyRow;
use crate::domain::Id;
use crate::error::Halt;
use crate::http::answer::{Answer, Reply};
use crate::http::call::Call;
use crate::http::list::Page;
use crate::http::many::Many;
use crate::http::params::Params;
use crate::http::unit::Expect;

/// Record a contact made with a company
///
/// By the association that is party to the convention, or by an académie within its territory. The convention is in force
/// on the day of the contact (R34); places come with a positive outcome only.
#[utoipa::path(
    tag = "Company contacts", security(("oauth2" = ["companies:write"]), ("bearer" = [])),
    request_body = NewCompanyContact,
    responses((status = 201, description = "The contact", body = CompanyContact))
)]
#[post("/v1/companies/{id}/contacts")]
async fn create_company_contact(call: Call<WriteCompanies>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let company = CompanyRow::lock(unit, id)?;
        let new: NewCompanyContact = unit.accept_json(Expect::CREATION)?;
        let request = unit.request.clone();
        let mut row = ContactRow::make(unit.new_id(), &company, new, &request);
        row.check(unit)?;
        let contact = row.add(unit, &company)?;
        Answer::created(&format!("/v1/company-contacts/{}", contact.id), contact.version, &contact)
    })
    .await
}

/// List the contacts made with a company
#[utoipa::path(
    tag = "Company contacts", security(("oauth2" = ["companies:read"]), ("bearer" = [])),
    params(
        ContactFilters,
        ("sort" = Option<String>, Query, pattern = "^-?(occurred_on|created_at|updated_at)$", description = "`occurred_on` (default), `created_at` or `updated_at`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Contacts", body = Page<CompanyContact>))
)]
#[get("/v1/companies/{id}/contacts")]
async fn list_contacts_with_company(call: Call<ReadCompanies>) -> Reply {
    call.list::<ContactsWith>().await
}

/// List the contacts made with companies
///
/// Within the perimeter: a party all under its conventions; an académie also its own and those of its territory; the
/// operator those it brought in; the ministry all.
#[utoipa::path(
    tag = "Company contacts", security(("oauth2" = ["companies:read"]), ("bearer" = [])),
    params(
        ContactFilters,
        ("company_id" = inline(Option<Many<Id>>), Query, description = "With these companies, ids separated by commas"),
        ("sort" = Option<String>, Query, pattern = "^-?(occurred_on|created_at|updated_at)$", description = "`occurred_on` (default), `created_at` or `updated_at`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Contacts", body = Page<CompanyContact>))
)]
#[get("/v1/company-contacts")]
async fn list_company_contacts(call: Call<ReadCompanies>) -> Reply {
    call.list::<Contacts>().await
}

/// Sum up the places obtained
///
/// By purpose and level, of which REP and REP+, over the filters of the list and within the same perimeter. Counts that
/// nobody has recorded are told apart, never taken for 0.
#[utoipa::path(
    tag = "Company contacts", security(("oauth2" = ["companies:read"]), ("bearer" = [])),
    params(
        ContactFilters,
        ("company_id" = inline(Option<Many<Id>>), Query, description = "With these companies, ids separated by commas"),
    ),
    responses((status = 200, description = "The places", body = PlacesSummary))
)]
#[get("/v1/company-contacts/places")]
async fn sum_up_company_places(call: Call<ReadCompanies>) -> Reply {
    call.read(|c, request| {
        request.only_json()?;
        let mut params = Params::of(&request.query);
        let filters = Filters::of(&mut params, false);
        params.verdict()?;
        c.snapshot(|c| {
            // What is computed over many rows has no version.
            let sums = Answer::single(0, &summary(c, request, &filters)?)?;
            Ok(sums.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

/// Read a contact made with a company
#[utoipa::path(
    tag = "Company contacts", security(("oauth2" = ["companies:read"]), ("bearer" = [])),
    responses((status = 200, description = "The contact", body = CompanyContact))
)]
#[get("/v1/company-contacts/{id}")]
async fn read_company_contact(call: Call<ReadCompanies>) -> Reply {
    call.read(|c, request| {
        let row = ContactRow::find(c, request, request.id()?)?;
        request.plain_read()?;
        let contact = views(c, vec![row])?.pop().ok_or_else(Halt::not_found)?;
        Ok(Answer::single(contact.version, &contact)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Correct a contact made with a company
///
/// By those whose own it is; what it becomes is checked as if it were recorded now.
#[utoipa::path(
    tag = "Company contacts", security(("oauth2" = ["companies:write"]), ("bearer" = [])),
    request_body(content = NewCompanyContact, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The contact, changed", body = CompanyContact))
)]
#[patch("/v1/company-contacts/{id}")]
async fn update_company_contact(call: Call<WriteCompanies>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let (before, company) = ContactRow::lock(unit, id)?;
        let request = unit.request.clone();
        before.check_keeper(&request)?;
        let new: NewCompanyContact = unit.accept_patch(Expect::version(before.version), &before.as_new())?;
        let made = ContactRow::make(id, &company, new, &request);
        let changed = ContactRow { owner_id: before.owner_id, created_at: before.created_at, ..made };
        changed.check(unit)?;
        let contact = changed.save(unit, &company, &before)?;
        Answer::single(contact.version, &contact)
    })
    .await
}

/// Delete a contact made with a company
#[utoipa::path(
    tag = "Company contacts", security(("oauth2" = ["companies:write"]), ("bearer" = [])),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/company-contacts/{id}")]
async fn delete_company_contact(call: Call<WriteCompanies>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let (row, company) = ContactRow::lock(unit, id)?;
        let request = unit.request.clone();
        row.check_keeper(&request)?;
        unit.accept_empty(Expect::version(row.version))?;
        row.remove(unit, &company)?;
        Ok(Answer::none())
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(create_company_contact)
        .service(list_contacts_with_company)
        .service(list_company_contacts)
        // Before the address of one: `places` is no id.
        .service(sum_up_company_places)
        .service(read_company_contact)
        .service(update_company_contact)
        .service(delete_company_contact);
}
