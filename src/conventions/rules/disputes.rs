//! Disputes from the facts (litiges; R09; article 12): conciliation comes before litigation, and settles a dispute once
//! every party says so.

use super::joint::Joint;
use super::scene::{LifeFact, Party};
use crate::domain::vocabulary::FactKind;
use crate::domain::{CivilDate, Id};

/// A dispute, as the facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The fact that raised it.
    pub raised: Id,
    pub raised_on: CivilDate,
    pub conciliation_on: Option<CivilDate>,
    /// The day on which the last of the parties said that it is settled.
    pub settled_on: Option<CivilDate>,
    pub failed_on: Option<CivilDate>,
    pub litigation_on: Option<CivilDate>,
}

impl Dispute {
    /// Open on a date: raised, not settled.
    pub fn open_on(&self, on: CivilDate) -> bool {
        self.raised_on <= on && self.settled_on.is_none_or(|settled| on < settled)
    }

    /// Whether conciliation was tried by a day: what must come before litigation.
    pub fn conciliated_by(&self, on: CivilDate) -> bool {
        [self.conciliation_on, self.failed_on].into_iter().flatten().any(|tried| tried <= on)
    }
}

/// The disputes, in the order they were raised.
pub fn disputes(parties: &[Party], facts: &[LifeFact]) -> Vec<Dispute> {
    let mut raised: Vec<&LifeFact> = facts.iter().filter(|fact| fact.kind == FactKind::DisputeRaised).collect();
    raised.sort_by_key(|fact| (fact.occurred_on, fact.id));
    raised
        .into_iter()
        .map(|raised| {
            let first = |kind: FactKind| {
                facts
                    .iter()
                    .filter(|fact| fact.kind == kind && fact.refers_to == Some(raised.id))
                    .map(|fact| fact.occurred_on)
                    .min()
            };
            Dispute {
                raised: raised.id,
                raised_on: raised.occurred_on,
                conciliation_on: first(FactKind::ConciliationOpened),
                settled_on: Joint::of(parties, facts, FactKind::ConciliationSettled, &[raised.id]).all_on(),
                failed_on: first(FactKind::ConciliationFailed),
                litigation_on: first(FactKind::LitigationOpened),
            }
        })
        .collect()
}
