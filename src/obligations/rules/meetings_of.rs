//! The meetings of the committee, as the facts tell them.

use crate::conventions::rules::{LifeFact, Scene};
use crate::domain::vocabulary::FactKind;
use crate::domain::{CivilDate, Id};

/// A meeting: each party may have recorded it.
pub struct Meeting {
    pub on: CivilDate,
    /// The facts that tell it, the oldest first.
    pub facts: Vec<Id>,
}

/// The meetings held, first to last. What two parties record of one day is one meeting.
pub fn meetings_of(scene: &Scene<'_>) -> Vec<Meeting> {
    let mut held: Vec<&LifeFact> = scene.facts.iter().filter(|fact| fact.kind == FactKind::MeetingHeld).collect();
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
