//! What the rules say of a formal notice, its reception, a remedy, and of a lapse that is claimed (R08).

use super::super::lapses;
use super::super::scene::{LifeFact, Scene};
use super::super::terms::Terms;
use super::without_effect;
use crate::domain::refusal::{Bilingual, Flag};
use crate::domain::vocabulary::FactKind;

pub(super) fn notice(fact: &LifeFact, scene: &Scene<'_>, terms: &Terms) -> Option<Flag> {
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

pub(super) fn of_another(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
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

pub(super) fn remedy(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
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

pub(super) fn claim(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
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
        Some(_) => contested(fact, scene),
    }
}

/// A decision binds whoever contests it (R08: « or a decision is attached »; an appeal is won by another decision, and what
/// was recorded wrongly is corrected): it counts, and says that it is contested.
fn contested(fact: &LifeFact, scene: &Scene<'_>) -> Option<Flag> {
    if fact.kind != FactKind::LapseDecided {
        return None;
    }
    let contests = |other: &&LifeFact| {
        other.kind == FactKind::LapseContested
            && other.refers_to == fact.refers_to
            && other.occurred_on >= fact.occurred_on
            && other.party != fact.party
    };
    let by = scene.facts.iter().filter(contests).min_by_key(|other| (other.occurred_on, other.id))?;
    let detail = Bilingual::fixed(
        "Une autre partie conteste la caducité depuis cette décision, qui produit effet tant qu'une autre ne la remplace.",
        "Another party has contested the lapse since this decision, which has effect until another one replaces it.",
    );
    Some(
        Flag::new("R08", "contested", detail)
            .with("contested_by", by.party.to_string())
            .with("contested_on", by.occurred_on),
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::*;
    use super::super::super::{Clause, status};
    use super::super::said_of;
    use super::*;
    use crate::domain::vocabulary::{ConventionStatus, Unit};

    #[test]
    fn a_decision_counts_and_says_that_it_is_contested() {
        let of = |contested: &[(usize, &str)]| {
            let decided = follows(4, FactKind::LapseDecided, 0, "2025-06-01", 2);
            let decided = LifeFact { proven: true, ..decided };
            let mut facts = vec![
                fact(1, FactKind::UnauthorisedUse, 1, "2025-03-20"),
                follows(2, FactKind::FormalNoticeSent, 0, "2025-03-21", 1),
                follows(3, FactKind::FormalNoticeReceived, 1, "2025-03-24", 2),
                decided.clone(),
            ];
            let said = contested.iter().zip(5_u8..);
            facts.extend(said.map(|((party, on), id)| follows(id, FactKind::LapseContested, *party, on, 2)));
            let terms = Terms { cure: Clause::stated(period(8, Unit::Day), "10"), ..reference() };
            let case = Case::signed(terms, facts);
            assert_eq!(status(&case.spans, day("2025-06-01")), ConventionStatus::Lapsed);
            said_of(&decided, &case.scene())
        };
        assert_eq!(of(&[]), None);
        // What was contested before it is what it decides.
        assert_eq!(of(&[(1, "2025-05-31")]), None);
        assert_eq!(of(&[(0, "2025-06-02")]), None, "by the party that tells of it");
        let flag = of(&[(1, "2025-06-03"), (1, "2025-06-01")]).unwrap();
        assert_eq!((flag.rule, flag.code, flag.article.as_deref()), ("R08", "contested", Some("10")));
        assert_eq!(flag.computed["contested_on"], "2025-06-01");
    }
}
