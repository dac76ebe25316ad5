//! What the rules say of a notice of termination, its reception, its withdrawal, and of an end agreed on (R07).

use super::super::scene::{LifeFact, Scene};
use super::super::spans::{Spans, status};
use super::super::terminations;
use super::super::terms::Terms;
use super::without_effect;
use crate::domain::Id;
use crate::domain::refusal::{Bilingual, Flag};
use crate::domain::vocabulary::ConventionStatus;

pub(super) fn ends_nothing(fact: &LifeFact, spans: &Spans, terms: &Terms) -> Option<Flag> {
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

pub(super) fn reception(fact: &LifeFact, scene: &Scene<'_>, terms: &Terms) -> Option<Flag> {
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
    if let Some(withdrawn) = notice.withdrawn_on.filter(|on| notice.undone() && *on < fact.occurred_on) {
        return Some(
            without_effect(
                fact,
                "La dénonciation avait été retirée avec l'accord de chaque partie.",
                "The notice had been withdrawn with the agreement of every party.",
            )
            .with("withdrawn_on", withdrawn),
        );
    }
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

pub(super) fn withdrawal(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
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

pub(super) fn agreement(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
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
    let joint = terminations::agreement_on(scene.parties, scene.facts, effective);
    joint.all_on().is_none().then(|| {
        without_effect(
            fact,
            "L'accord n'a d'effet qu'une fois donné par chaque partie, pour le même jour.",
            "The agreement takes effect only once every party has given it, for the same day.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::*;
    use super::super::said_of;
    use crate::domain::vocabulary::FactKind;

    /// What is said of a reception on a day, of a notice received on 5 March and withdrawn on these days.
    fn again(on: &str, withdrawn: &[(usize, &str)]) -> Option<&'static str> {
        let mut facts = vec![
            fact(1, FactKind::TerminationSent, 1, "2026-03-01"),
            follows(2, FactKind::TerminationReceived, 0, "2026-03-05", 1),
        ];
        let said = withdrawn.iter().zip(4_u8..);
        facts.extend(said.map(|((party, on), id)| follows(id, FactKind::TerminationWithdrawn, *party, on, 1)));
        let again = follows(3, FactKind::TerminationReceived, 0, on, 1);
        facts.push(again.clone());
        said_of(&again, &Case::signed(reference(), facts).scene()).map(|flag| flag.code)
    }

    #[test]
    fn a_notice_that_was_withdrawn_is_received_no_more() {
        let all = [(1, "2026-04-01"), (0, "2026-04-10")];
        assert_eq!(again("2026-04-11", &all), Some("without_effect"));
        assert_eq!(again("2026-04-10", &all), None, "on one day, the reception comes first");
        assert_eq!(again("2026-04-11", &all[..1]), None, "nobody withdraws alone");
        // Withdrawn once it had taken effect, it was not.
        assert_ne!(again("2026-09-04", &[(1, "2026-09-06"), (0, "2026-09-06")]), Some("without_effect"));
        // Withdrawn before anybody received it.
        let facts = vec![
            fact(1, FactKind::TerminationSent, 1, "2026-03-01"),
            follows(2, FactKind::TerminationWithdrawn, 1, "2026-03-02", 1),
            follows(3, FactKind::TerminationWithdrawn, 0, "2026-03-02", 1),
            follows(4, FactKind::TerminationReceived, 0, "2026-03-05", 1),
        ];
        let case = Case::signed(reference(), facts);
        let flag = said_of(&case.facts[3], &case.scene()).unwrap();
        assert_eq!((flag.code, &flag.computed["withdrawn_on"]), ("without_effect", &"2026-03-02".into()));
    }
}
