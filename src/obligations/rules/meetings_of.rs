//! The meetings of the committee, as the facts tell them.

use crate::conventions::rules::{LifeFact, Scene, counts};
use crate::domain::vocabulary::FactKind;
use crate::domain::{CivilDate, Id};

/// A meeting: each party may have recorded it.
pub struct Meeting {
    pub on: CivilDate,
    /// The facts that tell it, the oldest first.
    pub facts: Vec<Id>,
}

/// The meetings held, first to last, but for those that the rules say are without effect. What two parties record of one day is one meeting.
pub fn meetings_of(scene: &Scene<'_>) -> Vec<Meeting> {
    let held = scene.facts.iter().filter(|fact| fact.kind == FactKind::MeetingHeld && counts(fact, scene));
    let mut held: Vec<&LifeFact> = held.collect();
    held.sort_by_key(|fact| (fact.occurred_on, fact.id));
    let mut meetings: Vec<Meeting> = Vec::new();
    for fact in held {
        match meetings.last_mut() {
            Some(last) if last.on == fact.occurred_on => last.facts.push(fact.id),
            _ => meetings.push(Meeting { on: fact.occurred_on, facts: vec![fact.id] }),
        }
    }
    meetings
}
