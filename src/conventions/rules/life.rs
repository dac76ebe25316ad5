//! What a convention in force shows on a date: its flags, from the facts that count.
//!
//! A fact counts from the day it happened, whenever it was recorded; one that the rules say is without effect does not.

use super::disputes::Dispute;
use super::facts::counts;
use super::lapses::FormalNotice;
use super::scene::{LifeFact, Scene};
use super::spans::{Spans, Term, status, term_on};
use super::terms::Terms;
use super::texts::announces;
use super::{disputes, lapses, terminations};
use crate::domain::vocabulary::{ConventionFlag, ConventionStatus, FactKind};
use crate::domain::{CivilDate, Id};

/// The term that a date falls in; before the first, the first; after the end, the last.
fn term_around(spans: &Spans, terms: &Terms, on: CivilDate) -> Option<Term> {
    let from = spans.in_force_from?;
    let inside = spans.ends_on.map_or(on, |last| on.min(last)).max(from);
    term_on(spans, terms, inside)
}

/// Days of a term that a fact may fall on: the first begins with the last signature.
fn within(fact: &LifeFact, term: &Term, spans: &Spans, terms: &Terms) -> bool {
    let from = if term.renewals == 0 { spans.complete_on.unwrap_or(term.from).min(term.from) } else { term.from };
    (from..=term.last_days.under(terms.last_day_rule)).contains(&fact.occurred_on)
}

/// The first fact of a kind that counts in a term, on a date.
fn first(scene: &Scene<'_>, kind: FactKind, term: &Term, terms: &Terms, on: CivilDate) -> Option<CivilDate> {
    scene
        .facts
        .iter()
        .filter(|fact| fact.kind == kind && fact.occurred_on <= on && within(fact, term, scene.spans, terms))
        .filter(|fact| counts(fact, scene))
        .map(|fact| fact.occurred_on)
        .min()
}

/// The flags of a convention on a date, while it is in force; those of a territorial one need the dates of its parent.
pub fn flags(scene: &Scene<'_>, parent: Option<&Spans>, on: CivilDate) -> Vec<ConventionFlag> {
    if status(scene.spans, on) != ConventionStatus::InForce {
        return Vec::new();
    }
    let terms = scene.texts.on(on);
    let notices = lapses::notices(scene.parties, scene.spans, scene.texts, scene.facts);
    let counting = |id: Id| scene.facts.iter().any(|fact| fact.id == id && counts(fact, scene));
    let put_on_notice = |notice: &FormalNotice| {
        let claimed = notice.cure.is_some_and(|cure| cure.claimed_from <= on);
        let running = notice.sent_on <= on && !claimed && notice.remedied_on.is_none_or(|done| on < done);
        running && counting(notice.notice)
    };
    let open = |dispute: &Dispute| dispute.open_on(on) && counting(dispute.raised);
    let claimed = |notice: &FormalNotice| !notice.remedied() && notice.cure.is_some_and(|cure| cure.claimed_from <= on);
    let notified = terminations::notices(scene.parties, scene.spans, scene.texts, scene.facts)
        .iter()
        .any(|notice| notice.received_on.is_some_and(|received| received <= on) && notice.runs_on(on));
    let term = term_around(scene.spans, terms, on);
    let has = |kind| term.as_ref().is_some_and(|term| first(scene, kind, term, terms, on).is_some());
    // Of the end that the text in force gives, no former one (R04).
    let informed = |term: &Term| {
        scene.facts.iter().any(|fact| {
            fact.kind == FactKind::ExpiryInformation
                && fact.occurred_on <= on
                && within(fact, term, scene.spans, terms)
                && announces(scene.spans, scene.texts, fact.occurred_on, term, terms)
                && counts(fact, scene)
        })
    };
    // No clause, no duty to inform, and nothing that was notified under it.
    let informs = terms.renewal_information.says().is_some();
    [
        (ConventionFlag::TerminationNotified, notified),
        (ConventionFlag::FormalNotice, notices.iter().any(put_on_notice)),
        (ConventionFlag::LapseClaimed, notices.iter().any(claimed)),
        (ConventionFlag::DisputeOpen, disputes::disputes(scene.parties, scene.facts).iter().any(open)),
        (ConventionFlag::ExpiryNotified, informs && term.as_ref().is_some_and(informed)),
        (ConventionFlag::RenewalTalks, has(FactKind::RenewalTalks)),
    ]
    .into_iter()
    .filter_map(|(flag, shown)| shown.then_some(flag))
    .chain(territorial_flags(scene.spans, parent, on))
    .collect()
}

/// What a territorial convention in force shows of the national one above it: it outlives it, or the other has ended.
pub fn territorial_flags(child: &Spans, parent: Option<&Spans>, on: CivilDate) -> Vec<ConventionFlag> {
    let Some(parent) = parent.filter(|_| status(child, on) == ConventionStatus::InForce) else { return Vec::new() };
    let ended = parent.ends_on.is_some_and(|last| last < on);
    [(ConventionFlag::ExceedsParent, outlives(child, parent, on)), (ConventionFlag::ParentEnded, ended)]
        .into_iter()
        .filter_map(|(flag, shown)| shown.then_some(flag))
        .collect()
}

/// True while the parent lives and will end first.
fn outlives(child: &Spans, parent: &Spans, on: CivilDate) -> bool {
    parent.ends_on.is_some_and(|end| on <= end && child.ends_on.is_none_or(|own| end < own))
}
