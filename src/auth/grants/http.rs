//! `/v1/grants`: list, create, read, change, revoke.

use actix_web::{get, patch, post};
use diesel::prelude::*;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Grant, NewGrant};
use crate::auth::issuers::Issuers;
use crate::auth::policy::{ReadGrants, WriteGrants};
use crate::db::schema::grants;
use crate::db::{Connection, MultiBackend};
use crate::domain::vocabulary::Role;
use crate::domain::{Id, Instant};
use crate::error::{Fault, Faults, Halt, Problem, both};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};
use crate::ordered;

/// Filters of the list of grants.
struct Grants {
    issuer: Option<String>,
    subject: Option<String>,
    role: Vec<Role>,
    organisation_id: Vec<Id>,
    revoked: Option<bool>,
}

impl Grants {
    fn query(&self) -> grants::BoxedQuery<'static, MultiBackend> {
        let mut query = grants::table.into_boxed();
        if let Some(issuer) = &self.issuer {
            query = query.filter(grants::issuer.eq(issuer.clone()));
        }
        if let Some(subject) = &self.subject {
            query = query.filter(grants::subject.eq(subject.clone()));
        }
        if !self.role.is_empty() {
            query = query.filter(grants::role.eq_any(self.role.clone()));
        }
        if !self.organisation_id.is_empty() {
            query = query.filter(grants::organisation_id.eq_any(self.organisation_id.clone().into_iter().map(Some)));
        }
        match self.revoked {
            Some(true) => query.filter(grants::revoked_at.is_not_null()),
            Some(false) => query.filter(grants::revoked_at.is_null()),
            None => query,
        }
    }
}

impl Listing for Grants {
    type Item = Grant;
    const SORTS: &'static [&'static str] = &["name", "created_at"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "issuer",
        "subject",
        "name",
        "role",
        "organisation_id",
        "territories",
        "uais",
        "scopes",
        "valid_from",
        "valid_until",
        "created_at",
        "revoked_at",
    ];

    fn filters(params: &mut Params) -> Self {
        Self {
            issuer: params.text("issuer"),
            subject: params.text("subject"),
            role: params.many("role"),
            organisation_id: params.many("organisation_id"),
            revoked: params.flag("revoked"),
        }
    }

    fn enter(&mut self, _: &mut Connection, _: &Request) -> Result<(), Halt> {
        Ok(())
    }

    fn rows(&self, c: &mut Connection, _: &Request, window: &Window) -> Result<Vec<Grant>, Halt> {
        let query = if window.sort == "created_at" {
            ordered!(self.query(), window, grants::created_at, grants::id, Instant::from_micros(window.number()))
        } else {
            ordered!(self.query(), window, grants::name_key, grants::id, window.text())
        };
        Ok(query.select(Grant::as_select()).load(c)?)
    }

    fn count(&self, c: &mut Connection, _: &Request) -> Result<i64, Halt> {
        Ok(self.query().count().get_result(c)?)
    }

    fn mark(item: &Grant, sort: &str) -> After {
        let mark = match sort {
            "created_at" => Mark::Number(item.created_at.as_micros()),
            _ => Mark::Text(item.name_key.clone()),
        };
        After { mark, id: item.id }
    }
}

/// List the grants
#[utoipa::path(
    tag = "Grants", security(("oauth2" = ["grants:read"]), ("bearer" = [])),
    params(
        ("issuer" = Option<String>, Query, description = "Of this issuer"),
        ("subject" = Option<String>, Query, description = "To this subject"),
        ("role" = inline(Option<Many<Role>>), Query, description = "Roles, separated by commas"),
        ("organisation_id" = inline(Option<Many<Id>>), Query, description = "Those that act for these organisations, ids separated by commas"),
        ("revoked" = Option<bool>, Query, description = "Only revoked grants, or only those that are not"),
        ("sort" = Option<String>, Query, pattern = "^-?(name|created_at)$", description = "`name` (default) or `created_at`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Grants", body = Page<Grant>))
)]
#[get("/v1/grants")]
async fn list_grants(call: Call<ReadGrants>) -> Reply {
    call.list::<Grants>().await
}

/// Grant
///
/// To a subject of a configured issuer, within the cap of that issuer (`beyond_cap`); one that is not revoked at a time
/// for each. What its tokens claim of roles, territories or scopes counts for nothing.
#[utoipa::path(
    tag = "Grants", security(("oauth2" = ["grants:write"]), ("bearer" = [])), request_body = NewGrant,
    responses((status = 201, description = "The grant", body = Grant))
)]
#[post("/v1/grants")]
async fn create_grant(call: Call<WriteGrants>) -> Reply {
    let issuers = call.app.issuers.clone();
    call.write(move |unit| {
        let new: NewGrant = unit.accept_json(Expect::CREATION)?;
        let grant = create(unit, &issuers, new)?;
        Answer::created(&format!("/v1/grants/{}", grant.id), grant.version, &grant)
    })
    .await
}

/// Makes a grant, for a request or for the command line.
pub fn create(unit: &mut Unit<'_>, issuers: &Issuers, new: NewGrant) -> Result<Grant, Halt> {
    new.check_cap(issuers)?;
    let grant = Grant::make(unit.new_id(), new, issuers, unit.request.now);
    grant.add(unit)?;
    Ok(grant)
}

/// Read a grant
#[utoipa::path(
    tag = "Grants", security(("oauth2" = ["grants:read"]), ("bearer" = [])),
    responses((status = 200, description = "The grant", body = Grant))
)]
#[get("/v1/grants/{id}")]
async fn read_grant(call: Call<ReadGrants>) -> Reply {
    call.read(|c, request| {
        let grant = Grant::find(c, request.id()?)?;
        request.plain_read()?;
        Ok(Answer::single(grant.version, &grant)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Change a grant
///
/// All of it but whom it is to; within 30 seconds it holds at every replica. A revoked one stays as it is.
#[utoipa::path(
    tag = "Grants", security(("oauth2" = ["grants:write"]), ("bearer" = [])),
    request_body(content = NewGrant, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The grant, changed", body = Grant))
)]
#[patch("/v1/grants/{id}")]
async fn update_grant(call: Call<WriteGrants>) -> Reply {
    let (app, issuers) = (call.app.clone(), call.app.issuers.clone());
    let id = call.request.id.as_deref().and_then(|id| id.parse().ok());
    let reply = call
        .write(move |unit| {
            let id = unit.request.id()?;
            let before = Grant::lock(unit, id)?;
            let new: NewGrant = unit.accept_patch(Expect::version(before.version), &before.as_new())?;
            check_kept(&before, &new)?;
            new.check_cap(&issuers)?;
            let mut grant = Grant::make(before.id, new, &issuers, before.created_at);
            grant.check_organisation(unit)?;
            if before.revoked_at.is_some() {
                return Err(Problem::plain("revoked").into());
            }
            grant.save(unit, &before)?;
            Answer::single(grant.version, &grant)
        })
        .await;
    if let (Ok(_), Some(id)) = (&reply, id) {
        app.tokens.forget_client(id);
    }
    reply
}

/// Whom a grant is to never changes: that would be another grant.
fn check_kept(before: &Grant, new: &NewGrant) -> Result<(), Problem> {
    let mut faults = Faults::new();
    for (pointer, was, is) in [("/issuer", &before.issuer, &new.issuer), ("/subject", &before.subject, &new.subject)] {
        if was != is {
            let why = both("À qui l'habilitation est donnée ne change pas.", "Whom it is granted to does not change.");
            faults.push(Fault::pointer(pointer, "fixed", why));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::body(faults)) }
}

/// Revoke a grant
///
/// Its holder is refused within 30 seconds by every replica. It cannot be undone; another grant may follow.
#[utoipa::path(
    tag = "Grants", security(("oauth2" = ["grants:write"]), ("bearer" = [])),
    responses((status = 200, description = "The grant, revoked", body = Grant))
)]
#[post("/v1/grants/{id}/revoke")]
async fn revoke_grant(call: Call<WriteGrants>) -> Reply {
    let app = call.app.clone();
    let id = call.request.id.as_deref().and_then(|id| id.parse().ok());
    let reply = call
        .write(|unit| {
            let id = unit.request.id()?;
            let grant = revoke(unit, id)?;
            Answer::single(grant.version, &grant)
        })
        .await;
    if let (Ok(_), Some(id)) = (&reply, id) {
        app.tokens.forget_client(id);
    }
    reply
}

/// Revokes a grant at the version that the request names, for a request or for the command line.
pub fn revoke(unit: &mut Unit<'_>, id: Id) -> Result<Grant, Halt> {
    let before = Grant::lock(unit, id)?;
    unit.accept_empty(Expect::version(before.version))?;
    let mut grant = before.clone();
    if grant.revoked_at.is_none() {
        grant.revoked_at = Some(unit.request.now);
        grant.save(unit, &before)?;
    }
    Ok(grant)
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_grants).service(create_grant).service(read_grant).service(update_grant).service(revoke_grant);
}
