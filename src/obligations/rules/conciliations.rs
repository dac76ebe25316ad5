//! R09: conciliation after a dispute, before anybody goes to court (article 12); a dispute is settled once every party
//! says so.

use super::Duty;
use super::awaited::{proof, rest};
use crate::conventions::rules::disputes::{Dispute, disputes};
use crate::conventions::rules::{Joint, Scene, counts};
use crate::domain::vocabulary::{ClauseKind, DutyNature, FactKind};
use crate::domain::{Bilingual, Id};

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    let raised = |id: Id| scene.facts.iter().any(|fact| fact.id == id && counts(fact, scene));
    disputes(scene.parties, scene.facts)
        .into_iter()
        .filter(|dispute| raised(dispute.raised))
        .filter_map(|dispute| {
            let clause = scene.texts.on(dispute.raised_on).states(ClauseKind::Dispute)?;
            let article = clause.article.as_ref();
            Some(
                [sought(scene, &dispute)]
                    .into_iter()
                    .chain(settled(scene, &dispute))
                    .map(move |duty| Duty { article: article.cloned(), ..duty }),
            )
        })
        .flatten()
        .collect()
}

fn sought(scene: &Scene<'_>, dispute: &Dispute) -> Duty {
    let what = Bilingual::fixed("Rechercher une conciliation", "Seek conciliation");
    let key = format!("R09/{}", dispute.raised);
    let mut duty = Duty::new("R09", key, DutyNature::OnEvent, what, dispute.raised_on);
    duty.kind = Some(FactKind::ConciliationOpened);
    duty.due_on = Some(dispute.raised_on);
    duty.met_by(scene, |fact| {
        let tried = match fact.kind {
            FactKind::ConciliationOpened | FactKind::ConciliationFailed => true,
            FactKind::ConciliationSettled => dispute.settled_on == Some(fact.occurred_on),
            _ => false,
        };
        tried && fact.refers_to == Some(dispute.raised)
    });
    duty.computed.insert("raised_on", dispute.raised_on.to_string().into());
    duty
}

/// Once a party says that it is settled, each other one says so too, or goes on with it: a conciliation that failed since, or
/// a trial, answers as well.
fn settled(scene: &Scene<'_>, dispute: &Dispute) -> Vec<Duty> {
    let kind = FactKind::ConciliationSettled;
    let joint = Joint::of(scene.parties, scene.facts, kind, &[dispute.raised]);
    let Some(first) = joint.days().first().copied() else { return Vec::new() };
    let what = Bilingual::fixed("Dire si le litige est réglé", "Say whether the dispute is settled");
    let key = format!("R09/{}/settled", dispute.raised);
    let mut duty = Duty::new("R09", key, DutyNature::OnEvent, what.clone(), first);
    duty.kind = Some(kind);
    duty.proof = proof(scene, kind, &[dispute.raised], &joint);
    let otherwise = [dispute.failed_on, dispute.litigation_on].into_iter().flatten();
    duty.void_on = otherwise.filter(|on| *on >= first).min();
    duty.computed.insert("raised_on", dispute.raised_on.to_string().into());
    duty.computed.insert("settled_since", first.to_string().into());
    rest(&duty, &joint, first, &what)
}
