//! A duty that every party meets together: met on the day of the last of them, owed by those who are still awaited.

use super::{Duty, Owed};
use crate::conventions::rules::{Joint, LifeFact, Scene};
use crate::domain::vocabulary::FactKind;
use crate::domain::{Bilingual, CivilDate, Id};

/// The rest of such a duty from the day on which somebody first said it: a stretch of days until each next statement, owed
/// by the one who has not made it; by each, when they are several. What is said on one day is said together.
pub fn rest(duty: &Duty, joint: &Joint, from: CivilDate, what: &Bilingual) -> Vec<Duty> {
    let mut all = Vec::new();
    let mut since = Some(from);
    while let Some(begins) = since {
        let awaited = joint.awaited_on(begins);
        let next = joint.days().into_iter().find(|day| *day > begins);
        // The last of them to say it meets it: that stretch goes on.
        let met_on = joint.all_on().filter(|all_on| next == Some(*all_on));
        for party in &awaited {
            all.push(Duty {
                key: if awaited.len() == 1 { duty.key.clone() } else { format!("{}/{party}", duty.key) },
                what: what.clone(),
                owed_by: Owed::Party(*party),
                valid_from: begins,
                valid_until: if met_on.is_some() { None } else { next.map(CivilDate::previous) },
                due_on: Some(begins),
                met_on,
                ..duty.clone()
            });
        }
        since = next.filter(|_| met_on.is_none());
    }
    all
}

/// The facts that say it: the first of each party.
pub fn proof(scene: &Scene<'_>, kind: FactKind, about: &[Id], joint: &Joint) -> Vec<Id> {
    let says = |fact: &&LifeFact| {
        fact.kind == kind
            && fact.refers_to.is_some_and(|id| about.contains(&id))
            && joint.said_on(fact.party) == Some(fact.occurred_on)
    };
    let mut proof: Vec<Id> = scene.facts.iter().filter(says).map(|fact| fact.id).collect();
    proof.sort_unstable();
    proof
}
