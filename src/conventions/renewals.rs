//! A renewal is a new convention that names the one it renews (R03; article 11): of the same association, and the only one
//! in force that does.

use diesel::prelude::*;

use super::completing::associations;
use super::convention::ConventionRow;
use super::rules::{self, Spans};
use super::store::seen_by;
use crate::aggregate::Whole as _;
use crate::auth::policy;
use crate::db::Connection;
use crate::db::schema::conventions;
use crate::domain::refusal::Refusal;
use crate::domain::{Bilingual, Id};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::call::Request;
use crate::http::unit::Unit;

/// What a draft says that it renews: another convention, that its author sees. `own` is the draft, once it exists: its
/// association, once it has one, must be party to both.
pub fn check(unit: &mut Unit<'_>, own: Option<Id>, renews: Option<Id>) -> Result<(), Halt> {
    let Some(renewed) = renews else { return Ok(()) };
    let fault = |code, detail: Bilingual| Err(Problem::body(vec![Fault::pointer("/renews", code, detail)]).into());
    if own == Some(renewed) {
        let detail = both("Une convention ne se renouvelle pas elle-même.", "A convention does not renew itself.");
        return fault("not_applicable", detail);
    }
    let request = unit.request.clone();
    match ConventionRow::find(unit, &request, renewed) {
        // What renews it keeps others from renewing it.
        Ok(row) if !policy::acts_within(&request.caller, &row.territory) => {
            return Err(Problem::plain("not_allowed").into());
        }
        Ok(_) => {}
        Err(Halt::Problem(_)) => {
            let detail = both(
                "Cette convention n'existe pas dans votre périmètre.",
                "No such convention within your perimeter.",
            );
            return fault("unknown_reference", detail);
        }
        Err(other) => return Err(other),
    }
    let Some(own) = own else { return Ok(()) };
    let ours = associations(unit, own)?;
    if ours.is_empty() || shared(&ours, &associations(unit, renewed)?) {
        return Ok(());
    }
    fault("other_association", other_association())
}

/// At the last signature: the association is the same, and no other convention in force renews that one. It is locked
/// meanwhile: of two that would renew it at once, the second sees the first.
pub fn check_last(
    unit: &mut Unit<'_>,
    row: &ConventionRow,
    renewed: Id,
    spans: &Spans,
    article: Option<&str>,
) -> Result<(), Halt> {
    crate::db::lock_row(unit, "conventions", renewed)?;
    if !shared(&associations(unit, row.id)?, &associations(unit, renewed)?) {
        let refusal = Refusal::content("R03", "other_association", other_association());
        return Err(refusal.article(article).with("renews", renewed).into());
    }
    let others: Vec<ConventionRow> = conventions::table
        .filter(conventions::renews_id.eq(Some(renewed)).and(conventions::id.ne(row.id)))
        .select(ConventionRow::as_select())
        .load(&mut **unit)?;
    let others: Vec<Spans> = others.iter().map(ConventionRow::spans).collect();
    Ok(rules::check_renewal(&others, spans, article)?)
}

/// The signed convention that renews this one, the latest in force, when the caller sees it.
pub fn renewed_by(c: &mut Connection, request: &Request, renewed: Id) -> QueryResult<Option<Id>> {
    let signed: Vec<ConventionRow> = conventions::table
        .filter(conventions::renews_id.eq(Some(renewed)).and(conventions::complete_on.is_not_null()))
        .filter(seen_by(request))
        .select(ConventionRow::as_select())
        .load(c)?;
    Ok(signed.into_iter().max_by_key(|row| (row.in_force_from, row.id)).map(|row| row.id))
}

fn shared(ours: &[Id], theirs: &[Id]) -> bool {
    ours.iter().any(|association| theirs.contains(association))
}

const fn other_association() -> Bilingual {
    Bilingual::fixed(
        "Un renouvellement se conclut avec une association de la convention renouvelée.",
        "A renewal is concluded with an association of the convention that it renews.",
    )
}
