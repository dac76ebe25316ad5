//! Termination from the facts (R07; article 12): a written notice sent, then received by every other party; withdrawn
//! only with their agreement; or ended by all of them together.

use super::joint::Joint;
use super::notices::earliest_end;
use super::scene::{LifeFact, Party, Scene};
use super::spans::Spans;
use super::texts::Texts;
use crate::domain::vocabulary::FactKind;
use crate::domain::{CivilDate, Id};

/// A written notice of termination, as the facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminating {
    /// The fact of its sending.
    pub notice: Id,
    /// The party that ends the convention.
    pub by: Id,
    pub sent_on: CivilDate,
    /// The day the last of the other parties received it.
    pub received_on: Option<CivilDate>,
    /// The earliest last day in force that the text allows.
    pub earliest: Option<CivilDate>,
    /// The last day in force that follows: the one named, or the earliest.
    pub effective_on: Option<CivilDate>,
    /// The day the last party agreed to its withdrawal.
    pub withdrawn_on: Option<CivilDate>,
}

impl Terminating {
    /// True once received, and not withdrawn before it took effect.
    pub fn stands(&self) -> bool {
        let Some(effective) = self.effective_on else { return false };
        self.withdrawn_on.is_none_or(|withdrawn| withdrawn > effective)
    }

    /// True once withdrawn by all, before it took effect.
    pub fn undone(&self) -> bool {
        self.withdrawn_on.is_some_and(|withdrawn| self.effective_on.is_none_or(|effective| withdrawn <= effective))
    }

    /// True on the days of the delay, until it is withdrawn.
    pub fn runs_on(&self, on: CivilDate) -> bool {
        let withdrawn = !self.stands() && self.withdrawn_on.is_some_and(|withdrawn| withdrawn <= on);
        !withdrawn && self.effective_on.is_some_and(|effective| on <= effective)
    }
}

/// The notices of termination, in the order they were sent.
pub fn notices(parties: &[Party], spans: &Spans, texts: &Texts, facts: &[LifeFact]) -> Vec<Terminating> {
    let mut sent: Vec<&LifeFact> = facts.iter().filter(|fact| fact.kind == FactKind::TerminationSent).collect();
    sent.sort_by_key(|fact| (fact.occurred_on, fact.id));
    sent.into_iter()
        .map(|sent| {
            let others = parties.iter().filter(|party| party.id != sent.party);
            let received_on = Joint::of(others, facts, FactKind::TerminationReceived, &[sent.id])
                .all_on()
                // Before the convention is signed there is nothing to end.
                .filter(|received| spans.complete_on.is_some_and(|complete| complete <= *received));
            let earliest = received_on.and_then(|received| earliest_end(texts.on(received), received));
            let named = facts
                .iter()
                .filter(|fact| fact.id == sent.id || fact.refers_to == Some(sent.id))
                .filter(|fact| matches!(fact.kind, FactKind::TerminationSent | FactKind::TerminationReceived))
                .filter_map(|fact| fact.effective_on)
                .max();
            Terminating {
                notice: sent.id,
                by: sent.party,
                sent_on: sent.occurred_on,
                received_on,
                earliest,
                effective_on: earliest.map(|earliest| named.map_or(earliest, |named| named.max(earliest))),
                withdrawn_on: Joint::of(parties, facts, FactKind::TerminationWithdrawn, &[sent.id]).all_on(),
            }
        })
        .collect()
}

/// Who has agreed that a day is the last in force.
pub(super) fn agreement_on(parties: &[Party], facts: &[LifeFact], day: CivilDate) -> Joint {
    Joint::saying(parties, facts, |fact| fact.kind == FactKind::TerminationAgreed && fact.effective_on == Some(day))
}

/// The last days in force that all parties agreed on, each said the same, with the day on which the last of them did.
pub(super) fn agreed(parties: &[Party], spans: &Spans, facts: &[LifeFact]) -> Vec<(CivilDate, CivilDate)> {
    let agreements = facts.iter().filter(|fact| fact.kind == FactKind::TerminationAgreed);
    let mut days: Vec<CivilDate> = agreements.filter_map(|fact| fact.effective_on).collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter()
        .filter_map(|day| {
            let last = agreement_on(parties, facts, day).all_on()?;
            // Never for a day that was over when the last of them agreed, nor before there was a convention.
            let counts = last <= day && spans.complete_on.is_some_and(|complete| complete <= last);
            counts.then_some((day, last))
        })
        .collect()
}

/// The earliest last day in force that a notice or an agreement gives.
pub fn effective_on(parties: &[Party], spans: &Spans, texts: &Texts, facts: &[LifeFact]) -> Option<CivilDate> {
    given(parties, spans, texts, facts).map(|(last, _)| last).min()
}

/// Each last day in force that is fixed, and since when: the day of the reception, or of the agreement, that gives it.
pub fn fixed(scene: &Scene<'_>) -> Vec<(CivilDate, CivilDate)> {
    given(scene.parties, scene.spans, scene.texts, scene.facts).collect()
}

/// Each last day that a notice or an agreement gives, and since when.
fn given(
    parties: &[Party],
    spans: &Spans,
    texts: &Texts,
    facts: &[LifeFact],
) -> impl Iterator<Item = (CivilDate, CivilDate)> {
    let standing = notices(parties, spans, texts, facts).into_iter().filter(Terminating::stands);
    let by_notice = standing.filter_map(|notice| Some((notice.effective_on?, notice.received_on?)));
    by_notice.chain(agreed(parties, spans, facts))
}
