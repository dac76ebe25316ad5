//! Totals of the schools' counts: those that nobody gave are summed, and summed again whenever a count or a school changes;
//! those that were given are never less than what the schools count.

use serde::{Deserialize, Serialize};

use super::new::NewAction;
use super::results::{Counts, Results};
use crate::error::{Fault, Faults, Place, both};

/// A total that can be summed over the schools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Total {
    Pupils,
    Girls,
    Boys,
    WithDisability,
    Attendances,
}

impl Total {
    const ALL: [Self; 5] = [Self::Pupils, Self::Girls, Self::Boys, Self::WithDisability, Self::Attendances];

    const fn member(self) -> &'static str {
        match self {
            Self::Pupils => "pupils",
            Self::Girls => "girls",
            Self::Boys => "boys",
            Self::WithDisability => "with_disability",
            Self::Attendances => "attendances",
        }
    }

    const fn of(self, counts: &Counts) -> Option<u32> {
        match self {
            Self::Pupils => counts.pupils,
            Self::Girls => counts.girls,
            Self::Boys => counts.boys,
            Self::WithDisability => counts.with_disability,
            Self::Attendances => counts.attendances,
        }
    }

    const fn among(self, results: &mut Results) -> &mut Option<u32> {
        match self {
            Self::Pupils => &mut results.pupils,
            Self::Girls => &mut results.girls,
            Self::Boys => &mut results.boys,
            Self::WithDisability => &mut results.with_disability,
            Self::Attendances => &mut results.attendances,
        }
    }

    /// What the schools count, each of them or none.
    fn counted(self, action: &NewAction) -> impl Iterator<Item = Option<u32>> {
        action.schools.iter().map(move |school| school.counts.as_ref().and_then(|counts| self.of(counts)))
    }
}

/// Totals that nobody gave are those of the schools, when each school has them; which ones were summed. A sum that
/// contradicts what was given is no total: it is not known which of the two is right.
pub fn complete(action: &mut NewAction) -> Vec<Total> {
    let mut summed = sum(action);
    let Some(results) = &mut action.results else { return summed };
    for total in contradicting(results) {
        if let Some(at) = summed.iter().position(|known| *known == total) {
            *summed.remove(at).among(results) = None;
        }
    }
    summed
}

fn sum(action: &mut NewAction) -> Vec<Total> {
    let Some(mut results) = action.results.take() else { return Vec::new() };
    let mut summed = Vec::new();
    for total in Total::ALL {
        let place = total.among(&mut results);
        if place.is_none() && !action.schools.is_empty() {
            *place = total.counted(action).sum();
            if place.is_some() {
                summed.push(total);
            }
        }
    }
    action.results = Some(results);
    summed
}

/// Totals that do not agree with each other.
fn contradicting(results: &Results) -> Vec<Total> {
    let mut faults = Faults::new();
    results.check("", &mut faults);
    let at = |fault: &Fault, member| matches!(&fault.place, Place::Pointer(place) if place.trim_start_matches('/') == member);
    let told = |total: Total| faults.iter().any(|fault| at(fault, total.member()));
    let of_sexes = told(Total::Pupils).then_some([Total::Pupils, Total::Girls, Total::Boys]);
    let of_all = told(Total::WithDisability).then_some([Total::WithDisability, Total::Pupils]);
    of_sexes.into_iter().flatten().chain(of_all.into_iter().flatten()).collect()
}

/// Takes back what was summed and comes back as it was: nobody gave it.
pub fn forget(action: &mut NewAction, summed: &[Total], before: Option<&Results>) {
    let (Some(results), Some(mut before)) = (&mut action.results, before.cloned()) else { return };
    for total in summed {
        let place = total.among(results);
        if place == total.among(&mut before) {
            *place = None;
        }
    }
}

/// Totals that were given and are less than what the schools count; the faults are told of the member under `at`.
pub fn below(action: &NewAction, at: &str, faults: &mut Faults) {
    let Some(mut results) = action.results.clone() else { return };
    for total in Total::ALL {
        let Some(given) = *total.among(&mut results) else { continue };
        let counted = total.counted(action).flatten().fold(0_u32, u32::saturating_add);
        if given >= counted {
            continue;
        }
        let member = total.member();
        faults.push(Fault::pointer(
            format!("{at}/{member}"),
            "sum",
            both(
                format!(
                    "Le total déclaré (/results/{member}) est {given} : moins que les {counted} que comptent les établissements (/schools)."
                ),
                format!("The total given (/results/{member}) is {given}: less than the {counted} that the schools count (/schools)."),
            ),
        ));
    }
}

/// The same, of whoever gives the totals: those that contradict what the schools count are refused too.
pub fn disagreeing(action: &NewAction, at: &str, faults: &mut Faults) {
    let before = faults.len();
    below(action, at, faults);
    let mut whole = action.clone();
    sum(&mut whole);
    if let Some(results) = whole.results.filter(|_| faults.len() == before) {
        results.check(at, faults);
    }
}

/// Those that a school may be told of when it declares its own: from a refusal it would learn how few another has (R36).
pub fn below_beside_others(action: &NewAction, at: &str, faults: &mut Faults) {
    let mut open = action.clone();
    if let Some(results) = &mut open.results {
        results.with_disability = None;
    }
    below(&open, at, faults);
}
