//! What a signature must respect beside its own convention: the national one that it applies (T01 to T05), and the one
//! that it renews (R03).

use diesel::prelude::*;

use super::content::Pieces;
use super::convention::ConventionRow;
use super::renewals;
use super::rules::{self, AxisLink, SignatureFact, Spans};
use crate::db::Connection;
use crate::db::schema::{conventions, parties};
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::Side;
use crate::domain::{CivilDate, Id};
use crate::error::Halt;
use crate::http::unit::Unit;

/// Checks a signature that R01 lets pass; `facts` are those that stand before it.
pub fn check(
    unit: &mut Unit<'_>,
    row: &ConventionRow,
    pieces: &Pieces,
    mut facts: Vec<SignatureFact>,
    terms: &rules::Terms,
    new: &rules::NewSignature,
) -> Result<(), Halt> {
    check_links(row, pieces, &facts)?;
    facts.push(SignatureFact {
        party: new.party,
        signatory: new.signatory.clone(),
        signed_on: new.signed_on,
        content_hash: new.content_hash.clone(),
        voided: false,
    });
    let ids: Vec<Id> = pieces.parties.iter().map(|party| party.id).collect();
    let spans = rules::spans(&ids, &facts, terms);
    // The last signature: what it puts in force must have its place.
    let Some(signed_on) = spans.complete_on else { return Ok(()) };
    if let Some(parent) = row.parent_id {
        check_territorial(unit, row, parent, signed_on, &spans)?;
    }
    if let Some(renewed) = row.renews_id {
        renewals::check_last(unit, row, renewed, &spans, terms.duration.article())?;
    }
    Ok(())
}

/// T05, before the first signature. One that stands already on this very text was recorded when it was checked, or before
/// the rule was: the text is then completed as it was begun.
pub fn check_links(row: &ConventionRow, pieces: &Pieces, facts: &[SignatureFact]) -> Result<(), Refusal> {
    let begun = facts.iter().any(|fact| !fact.voided && fact.content_hash == row.content_hash);
    if row.parent_id.is_none() || begun {
        return Ok(());
    }
    let axes: Vec<AxisLink> = pieces
        .axes
        .iter()
        .map(|axis| AxisLink {
            id: axis.id,
            label: axis.label.clone(),
            article: pieces.number(Some(axis.article_id)).map(str::to_owned),
            settled: axis.parent_axis_id.is_some() || axis.parent_axis_reason.is_some(),
        })
        .collect();
    rules::check_links(&axes)
}

/// The parent must be in force that day, and no other convention of it may be in force on the territory.
fn check_territorial(
    unit: &mut Unit<'_>,
    row: &ConventionRow,
    parent: Id,
    signed_on: CivilDate,
    spans: &Spans,
) -> Result<(), Halt> {
    crate::db::lock_row(unit, "conventions", parent)?;
    let parent: ConventionRow =
        conventions::table.find(parent).select(ConventionRow::as_select()).first(&mut **unit)?;
    let siblings: Vec<ConventionRow> = conventions::table
        .filter(conventions::parent_id.eq(Some(parent.id)).and(conventions::id.ne(row.id)))
        .select(ConventionRow::as_select())
        .load(&mut **unit)?;
    let siblings: Vec<_> =
        siblings.iter().map(|s| rules::Sibling { territory: s.territory, spans: s.spans() }).collect();
    let parent_spans = parent.spans();
    let (theirs, ours) = (associations(unit, parent.id)?, associations(unit, row.id)?);
    let parent =
        rules::Parent { territory: parent.territory, spans: &parent_spans, associations: &theirs, article: None };
    let child = rules::Child { territory: row.territory, signed_on, spans, associations: &ours };
    Ok(rules::check_territorial(&parent, &siblings, &child)?)
}

/// The organisations of a convention's side `association`.
pub fn associations(c: &mut Connection, convention: Id) -> QueryResult<Vec<Id>> {
    parties::table
        .filter(parties::convention_id.eq(convention).and(parties::side.eq(Side::Association)))
        .select(parties::organisation_id)
        .load(c)
}
