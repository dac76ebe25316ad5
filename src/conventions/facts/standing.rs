//! Which of the records of an event counts: facts are corrected, contested and acknowledged, never rewritten.

use super::{FactRow, NewFact};
use crate::conventions::content::Pieces;
use crate::conventions::rules::{self, LifeFact, Party};
use crate::conventions::story::Story;
use crate::domain::Id;
use crate::domain::refusal::Bilingual;
use crate::domain::vocabulary::{FactAnswer, FactKind};

impl FactRow {
    /// Does it stand by itself? Not while the party that it is said of contests it, or has yet to acknowledge it.
    fn stands(&self, rows: &[Self], pieces: &Pieces) -> bool {
        self.answer != Some(FactAnswer::Contested) && self.awaits(rows, pieces).is_none()
    }

    /// What it waits for to take effect: its party has not recorded it, nor acknowledged it.
    pub(super) fn awaits(&self, rows: &[Self], pieces: &Pieces) -> Option<Bilingual> {
        let party = pieces.parties.iter().find(|party| party.id == self.party_id);
        let own = party.is_some_and(|party| self.recorder_id == Some(party.organisation_id));
        if own || self.answer == Some(FactAnswer::Acknowledged) {
            return None;
        }
        if self.kind.is_consent() {
            // A joint act needs every party.
            return Some(Bilingual::fixed(
                "Enregistré pour une autre partie, cet accord n'a d'effet qu'une fois reconnu par elle.",
                "Recorded for another party, this consent takes effect only once that party acknowledges it.",
            ));
        }
        corrected_by(rows, self).any(|row| row.answer.is_some()).then_some(Bilingual::fixed(
            "Cette correction d'un fait reconnu ou contesté n'a d'effet qu'une fois reconnue à son tour.",
            "This correction of an acknowledged or contested fact takes effect only once it is acknowledged in turn.",
        ))
    }
}

/// The facts that count, as the rules see them: what refers to one that was corrected refers to its correction.
pub fn life(rows: &[FactRow], pieces: &Pieces) -> Vec<LifeFact> {
    let stands = |row: &&FactRow| row.stands(rows, pieces) && current(rows, pieces, Some(row.id)) == Some(row.id);
    let counting = rows.iter().filter(stands).filter_map(|row| row.as_life(pieces));
    let named = |fact: LifeFact| LifeFact { refers_to: current(rows, pieces, fact.refers_to), ..fact };
    rules::in_order(counting.map(named).collect())
}

/// What a correction corrects, and what that one corrected, back to the first record.
pub(super) fn corrected_by<'r>(rows: &'r [FactRow], row: &FactRow) -> impl Iterator<Item = &'r FactRow> {
    let find = |id: Option<Id>| id.and_then(|id| rows.iter().find(|row| row.id == id));
    std::iter::successors(find(row.replaces), move |row| find(row.replaces))
}

/// Of the records of one event, a fact and its corrections, the last that stands: a contested correction gives back what it
/// replaced. The first, when none does.
pub(super) fn current(rows: &[FactRow], pieces: &Pieces, id: Option<Id>) -> Option<Id> {
    let named = rows.iter().find(|row| Some(row.id) == id)?;
    let first = corrected_by(rows, named).last().unwrap_or(named);
    let next = |row: &&FactRow| rows.iter().find(|other| other.replaces == Some(row.id));
    let records = std::iter::successors(Some(first), next);
    Some(records.filter(|row| row.stands(rows, pieces)).last().unwrap_or(first).id)
}

/// Whether a correction leaves alone what one party does not change by itself: who did what others have answered or followed,
/// the day that a notice names once it was received, and what every party has consented to.
pub(super) fn may_correct(story: &Story, replaced: &FactRow, new: &NewFact) -> bool {
    let followed = story.life.iter().any(|fact| fact.refers_to == Some(replaced.id));
    let answered =
        std::iter::once(replaced).chain(corrected_by(&story.facts, replaced)).any(|row| row.answer.is_some());
    if new.done_by != replaced.party_id && (followed || answered) {
        return false;
    }
    let received = replaced.kind == FactKind::TerminationSent && followed;
    if received && new.effective_on != replaced.effective_on {
        return false;
    }
    let about = rules::said_about(current(&story.facts, &story.pieces, replaced.refers_to), &story.scene());
    let given = |party: &Party| {
        story.life.iter().any(|fact| {
            fact.kind == replaced.kind
                && fact.party == party.id
                && fact.refers_to.is_none_or(|cause| about.contains(&cause))
                && fact.effective_on == replaced.effective_on
        })
    };
    !(replaced.kind.is_consent() && story.parties.iter().all(given))
}
