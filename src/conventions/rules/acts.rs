//! What a party may record today, and how the rules would take it: the same rules as the recording itself, asked
//! beforehand, so that no screen shows a button for an act that is then refused.

use super::facts::said_of;
use super::recording::check_fact;
use super::scene::{LifeFact, Scene};
use crate::domain::refusal::{Flag, Refusal};
use crate::domain::vocabulary::FactKind;
use crate::domain::{CivilDate, Id};

/// How a fact of a kind, recorded by a party as its own today, would be taken.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// Recorded, with what the rules have to say of it.
    Recorded(Option<Flag>),
    /// Nothing happened yet that it could follow from.
    NoCause,
    Refused(Refusal),
}

impl Taken {
    /// Better first: without a flag, with one, refused, without a cause.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Recorded(None) => 0,
            Self::Recorded(Some(_)) => 1,
            Self::Refused(_) => 2,
            Self::NoCause => 3,
        }
    }
}

/// How a fact would be taken; of several causes it could follow from, the one that takes it best.
pub fn taken(kind: FactKind, party: Id, scene: &Scene<'_>, today: CivilDate) -> Taken {
    let causes: Vec<Option<&LifeFact>> = match kind.refers_to() {
        [] => vec![None],
        kinds => scene.facts.iter().filter(|fact| kinds.contains(&fact.kind)).map(Some).collect(),
    };
    let alone = matches!(kind, FactKind::FormalNoticeSent | FactKind::LitigationOpened);
    let causes = if causes.is_empty() && alone { vec![None] } else { causes };
    causes
        .into_iter()
        .map(|cause| of_cause(kind, party, cause, scene, today))
        .min_by_key(Taken::rank)
        .unwrap_or(Taken::NoCause)
}

fn of_cause(kind: FactKind, party: Id, cause: Option<&LifeFact>, scene: &Scene<'_>, today: CivilDate) -> Taken {
    let Some(by) = scene.parties.iter().find(|known| known.id == party).map(|known| known.side) else {
        return Taken::NoCause;
    };
    let duty = scene.commitments.first().map(|commitment| commitment.key.clone());
    if kind == FactKind::DutyEvidenced && duty.is_none() {
        return Taken::NoCause;
    }
    let fact = LifeFact {
        id: Id::from_bytes([0; 16]),
        kind,
        party,
        by,
        occurred_on: today,
        refers_to: cause.map(|cause| cause.id),
        effective_on: (kind == FactKind::TerminationAgreed).then_some(today),
        duty: duty.filter(|_| kind == FactKind::DutyEvidenced),
        proven: kind == FactKind::LapseDecided,
    };
    if let Err(refusal) = check_fact(&fact, cause, scene, today) {
        return Taken::Refused(refusal);
    }
    let mut facts = scene.facts.to_vec();
    facts.push(fact.clone());
    Taken::Recorded(said_of(&fact, &Scene { facts: &facts, ..*scene }))
}
