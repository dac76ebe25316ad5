//! Parts (titres): I, II… with their label; articles name theirs.

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use super::convention::ConventionRow;
use crate::aggregate::{Piece, Place};
use crate::auth::policy::{ReadConventions, WriteConventions};
use crate::db::MultiBackend;
use crate::db::schema::parts;
use crate::domain::{Id, Instant};
use crate::error::Halt;
use crate::http::body::{Body, Faults};
use crate::http::unit::Unit;
use crate::{piece_routes, piece_store};

/// What a part is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "number": "II", "label": "Axes de coopération" }))]
pub struct NewPart {
    /// Number as the text counts: `I`, `2`, `A`; unique in the convention.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub number: String,
    /// Label, when the text has one.
    #[deserr(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub label: Option<String>,
    /// Order among its siblings, from 1; last when left out.
    #[deserr(default)]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: Option<i64>,
}

impl Body for NewPart {}

/// A part.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = parts, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Part {
    pub id: Id,
    pub convention_id: Id,
    pub position: i64,
    pub number: String,
    pub label: Option<String>,
    pub created_at: Instant,
}

impl Piece for Part {
    type Whole = ConventionRow;
    type New = NewPart;
    const KIND: &'static str = "part";
    const PATH: &'static str = "/v1/parts";
    const COLUMNS: &'static [&'static str] = &["id", "convention_id", "position", "number", "label"];

    piece_store!(parts, convention_id);

    fn make(unit: &mut Unit<'_>, whole: &ConventionRow, at: Place<'_, Self>, new: NewPart) -> Result<Self, Halt> {
        Ok(Self {
            id: at.id,
            convention_id: whole.id,
            position: at.position,
            number: new.number,
            label: new.label,
            created_at: at.before.map_or(unit.request.now, |b| b.created_at),
        })
    }

    fn as_new(&self) -> NewPart {
        NewPart { number: self.number.clone(), label: self.label.clone(), position: Some(self.position) }
    }
}

piece_routes! {
    Part, NewPart, tag "Parts",
    read "conventions:read" ReadConventions, write "conventions:write" WriteConventions,
    under "/v1/conventions/{id}/parts", at "/v1/parts/{id}";
    /// List the parts
    list list_parts;
    /// Add a part
    create create_part;
    /// Read a part
    read read_part;
    /// Change a part
    patch update_part;
    /// Delete a part
    ///
    /// Refused while an article belongs to it.
    delete delete_part;
}
