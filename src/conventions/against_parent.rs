//! What a territorial convention changes of the national one that it applies (articles 2 and 9): its axes, their
//! catalogues and audiences, and its clauses, steering included.
//!
//! Who does not see the national one reads what the territorial one says by itself: its axes, and the reasons of those
//! that apply none.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::axes::{Axis, CatalogueItem};
use super::axes_in_force;
use super::clauses::ClauseParameters;
use super::content::Pieces;
use super::convention::ConventionRow;
use super::rules::{self, Apart, TextClause};
use super::story::Story;
use super::tree::{self, ConventionNode};
use crate::aggregate::Whole as _;
use crate::auth::policy::ReadConventions;
use crate::domain::vocabulary::{Audience, ClauseKind};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;
use crate::http::answer::{Answer, Reply};
use crate::http::call::Call;

/// An axis, by its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct AxisName {
    pub id: Id,
    pub label: String,
    /// Number of its article in its own convention.
    pub article: Option<String>,
}

/// The catalogue of an axis against that of the axis it applies; labels are compared, accents and case aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueAgainst {
    /// Items of both, in the words of the territorial convention.
    pub kept: Vec<CatalogueItem>,
    pub added: Vec<CatalogueItem>,
    /// Items of the national axis alone.
    pub left_out: Vec<CatalogueItem>,
}

/// The audiences of an axis against those of the axis it applies.
#[derive(Debug, Serialize, ToSchema)]
pub struct AudiencesAgainst {
    pub kept: Vec<Audience>,
    pub added: Vec<Audience>,
    pub left_out: Vec<Audience>,
}

/// An axis of the territorial convention that applies one of the national convention.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkedAxis {
    pub axis: AxisName,
    pub parent_axis_id: Id,
    /// Null when the caller does not see the national convention, as are the comparisons.
    pub parent_axis: Option<AxisName>,
    pub catalogue: Option<CatalogueAgainst>,
    pub audiences: Option<AudiencesAgainst>,
}

/// An axis of the territorial convention that applies none.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnAxis {
    pub axis: AxisName,
    /// Why; null while it has not been said (T05).
    pub reason: Option<String>,
}

/// A clause, as one of the two texts states it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClauseStated {
    pub article: Option<String>,
    pub parameters: ClauseParameters,
}

/// A clause that the two texts in force on the date do not state alike.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClauseAgainst {
    pub kind: ClauseKind,
    /// As the territorial convention states it; null when it does not.
    pub here: Option<ClauseStated>,
    /// As the national one states it; null when it does not.
    pub parent: Option<ClauseStated>,
}

/// What a territorial convention changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgainstParent {
    pub convention_id: Id,
    /// The civil date (Paris) of the texts compared.
    pub as_of: CivilDate,
    /// The national convention; null when the caller does not see it: nothing is then compared.
    pub parent: Option<ConventionNode>,
    pub linked_axes: Vec<LinkedAxis>,
    pub own_axes: Vec<OwnAxis>,
    /// Axes of the national convention that no axis here applies.
    pub left_out_axes: Vec<AxisName>,
    /// Clauses stated otherwise, or by one of the two only.
    pub clauses: Vec<ClauseAgainst>,
}

/// Read what a territorial convention changes
///
/// Against the national convention that it applies, in the texts in force on `as_of`: axes linked, with what their
/// catalogues and audiences keep, add or leave out; axes of its own, with the reason; national axes that it leaves out;
/// clauses stated otherwise or by one of the two only. 404 for a convention that applies none.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) of the texts compared; today when left out")),
    responses((status = 200, description = "What it changes", body = AgainstParent))
)]
#[get("/v1/conventions/{id}/against-parent")]
async fn read_convention_against_parent(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let row = ConventionRow::find(c, request, request.id()?)?;
            let parent_id = row.parent_id.ok_or_else(Halt::not_found)?;
            let on = tree::as_of(request)?;
            let parent = tree::parent(c, request, &row, on)?;
            let above = match &parent {
                Some(_) => {
                    let row = ConventionRow::find(c, request, parent_id)?;
                    Some(on_day(Story::load(c, row, Instant::MAX)?, on))
                }
                None => None,
            };
            let here = on_day(Story::load(c, row, Instant::MAX)?, on);
            let told = compare(&here, above.as_ref(), parent, on);
            Ok(Answer::single(here.row.version, &told)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

/// With the axes of the text in force that day.
fn on_day(mut story: Story, on: CivilDate) -> Story {
    story.pieces.axes = axes_in_force::axes(&story, on);
    story
}

fn compare(here: &Story, above: Option<&Story>, parent: Option<ConventionNode>, on: CivilDate) -> AgainstParent {
    let applied = |axis: &Axis| here.pieces.axes.iter().any(|own| own.parent_axis_id == Some(axis.id));
    let left_out_axes = above.into_iter().flat_map(|above| {
        above.pieces.axes.iter().filter(|axis| !applied(axis)).map(|axis| named(&above.pieces, axis))
    });
    let own_axes = here.pieces.axes.iter().filter(|axis| axis.parent_axis_id.is_none());
    AgainstParent {
        convention_id: here.row.id,
        as_of: on,
        parent,
        linked_axes: here.pieces.axes.iter().filter_map(|axis| linked(&here.pieces, above, axis)).collect(),
        own_axes: own_axes
            .map(|axis| OwnAxis { axis: named(&here.pieces, axis), reason: axis.parent_axis_reason.clone() })
            .collect(),
        left_out_axes: left_out_axes.collect(),
        clauses: above.map(|above| clauses(here, above, on)).unwrap_or_default(),
    }
}

fn named(pieces: &Pieces, axis: &Axis) -> AxisName {
    let article = pieces.number(Some(axis.article_id)).map(str::to_owned);
    AxisName { id: axis.id, label: axis.label.clone(), article }
}

fn linked(pieces: &Pieces, above: Option<&Story>, axis: &Axis) -> Option<LinkedAxis> {
    let parent_axis_id = axis.parent_axis_id?;
    let found = above.and_then(|above| above.pieces.axes.iter().find(|a| a.id == parent_axis_id).map(|a| (above, a)));
    Some(LinkedAxis {
        axis: named(pieces, axis),
        parent_axis_id,
        parent_axis: found.map(|(above, applied)| named(&above.pieces, applied)),
        catalogue: found.map(|(_, applied)| catalogue(&axis.catalogue.0, &applied.catalogue.0)),
        audiences: found.map(|(_, applied)| audiences(&axis.audiences.0, &applied.audiences.0)),
    })
}

/// The elements that a comparison names.
fn taken<T: Clone>(told: &Apart, here: &[T], above: &[T]) -> [Vec<T>; 3] {
    [
        told.kept.iter().map(|(index, _)| here[*index].clone()).collect(),
        told.added.iter().map(|index| here[*index].clone()).collect(),
        told.left_out.iter().map(|index| above[*index].clone()).collect(),
    ]
}

fn catalogue(here: &[CatalogueItem], above: &[CatalogueItem]) -> CatalogueAgainst {
    let labels = |items: &'_ [CatalogueItem]| items.iter().map(|item| item.label.clone()).collect::<Vec<_>>();
    let told = rules::labels_apart(&labels(here), &labels(above));
    let [kept, added, left_out] = taken(&told, here, above);
    CatalogueAgainst { kept, added, left_out }
}

fn audiences(here: &[Audience], above: &[Audience]) -> AudiencesAgainst {
    let told = rules::apart(here, above, |a, b| a == b);
    let [kept, added, left_out] = taken(&told, here, above);
    AudiencesAgainst { kept, added, left_out }
}

fn clauses(here: &Story, above: &Story, on: CivilDate) -> Vec<ClauseAgainst> {
    let stated =
        |clause: &TextClause| ClauseStated { article: clause.article.clone(), parameters: clause.parameters.clone() };
    let ours = (here.terms_on(on).clauses.as_slice(), here.parties.as_slice());
    let theirs = (above.terms_on(on).clauses.as_slice(), above.parties.as_slice());
    rules::clauses_apart(ours, theirs)
        .into_iter()
        .map(|told| ClauseAgainst { kind: told.kind, here: told.here.map(stated), parent: told.above.map(stated) })
        .collect()
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_convention_against_parent);
}
