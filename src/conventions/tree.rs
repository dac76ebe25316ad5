//! The tree of territorial conventions, both ways: a national convention and those that apply it, a territorial one and
//! what it applies.

use actix_web::get;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::convention::ConventionRow;
use super::rules::{self, Spans};
use super::store::seen_by;
use crate::aggregate::Whole as _;
use crate::auth::policy::ReadConventions;
use crate::db::Connection;
use crate::db::schema::conventions;
use crate::domain::vocabulary::{ConventionFlag, ConventionLevel, ConventionStatus};
use crate::domain::{Bilingual, CivilDate, Id, Territory};
use crate::error::Halt;
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::params::Params;

/// Conventions under one at most, as the tree shows them; the list of conventions has them all.
const MOST: i64 = 500;

/// A convention in the tree, as it stands on a date.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConventionNode {
    pub id: Id,
    pub title: String,
    pub level: ConventionLevel,
    pub territory: Territory,
    pub territory_label: Bilingual,
    pub status: ConventionStatus,
    /// First day in force.
    pub in_force_from: Option<CivilDate>,
    /// Last day before the end, whatever ends it.
    pub ends_on: Option<CivilDate>,
    /// `exceeds_parent` while the parent lives and will end first, `parent_ended` once it has.
    pub flags: Vec<ConventionFlag>,
}

impl ConventionNode {
    fn of(row: ConventionRow, parent: Option<&Spans>, on: CivilDate) -> Self {
        let spans = row.spans();
        Self {
            id: row.id,
            status: rules::status(&spans, on),
            flags: rules::territorial_flags(&spans, parent, on),
            title: row.title,
            level: row.level,
            territory_label: row.territory.label(),
            territory: row.territory,
            in_force_from: row.in_force_from,
            ends_on: row.ends_on,
        }
    }
}

/// A convention, what it applies and what applies it, within the caller's perimeter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConventionTree {
    /// The civil date (Paris) it holds for.
    pub as_of: CivilDate,
    pub convention: ConventionNode,
    /// The national convention that it applies; null without one, or when the caller does not see it.
    pub parent: Option<ConventionNode>,
    /// The territorial conventions that apply it, by territory, then by first day in force; drafts last.
    pub children: Vec<ConventionNode>,
    /// Those that apply the same national convention on the same territory, before or after it, by first day in force.
    pub same_territory: Vec<ConventionNode>,
}

/// The dates of the national convention above, whoever sees it: flags follow from them.
pub fn parent_spans(c: &mut Connection, row: &ConventionRow) -> QueryResult<Option<Spans>> {
    let Some(parent) = row.parent_id else { return Ok(None) };
    let parent: ConventionRow = conventions::table.find(parent).select(ConventionRow::as_select()).first(c)?;
    Ok(Some(parent.spans()))
}

/// The national convention above, when the caller sees it.
pub fn parent(
    c: &mut Connection,
    request: &Request,
    row: &ConventionRow,
    on: CivilDate,
) -> Result<Option<ConventionNode>, Halt> {
    let found = row.parent_id.map(|parent| ConventionRow::find(c, request, parent));
    match found {
        Some(Ok(parent)) => Ok(Some(ConventionNode::of(parent, None, on))),
        None | Some(Err(Halt::Problem(_))) => Ok(None),
        Some(Err(other)) => Err(other),
    }
}

/// The conventions of a parent that the caller sees, by territory, then by first day in force.
fn under(
    c: &mut Connection,
    request: &Request,
    (parent, spans): (Id, &Spans),
    territory: Option<Territory>,
    on: CivilDate,
) -> QueryResult<Vec<ConventionNode>> {
    let mut query =
        conventions::table.filter(conventions::parent_id.eq(Some(parent))).filter(seen_by(request)).into_boxed();
    if let Some(territory) = territory {
        query = query.filter(conventions::territory.eq(territory));
    }
    let rows: Vec<ConventionRow> = query
        .order((conventions::territory, conventions::id))
        .limit(MOST)
        .select(ConventionRow::as_select())
        .load(c)?;
    let mut nodes: Vec<_> = rows.into_iter().map(|row| ConventionNode::of(row, Some(spans), on)).collect();
    nodes.sort_by_key(|node| (node.territory.to_string(), node.in_force_from.is_none(), node.in_force_from, node.id));
    Ok(nodes)
}

/// The date that a read was asked for: its only parameter.
pub fn as_of(request: &Request) -> Result<CivilDate, Halt> {
    request.only_json()?;
    let mut params = Params::of(&request.query);
    let on = params.one("as_of").unwrap_or(request.today);
    params.verdict()?;
    Ok(on)
}

/// Read the tree of territorial conventions
///
/// Up, the national convention that this one applies (déclinaison), and the others of its territory; down, those that
/// apply it, 500 at most. Each as it stands on `as_of`, and only what the caller sees.
#[utoipa::path(
    tag = "Conventions", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) it is computed for; today when left out")),
    responses((status = 200, description = "The tree", body = ConventionTree))
)]
#[get("/v1/conventions/{id}/tree")]
async fn read_convention_tree(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let row = ConventionRow::find(c, request, request.id()?)?;
            let on = as_of(request)?;
            let above = parent_spans(c, &row)?;
            let children = under(c, request, (row.id, &row.spans()), None, on)?;
            let mut same_territory = match (row.parent_id, &above) {
                (Some(parent), Some(spans)) => under(c, request, (parent, spans), Some(row.territory), on)?,
                _ => Vec::new(),
            };
            same_territory.retain(|node| node.id != row.id);
            let (version, parent) = (row.version, parent(c, request, &row, on)?);
            let convention = ConventionNode::of(row, above.as_ref(), on);
            let tree = ConventionTree { as_of: on, convention, parent, children, same_territory };
            Ok(Answer::single(version, &tree)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_convention_tree);
}
