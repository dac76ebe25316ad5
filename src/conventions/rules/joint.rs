//! What parties say together: it is said on the day of the last of them, and until then somebody is awaited.

use super::scene::{LifeFact, Party};
use crate::domain::vocabulary::FactKind;
use crate::domain::{CivilDate, Id};

/// The day on which each party first said it, by a fact of its own or one that it acknowledged; in the order of the parties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joint(Vec<(Id, Option<CivilDate>)>);

impl Joint {
    /// What each of these parties says by facts of a kind that follow from any of those named.
    pub fn of<'p>(
        parties: impl IntoIterator<Item = &'p Party>,
        facts: &[LifeFact],
        kind: FactKind,
        about: &[Id],
    ) -> Self {
        let follows = |fact: &LifeFact| fact.kind == kind && fact.refers_to.is_some_and(|id| about.contains(&id));
        Self::saying(parties, facts, follows)
    }

    /// What each of these parties says by the facts that say it.
    pub fn saying<'p>(
        parties: impl IntoIterator<Item = &'p Party>,
        facts: &[LifeFact],
        says: impl Fn(&LifeFact) -> bool,
    ) -> Self {
        let said = |party: Id| {
            let own = facts.iter().filter(|fact| says(fact) && fact.party == party);
            own.map(|fact| fact.occurred_on).min()
        };
        Self(parties.into_iter().map(|party| (party.id, said(party.id))).collect())
    }

    /// The day on which a party first said it.
    pub fn said_on(&self, party: Id) -> Option<CivilDate> {
        self.0.iter().find(|(id, _)| *id == party).and_then(|(_, on)| *on)
    }

    /// The days on which somebody first said it, in their order.
    pub fn days(&self) -> Vec<CivilDate> {
        let mut days: Vec<CivilDate> = self.0.iter().filter_map(|(_, on)| *on).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The day on which the last of them said it, once all have.
    pub fn all_on(&self) -> Option<CivilDate> {
        let days: Option<Vec<CivilDate>> = self.0.iter().map(|(_, on)| *on).collect();
        days?.into_iter().max()
    }

    /// Who has not said it by the end of a day.
    pub fn awaited_on(&self, day: CivilDate) -> Vec<Id> {
        self.0.iter().filter(|(_, on)| on.is_none_or(|on| day < on)).map(|(id, _)| *id).collect()
    }

    /// Who has not said it at all.
    pub fn awaited(&self) -> Vec<Id> {
        self.0.iter().filter(|(_, on)| on.is_none()).map(|(id, _)| *id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;
    use crate::domain::vocabulary::Side;

    #[test]
    fn said_on_the_day_of_the_last_whatever_the_order() {
        let third = Party { id: Id::from_bytes([3; 16]), side: Side::Other, names: vec!["la région".into()] };
        let parties: Vec<Party> = parties().into_iter().chain([third.clone()]).collect();
        let said = |id, party, on| follows(id, FactKind::MinutesValidated, party, on, 9);
        let by_third = LifeFact { party: third.id, by: Side::Other, ..said(3, 0, "2025-03-05") };
        let meeting = [Id::from_bytes([9; 16])];
        let joint = |facts: &[LifeFact]| Joint::of(&parties, facts, FactKind::MinutesValidated, &meeting);
        let mut facts = vec![said(1, 1, "2025-03-02"), by_third];
        let two = joint(&facts);
        assert_eq!((two.all_on(), two.awaited()), (None, vec![PARTIES[0]]));
        assert_eq!(two.awaited_on(day("2025-03-01")).len(), 3);
        assert_eq!(two.awaited_on(day("2025-03-02")), [PARTIES[0], third.id]);
        assert_eq!(two.days(), [day("2025-03-02"), day("2025-03-05")]);
        // Of two statements of a party the first counts; one about something else does not.
        facts.extend([said(4, 0, "2025-04-02"), said(5, 0, "2025-04-01")]);
        facts.push(follows(6, FactKind::MinutesValidated, 0, "2025-03-03", 8));
        facts.reverse();
        let all = joint(&facts);
        assert_eq!((all.all_on(), all.awaited()), (Some(day("2025-04-01")), Vec::new()));
        assert_eq!(all.said_on(PARTIES[1]), Some(day("2025-03-02")));
    }
}
