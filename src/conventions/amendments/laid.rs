//! A convention with its amendments laid over it: its text on a day, and the text that each amendment amends.

use super::amendment::AmendmentRow;
use super::rules::signing::Dates;
use super::rules::{Applied, Edit, Reason, Text, TextArticle, apply};
use super::signatures::{AmendmentSignature, approvals_of};
use crate::auth::Caller;
use crate::auth::policy::{self, Standing};
use crate::conventions::clauses;
use crate::conventions::content::Pieces;
use crate::conventions::convention::ConventionRow;
use crate::conventions::rules::texts::TextFrom;
use crate::conventions::rules::{AmendmentFact, Lived};
use crate::conventions::story::Story;
use crate::db::Connection;
use crate::domain::vocabulary::ClauseKind;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;

/// A convention, its life, and its amendments in the order of their numbers.
pub struct Laid {
    pub story: Story,
    pub rows: Vec<AmendmentRow>,
    pub signatures: Vec<AmendmentSignature>,
    /// The parties, whose signatures are awaited.
    pub parties: Vec<Id>,
    /// The article on amendments.
    pub article: Option<String>,
}

impl Laid {
    /// Loads it as known at an instant.
    pub fn load(c: &mut Connection, row: ConventionRow, at: Instant) -> Result<Self, Halt> {
        let story = Story::load(c, row, at)?;
        let rows = AmendmentRow::of(c, story.row.id)?;
        let signatures = AmendmentSignature::known(c, story.row.id, at)?;
        let parties = story.pieces.parties.iter().map(|party| party.id).collect();
        let article = clauses::article_of(c, story.row.id, ClauseKind::Amendment)?;
        Ok(Self { story, rows, signatures, parties, article })
    }

    /// The amendment of an id.
    pub fn amendment(&self, id: Id) -> Result<&AmendmentRow, Halt> {
        self.rows.iter().find(|row| row.id == id).ok_or_else(Halt::not_found)
    }

    /// The amendment of a number.
    pub fn numbered(&self, number: i64) -> Option<&AmendmentRow> {
        self.rows.iter().find(|row| row.position == number)
    }

    /// The first day of an amendment, if the convention is in force then.
    pub fn in_force_from(&self, row: &AmendmentRow) -> Option<CivilDate> {
        let later = self.story.lived.texts.later();
        later.iter().find(|text| text.amendment == Some(row.position)).map(|text| text.from)
    }

    /// The parties that have not signed an amendment, and its dates.
    pub fn standing(&self, row: &AmendmentRow) -> (Vec<Id>, Dates) {
        let approvals = approvals_of(&self.signatures, row.id);
        let keys = super::keys(row, &self.parties, &approvals);
        let dates = Dates {
            first_signed_on: keys.first_on(),
            complete_on: keys.complete_on(),
            in_force_from: self.in_force_from(row),
        };
        (keys.awaited(), dates)
    }

    /// Does the signature of a party that this caller does not sign for stand? Nobody does away with it.
    pub fn signed_by_another(&self, row: &AmendmentRow, caller: &Caller, standing: &Standing) -> bool {
        let stand = self.signatures.iter().filter(|known| known.amendment_id == row.id && known.voided_at.is_none());
        let of = |party: Id| self.story.pieces.parties.iter().find(|known| known.id == party);
        stand
            .filter_map(|known| of(known.party_id))
            .any(|party| !policy::may_sign(caller, standing, party.organisation_id))
    }

    /// The lowest number that some party has not signed yet.
    pub fn first_unsigned(&self) -> Option<i64> {
        self.rows.iter().find(|row| self.standing(row).1.complete_on.is_none()).map(|row| row.position)
    }

    /// The label of each part, by its number.
    pub fn parts(&self) -> Vec<(String, Option<String>)> {
        self.story.pieces.parts.iter().map(|part| (part.number.clone(), part.label.clone())).collect()
    }

    /// The text as it was signed.
    pub fn original(&self) -> Text {
        original(&self.story.row, &self.story.pieces)
    }

    /// The amendments in force on a day, in the order they came.
    pub fn in_force_on(&self, day: CivilDate) -> Vec<(CivilDate, &AmendmentRow)> {
        let later = self.story.lived.texts.later().iter().filter(|text| text.from <= day);
        later.filter_map(|text| Some((text.from, self.numbered(text.amendment?)?))).collect()
    }

    /// The text in force on a day, with the edits that would not apply any more: none that was signed so.
    pub fn on(&self, day: CivilDate) -> Applied {
        self.over(self.in_force_on(day).into_iter().map(|(_, row)| row))
    }

    fn over<'r>(&self, rows: impl Iterator<Item = &'r AmendmentRow>) -> Applied {
        rows.fold(Applied { text: self.original(), ..Applied::default() }, |mut so_far, row| {
            let next = apply(&so_far.text, row.position, &row.edits.0);
            so_far.refused.extend(next.refused);
            so_far.repeated.extend(next.repeated);
            Applied { text: next.text, ..so_far }
        })
    }

    /// The text that an amendment coming into force on a day amends: what is in force by then, and what those of lower
    /// numbers that are not signed yet will make of it, since they are signed first.
    pub fn before(&self, number: i64, day: CivilDate) -> Text {
        let earlier =
            |(from, row): &(CivilDate, &AmendmentRow)| row.position != number && (*from < day || row.position < number);
        let there = self.in_force_on(day).into_iter().filter(earlier).map(|(_, row)| row);
        let waiting = self.rows.iter().filter(|row| row.position < number);
        let waiting = waiting.filter(|row| self.standing(row).1.complete_on.is_none());
        self.over(there.chain(waiting)).text
    }

    /// The text that an amendment amends, as things stand.
    pub fn base_of(&self, row: &AmendmentRow, today: CivilDate) -> Text {
        let named = row.effective_on.map_or(today, |named| named.max(today));
        self.before(row.position, self.in_force_from(row).unwrap_or(named))
    }

    /// What edits make of the text that an amendment of a number, coming on a day, amends.
    pub fn tried(&self, number: i64, day: CivilDate, edits: &[Edit]) -> Vec<(Id, Reason)> {
        apply(&self.before(number, day), number, edits).refused
    }
}

/// The amendments in force, each with the text before it and the one that it makes, in the order they came, up to a day
/// when one is named; the text that they end with.
pub fn walk(
    original: Text,
    lived: &Lived,
    amendments: &[AmendmentFact],
    until: Option<CivilDate>,
    mut each: impl FnMut(&TextFrom, &AmendmentFact, &Text, &Text),
) -> Text {
    let mut text = original;
    for later in lived.texts.later().iter().filter(|later| until.is_none_or(|until| later.from <= until)) {
        let its = amendments.iter().find(|amendment| Some(amendment.number) == later.amendment);
        let Some(amendment) = its.filter(|amendment| !amendment.edits.is_empty()) else { continue };
        let next = apply(&text, amendment.number, &amendment.edits).text;
        each(later, amendment, &text, &next);
        text = next;
    }
    text
}

/// The text of a convention as it was signed.
pub fn original(row: &ConventionRow, pieces: &Pieces) -> Text {
    let part_of = |id: Option<Id>| pieces.parts.iter().find(|part| Some(part.id) == id);
    let articles = pieces.articles.iter().map(|article| TextArticle {
        id: article.id,
        part: part_of(article.part_id).map(|part| part.number.clone()),
        number: article.number.clone(),
        heading: article.heading.clone(),
        body: article.body.clone(),
        repealed: false,
        amended_by: None,
    });
    Text { preamble: row.preamble.clone(), preamble_amended_by: None, articles: articles.collect() }
}
