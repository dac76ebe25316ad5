//! What a territorial convention says otherwise than the national one that it applies (articles 2 and 9): two texts,
//! compared.

use super::scene::{Party, party_named};
use super::terms::TextClause;
use super::texts::stated_once;
use crate::domain::folded::fold;
use crate::domain::vocabulary::ClauseKind;

/// Which elements of two lists are the same, and which stand in one alone; as positions, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Apart {
    /// In both: position here, position in the parent's.
    pub kept: Vec<(usize, usize)>,
    /// Here alone.
    pub added: Vec<usize>,
    /// In the parent's alone.
    pub left_out: Vec<usize>,
}

/// Compares two lists, each element once.
pub fn apart<T>(here: &[T], above: &[T], same: impl Fn(&T, &T) -> bool) -> Apart {
    let mut told = Apart { left_out: (0..above.len()).collect(), ..Apart::default() };
    for (index, one) in here.iter().enumerate() {
        match told.left_out.iter().position(|other| same(one, &above[*other])) {
            Some(found) => told.kept.push((index, told.left_out.remove(found))),
            None => told.added.push(index),
        }
    }
    told
}

/// Compares labels; accents, case and spaces do not count.
pub fn labels_apart<T: AsRef<str>>(here: &[T], above: &[T]) -> Apart {
    let folded = |all: &[T]| all.iter().map(|label| fold(label.as_ref())).collect::<Vec<_>>();
    apart(&folded(here), &folded(above), |a, b| a == b)
}

/// A clause that the two texts do not state alike: one of them is missing, or they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseApart<'t> {
    pub kind: ClauseKind,
    pub here: Option<&'t TextClause>,
    pub above: Option<&'t TextClause>,
}

/// The clauses of two texts that are not stated alike, in the order of the vocabulary. A clause declared absent states
/// nothing. Where a text states several of a kind, equal ones are taken together first.
pub fn clauses_apart<'t>(
    (here, our_parties): (&'t [TextClause], &[Party]),
    (above, their_parties): (&'t [TextClause], &[Party]),
) -> Vec<ClauseApart<'t>> {
    let mut all = Vec::new();
    for kind in ClauseKind::ALL {
        let of = |text: &'t [TextClause]| -> Vec<&'t TextClause> {
            text.iter().filter(|clause| clause.kind == *kind && !clause.absent).collect()
        };
        let (ours, theirs) = (of(here), of(above));
        let told = apart(&ours, &theirs, |a, b| said(a, our_parties) == said(b, their_parties));
        let (mut added, mut left_out) = (told.added.into_iter(), told.left_out.into_iter());
        loop {
            let (own, other) = (added.next().map(|i| ours[i]), left_out.next().map(|i| theirs[i]));
            match (own, other) {
                (None, None) => break,
                // Two of a kind that a text may state many times are two clauses, not one stated otherwise.
                (Some(_), Some(_)) if !stated_once(*kind) => {
                    all.push(ClauseApart { kind: *kind, here: own, above: None });
                    all.push(ClauseApart { kind: *kind, here: None, above: other });
                }
                _ => all.push(ClauseApart { kind: *kind, here: own, above: other }),
            }
        }
    }
    all
}

/// What a clause says, its parties by what they are: each text has names of its own for them.
fn said(clause: &TextClause, parties: &[Party]) -> super::super::clauses::ClauseParameters {
    let mut said = clause.parameters.clone();
    for name in [&mut said.by, &mut said.proposed_by, &mut said.regions_invited_by] {
        if let Some(party) = name.as_deref().and_then(|name| party_named(parties, name)) {
            *name = Some(party.side.code().to_owned());
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;
    use crate::conventions::clauses::ClauseParameters;
    use crate::domain::Id;
    use crate::domain::vocabulary::{Side, Unit};

    fn clause(kind: ClauseKind, article: &str, parameters: ClauseParameters) -> TextClause {
        TextClause { kind, article: Some(article.into()), absent: false, parameters }
    }

    fn lasting(value: u16) -> ClauseParameters {
        ClauseParameters { value: Some(value), unit: Some(Unit::Year), ..ClauseParameters::default() }
    }

    fn steering(times: u16, by: Option<&str>) -> ClauseParameters {
        let by = by.map(str::to_owned);
        ClauseParameters { minimum_per_year: Some(times), by, ..ClauseParameters::default() }
    }

    #[test]
    fn labels_are_the_same_whatever_their_accents() {
        let told = labels_apart(&["Des visites", "un rallye", "DES  VISITES"], &["des visites", "Des Rencontres"]);
        assert_eq!(told, Apart { kept: vec![(0, 0)], added: vec![1, 2], left_out: vec![1] });
        assert_eq!(labels_apart::<&str>(&[], &[]), Apart::default());
    }

    #[test]
    fn clauses_stated_otherwise_or_by_one_alone() {
        let parties = parties();
        let above = [
            clause(ClauseKind::Duration, "11", lasting(5)),
            clause(ClauseKind::Steering, "9", steering(1, None)),
            clause(ClauseKind::Dispute, "12", ClauseParameters::default()),
        ];
        let absent = TextClause { absent: true, ..clause(ClauseKind::Termination, "6", ClauseParameters::default()) };
        let here = [
            // Another article is not another clause.
            clause(ClauseKind::Duration, "6", lasting(5)),
            clause(ClauseKind::Steering, "3", steering(2, None)),
            clause(ClauseKind::Minutes, "3", ClauseParameters::default()),
            absent,
        ];
        let told = clauses_apart((&here, &parties), (&above, &parties));
        let kinds: Vec<_> = told.iter().map(|c| (c.kind, c.here.is_some(), c.above.is_some())).collect();
        assert_eq!(
            kinds,
            [
                (ClauseKind::Steering, true, true),
                (ClauseKind::Minutes, true, false),
                (ClauseKind::Dispute, false, true)
            ]
        );
        assert_eq!(told[0].above.unwrap().article.as_deref(), Some("9"));
        assert_eq!(clauses_apart((&above, &parties), (&above, &parties)), []);
    }

    #[test]
    fn a_party_is_the_same_under_another_name() {
        let named = |name: &str| {
            vec![Party { id: Id::from_bytes([9; 16]), side: Side::Association, names: vec![name.to_owned()] }]
        };
        let here = [clause(ClauseKind::RenewalInformation, "6", steering(1, Some("l'association")))];
        let above = [clause(ClauseKind::RenewalInformation, "11", steering(1, Some("Passeurs")))];
        let (ours, theirs) = (named("l'association"), named("Passeurs"));
        assert_eq!(clauses_apart((&here, &ours), (&above, &theirs)), []);
        assert_eq!(clauses_apart((&here, &ours), (&above, &ours)).len(), 1);
    }

    #[test]
    fn several_of_a_kind_are_several_clauses() {
        let hours = |hours: u16| ClauseParameters { hours: Some(hours), ..ClauseParameters::default() };
        let here =
            [clause(ClauseKind::ProgrammeHours, "4", hours(91)), clause(ClauseKind::ProgrammeHours, "5", hours(30))];
        let above = [clause(ClauseKind::ProgrammeHours, "4", hours(20)), here[0].clone()];
        let told = clauses_apart((&here, &[]), (&above, &[]));
        let sides: Vec<_> =
            told.iter().map(|c| (c.here.map(|h| h.parameters.hours), c.above.map(|a| a.parameters.hours))).collect();
        assert_eq!(sides, [(Some(Some(30)), None), (None, Some(Some(20)))]);
    }
}
