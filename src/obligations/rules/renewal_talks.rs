//! R05: the talks on renewal (article 11), once the information was given.

use super::Duty;
use super::terms_of::{facts_in, informed_in, terms_of};
use crate::conventions::rules::Scene;
use crate::domain::refusal::Bilingual;
use crate::domain::vocabulary::{ClauseKind, DutyNature, FactKind};

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    let what = Bilingual::fixed("Discuter d'un renouvellement", "Talk about a renewal");
    terms_of(scene)
        .into_iter()
        .filter_map(|read| {
            let clause = read.terms.states(ClauseKind::RenewalTalks)?;
            let key = format!("R05/{}", read.term.renewals);
            let mut duty = Duty::new("R05", key, DutyNature::OnEvent, what.clone(), read.valid_from);
            let talks = facts_in(scene, FactKind::RenewalTalks, &read);
            let informed = informed_in(scene, &read);
            duty.kind = Some(FactKind::RenewalTalks);
            duty.article.clone_from(&clause.article);
            duty.window = Some((read.term.from, read.last()));
            duty.valid_until = read.valid_until;
            duty.due_on = informed.first().map(|fact| fact.occurred_on);
            duty.met_on = talks.first().map(|fact| fact.occurred_on);
            duty.proof =
                talks.iter().filter(|fact| Some(fact.occurred_on) == duty.met_on).map(|fact| fact.id).collect();
            let end = super::ended_early(scene).map_or_else(|| read.last(), |early| early.min(read.last()));
            duty.void_on = Some(end.next());
            Some(duty)
        })
        .collect()
}
