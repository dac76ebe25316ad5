//! What the rules have to say of a fact: nothing, or a flag.
//!
//! What happened outside happened: a notice without effect, a remedy that came late, a trial without conciliation are
//! recorded, each with the rule, the article and the dates that say why.

use std::collections::HashMap;

use super::ending::expiry_information;
use super::scene::{LifeFact, Scene};
use super::spans::{Spans, status};
use super::terms::Terms;
use super::{disputes, lapses, terminations};
use crate::domain::refusal::{Bilingual, Flag};
use crate::domain::vocabulary::{ClauseKind, ConventionStatus, FactKind};
use crate::domain::{CivilDate, Id};
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
        FactKind::TerminationSent => ends_nothing(fact, scene.spans, terms),
        FactKind::TerminationReceived => reception(fact, scene, terms),
        FactKind::TerminationWithdrawn => withdrawal(fact, scene),
        FactKind::TerminationAgreed => agreement(fact, scene),
        FactKind::FormalNoticeSent => notice(fact, scene, terms),
        FactKind::FormalNoticeReceived => of_another(fact, scene),
        FactKind::UseRemedied => remedy(fact, scene),
        FactKind::LapseContested | FactKind::LapseAcknowledged | FactKind::LapseDecided => claim(fact, scene),
        FactKind::LitigationOpened => litigation(fact, scene),
        _ => None,
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

fn ends_nothing(fact: &LifeFact, spans: &Spans, terms: &Terms) -> Option<Flag> {
    if terms.termination.says().is_none() {
        return Some(without_effect(
            fact,
            "Le texte ne prévoit pas de résiliation par notification.",
            "The text provides for no termination by notice.",
        ));
    }
    (status(spans, fact.occurred_on) != ConventionStatus::InForce
        && spans.complete_on.is_none_or(|complete| {
            fact.occurred_on < complete || spans.ends_on.is_some_and(|last| last < fact.occurred_on)
        }))
    .then(|| {
        without_effect(
            fact,
            "La convention n'est pas signée, ou a pris fin : il n'y a rien à dénoncer.",
            "The convention is not signed, or has ended: there is nothing to terminate.",
        )
    })
}

fn reception(fact: &LifeFact, scene: &Scene<'_>, terms: &Terms) -> Option<Flag> {
    let sent = scene.facts.iter().find(|sent| Some(sent.id) == fact.refers_to);
    if sent.is_none_or(|sent| sent.party == fact.party) {
        return Some(without_effect(
            fact,
            "Une notification est reçue par une autre partie que celle qui l'envoie.",
            "A notice is received by another party than the one that sends it.",
        ));
    }
    if let Some(flag) = ends_nothing(fact, scene.spans, terms) {
        return Some(flag);
    }
    let notices = terminations::notices(scene.parties, scene.spans, scene.texts, scene.facts);
    let notice = notices.iter().find(|notice| Some(notice.notice) == fact.refers_to)?;
    if notice.received_on.is_none() {
        let received = |party: Id| {
            let by = |other: &LifeFact| other.kind == fact.kind && other.refers_to == fact.refers_to;
            party == notice.by || scene.facts.iter().any(|other| by(other) && other.party == party)
        };
        let awaited: Vec<String> =
            scene.parties.iter().filter(|party| !received(party.id)).map(|party| party.id.to_string()).collect();
        let flag = without_effect(
            fact,
            "Le préavis ne court qu'une fois la notification reçue par chaque autre partie.",
            "The notice runs only once every other party has received it.",
        );
        return Some(flag.with("awaited", awaited));
    }
    let effective = notice.effective_on?;
    let last = scene.spans.last_day.filter(|last| *last < effective)?;
    let detail = Bilingual::fixed(
        "La convention expire avant que la résiliation prenne effet.",
        "The convention expires before the termination takes effect.",
    );
    Some(Flag::new("R07", "without_object", detail).with("effective_on", effective).with("last_day", last))
}

fn withdrawal(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let notices = terminations::notices(scene.parties, scene.spans, scene.texts, scene.facts);
    let notice = notices.iter().find(|notice| Some(notice.notice) == fact.refers_to)?;
    match (notice.withdrawn_on, notice.effective_on) {
        (None, _) => Some(without_effect(
            fact,
            "Le retrait n'a d'effet qu'une fois accepté par chaque autre partie.",
            "The withdrawal takes effect only once every other party has agreed.",
        )),
        (Some(withdrawn), Some(effective)) if withdrawn > effective => Some(
            without_effect(fact, "La résiliation avait déjà pris effet.", "The termination had taken effect already.")
                .with("effective_on", effective),
        ),
        _ => None,
    }
}

fn agreement(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let same = |party: &super::scene::Party| {
        scene.facts.iter().any(|other| {
            other.kind == FactKind::TerminationAgreed
                && other.party == party.id
                && other.effective_on == fact.effective_on
        })
    };
    if let Some(last) = scene.spans.ends_on.filter(|last| *last < fact.occurred_on) {
        return Some(
            without_effect(fact, "La convention avait pris fin.", "The convention had ended.").with("last_day", last),
        );
    }
    let effective = fact.effective_on?;
    if let Some(last) = scene.spans.last_day.filter(|last| *last < effective) {
        let detail = Bilingual::fixed(
            "La convention expire avant la fin convenue.",
            "The convention expires before the end agreed on.",
        );
        return Some(Flag::new("R07", "without_object", detail).with("effective_on", effective).with("last_day", last));
    }
    let agreed = terminations::agreed(scene.parties, scene.spans, scene.facts);
    if let Some((earlier, _)) = agreed.into_iter().find(|(end, _)| *end < effective) {
        let detail = Bilingual::fixed(
            "Les parties sont déjà convenues d'une fin antérieure : la première l'emporte.",
            "The parties have agreed on an earlier end already: the earliest wins.",
        );
        let flag = Flag::new("R07", "without_object", detail);
        return Some(flag.with("effective_on", effective).with("agreed_end", earlier));
    }
    (!scene.parties.iter().all(same)).then(|| {
        without_effect(
            fact,
            "L'accord n'a d'effet qu'une fois donné par chaque partie, pour le même jour.",
            "The agreement takes effect only once every party has given it, for the same day.",
        )
    })
}

fn notice(fact: &LifeFact, scene: &Scene<'_>, terms: &Terms) -> Option<Flag> {
    let notices = lapses::notices(scene.parties, scene.spans, scene.texts, scene.facts);
    let told = notices.iter().find(|notice| notice.notice == fact.id)?;
    if let Some(last) = scene.spans.ends_on.filter(|last| *last < fact.occurred_on) {
        return Some(
            without_effect(fact, "La convention avait pris fin.", "The convention had ended.").with("last_day", last),
        );
    }
    if told.to.is_none() {
        return Some(without_effect(
            fact,
            "Une mise en demeure vient du propriétaire, après une utilisation non autorisée par une autre partie.",
            "A formal notice comes from the owner, after an unauthorised use by another party.",
        ));
    }
    terms.cure.says().is_none().then(|| {
        without_effect(
            fact,
            "Le texte ne prévoit pas de délai de régularisation.",
            "The text provides for no delay to remedy.",
        )
    })
}

fn of_another(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let notices = lapses::notices(scene.parties, scene.spans, scene.texts, scene.facts);
    let told = notices.iter().find(|notice| Some(notice.notice) == fact.refers_to)?;
    (told.to != Some(fact.party)).then(|| {
        without_effect(
            fact,
            "Ce n'est pas la partie mise en demeure, ou la mise en demeure est sans effet.",
            "This is not the party put on notice, or the notice has no effect.",
        )
    })
}

fn remedy(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    if let Some(flag) = of_another(fact, scene) {
        return Some(flag);
    }
    let notices = lapses::notices(scene.parties, scene.spans, scene.texts, scene.facts);
    let cure = notices.iter().find(|notice| Some(notice.notice) == fact.refers_to)?.cure?;
    let late = u32::try_from(fact.occurred_on.days_since(cure.last_day)).ok().filter(|days| *days > 0)?;
    let detail = Bilingual::fixed(
        "La régularisation est intervenue après le délai : la caducité reste invoquée.",
        "The remedy came after the delay: the lapse remains claimed.",
    );
    Some(Flag::new("R08", "late", detail).with("deadline_on", cure.last_day).with("late_by_days", late))
}

fn claim(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let notices = lapses::notices(scene.parties, scene.spans, scene.texts, scene.facts);
    let notice = notices.iter().find(|notice| Some(notice.notice) == fact.refers_to)?;
    let nothing = || {
        without_effect(
            fact,
            "Aucune caducité n'est invoquée ce jour-là : le délai court encore, ou l'utilisation a été régularisée.",
            "No lapse is claimed on that day: the delay is still running, or the use was remedied.",
        )
    };
    match notice.cure.filter(|_| !notice.remedied()) {
        None => Some(nothing()),
        Some(cure) if fact.occurred_on < cure.claimed_from => Some(nothing().with("claimed_from", cure.claimed_from)),
        Some(_) => None,
    }
}

fn litigation(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    let tried = disputes::disputes(scene.facts)
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
