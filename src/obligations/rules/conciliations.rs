//! R09: conciliation after a dispute, before anybody goes to court (article 12).

use super::Duty;
use crate::conventions::rules::{Scene, counts, disputes};
use crate::domain::vocabulary::{ClauseKind, DutyNature, FactKind};
use crate::domain::{Bilingual, Id};

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    let what = Bilingual::fixed("Rechercher une conciliation", "Seek conciliation");
    let raised = |id: Id| scene.facts.iter().any(|fact| fact.id == id && counts(fact, scene));
    disputes::disputes(scene.facts)
        .into_iter()
        .filter(|dispute| raised(dispute.raised))
        .filter_map(|dispute| {
            let clause = scene.texts.on(dispute.raised_on).states(ClauseKind::Dispute)?;
            let key = format!("R09/{}", dispute.raised);
            let mut duty = Duty::new("R09", key, DutyNature::OnEvent, what.clone(), dispute.raised_on);
            duty.kind = Some(FactKind::ConciliationOpened);
            duty.article.clone_from(&clause.article);
            duty.due_on = Some(dispute.raised_on);
            let kinds = [FactKind::ConciliationOpened, FactKind::ConciliationSettled, FactKind::ConciliationFailed];
            duty.met_by(scene, |fact| kinds.contains(&fact.kind) && fact.refers_to == Some(dispute.raised));
            duty.computed.insert("raised_on", dispute.raised_on.to_string().into());
            Some(duty)
        })
        .collect()
}
