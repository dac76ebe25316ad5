//! The text in force on each day: the original, then what each amendment made of its clauses (R06).
//!
//! Nothing signed is rewritten: an amendment is laid over the clauses that stood before it, and counts from the day it
//! is in force, which it is only while the convention is.

use super::scene::Party;
use super::spans::{SignatureFact, Spans, Term, expiry, status};
use super::terms::{Terms, TextClause};
use super::{LifeFact, ends};
use crate::conventions::amendments::rules::Edit;
use crate::domain::interpretations::Readings;
use crate::domain::vocabulary::{ClauseKind, ConventionStatus};
use crate::domain::{CivilDate, Id};

/// An amendment (avenant), as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmendmentFact {
    pub id: Id,
    /// Its number among the amendments of the convention, from 1.
    pub number: i64,
    /// Day of the last signature, once every party has signed.
    pub complete_on: Option<CivilDate>,
    /// The later day that it names, if it names one.
    pub effective_on: Option<CivilDate>,
    /// The confirmed changes of clauses that follow from its edits.
    pub changes: Vec<TextClause>,
    /// What it makes of the words.
    pub edits: Vec<Edit>,
}

impl AmendmentFact {
    /// The day it comes into force, if the convention is then: its last signature, or the later date it names (R06).
    pub fn comes_on(&self) -> Option<CivilDate> {
        self.complete_on.map(|complete| self.effective_on.map_or(complete, |named| named.max(complete)))
    }
}

/// The terms from one day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFrom {
    /// First day; the original holds for every day before too.
    pub from: CivilDate,
    /// The amendment that made it; none for the original.
    pub amendment: Option<i64>,
    pub terms: Terms,
    /// What follows from the duration as it stood then (R02).
    pub last_day: Option<CivilDate>,
}

/// The terms of a convention through its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    original: Terms,
    later: Vec<TextFrom>,
}

impl Texts {
    /// A text that no amendment has changed.
    pub fn original(terms: Terms) -> Self {
        Self { original: terms, later: Vec::new() }
    }

    /// The terms in force on a day.
    pub fn on(&self, day: CivilDate) -> &Terms {
        self.later.iter().rev().find(|text| text.from <= day).map_or(&self.original, |text| &text.terms)
    }

    /// The terms as they will be when every signed amendment is in force.
    pub fn last(&self) -> &Terms {
        self.later.last().map_or(&self.original, |text| &text.terms)
    }

    /// The original terms.
    pub const fn first(&self) -> &Terms {
        &self.original
    }

    /// What the amendments in force made of it, in the order they came.
    pub fn later(&self) -> &[TextFrom] {
        &self.later
    }

    /// The stretches of days of each text: first day (none: since ever), last day (none: for ever), terms.
    pub fn stretches(&self) -> impl Iterator<Item = (Option<CivilDate>, Option<CivilDate>, &Terms)> {
        let firsts =
            std::iter::once((None, &self.original)).chain(self.later.iter().map(|text| (Some(text.from), &text.terms)));
        let lasts = self.later.iter().map(|text| Some(text.from.previous())).chain(std::iter::once(None));
        firsts.zip(lasts).map(|((from, terms), until)| (from, until, terms))
    }
}

/// A convention through its life: its dates, and its terms on each day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lived {
    pub spans: Spans,
    pub texts: Texts,
}

impl Lived {
    /// The last day that follows from the duration as it stood on a day (R02).
    pub fn last_day_on(&self, day: CivilDate) -> Option<CivilDate> {
        let original = || expiry(self.texts.first(), self.spans.in_force_from);
        self.texts.later().iter().rev().find(|text| text.from <= day).map_or_else(original, |text| text.last_day)
    }
}

/// Did the text in force on a day give the end of this term, as these terms read it? An information given then was of that
/// end (R04).
pub fn announces(spans: &Spans, texts: &Texts, day: CivilDate, term: &Term, terms: &Terms) -> bool {
    let then = texts.on(day);
    let end = spans.in_force_from.and_then(|from| then.term_end(from, term.renewals));
    end.map(|end| end.under(then.last_day_rule)) == Some(term.last_days.under(terms.last_day_rule))
}

/// The clauses once an amendment has changed them: one of a kind that a text states once replaces it, another replaces
/// that of the same article.
pub fn amended(clauses: &[TextClause], changes: &[TextClause]) -> Vec<TextClause> {
    let mut kept: Vec<TextClause> =
        clauses.iter().filter(|clause| !changes.iter().any(|change| replaces(change, clause))).cloned().collect();
    // A clause taken out of a text that must settle it is declared absent; any other is simply gone.
    kept.extend(changes.iter().filter(|change| leaves_a_clause(change)).cloned());
    kept
}

/// Does a change take the place of a clause?
pub fn replaces(change: &TextClause, clause: &TextClause) -> bool {
    change.kind == clause.kind && (stated_once(clause.kind) || change.article == clause.article)
}

/// Does a clause stand where a change was made?
pub const fn leaves_a_clause(change: &TextClause) -> bool {
    !change.absent || stated_once(change.kind)
}

/// Kinds that a text states once: two of them would contradict each other.
pub const fn stated_once(kind: ClauseKind) -> bool {
    matches!(
        kind,
        ClauseKind::Duration
            | ClauseKind::Effective
            | ClauseKind::TacitRenewal
            | ClauseKind::RenewalInformation
            | ClauseKind::Termination
            | ClauseKind::Steering
            | ClauseKind::CurePeriod
    )
}

/// The life of a convention from all that is known of it. The order in which it was recorded does not matter.
pub fn lived(
    parties: &[Party],
    readings: Readings,
    clauses: &[TextClause],
    signatures: &[SignatureFact],
    amendments: &[AmendmentFact],
    facts: &[LifeFact],
) -> Lived {
    let ids: Vec<Id> = parties.iter().map(|party| party.id).collect();
    let original = Terms::of(clauses, parties, readings);
    let mut spans = super::spans(&ids, signatures, &original);
    let mut texts = Texts::original(original);
    spans = ends::settle(spans, parties, &texts, facts);
    let mut coming: Vec<(CivilDate, &AmendmentFact)> =
        amendments.iter().filter_map(|amendment| Some((amendment.comes_on()?, amendment))).collect();
    coming.sort_by_key(|(day, amendment)| (*day, amendment.number));
    let mut clauses = clauses.to_vec();
    for (day, amendment) in coming {
        // Only while the convention is valid (R06): one that comes too late changes nothing.
        if status(&spans, day) != ConventionStatus::InForce {
            continue;
        }
        clauses = amended(&clauses, &amendment.changes);
        let terms = Terms::of(&clauses, parties, readings);
        spans.last_day = expiry(&terms, spans.in_force_from);
        texts.later.push(TextFrom { from: day, amendment: Some(amendment.number), last_day: spans.last_day, terms });
        spans = ends::settle(spans, parties, &texts, facts);
    }
    Lived { spans, texts }
}
