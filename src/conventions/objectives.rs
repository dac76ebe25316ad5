//! Objectives of a convention, and which axes and catalogue items serve them: indicators will say which they measure.

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use super::convention::ConventionRow;
use super::references::{self, Kind};
use crate::aggregate::{Piece, Place};
use crate::auth::policy::{ReadConventions, WriteConventions};
use crate::db::schema::{axes, objectives};
use crate::db::{Json, MultiBackend};
use crate::domain::{Id, Instant};
use crate::error::{Halt, Problem};
use crate::http::body::{Body, Faults};
use crate::http::unit::Unit;
use crate::{piece_routes, piece_store};

/// What an objective is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "text": "Favoriser l'entrepreneuriat par l'éducation" }))]
pub struct NewObjective {
    /// The objective as the text says it.
    #[validate(length(min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
    /// The article that sets it.
    #[deserr(default)]
    pub article_id: Option<Id>,
    /// Axes that serve it.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    pub served_by_axes: Vec<Id>,
    /// Catalogue items that serve it.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    pub served_by_items: Vec<Id>,
    /// Order among its siblings, from 1; last when left out.
    #[deserr(default)]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: Option<i64>,
}

impl Body for NewObjective {}

/// An objective.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = objectives, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Objective {
    pub id: Id,
    pub convention_id: Id,
    pub position: i64,
    pub text: String,
    pub article_id: Option<Id>,
    #[schema(value_type = Vec<Id>)]
    pub served_by_axes: Json<Vec<Id>>,
    #[schema(value_type = Vec<Id>)]
    pub served_by_items: Json<Vec<Id>>,
    /// Line in the imported text.
    pub source_line: Option<i32>,
    pub created_at: Instant,
}

impl Piece for Objective {
    type Whole = ConventionRow;
    type New = NewObjective;
    const KIND: &'static str = "objective";
    const PATH: &'static str = "/v1/objectives";
    const COLUMNS: &'static [&'static str] =
        &["id", "convention_id", "position", "text", "article_id", "served_by_axes", "served_by_items", "source_line"];

    piece_store!(objectives, convention_id);

    fn make(unit: &mut Unit<'_>, whole: &ConventionRow, at: Place<'_, Self>, new: NewObjective) -> Result<Self, Halt> {
        let mut wanted: Vec<_> =
            new.article_id.map(|id| (Kind::Article, "/article_id".to_owned(), id)).into_iter().collect();
        for (index, axis) in new.served_by_axes.iter().enumerate() {
            wanted.push((Kind::Axis, format!("/served_by_axes/{index}"), *axis));
        }
        references::check(unit, whole.id, &wanted)?;
        check_items(unit, whole.id, &new.served_by_items)?;
        Ok(Self {
            id: at.id,
            convention_id: whole.id,
            position: at.position,
            text: new.text,
            article_id: new.article_id,
            served_by_axes: Json(new.served_by_axes),
            served_by_items: Json(new.served_by_items),
            source_line: at.before.and_then(|b| b.source_line),
            created_at: at.before.map_or(unit.request.now, |b| b.created_at),
        })
    }

    fn as_new(&self) -> NewObjective {
        NewObjective {
            text: self.text.clone(),
            article_id: self.article_id,
            served_by_axes: self.served_by_axes.0.clone(),
            served_by_items: self.served_by_items.0.clone(),
            position: Some(self.position),
        }
    }
}

/// Catalogue items lie inside their axis.
fn check_items(unit: &mut Unit<'_>, convention: Id, wanted: &[Id]) -> Result<(), Halt> {
    if wanted.is_empty() {
        return Ok(());
    }
    let catalogues: Vec<Json<Vec<super::axes::CatalogueItem>>> =
        axes::table.filter(axes::convention_id.eq(convention)).select(axes::catalogue).load(&mut **unit)?;
    let faults: Vec<_> = wanted
        .iter()
        .enumerate()
        .filter(|(_, id)| !catalogues.iter().any(|c| c.0.iter().any(|item| item.id == **id)))
        .map(|(index, _)| references::unknown(&format!("/served_by_items/{index}")))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::body(faults).into()) }
}

piece_routes! {
    Objective, NewObjective, tag "Objectives",
    read "conventions:read" ReadConventions, write "conventions:write" WriteConventions,
    under "/v1/conventions/{id}/objectives", at "/v1/objectives/{id}";
    /// List the objectives
    list list_objectives;
    /// Add an objective
    create create_objective;
    /// Read an objective
    read read_objective;
    /// Change an objective
    patch update_objective;
    /// Delete an objective
    delete delete_objective;
}
