//! What the rules have to say of a fact: nothing, or a flag.
//!
//! What happened outside happened: a notice without effect, a remedy that came late, a trial without conciliation are
//! recorded, each with the rule, the article and the dates that say why.

mod lapses;
mod terminations;

use std::collections::HashMap;

use super::disputes;
use super::ending::expiry_information;
use super::joint::Joint;
use super::scene::{LifeFact, Scene};
use super::spans::Spans;
use crate::domain::refusal::{Bilingual, Flag};
use crate::domain::vocabulary::{ClauseKind, FactKind};
use crate::domain::{CivilDate, Id};
use crate::obligations::rules::meetings_of::meetings_of;
use crate::obligations::rules::{COMMITMENT, evidenced_clause};

/// The rule that a fact comes under: evidence, under that of its duty.
pub fn rule_of(fact: &LifeFact) -> &'static str {
    let evidenced = fact.duty.as_deref().filter(|_| fact.kind == FactKind::DutyEvidenced);
    evidenced.map_or(fact.kind.rule(), |key| evidenced_clause(key).map_or(COMMITMENT, |(_, rule)| rule))
}

/// The article of the convention that a fact comes under.
pub fn article_of<'s>(fact: &LifeFact, scene: &Scene<'s>) -> Option<&'s str> {
    let terms = scene.texts.on(fact.occurred_on);
    match fact.kind {
        FactKind::NegotiationOpened | FactKind::Abandoned => terms.signature_article(),
        FactKind::ExpiryInformation => terms.renewal_information.article(),
        FactKind::RenewalTalks => {
            terms.article_of(ClauseKind::RenewalTalks).or_else(|| terms.renewal_information.article())
        }
        FactKind::TerminationSent
        | FactKind::TerminationReceived
        | FactKind::TerminationWithdrawn
        | FactKind::TerminationAgreed => terms.termination.article(),
        FactKind::UnauthorisedUse => terms.article_of(ClauseKind::MaterialUse).or_else(|| terms.cure.article()),
        FactKind::FormalNoticeSent
        | FactKind::FormalNoticeReceived
        | FactKind::UseRemedied
        | FactKind::LapseContested
        | FactKind::LapseAcknowledged
        | FactKind::LapseDecided => terms.cure.article(),
        FactKind::DisputeRaised
        | FactKind::ConciliationOpened
        | FactKind::ConciliationSettled
        | FactKind::ConciliationFailed
        | FactKind::LitigationOpened => terms.article_of(ClauseKind::Dispute),
        FactKind::MeetingHeld => terms.steering.article(),
        FactKind::MinutesValidated => terms.article_of(ClauseKind::Minutes),
        FactKind::DutyEvidenced => {
            let key = fact.duty.as_deref()?;
            let commitment = || scene.commitments.iter().find(|commitment| commitment.key == key);
            match evidenced_clause(key) {
                Some((kind, _)) => terms.article_of(kind),
                None => commitment().and_then(|commitment| commitment.article.as_deref()),
            }
        }
    }
}

/// The facts that count, of those that nobody contests: none that is dated before the one it follows from, as a contested
/// correction may leave it.
pub fn in_order(facts: Vec<LifeFact>) -> Vec<LifeFact> {
    let days: HashMap<Id, CivilDate> = facts.iter().map(|fact| (fact.id, fact.occurred_on)).collect();
    let precedes = |fact: &LifeFact| {
        fact.refers_to.and_then(|cause| days.get(&cause)).is_some_and(|cause| fact.occurred_on < *cause)
    };
    facts.into_iter().filter(|fact| !precedes(fact)).collect()
}

/// What the rules have to say of a fact, in the light of all others: `late`, `without_effect`, `without_object`, `breach`.
pub fn said_of(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let terms = scene.texts.on(fact.occurred_on);
    if let Some(flag) = without_its_cause(fact, scene) {
        return Some(flag.article(article_of(fact, scene)));
    }
    let flag = match fact.kind {
        FactKind::ExpiryInformation => return expiry_information(scene.spans, terms, fact.occurred_on, fact.by),
        FactKind::NegotiationOpened | FactKind::Abandoned => too_late_to_give_up(fact, scene.spans),
        FactKind::RenewalTalks
        | FactKind::MeetingHeld
        | FactKind::DutyEvidenced
        | FactKind::UnauthorisedUse
        | FactKind::DisputeRaised => outside(fact, scene),
        FactKind::TerminationSent => terminations::ends_nothing(fact, scene.spans, terms),
        FactKind::TerminationReceived => terminations::reception(fact, scene, terms),
        FactKind::TerminationWithdrawn => terminations::withdrawal(fact, scene),
        FactKind::TerminationAgreed => terminations::agreement(fact, scene),
        FactKind::FormalNoticeSent => lapses::notice(fact, scene, terms),
        FactKind::FormalNoticeReceived => lapses::of_another(fact, scene),
        FactKind::UseRemedied => lapses::remedy(fact, scene),
        FactKind::LapseContested | FactKind::LapseAcknowledged | FactKind::LapseDecided => lapses::claim(fact, scene),
        FactKind::MinutesValidated | FactKind::ConciliationSettled => awaiting(fact, scene),
        FactKind::LitigationOpened => litigation(fact, scene),
        FactKind::ConciliationOpened | FactKind::ConciliationFailed => None,
    };
    flag.map(|flag| flag.article(article_of(fact, scene)))
}

/// Does a fact do anything, by what the rules say of it?
pub fn counts(fact: &LifeFact, scene: &Scene<'_>) -> bool {
    said_of(fact, scene).is_none_or(|flag| flag.code != "without_effect")
}

fn without_effect(fact: &LifeFact, fr: &'static str, en: &'static str) -> Flag {
    Flag::new(rule_of(fact), "without_effect", Bilingual::fixed(fr, en)).with("occurred_on", fact.occurred_on)
}

/// What it follows from is contested, or is dated after it since a correction is. Going to court is going to court.
fn without_its_cause(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let cause = fact.refers_to.filter(|_| fact.kind != FactKind::LitigationOpened)?;
    let Some(cause) = scene.facts.iter().find(|other| other.id == cause) else {
        return Some(without_effect(
            fact,
            "Le fait dont il découle est contesté, ou ne compte plus.",
            "The fact that it follows from is contested, or counts no more.",
        ));
    };
    let follows = [
        FactKind::ConciliationOpened,
        FactKind::ConciliationSettled,
        FactKind::ConciliationFailed,
        FactKind::MinutesValidated,
    ];
    if follows.contains(&fact.kind) && fact.kind.refers_to().contains(&cause.kind) && !counts(cause, scene) {
        return Some(without_effect(
            fact,
            "Le fait dont il découle est sans effet.",
            "The fact that it follows from has no effect.",
        ));
    }
    (fact.occurred_on < cause.occurred_on).then(|| {
        without_effect(
            fact,
            "Il est antérieur au fait dont il découle.",
            "It comes before the fact that it follows from.",
        )
        .with("refers_to_on", cause.occurred_on)
    })
}

fn too_late_to_give_up(fact: &LifeFact, spans: &Spans) -> Option<Flag> {
    if let Some(from) = spans.in_force_from.filter(|from| *from <= fact.occurred_on) {
        return Some(
            without_effect(
                fact,
                "La convention était déjà en vigueur : elle ne se négocie ni ne s'abandonne plus.",
                "The convention was in force already: it is no longer negotiated nor given up.",
            )
            .with("in_force_from", from),
        );
    }
    let given_up = fact.kind == FactKind::Abandoned;
    if let Some(complete) = spans.complete_on.filter(|complete| given_up || *complete <= fact.occurred_on) {
        return Some(
            without_effect(
                fact,
                "Toutes les parties ont signé : la convention prend fin par dénonciation ou d'un commun accord.",
                "Every party has signed: the convention ends by notice or by agreement.",
            )
            .with("complete_on", complete),
        );
    }
    let last = spans.ends_on.filter(|last| *last < fact.occurred_on && last.next() != fact.occurred_on)?;
    Some(
        without_effect(fact, "La convention était déjà abandonnée.", "The convention was given up already.")
            .with("last_day", last),
    )
}

/// Talks, meetings, evidence, uses and disputes are those of a convention that is signed and has not ended; one closing
/// meeting may come after (R03), the first.
fn outside(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let spans = scene.spans;
    if spans.complete_on.is_none_or(|complete| fact.occurred_on < complete) {
        return Some(without_effect(
            fact,
            "La convention n'était pas signée par toutes les parties.",
            "The convention was not signed by every party.",
        ));
    }
    let last = spans.ends_on.filter(|last| *last < fact.occurred_on)?;
    if fact.kind != FactKind::MeetingHeld {
        let flag = without_effect(fact, "La convention avait pris fin.", "The convention had ended.");
        return Some(flag.with("last_day", last));
    }
    let held = scene.facts.iter().filter(|held| held.kind == FactKind::MeetingHeld && held.occurred_on > last);
    let closing = held.map(|held| held.occurred_on).min().filter(|closing| *closing < fact.occurred_on)?;
    let flag = without_effect(
        fact,
        "La convention avait pris fin, et la réunion de clôture avait eu lieu.",
        "The convention had ended, and the closing meeting had been held.",
    );
    Some(flag.with("last_day", last).with("closing_meeting_on", closing))
}

fn litigation(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let tried = disputes::disputes(scene.parties, scene.facts)
        .iter()
        .any(|dispute| Some(dispute.raised) == fact.refers_to && dispute.conciliated_by(fact.occurred_on));
    // No clause on disputes, no rule of conciliation.
    let ruled = scene.texts.on(fact.occurred_on).states(ClauseKind::Dispute).is_some();
    (ruled && !tried).then(|| {
        let detail = Bilingual::fixed(
            "Le juge est saisi sans conciliation préalable.",
            "The matter went to court without conciliation before.",
        );
        Flag::new("R09", "breach", detail).with("occurred_on", fact.occurred_on)
    })
}

/// What a joint statement is about, as facts: of one meeting, each party may have recorded its own.
pub fn said_about(refers_to: Option<Id>, scene: &Scene<'_>) -> Vec<Id> {
    let Some(about) = refers_to else { return Vec::new() };
    let meeting = meetings_of(scene).into_iter().find(|meeting| meeting.facts.contains(&about));
    meeting.map_or_else(|| vec![about], |meeting| meeting.facts)
}

/// Minutes are validated, and a dispute is settled, once every party says so.
fn awaiting(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let joint = Joint::of(scene.parties, scene.facts, fact.kind, &said_about(fact.refers_to, scene));
    let awaited: Vec<String> = joint.awaited().iter().map(ToString::to_string).collect();
    let (fr, en) = if fact.kind == FactKind::MinutesValidated {
        (
            "Le compte rendu n'est validé qu'une fois qu'il l'est par chaque partie.",
            "The minutes are validated only once every party has validated them.",
        )
    } else {
        (
            "Le litige n'est réglé qu'une fois que chaque partie le dit.",
            "The dispute is settled only once every party says so.",
        )
    };
    (!awaited.is_empty()).then(|| without_effect(fact, fr, en).with("awaited", awaited))
}
