//! Representatives: who signs and speaks for an organisation, with a function and a mandate (term of office).

use actix_web::{delete, get, patch, post};
use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::organisation::OrganisationRow;
use crate::aggregate::{self, Piece};
use crate::auth::policy::{ReadOrganisations, WriteOrganisations};
use crate::db::MultiBackend;
use crate::db::schema::representatives;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Fault, Halt, both};
use crate::http::answer::Reply;
use crate::http::body::{Body, Faults};
use crate::http::call::Call;
use crate::http::list::Page;
use crate::http::unit::Unit;
use crate::piece_store;

/// What a representative is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "name": "Camille Martin", "function": "présidente", "mandate_from": "2023-01-15" }))]
pub struct NewRepresentative {
    /// Given name and family name.
    #[validate(length(min = 1, max = 200))]
    pub name: String,
    /// Function, as `président de l'association`.
    #[validate(length(min = 1, max = 300))]
    pub function: String,
    /// Professional address only.
    #[deserr(default)]
    #[validate(email, length(max = 254))]
    pub email: Option<String>,
    /// First day of the mandate.
    #[deserr(default)]
    pub mandate_from: Option<CivilDate>,
    /// Last day of the mandate.
    #[deserr(default)]
    pub mandate_until: Option<CivilDate>,
    /// Order among the representatives, from 1; last when left out.
    #[deserr(default)]
    #[validate(range(min = 1, max = 100_000))]
    pub position: Option<i64>,
}

impl Body for NewRepresentative {
    fn check(&self, faults: &mut Vec<Fault>) {
        if let (Some(from), Some(until)) = (self.mandate_from, self.mandate_until)
            && until < from
        {
            faults.push(Fault::pointer(
                "/mandate_until",
                "before_start",
                both("La fin du mandat précède son début.", "The mandate ends before it starts."),
            ));
        }
    }
}

/// A representative.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = representatives, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Representative {
    pub id: Id,
    pub organisation_id: Id,
    pub position: i64,
    pub name: String,
    pub function: String,
    pub email: Option<String>,
    pub mandate_from: Option<CivilDate>,
    pub mandate_until: Option<CivilDate>,
    pub created_at: Instant,
}

impl Piece for Representative {
    type Whole = OrganisationRow;
    type New = NewRepresentative;
    const KIND: &'static str = "representative";
    const PATH: &'static str = "/v1/representatives";
    const COLUMNS: &'static [&'static str] =
        &["id", "organisation_id", "position", "name", "function", "email", "mandate_from", "mandate_until"];

    piece_store!(representatives, organisation_id);

    fn make(
        whole: &OrganisationRow,
        id: Id,
        position: i64,
        new: NewRepresentative,
        unit: &mut Unit<'_>,
    ) -> Result<Self, Halt> {
        Ok(Self {
            id,
            organisation_id: whole.id,
            position,
            name: new.name,
            function: new.function,
            email: new.email,
            mandate_from: new.mandate_from,
            mandate_until: new.mandate_until,
            created_at: unit.request.now,
        })
    }

    fn as_new(&self) -> NewRepresentative {
        NewRepresentative {
            name: self.name.clone(),
            function: self.function.clone(),
            email: self.email.clone(),
            mandate_from: self.mandate_from,
            mandate_until: self.mandate_until,
            position: Some(self.position),
        }
    }
}

/// List the representatives of an organisation
#[utoipa::path(
    tag = "Representatives", security(("oauth2" = ["organisations:read"]), ("bearer" = [])),
    params(("sort" = Option<String>, Query, description = "`position` (default); a minus in front reverses")),
    responses((status = 200, description = "Representatives in their order", body = Page<Representative>))
)]
#[get("/v1/organisations/{id}/representatives")]
async fn list_representatives(call: Call<ReadOrganisations>) -> Reply {
    aggregate::list::<Representative, _>(call).await
}

/// Add a representative
#[utoipa::path(
    tag = "Representatives", security(("oauth2" = ["organisations:write"]), ("bearer" = [])),
    request_body = NewRepresentative,
    responses((status = 201, description = "The representative", body = Representative))
)]
#[post("/v1/organisations/{id}/representatives")]
async fn create_representative(call: Call<WriteOrganisations>) -> Reply {
    aggregate::create::<Representative, _>(call).await
}

/// Read a representative
#[utoipa::path(
    tag = "Representatives", security(("oauth2" = ["organisations:read"]), ("bearer" = [])),
    responses((status = 200, description = "The representative", body = Representative))
)]
#[get("/v1/representatives/{id}")]
async fn read_representative(call: Call<ReadOrganisations>) -> Reply {
    aggregate::read::<Representative, _>(call).await
}

/// Change a representative
#[utoipa::path(
    tag = "Representatives", security(("oauth2" = ["organisations:write"]), ("bearer" = [])),
    request_body(content = NewRepresentative, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The representative, changed", body = Representative))
)]
#[patch("/v1/representatives/{id}")]
async fn update_representative(call: Call<WriteOrganisations>) -> Reply {
    aggregate::patch::<Representative, _>(call).await
}

/// Delete a representative
#[utoipa::path(
    tag = "Representatives", security(("oauth2" = ["organisations:write"]), ("bearer" = [])),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/representatives/{id}")]
async fn delete_representative(call: Call<WriteOrganisations>) -> Reply {
    aggregate::delete::<Representative, _>(call).await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_representatives)
        .service(create_representative)
        .service(read_representative)
        .service(update_representative)
        .service(delete_representative);
}
