//! The clauses and the axis that the rules of an action read, of the text in force on its date.

use diesel::prelude::*;

use super::super::new::NewAction;
use super::super::rules::ClauseSeen;
use super::{AxisKnown, Desk, day_of};
use crate::aggregate::Piece as _;
use crate::conventions::articles::Article;
use crate::conventions::axes::Axis;
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
        self.convention(c, id)?;
        let text = self.text_on(id, day);
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

    /// The number of the text in force on a day among those of a convention that is known: the original has none or 1.
    fn text_on(&self, id: Id, day: CivilDate) -> usize {
        let texts = self.conventions.get(&id).map(|known| known.row.texts.0.as_slice()).unwrap_or_default();
        texts.iter().filter(|text| text.from.is_none_or(|from| from <= day)).count()
    }

    /// The axis that an action names, as the text in force on a day has it.
    pub(super) fn axis_on(
        &mut self,
        c: &mut Connection,
        new: &NewAction,
        day: CivilDate,
    ) -> Result<Option<AxisKnown>, Halt> {
        self.convention(c, new.convention_id)?;
        let key = (new.axis_id, self.text_on(new.convention_id, day));
        if let Some(known) = self.axes.get(&key) {
            return Ok(known.clone());
        }
        let found = match Axis::find(c, new.axis_id)? {
            None => None,
            Some(signed) => {
                let article = Article::find(c, signed.article_id)?.map(|article| article.number);
                // One of another convention is refused, whatever it says.
                let amended = key.1 > 1 && signed.convention_id == new.convention_id;
                let all = if amended { Axis::in_force(c, new.convention_id, day)? } else { None };
                Some(AxisKnown::of(signed, article, all))
            }
        };
        self.axes.insert(key, found.clone());
        self.learnt = true;
        Ok(found)
    }

    /// The label of an axis and its article, and that of an item of its catalogue, as the rules have seen them.
    pub fn labels(&self, new: &NewAction, today: CivilDate) -> (String, Option<String>, Option<String>) {
        let key = (new.axis_id, self.text_on(new.convention_id, day_of(new, today)));
        let Some(Some(known)) = self.axes.get(&key) else { return Default::default() };
        let item = known.axis.catalogue.0.iter().find(|item| Some(item.id) == new.catalogue_item_id);
        (known.axis.label.clone(), known.article.clone(), item.map(|item| item.label.clone()))
    }
}

impl AxisKnown {
    /// From what was signed, and the axes of the text in force when it is another.
    fn of(signed: Axis, article: Option<String>, all: Option<Vec<Axis>>) -> Self {
        let Some(all) = all else { return Self { axis: signed, article, repealed: false, brought: false } };
        match all.into_iter().find(|axis| axis.id == signed.id) {
            None => Self { axis: signed, article, repealed: true, brought: false },
            Some(axis) => {
                let known = |id: Id| signed.catalogue.0.iter().any(|item| item.id == id);
                let brought = axis.catalogue.0.iter().any(|item| item.national_kind.is_none() && !known(item.id));
                Self { axis, article, repealed: false, brought }
            }
        }
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
