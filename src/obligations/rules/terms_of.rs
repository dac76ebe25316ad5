//! The terms of a convention, one after the other, as each text in force states them.

use super::HORIZON;
use crate::conventions::rules::{LifeFact, Scene, Term, Terms, announces, counts};
use crate::domain::CivilDate;
use crate::domain::vocabulary::FactKind;

/// A term under one text, and the days on which the ledger reads it so.
pub struct TermRead<'a> {
    pub term: Term,
    pub terms: &'a Terms,
    pub valid_from: CivilDate,
    pub valid_until: Option<CivilDate>,
}

impl TermRead<'_> {
    /// Last day of the term.
    pub fn last(&self) -> CivilDate {
        self.term.last_days.under(self.terms.last_day_rule)
    }
}

/// Every term under every text. A text that changes while a term runs reads the rest of it; one that was over by then
/// stays as it was read. A renewal shows from its first day: until then nobody knows that it will come.
pub fn terms_of<'a>(scene: &Scene<'a>) -> Vec<TermRead<'a>> {
    let (Some(complete), Some(from)) = (scene.spans.complete_on, scene.spans.in_force_from) else { return Vec::new() };
    let shown = complete.min(from);
    let mut all = Vec::new();
    for (since, until, terms) in scene.texts.stretches() {
        let most = terms.tacit_renewal.map_or(0, |renewal| renewal.times.unwrap_or(u16::MAX));
        let mut first_day = from;
        for renewals in 0..=most {
            let Some(last_days) = terms.term_end(from, renewals) else { break };
            let last = last_days.under(terms.last_day_rule);
            let over_before = since.is_some_and(|since| last < since);
            let begins_after = until.is_some_and(|until| until < first_day) && renewals > 0;
            if !over_before && !begins_after {
                let begins = if renewals == 0 { shown } else { first_day };
                all.push(TermRead {
                    term: Term { renewals, from: first_day, last_days },
                    terms,
                    valid_from: since.map_or(begins, |since| since.max(begins)),
                    // What was over when the text changed is read as before.
                    valid_until: until.filter(|until| *until < last),
                });
            }
            let stops = scene.spans.ends_on.is_some_and(|end| end <= last);
            if stops || last.days_since(from) > i64::from(HORIZON) * 366 || last < first_day {
                break;
            }
            first_day = last.next();
        }
    }
    all
}

/// The facts of a kind that count in a term, first to last: the first term begins with the last signature.
pub fn facts_in<'a>(scene: &Scene<'a>, kind: FactKind, read: &TermRead<'_>) -> Vec<&'a LifeFact> {
    let begins = match read.term.renewals {
        0 => scene.spans.complete_on.unwrap_or(read.term.from).min(read.term.from),
        _ => read.term.from,
    };
    let mut found: Vec<&LifeFact> = scene
        .facts
        .iter()
        .filter(|fact| fact.kind == kind && (begins..=read.last()).contains(&fact.occurred_on))
        .filter(|fact| counts(fact, scene))
        .collect();
    found.sort_by_key(|fact| (fact.occurred_on, fact.id));
    found
}

/// The informations that count in a term: each was given of the end that the text in force on its day gave. That of another
/// end informs nobody of this one.
pub fn informed_in<'a>(scene: &Scene<'a>, read: &TermRead<'_>) -> Vec<&'a LifeFact> {
    let mut told = facts_in(scene, FactKind::ExpiryInformation, read);
    told.retain(|fact| announces(scene.spans, scene.texts, fact.occurred_on, &read.term, read.terms));
    told
}
