//! Two-key approval: a content that counts once everyone who must has approved one same version of it.
//!
//! A version is known by the hash of its content. An approval names the hash it approves, so that nobody approves what
//! they have not read; a new version is another hash, and the approvals of the old one count no more. The mechanism
//! knows neither what is approved (an amendment, a report, an agenda, minutes, a document) nor who may speak for whom.

use super::folded::fold;
use super::{CivilDate, Id};

/// An approval as recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approval<'a> {
    /// Whose key it is: a party.
    pub key: Id,
    /// The person who turned it, when one person may turn only one key.
    pub person: Option<&'a str>,
    pub given_on: CivilDate,
    /// Hash of the version approved.
    pub content_hash: &'a str,
    /// Taken back, corrected, or cleared by a new version.
    pub void: bool,
}

/// Why an approval is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection<'a> {
    /// No key of this content.
    NoKey,
    /// This key was turned already, that day.
    Repeated { given_on: CivilDate },
    /// The same person turned another key.
    SamePerson { key: Id, given_on: CivilDate },
    /// It approves another version than the present one.
    Stale { content_hash: &'a str },
}

/// The present version of a content, who must approve it, and what was approved so far.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    /// Everyone who must approve, in their order.
    pub keys: &'a [Id],
    /// Hash of the present version.
    pub content_hash: &'a str,
    pub approvals: &'a [Approval<'a>],
}

impl<'a> Keys<'a> {
    /// The approvals that count: of the present version, not void.
    pub fn standing(&self) -> impl Iterator<Item = &'a Approval<'a>> {
        let hash = self.content_hash;
        self.approvals.iter().filter(move |approval| !approval.void && approval.content_hash == hash)
    }

    /// When a key was turned on the present version.
    pub fn turned_on(&self, key: Id) -> Option<CivilDate> {
        self.standing().filter(|approval| approval.key == key).map(|approval| approval.given_on).min()
    }

    /// Who must act next: the keys not turned yet.
    pub fn awaited(&self) -> Vec<Id> {
        self.keys.iter().copied().filter(|key| self.turned_on(*key).is_none()).collect()
    }

    /// The first day somebody approved the present version.
    pub fn first_on(&self) -> Option<CivilDate> {
        self.keys.iter().filter_map(|key| self.turned_on(*key)).min()
    }

    /// The day of the last approval, once everyone has given theirs; two keys at least.
    pub fn complete_on(&self) -> Option<CivilDate> {
        if self.keys.len() < 2 {
            return None;
        }
        let days: Option<Vec<CivilDate>> = self.keys.iter().map(|key| self.turned_on(*key)).collect();
        days?.into_iter().max()
    }

    /// Whether an approval may be added.
    ///
    /// # Errors
    ///
    /// The first [`Objection`]: no key, a key turned already, a person who turned another, another version.
    pub fn check(&self, new: &Approval<'a>) -> Result<(), Objection<'a>> {
        if !self.keys.contains(&new.key) {
            return Err(Objection::NoKey);
        }
        if let Some(first) = self.standing().find(|approval| approval.key == new.key) {
            return Err(Objection::Repeated { given_on: first.given_on });
        }
        let person = new.person.map(fold);
        let same = |approval: &&Approval<'a>| person.is_some() && approval.person.map(fold) == person;
        if let Some(other) = self.standing().find(same) {
            return Err(Objection::SamePerson { key: other.key, given_on: other.given_on });
        }
        if new.content_hash != self.content_hash {
            return Err(Objection::Stale { content_hash: self.content_hash });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEYS: [Id; 2] = [Id::from_bytes([1; 16]), Id::from_bytes([2; 16])];

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn by<'a>(key: usize, person: &'a str, on: &str, content_hash: &'a str) -> Approval<'a> {
        Approval { key: KEYS[key], person: Some(person), given_on: day(on), content_hash, void: false }
    }

    fn present<'a>(approvals: &'a [Approval<'a>]) -> Keys<'a> {
        Keys { keys: &KEYS, content_hash: "v2", approvals }
    }

    #[test]
    fn it_is_complete_when_every_key_has_turned_on_the_same_version() {
        let mut given = vec![by(0, "A", "2026-01-10", "v1"), by(1, "B", "2026-01-15", "v2")];
        assert_eq!((present(&given).complete_on(), present(&given).awaited()), (None, vec![KEYS[0]]));
        assert_eq!(present(&given).first_on(), Some(day("2026-01-15")));
        given.push(by(0, "A", "2026-01-12", "v2"));
        let keys = present(&given);
        assert_eq!((keys.complete_on(), keys.awaited()), (Some(day("2026-01-15")), vec![]));
        assert_eq!(keys.turned_on(KEYS[0]), Some(day("2026-01-12")));
        // A new version clears them all.
        let next = Keys { content_hash: "v3", ..keys };
        assert_eq!((next.complete_on(), next.awaited(), next.first_on()), (None, KEYS.to_vec(), None));
        given[2].void = true;
        assert_eq!(present(&given).awaited(), [KEYS[0]]);
    }

    #[test]
    fn one_key_alone_is_not_two() {
        let given = [by(0, "A", "2026-01-10", "v2")];
        assert_eq!(Keys { keys: &KEYS[..1], ..present(&given) }.complete_on(), None);
    }

    #[test]
    fn stale_repeated_and_foreign_approvals_are_refused() {
        let given = [by(0, "Éloi Dupré", "2026-01-10", "v2"), by(1, "B", "2026-01-09", "v1")];
        let keys = present(&given);
        assert_eq!(keys.check(&by(1, "B", "2026-01-11", "v2")), Ok(()));
        assert_eq!(keys.check(&by(1, "B", "2026-01-11", "v1")), Err(Objection::Stale { content_hash: "v2" }));
        let given_on = day("2026-01-10");
        assert_eq!(keys.check(&by(0, "C", "2026-01-11", "v2")), Err(Objection::Repeated { given_on }));
        let same = Objection::SamePerson { key: KEYS[0], given_on };
        assert_eq!(keys.check(&by(1, "ELOI DUPRE", "2026-01-11", "v2")), Err(same));
        let nobody = Approval { person: None, ..by(1, "", "2026-01-11", "v2") };
        assert_eq!(keys.check(&nobody), Ok(()), "where persons are not told apart");
        let foreign = Approval { key: Id::from_bytes([9; 16]), ..nobody };
        assert_eq!(keys.check(&foreign), Err(Objection::NoKey));
    }

    proptest! {
        #[test]
        fn the_order_of_recording_does_not_matter(
            drawn in prop::collection::vec((0_usize..2, 1_u32..28, 0_usize..2, any::<bool>()), 0..6),
            turn in 0_usize..6,
        ) {
            let hashes = ["v1", "v2"];
            let mut given: Vec<_> = drawn
                .iter()
                .map(|(key, day_of, version, void)| Approval {
                    void: *void,
                    ..by(*key, "A", &format!("2026-01-{day_of:02}"), hashes[*version])
                })
                .collect();
            let (complete, awaited) = (present(&given).complete_on(), present(&given).awaited());
            let turn = turn.min(given.len());
            given.rotate_left(turn);
            prop_assert_eq!(present(&given).complete_on(), complete);
            prop_assert_eq!(present(&given).awaited(), awaited.clone());
            prop_assert_eq!(complete.is_some(), awaited.is_empty());
        }
    }
}
