//! What the rules see of a convention: its parties, what happened, what they committed to.

use super::spans::Spans;
use super::texts::Texts;
use crate::domain::folded::fold;
use crate::domain::vocabulary::{FactKind, Side};
use crate::domain::{CivilDate, Id};

/// A party, and how the text calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub id: Id,
    pub side: Side,
    /// Its alias, then its name as signed.
    pub names: Vec<String>,
}

/// The party that a clause names by its alias or name.
pub fn party_named<'p>(parties: &'p [Party], name: &str) -> Option<&'p Party> {
    let wanted = fold(name);
    let named = |text: &String| {
        let text = fold(text);
        !text.is_empty() && (text == wanted || text.ends_with(&format!(" {wanted}")))
    };
    parties.iter().find(|party| party.names.iter().any(named))
}

/// Something that happened and counts, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifeFact {
    pub id: Id,
    pub kind: FactKind,
    /// The party that did it, and its side.
    pub party: Id,
    pub by: Side,
    pub occurred_on: CivilDate,
    /// The fact that it follows from: a reception, from its sending.
    pub refers_to: Option<Id>,
    /// The last day in force that it names.
    pub effective_on: Option<CivilDate>,
    /// The key of the duty that it is evidence of.
    pub duty: Option<String>,
    /// True when files prove it.
    pub proven: bool,
}

/// What a party commits to without a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentOf {
    /// Stable: `commitment/` and what it stands in.
    pub key: String,
    /// The axis under which it stands; none in the preamble.
    pub axis: Option<Id>,
    pub article: Option<String>,
    /// The party that commits; every one when none.
    pub party: Option<Id>,
    pub text: String,
    /// The day of the amendment that states it; none when the original does.
    pub from: Option<CivilDate>,
    /// The last day on which the text says it, once an amendment has taken it out.
    pub until: Option<CivilDate>,
}

/// What an article lets a party do, which it does not owe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightOf {
    /// Stable: `right/` and where it stands.
    pub key: String,
    pub article: String,
    pub party: Id,
    pub text: String,
    /// The day of the amendment that states it; none when the original does.
    pub from: Option<CivilDate>,
    /// The last day on which the text says it, once an amendment has taken it out.
    pub until: Option<CivilDate>,
}

/// An action was held under an axis: the first of a year of the convention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldUnder {
    pub axis: Id,
    pub on: CivilDate,
}

/// A signed convention, as duties are computed from it.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub parties: &'a [Party],
    pub spans: &'a Spans,
    pub texts: &'a Texts,
    /// Those that count.
    pub facts: &'a [LifeFact],
    pub commitments: &'a [CommitmentOf],
    pub held: &'a [HeldUnder],
    /// What the articles let one party do.
    pub rights: &'a [RightOf],
}
