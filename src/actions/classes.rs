//! The classes of an action: a school comes with one, or with several, each with its counts.

use super::parts::ActionSchool;
use super::rules::class_key;
use crate::domain::identifiers::Uai;
use crate::error::{Fault, both};

/// Is it the same class of the same school, however people write it?
pub fn same(one: &ActionSchool, other: &ActionSchool) -> bool {
    one.uai == other.uai && key(one) == key(other)
}

/// For each class of a list, what it was: the same one, or, where the school has one class here and there, that one under
/// its new name.
pub fn matched<'b>(new: &[ActionSchool], before: &'b [ActionSchool]) -> Vec<Option<&'b ActionSchool>> {
    let was = |school: &ActionSchool| {
        let renamed =
            || before.iter().find(|known| known.uai == school.uai && only(school, new) && only(known, before));
        before.iter().find(|known| same(known, school)).or_else(renamed)
    };
    new.iter().map(was).collect()
}

/// For each class that another action tells of, the place of the one that is the same here: by its name, or as the only
/// one of its school on both sides when one of the two does not name it.
pub fn told_by_both(other: &[ActionSchool], here: &[ActionSchool]) -> Vec<Option<usize>> {
    let found = |school: &ActionSchool| {
        let unnamed = |known: &&ActionSchool| known.class_label.is_none() || school.class_label.is_none();
        let only =
            || only(school, other).then(|| here.iter().find(|known| known.uai == school.uai && only(known, here)));
        here.iter().find(|known| same(known, school)).or_else(|| only().flatten().filter(unnamed))
    };
    let place = |found: &ActionSchool| here.iter().position(|known| std::ptr::eq(known, found));
    other.iter().map(|school| found(school).and_then(place)).collect()
}

/// Of classes, that of a school; its name is needed when the school has several. The fault is told under `at`.
pub fn place(schools: &[ActionSchool], uai: &Uai, class_label: Option<&str>, at: &str) -> Result<usize, Fault> {
    let of_school = || schools.iter().enumerate().filter(|(_, school)| school.uai == *uai);
    let wanted = class_key(class_label);
    let mut all = of_school();
    match (all.next(), all.next()) {
        (None, _) => Err(Fault::pointer(
            format!("{at}/uai"),
            "unknown_reference",
            both("Cet établissement n'est pas de l'action.", "This school is not of the action."),
        )),
        (Some((index, _)), None) => Ok(index),
        (Some(_), Some(_)) => {
            of_school().find(|(_, school)| key(school) == wanted).map(|(index, _)| index).ok_or_else(|| {
                Fault::pointer(
                    format!("{at}/class_label"),
                    if class_label.is_some() { "unknown_reference" } else { "missing" },
                    both(
                        "Cet établissement vient avec plusieurs classes : dire laquelle, comme l'action la nomme.",
                        "This school comes with several classes: say which one, as the action calls it.",
                    ),
                )
            })
        }
    }
}

/// Is it the one class of its school in a list?
fn only(school: &ActionSchool, among: &[ActionSchool]) -> bool {
    among.iter().filter(|other| other.uai == school.uai).count() == 1
}

fn key(school: &ActionSchool) -> String {
    class_key(school.class_label.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Place;

    fn school(uai: &str, class: Option<&str>) -> ActionSchool {
        ActionSchool { uai: uai.parse().unwrap(), class_label: class.map(str::to_owned), counts: None }
    }

    const ONE: &str = "0750655E";
    const OTHER: &str = "0930001W";

    #[test]
    fn a_class_is_matched_by_its_name_or_as_the_only_one_of_its_school() {
        let before = [school(ONE, Some("3A")), school(ONE, Some("3B")), school(OTHER, Some("2 GT 1"))];
        let new = [school(OTHER, Some("2GT-4")), school(ONE, Some("3 b")), school(ONE, Some("3C")), school(ONE, None)];
        let places: Vec<Option<usize>> = matched(&new, &before)
            .into_iter()
            .map(|found| found.and_then(|found| before.iter().position(|known| std::ptr::eq(known, found))))
            .collect();
        assert_eq!(places, [Some(2), Some(1), None, None]);
        // One class where there were two is neither of them by itself.
        assert_eq!(matched(&[school(ONE, Some("3D"))], &before), [None]);
    }

    #[test]
    fn two_actions_tell_of_the_same_class() {
        let here = [school(ONE, Some("3A")), school(OTHER, None)];
        let told = |class| told_by_both(&[school(ONE, class), school(OTHER, Some("2GT1"))], &here);
        assert_eq!(told(Some("3 a")), [Some(0), Some(1)]);
        assert_eq!(told(None), [Some(0), Some(1)]);
        // Two classes are two.
        assert_eq!(told(Some("3B")), [None, Some(1)]);
        let two = [school(ONE, None), school(ONE, Some("3B"))];
        assert_eq!(told_by_both(&two, &here), [None, None]);
    }

    #[test]
    fn a_class_is_named_when_its_school_has_several() {
        let schools = [school(ONE, Some("3A")), school(OTHER, Some("2GT1")), school(ONE, Some("3B"))];
        let of = |uai: &str, class: Option<&str>| {
            let place = place(&schools, &uai.parse().unwrap(), class, "");
            place.map_err(|fault| (fault.place, fault.code))
        };
        let at = |pointer: &str| Place::Pointer(pointer.to_owned());
        assert_eq!([of(ONE, Some("3 b")), of(ONE, Some("3A")), of(OTHER, None)], [Ok(2), Ok(0), Ok(1)]);
        assert_eq!(of(ONE, None), Err((at("/class_label"), "missing")));
        assert_eq!(of(ONE, Some("3C")), Err((at("/class_label"), "unknown_reference")));
        assert_eq!(of("0950649P", None), Err((at("/uai"), "unknown_reference")));
    }
}
