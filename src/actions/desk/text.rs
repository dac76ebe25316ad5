//! The clauses that the rules of an action read, of the text in force on its date.

use diesel::prelude::*;

use super::super::rules::ClauseSeen;
use super::Desk;
use crate::aggregate::Piece as _;
use crate::conventions::articles::Article;
use crate::conventions::clauses::{Clause, ClauseParameters};
use crate::db::schema::{articles, clauses};
use crate::db::{Connection, Json};
use crate::domain::vocabulary::ClauseKind;
use crate::domain::{CivilDate, Id};
use crate::error::Halt;

/// The clauses that the rules of an action read.
const READ: [ClauseKind; 4] =
    [ClauseKind::Duration, ClauseKind::Inclusion, ClauseKind::Accessibility, ClauseKind::ProgrammeHours];

impl Desk {
    /// The confirmed clauses of the text in force on a day.
    pub(super) fn clauses_on(
        &mut self,
        c: &mut Connection,
        id: Id,
        day: CivilDate,
    ) -> Result<Vec<(ClauseKind, ClauseSeen)>, Halt> {
        let texts = &self.convention(c, id)?.row.texts.0;
        let text = texts.iter().filter(|text| text.from.is_none_or(|from| from <= day)).count();
        let amended = text > 1;
        if let Some(known) = self.clauses.get(&(id, text)) {
            return Ok(known.clone());
        }
        let found = match if amended { Clause::in_force(c, id, day)? } else { None } {
            Some(all) => {
                let numbers = Article::in_force(c, id, day)?.unwrap_or_default();
                let number = |article: Option<Id>| {
                    numbers.iter().find(|known| Some(known.id) == article).map(|known| known.number.clone())
                };
                all.into_iter()
                    .filter(|clause| clause.confirmed && !clause.absent && READ.contains(&clause.kind))
                    .map(|clause| {
                        let seen = ClauseSeen { article: number(clause.article_id), hours: clause.parameters.0.hours };
                        (clause.kind, seen)
                    })
                    .collect()
            }
            None => original_clauses(c, id)?,
        };
        self.clauses.insert((id, text), found.clone());
        self.learnt = true;
        Ok(found)
    }
}

/// The confirmed clauses of the text as it was signed, with the numbers of their articles.
fn original_clauses(c: &mut Connection, convention: Id) -> Result<Vec<(ClauseKind, ClauseSeen)>, Halt> {
    let rows: Vec<(ClauseKind, Json<ClauseParameters>, Option<String>)> = clauses::table
        .left_join(articles::table.on(clauses::article_id.eq(articles::id.nullable())))
        .filter(clauses::convention_id.eq(convention))
        .filter(clauses::confirmed.eq(true).and(clauses::absent.eq(false)))
        .order((clauses::position, clauses::id))
        .select((clauses::kind, clauses::parameters, articles::number.nullable()))
        .load(c)?;
    Ok(rows
        .into_iter()
        .filter(|(kind, ..)| READ.contains(kind))
        .map(|(kind, parameters, article)| (kind, ClauseSeen { article, hours: parameters.0.hours }))
        .collect())
}
