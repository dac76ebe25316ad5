//! Representatives: who signs and speaks for an organisation, with a function and a mandate (term of office).

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use super::organisation::OrganisationRow;
use crate::aggregate::{Piece, Place};
use crate::auth::policy::{ReadOrganisations, WriteOrganisations};
use crate::db::MultiBackend;
use crate::db::schema::representatives;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Fault, Halt, both};
use crate::http::body::{Body, Faults};
use crate::http::unit::Unit;
use crate::{piece_routes, piece_store};

/// What a representative is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "name": "Camille Martin", "function": "présidente", "mandate_from": "2023-01-15" }))]
pub struct NewRepresentative {
    /// Given name and family name.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Function, as `président de l'association`.
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub function: String,
    /// Professional address only.
    #[deserr(default)]
    #[validate(email, length(max = 254))]
    #[schema(max_length = 254)]
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
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: Option<i64>,
}

impl Body for NewRepresentative {
    fn check(&self, faults: &mut Faults) {
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
        unit: &mut Unit<'_>,
        whole: &OrganisationRow,
        at: Place<'_, Self>,
        new: NewRepresentative,
    ) -> Result<Self, Halt> {
        Ok(Self {
            id: at.id,
            organisation_id: whole.id,
            position: at.position,
            name: new.name,
            function: new.function,
            email: new.email,
            mandate_from: new.mandate_from,
            mandate_until: new.mandate_until,
            created_at: at.before.map_or(unit.request.now, |b| b.created_at),
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

piece_routes! {
    Representative, NewRepresentative, tag "Representatives",
    read "organisations:read" ReadOrganisations, write "organisations:write" WriteOrganisations,
    under "/v1/organisations/{id}/representatives", at "/v1/representatives/{id}";
    /// List the representatives of an organisation
    list list_representatives;
    /// Add a representative
    create create_representative;
    /// Read a representative
    read read_representative;
    /// Change a representative
    patch update_representative;
    /// Delete a representative
    delete delete_representative;
}
