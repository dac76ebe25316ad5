//! Contacts of the networks (réseaux), by territory, with dates: whom to call in an académie. They are not of the
//! signed text: they change while the convention is in force, each under its own version, and an académie keeps those
//! of its territory. Professional data only.

use actix_web::{delete, get, patch, post};
use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::convention::ConventionRow;
use super::feed;
use crate::aggregate::Whole as _;
use crate::auth::policy::{self, ReadConventions, WriteConventions};
use crate::db::record::{Change, Operation};
use crate::db::schema::network_contacts as contacts;
use crate::db::{Connection, MultiBackend, lock_row};
use crate::domain::vocabulary::{Network, Role};
use crate::domain::{CivilDate, Id, Instant, Territory};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, Faults};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};
use crate::ordered;

/// What a contact is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "network": "dafpic", "territory": "academie:25", "name": "Service DAFPIC de Versailles",
    "function": "secrétariat", "email": "dafpic@ac-versailles.example", "valid_from": "2024-09-01"
}))]
pub struct NewNetworkContact {
    pub network: Network,
    /// Where it may be called upon.
    pub territory: Territory,
    /// Person or service.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[deserr(default)]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub function: Option<String>,
    /// Professional address only.
    #[deserr(default)]
    #[validate(email, length(max = 254))]
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// Professional number only.
    #[deserr(default)]
    #[validate(length(min = 3, max = 30))]
    #[schema(min_length = 3, max_length = 30)]
    pub phone: Option<String>,
    /// First day it holds.
    #[deserr(default)]
    pub valid_from: Option<CivilDate>,
    /// Last day it holds.
    #[deserr(default)]
    pub valid_until: Option<CivilDate>,
}

impl Body for NewNetworkContact {
    fn check(&self, faults: &mut Faults) {
        if let (Some(from), Some(until)) = (self.valid_from, self.valid_until)
            && until < from
        {
            faults.push(Fault::pointer(
                "/valid_until",
                "before_start",
                both("La fin précède le début.", "The end comes before the start."),
            ));
        }
    }
}

/// A contact of a network.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = contacts, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct NetworkContact {
    pub id: Id,
    pub convention_id: Id,
    pub version: i64,
    pub network: Network,
    pub territory: Territory,
    pub name: String,
    pub function: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub valid_from: Option<CivilDate>,
    pub valid_until: Option<CivilDate>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl NetworkContact {
    /// A contact of a convention, from what was asked.
    pub fn make(id: Id, convention_id: Id, new: NewNetworkContact, now: Instant) -> Self {
        Self {
            id,
            convention_id,
            version: 1,
            network: new.network,
            territory: new.territory,
            name: new.name,
            function: new.function,
            email: new.email,
            phone: new.phone,
            valid_from: new.valid_from,
            valid_until: new.valid_until,
            created_at: now,
            updated_at: now,
        }
    }

    fn as_new(&self) -> NewNetworkContact {
        NewNetworkContact {
            network: self.network,
            territory: self.territory,
            name: self.name.clone(),
            function: self.function.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        }
    }

    /// Finds it, with its convention, within the caller's perimeter.
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<(Self, ConventionRow), Halt> {
        let found: Option<Self> = contacts::table.find(id).select(Self::as_select()).first(c).optional()?;
        let contact = found.ok_or_else(Halt::not_found)?;
        let convention = ConventionRow::find(c, request, contact.convention_id)?;
        Ok((contact, convention))
    }

    /// Inserts it and records the change.
    pub fn add(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        diesel::insert_into(contacts::table).values(self).execute(&mut **unit)?;
        self.record(unit, Operation::Created, None)
    }

    fn record(&self, unit: &mut Unit<'_>, operation: Operation, before: Option<&Self>) -> Result<(), Halt> {
        let (before, after) = (before.map(serde_json::to_value).transpose()?, serde_json::to_value(self)?);
        // Who sees the convention stays the same until this unit ends.
        lock_row(unit, "conventions", self.convention_id)?;
        let audience = feed::told(unit, self.convention_id)?;
        unit.record(&Change {
            kind: "network_contact",
            resource: self.id,
            version: self.version,
            operation,
            convention: Some(self.convention_id),
            organisation: None,
            seen_by: audience.filter(|_| operation != Operation::Deleted),
            was_seen_by: before.as_ref().and(audience),
            before: before.as_ref(),
            after: (operation != Operation::Deleted).then_some(&after),
        })
    }
}

/// Who drafts the convention may, and the académies that it covers: each within its own territories.
fn check_caller(
    c: &mut Connection,
    request: &Request,
    convention: &ConventionRow,
    territories: &[Territory],
) -> Result<(), Halt> {
    let caller = &request.caller;
    let standing = convention.standing(c)?;
    let covered = caller.role == Role::Academie && policy::is_within_delegation(caller, &standing);
    let within = territories.iter().all(|territory| policy::acts_within(caller, territory));
    if within && (covered || policy::may_draft(caller, &standing)) {
        return Ok(());
    }
    Err(Problem::plain("not_allowed").into())
}

/// Filters of the contacts of one convention.
struct Contacts {
    convention: Option<Id>,
    network: Vec<Network>,
    territory: Vec<Territory>,
    valid_on: Option<CivilDate>,
}

impl Contacts {
    fn query(&self) -> Result<contacts::BoxedQuery<'static, MultiBackend>, Halt> {
        let convention = self.convention.ok_or_else(Halt::not_found)?;
        let mut query = contacts::table.filter(contacts::convention_id.eq(convention)).into_boxed();
        if !self.network.is_empty() {
            query = query.filter(contacts::network.eq_any(self.network.clone()));
        }
        if !self.territory.is_empty() {
            query = query.filter(contacts::territory.eq_any(self.territory.clone()));
        }
        if let Some(on) = self.valid_on {
            query = query
                .filter(contacts::valid_from.is_null().nullable().or(contacts::valid_from.le(Some(on))))
                .filter(contacts::valid_until.is_null().nullable().or(contacts::valid_until.ge(Some(on))));
        }
        Ok(query)
    }
}

impl Listing for Contacts {
    type Item = NetworkContact;
    const SORTS: &'static [&'static str] = &["created_at"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "network",
        "territory",
        "name",
        "function",
        "email",
        "phone",
        "valid_from",
        "valid_until",
        "created_at",
        "updated_at",
    ];

    fn filters(params: &mut Params) -> Self {
        Self {
            convention: None,
            network: params.many("network"),
            territory: params.many("territory"),
            valid_on: params.one("valid_on"),
        }
    }

    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        self.convention = Some(ConventionRow::find(c, request, request.id()?)?.id);
        Ok(())
    }

    fn rows(&self, c: &mut Connection, _: &Request, window: &Window) -> Result<Vec<NetworkContact>, Halt> {
        let start = Instant::from_micros(window.number());
        let query = ordered!(self.query()?, window, contacts::created_at, contacts::id, start);
        Ok(query.select(NetworkContact::as_select()).load(c)?)
    }

    fn count(&self, c: &mut Connection, _: &Request) -> Result<i64, Halt> {
        Ok(self.query()?.count().get_result(c)?)
    }

    fn mark(item: &NetworkContact, _: &str) -> After {
        After { mark: Mark::Number(item.created_at.as_micros()), id: item.id }
    }
}

/// List the network contacts of a convention
#[utoipa::path(
    tag = "Network contacts", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("network" = inline(Option<Many<Network>>), Query, description = "Networks, separated by commas"),
        ("territory" = inline(Option<Many<Territory>>), Query, description = "Territories, separated by commas"),
        ("valid_on" = Option<CivilDate>, Query, description = "Those that hold on this civil date"),
        ("sort" = Option<String>, Query, pattern = "^-?(created_at)$", description = "`created_at` (default); a minus in front reverses"),
    ),
    responses((status = 200, description = "Contacts", body = Page<NetworkContact>))
)]
#[get("/v1/conventions/{id}/network-contacts")]
async fn list_network_contacts(call: Call<ReadConventions>) -> Reply {
    call.list::<Contacts>().await
}

/// Add a network contact
///
/// Those who draft the convention, and an académie or région académique for its own territory.
#[utoipa::path(
    tag = "Network contacts", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    request_body = NewNetworkContact,
    responses((status = 201, description = "The contact", body = NetworkContact))
)]
#[post("/v1/conventions/{id}/network-contacts")]
async fn create_network_contact(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let request = unit.request.clone();
        let convention = ConventionRow::find(unit, &request, request.id()?)?;
        let new: NewNetworkContact = unit.accept_json(Expect::CREATION)?;
        check_caller(unit, &request, &convention, &[new.territory])?;
        let contact = NetworkContact::make(unit.new_id(), convention.id, new, request.now);
        contact.add(unit)?;
        Answer::created(&format!("/v1/network-contacts/{}", contact.id), contact.version, &contact)
    })
    .await
}

/// Read a network contact
#[utoipa::path(
    tag = "Network contacts", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The contact", body = NetworkContact))
)]
#[get("/v1/network-contacts/{id}")]
async fn read_network_contact(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        let (contact, _) = NetworkContact::find(c, request, request.id()?)?;
        request.plain_read()?;
        Ok(Answer::single(contact.version, &contact)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// The contact named in the path, locked, for a caller who may change it.
fn open(unit: &mut Unit<'_>) -> Result<(NetworkContact, ConventionRow), Halt> {
    let request = unit.request.clone();
    lock_row(unit, "network_contacts", request.id()?)?;
    let (contact, convention) = NetworkContact::find(unit, &request, request.id()?)?;
    check_caller(unit, &request, &convention, &[contact.territory])?;
    Ok((contact, convention))
}

/// Change a network contact
#[utoipa::path(
    tag = "Network contacts", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    request_body(content = NewNetworkContact, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The contact, changed", body = NetworkContact))
)]
#[patch("/v1/network-contacts/{id}")]
async fn update_network_contact(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let (before, convention) = open(unit)?;
        let new: NewNetworkContact = unit.accept_patch(Expect::version(before.version), &before.as_new())?;
        let request = unit.request.clone();
        check_caller(unit, &request, &convention, &[new.territory])?;
        let contact = NetworkContact {
            version: before.version + 1,
            created_at: before.created_at,
            ..NetworkContact::make(before.id, before.convention_id, new, request.now)
        };
        diesel::update(contacts::table.find(contact.id)).set(&contact).execute(&mut **unit)?;
        contact.record(unit, Operation::Updated, Some(&before))?;
        Answer::single(contact.version, &contact)
    })
    .await
}

/// Delete a network contact
#[utoipa::path(
    tag = "Network contacts", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/network-contacts/{id}")]
async fn delete_network_contact(call: Call<WriteConventions>) -> Reply {
    call.write(|unit| {
        let (before, convention) = open(unit)?;
        unit.accept_empty(Expect::version(before.version))?;
        diesel::delete(contacts::table.find(before.id)).execute(&mut **unit)?;
        crate::files::feed::outlive(unit, "network_contact", before.id, convention.feed())?;
        let gone = NetworkContact { version: before.version + 1, ..before.clone() };
        gone.record(unit, Operation::Deleted, Some(&before))?;
        Ok(Answer::none())
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_network_contacts)
        .service(create_network_contact)
        .service(read_network_contact)
        .service(update_network_contact)
        .service(delete_network_contact);
}
