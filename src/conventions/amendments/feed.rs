//! What the change feed is told of the text when an amendment comes into force, or does not any more: its articles,
//! clauses and axes, as a reader of the text in force finds them that day.

use std::collections::HashSet;

use diesel::prelude::*;

use super::pieces::{articles_on, axes_on, clauses_on};
use crate::conventions::convention::ConventionRow;
use crate::db::Connection;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::{amendment_pieces, amendments, articles, axes, clauses};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;

/// When it is told, and under which version of the convention.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    pub version: i64,
    pub now: Instant,
    pub today: CivilDate,
}

/// Tells of every article, clause and axis of a convention: those of the text in force today have changed, the others are no
/// more. Those of the amendments in `also` are told of whatever day they are of.
pub fn announce_text(c: &mut Connection, row: &ConventionRow, told: Told, also: &[Id]) -> Result<(), Halt> {
    let (articles, clauses) = (articles_on(c, row.id, told.today)?, clauses_on(c, row.id, told.today)?);
    let articles: Option<HashSet<Id>> = articles.map(|all| all.iter().map(|article| article.id).collect());
    let clauses: Option<HashSet<Id>> = clauses.map(|all| all.iter().map(|clause| clause.id).collect());
    let originals: Vec<Id> = articles::table
        .filter(articles::convention_id.eq(row.id))
        .order((articles::position, articles::id))
        .select(articles::id)
        .load(c)?;
    let brought = own(c, row.id, "article", told, also)?;
    tell(c, row, told, ("article", articles.as_ref()), (&originals, &brought))?;
    let originals: Vec<Id> = clauses::table
        .filter(clauses::convention_id.eq(row.id))
        .order((clauses::position, clauses::id))
        .select(clauses::id)
        .load(c)?;
    let brought = own(c, row.id, "clause", told, also)?;
    tell(c, row, told, ("clause", clauses.as_ref()), (&originals, &brought))?;
    let axes: Option<HashSet<Id>> = axes_on(c, row.id, told.today)?.map(|all| all.iter().map(|axis| axis.id).collect());
    let originals: Vec<Id> = axes::table
        .filter(axes::convention_id.eq(row.id))
        .order((axes::position, axes::id))
        .select(axes::id)
        .load(c)?;
    tell(c, row, told, ("axis", axes.as_ref()), (&originals, &[]))
}

/// The pieces of a kind that amendments have brought by today, or that those in `also` bring.
fn own(c: &mut Connection, convention: Id, kind: &str, told: Told, also: &[Id]) -> QueryResult<Vec<Id>> {
    let come = amendments::in_force_from.le(Some(told.today)).or(amendments::id.eq_any(also.to_vec()).nullable());
    amendment_pieces::table
        .inner_join(amendments::table.on(amendment_pieces::amendment_id.eq(amendments::id)))
        .filter(amendments::convention_id.eq(convention).and(amendment_pieces::kind.eq(kind)))
        .filter(come)
        .order((amendments::position, amendment_pieces::id))
        .select(amendment_pieces::id)
        .load(c)
}

/// Tells of pieces of a kind; without `present`, the text is the original, which has its own and no others.
fn tell(
    c: &mut Connection,
    row: &ConventionRow,
    told: Told,
    (kind, present): (&'static str, Option<&HashSet<Id>>),
    (originals, own): (&[Id], &[Id]),
) -> Result<(), Halt> {
    let originals = originals.iter().map(|id| (*id, present.is_none_or(|present| present.contains(id))));
    let own = own.iter().map(|id| (*id, present.is_some_and(|present| present.contains(id))));
    for (id, there) in originals.chain(own) {
        let operation = if there { Operation::Updated } else { Operation::Deleted };
        let news = Change::news(kind, id, operation, (row.id, told.version), row.audience_id);
        let change = Change { seen_by: row.audience_id.filter(|_| there), ..news };
        record::announce(c, told.now, &change)?;
    }
    Ok(())
}
