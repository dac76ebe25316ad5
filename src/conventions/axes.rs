//! Axes of cooperation (axes de coopération), each tied to its article: what the parties commit to, the audiences, and
//! the catalogue of the kinds of action that the article lists. An axis may be transversal: it holds in every action.

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::amendments::pieces;
use super::articles::NotAmended;
use super::convention::Commitment;
use super::convention::ConventionRow;
use super::references::{self, Kind};
use crate::aggregate::{Piece, Place, Whole as _};
use crate::auth::policy::{ReadConventions, WriteConventions};
use crate::db::schema::{axes, objectives};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::vocabulary::{ActionKind, Audience};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::body::{Body, Faults};
use crate::http::unit::Unit;
use crate::{piece_routes, piece_store};

/// A kind of action that the article lists, as it is asked for.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct NewCatalogueItem {
    /// Its id, to keep an item when the catalogue is replaced; made when left out.
    #[deserr(default)]
    pub id: Option<Id>,
    /// The words of the article.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub label: String,
    /// The national kind it fits, if one does.
    #[deserr(default)]
    pub national_kind: Option<ActionKind>,
    /// Line in the imported text.
    #[deserr(default)]
    #[validate(range(max = 2_147_483_647))]
    pub line: Option<u32>,
}

/// A kind of action that the article lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueItem {
    /// A UUID of version 7; of version 8 for an item that an amendment brings: it follows from the axis and the words.
    pub id: Id,
    pub label: String,
    pub national_kind: Option<ActionKind>,
    /// Line in the imported text.
    pub line: Option<u32>,
}

/// What an axis is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "article_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "label": "Découverte des métiers",
    "audiences": ["3e", "2de_gt"],
    "catalogue": [{ "label": "des visites d'entreprises", "national_kind": "company_visit" }]
}))]
pub struct NewAxis {
    /// Its article; an article carries one axis at most.
    pub article_id: Id,
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub label: String,
    /// True when it holds in every action instead of having its own.
    #[deserr(default)]
    #[schema(required = false)]
    pub transversal: bool,
    /// Audiences that the article names.
    #[deserr(default)]
    #[schema(required = false)]
    pub audiences: Vec<Audience>,
    /// What each party commits to.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = 200))]
    #[schema(max_items = 200)]
    pub commitments: Vec<Commitment>,
    /// Kinds of action that the article lists.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = 500))]
    #[schema(max_items = 500)]
    pub catalogue: Vec<NewCatalogueItem>,
    /// In a territorial convention: the axis of the national one that this one applies.
    #[deserr(default)]
    pub parent_axis_id: Option<Id>,
    /// In a territorial convention: why it applies none.
    #[deserr(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub parent_axis_reason: Option<String>,
    /// Order among its siblings, from 1; last when left out.
    #[deserr(default)]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: Option<i64>,
}

impl Body for NewAxis {
    fn check(&self, faults: &mut Faults) {
        if self.parent_axis_id.is_some() && self.parent_axis_reason.is_some() {
            faults.push(Fault::pointer(
                "/parent_axis_reason",
                "not_applicable",
                both(
                    "Une raison se donne quand l'axe n'en applique aucun.",
                    "A reason is given when the axis applies none.",
                ),
            ));
        }
    }
}

/// An axis of cooperation.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = axes, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Axis {
    pub id: Id,
    pub convention_id: Id,
    pub position: i64,
    pub article_id: Id,
    pub label: String,
    pub transversal: bool,
    #[schema(value_type = Vec<Audience>)]
    pub audiences: Json<Vec<Audience>>,
    #[schema(value_type = Vec<Commitment>)]
    pub commitments: Json<Vec<Commitment>>,
    #[schema(value_type = Vec<CatalogueItem>)]
    pub catalogue: Json<Vec<CatalogueItem>>,
    pub created_at: Instant,
    /// The axis of the national convention that it applies.
    pub parent_axis_id: Option<Id>,
    /// Why it applies none.
    pub parent_axis_reason: Option<String>,
    /// Number of the amendment that last changed its article, in the text of `as_of`; null as it was signed at first.
    #[diesel(skip_insertion, skip_update, deserialize_as = NotAmended)]
    #[diesel(select_expression = axes::position, select_expression_type = axes::position)]
    pub amended_by: Option<i64>,
}

impl Piece for Axis {
    type Whole = ConventionRow;
    type New = NewAxis;
    const KIND: &'static str = "axis";
    const PATH: &'static str = "/v1/axes";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "position",
        "article_id",
        "label",
        "transversal",
        "audiences",
        "commitments",
        "catalogue",
        "parent_axis_id",
        "parent_axis_reason",
    ];

    piece_store!(axes, convention_id);

    fn in_force(c: &mut Connection, whole: Id, on: CivilDate) -> Result<Option<Vec<Self>>, Halt> {
        pieces::axes_on(c, whole, on)
    }

    fn make(unit: &mut Unit<'_>, whole: &ConventionRow, at: Place<'_, Self>, new: NewAxis) -> Result<Self, Halt> {
        let mut wanted = vec![(Kind::Article, "/article_id".to_owned(), new.article_id)];
        for (index, party) in new.commitments.iter().enumerate().filter_map(|(i, c)| Some((i, c.party_id?))) {
            wanted.push((Kind::Party, format!("/commitments/{index}/party_id"), party));
        }
        references::check(unit, whole.id, &wanted)?;
        check_parent_axis(unit, whole, &new, at.before.and_then(|before| before.parent_axis_id))?;
        let known: Vec<Id> = at.before.iter().flat_map(|b| b.catalogue.0.iter().map(|item| item.id)).collect();
        let mut faults = Faults::new();
        let mut catalogue: Vec<CatalogueItem> = Vec::new();
        for (index, item) in new.catalogue.into_iter().enumerate() {
            let kept = item.id.filter(|id| known.contains(id) && !catalogue.iter().any(|c| c.id == *id));
            if item.id.is_some() && kept.is_none() {
                faults.push(references::unknown(&format!("/catalogue/{index}/id")));
            }
            let id = kept.unwrap_or_else(|| unit.new_id());
            catalogue.push(CatalogueItem { id, label: item.label, national_kind: item.national_kind, line: item.line });
        }
        if !faults.is_empty() {
            return Err(Problem::body(faults).into());
        }
        let dropped: Vec<Id> = known.into_iter().filter(|id| !catalogue.iter().any(|item| item.id == *id)).collect();
        check_not_served(unit, whole.id, None, &dropped)?;
        Ok(Self {
            id: at.id,
            convention_id: whole.id,
            position: at.position,
            article_id: new.article_id,
            label: new.label,
            transversal: new.transversal,
            audiences: Json(new.audiences),
            commitments: Json(new.commitments),
            catalogue: Json(catalogue),
            created_at: at.before.map_or(unit.request.now, |b| b.created_at),
            parent_axis_id: new.parent_axis_id,
            parent_axis_reason: new.parent_axis_reason,
            amended_by: None,
        })
    }

    fn check_unused(&self, c: &mut Connection) -> Result<(), Halt> {
        let items: Vec<Id> = self.catalogue.0.iter().map(|item| item.id).collect();
        check_not_served(c, self.convention_id, Some(self.id), &items)
    }

    fn as_new(&self) -> NewAxis {
        let item = |i: &CatalogueItem| NewCatalogueItem {
            id: Some(i.id),
            label: i.label.clone(),
            national_kind: i.national_kind,
            line: i.line,
        };
        NewAxis {
            article_id: self.article_id,
            label: self.label.clone(),
            transversal: self.transversal,
            audiences: self.audiences.0.clone(),
            commitments: self.commitments.0.clone(),
            catalogue: self.catalogue.0.iter().map(item).collect(),
            parent_axis_id: self.parent_axis_id,
            parent_axis_reason: self.parent_axis_reason.clone(),
            position: Some(self.position),
        }
    }
}

/// What a territorial convention applies is an axis of its parent; a national one applies nothing.
fn check_parent_axis(unit: &mut Unit<'_>, whole: &ConventionRow, new: &NewAxis, stood: Option<Id>) -> Result<(), Halt> {
    let Some(parent) = whole.parent_id else {
        let said = [
            ("/parent_axis_id", new.parent_axis_id.is_some()),
            ("/parent_axis_reason", new.parent_axis_reason.is_some()),
        ];
        let detail = || both("Cette convention n'en décline aucune.", "This convention applies no other one.");
        let faults: Faults = said
            .into_iter()
            .filter(|(_, said)| *said)
            .map(|(pointer, _)| Fault::pointer(pointer, "not_applicable", detail()))
            .collect();
        return if faults.is_empty() { Ok(()) } else { Err(Problem::body(faults).into()) };
    };
    let Some(axis) = new.parent_axis_id.filter(|axis| Some(*axis) != stood) else { return Ok(()) };
    // A party of this one alone does not see the national one.
    let request = unit.request.clone();
    match ConventionRow::glance(unit, &request, parent) {
        Ok(_) => {}
        Err(Halt::Problem(_)) => return Err(Problem::body(vec![references::unknown("/parent_axis_id")]).into()),
        Err(other) => return Err(other),
    }
    references::check(unit, parent, &[(Kind::Axis, "/parent_axis_id".into(), axis)])
}

/// No objective counts on this axis or on these items of a catalogue.
fn check_not_served(c: &mut Connection, convention: Id, axis: Option<Id>, items: &[Id]) -> Result<(), Halt> {
    type Served = (Json<Vec<Id>>, Json<Vec<Id>>);
    let served: Vec<Served> = objectives::table
        .filter(objectives::convention_id.eq(convention))
        .select((objectives::served_by_axes, objectives::served_by_items))
        .load(c)?;
    let used = served.iter().any(|(by_axes, by_items)| {
        by_axes.0.iter().any(|id| axis == Some(*id)) || by_items.0.iter().any(|id| items.contains(id))
    });
    if used { Err(Problem::plain("in_use").into()) } else { Ok(()) }
}

piece_routes! {
    Axis, NewAxis, tag "Axes",
    read "conventions:read" ReadConventions, write "conventions:write" WriteConventions,
    under "/v1/conventions/{id}/axes", at "/v1/axes/{id}";
    /// List the axes of cooperation
    ///
    /// Each with its catalogue of actions, its audiences and what each party commits to, as the text in force on `as_of`
    /// (today when left out) has them. An item that an amendment brings has an id of its own, with which an action names it.
    list list_axes;
    /// Add an axis
    create create_axis;
    /// Read an axis
    read read_axis;
    /// Change an axis
    ///
    /// The catalogue is replaced as a whole: items sent with their `id` are kept; one that an objective counts on stays.
    patch update_axis;
    /// Delete an axis
    ///
    /// Refused while an objective counts on it.
    delete delete_axis;
}
