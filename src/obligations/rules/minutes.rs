//! R17: the minutes of each meeting, validated by all (article 9).

use super::meetings_of::meetings_of;
use super::{Duty, Owed};
use crate::conventions::rules::Scene;
use crate::conventions::rules::scene::party_named;
use crate::domain::Bilingual;
use crate::domain::vocabulary::{ClauseKind, DutyNature, FactKind, Side};

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    meetings_of(scene)
        .into_iter()
        .filter_map(|meeting| {
            let terms = scene.texts.on(meeting.on);
            let clause = terms.states(ClauseKind::Minutes)?;
            let what = Bilingual::new(
                format!("Établir le compte rendu de la réunion du {}", meeting.on),
                format!("Draw up the minutes of the meeting of {}", meeting.on),
            );
            let key = format!("R17/{}", meeting.facts.first()?);
            let mut duty = Duty::new("R17", key, DutyNature::OnEvent, what, meeting.on);
            let proposed_by = clause.parameters.proposed_by.as_deref();
            duty.owed_by = proposed_by
                .and_then(|name| party_named(scene.parties, name))
                .map_or(Owed::Side(Side::Association), |party| Owed::Party(party.id));
            duty.kind = Some(FactKind::MinutesValidated);
            duty.article.clone_from(&clause.article);
            duty.due_on = Some(meeting.on);
            duty.met_by(scene, |fact| {
                fact.kind == FactKind::MinutesValidated
                    && fact.refers_to.is_some_and(|meant| meeting.facts.contains(&meant))
            });
            duty.computed.insert("meeting_on", meeting.on.to_string().into());
            Some(duty)
        })
        .collect()
}
