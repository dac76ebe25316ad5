//! R17: the minutes of each meeting, proposed by the party that the text names, then validated by all (article 9).

use super::awaited::{proof, rest};
use super::meetings_of::{Meeting, meetings_of};
use super::{Duty, Owed};
use crate::conventions::rules::scene::party_named;
use crate::conventions::rules::{Joint, Scene, TextClause};
use crate::domain::vocabulary::{ClauseKind, DutyNature, FactKind, Side};
use crate::domain::{Bilingual, CivilDate};

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    let minuted = meetings_of(scene).into_iter().filter_map(|meeting| {
        let clause = scene.texts.on(meeting.on).states(ClauseKind::Minutes)?;
        of_meeting(scene, clause, &meeting)
    });
    minuted.flatten().collect()
}

/// Owed by the party that proposes them until it has, then by each other one until all have validated them.
fn of_meeting(scene: &Scene<'_>, clause: &TextClause, meeting: &Meeting) -> Option<Vec<Duty>> {
    let on = meeting.on;
    let what = Bilingual::new(
        format!("Établir le compte rendu de la réunion du {on}"),
        format!("Draw up the minutes of the meeting of {on}"),
    );
    let kind = FactKind::MinutesValidated;
    let joint = Joint::of(scene.parties, scene.facts, kind, &meeting.facts);
    let mut duty = Duty::new("R17", format!("R17/{}", meeting.facts.first()?), DutyNature::OnEvent, what, on);
    duty.owed_by = proposed_by(scene, clause);
    duty.kind = Some(kind);
    duty.article.clone_from(&clause.article);
    duty.due_on = Some(on);
    duty.proof = proof(scene, kind, &meeting.facts, &joint);
    duty.computed.insert("meeting_on", on.to_string().into());
    let proposing = scene.parties.iter().filter(|party| duty.owed_by.is(party.id, party.side));
    let proposed = proposing.filter_map(|party| joint.said_on(party.id)).min();
    let Some(proposed) = proposed.filter(|proposed| joint.all_on() != Some(*proposed)) else {
        duty.met_on = joint.all_on();
        return Some(vec![duty]);
    };
    let what = Bilingual::new(
        format!("Valider le compte rendu de la réunion du {on}"),
        format!("Validate the minutes of the meeting of {on}"),
    );
    let others = rest(&duty, &joint, proposed, &what);
    duty.valid_until = Some(CivilDate::previous(proposed));
    Some(std::iter::once(duty).chain(others).collect())
}

/// The party that the text names, else the association; every party where there is none.
fn proposed_by(scene: &Scene<'_>, clause: &TextClause) -> Owed {
    let named = clause.parameters.proposed_by.as_deref().and_then(|name| party_named(scene.parties, name));
    let association = scene.parties.iter().any(|party| party.side == Side::Association);
    let unnamed = if association { Owed::Side(Side::Association) } else { Owed::Every };
    named.map_or(unnamed, |party| Owed::Party(party.id))
}
