//! The classes of an action: a school comes with one, or with several, each with its counts.

use std::collections::HashSet;

use super::parts::ActionSchool;
use super::results::Counts;
use super::rules::class_key;
use crate::domain::identifiers::Uai;
use crate::error::{Fault, both};

/// Is it the same class of the same school, however people write it?
pub fn same(one: &ActionSchool, other: &ActionSchool) -> bool {
    one.uai == other.uai && key(one) == key(other)
}

/// For each class of a list that takes the place of another, what it was: the same one, or the only one of its school that
/// is not there any more, under its new name.
pub fn matched<'b>(new: &[ActionSchool], before: &'b [ActionSchool]) -> Vec<Option<&'b ActionSchool>> {
    let stays = |school: &ActionSchool, among: &[ActionSchool]| among.iter().any(|other| same(other, school));
    let renamed = |school: &ActionSchool| {
        let others = new.iter().filter(|other| other.uai == school.uai && !stays(other, before)).count();
        let mut gone = before.iter().filter(|known| known.uai == school.uai && !stays(known, new));
        gone.next().filter(|_| others == 1 && gone.next().is_none())
    };
    new.iter().map(|school| before.iter().find(|known| same(known, school)).or_else(|| renamed(school))).collect()
}

/// What a line that is sent again makes of the classes that are there. A school that it names without a class stands for
/// those that the school has. `keeps`: others have counted since, and no class with counts leaves by a line.
pub fn sent_again(
    sent: Vec<ActionSchool>,
    before: &[ActionSchool],
    keeps: bool,
    counted: impl Fn(Option<Counts>, Option<&Counts>) -> Option<Counts>,
) -> Result<Vec<ActionSchool>, Fault> {
    let alone: Vec<bool> = sent.iter().map(|school| only(school, &sent)).collect();
    let mut now: Vec<ActionSchool> = Vec::new();
    // Those that are there, as they are taken over.
    let mut left: Vec<&ActionSchool> = before.iter().collect();
    for (index, (school, alone)) in sent.into_iter().zip(alone).enumerate() {
        let there: Vec<&ActionSchool> = before.iter().filter(|known| known.uai == school.uai).collect();
        let unnamed = school.class_label.is_none();
        let was = match (there.iter().find(|known| same(known, &school)), there.as_slice()) {
            (Some(known), _) => Some(*known),
            (None, [known]) if alone && (unnamed || known.class_label.is_none()) => Some(*known),
            (None, [_, _, ..]) if alone && unnamed => {
                if school.counts.is_some() {
                    return Err(which(&format!("/schools/{index}"), false));
                }
                left.retain(|known| known.uai != school.uai);
                now.extend(there.into_iter().cloned());
                continue;
            }
            _ => None,
        };
        left.retain(|known| was.is_none_or(|was| !same(known, was)));
        let class_label = school.class_label.or_else(|| was.and_then(|was| was.class_label.clone()));
        now.push(ActionSchool {
            class_label,
            counts: counted(school.counts, was.and_then(|was| was.counts.as_ref())),
            ..school
        });
    }
    if keeps {
        now.extend(left.into_iter().filter(|known| known.counts.is_some()).cloned());
    }
    Ok(now)
}

/// Is one told of as a whole where the other tells of its classes? Counted together they would count twice.
pub fn whole_beside_classes<'s>(one: &'s [ActionSchool], other: &[ActionSchool]) -> Option<&'s ActionSchool> {
    let several = |uai: &Uai| other.iter().filter(|school| school.uai == *uai).count() > 1;
    one.iter().find(|school| school.class_label.is_none() && only(school, one) && several(&school.uai))
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
        (Some((index, school)), None) if wanted.is_empty() || key(school).is_empty() || key(school) == wanted => {
            Ok(index)
        }
        (Some(_), None) => Err(Fault::pointer(
            format!("{at}/class_label"),
            "unknown_reference",
            both("Cette classe n'est pas de l'action.", "This class is not of the action."),
        )),
        (Some(_), Some(_)) => of_school()
            .find(|(_, school)| key(school) == wanted)
            .map(|(index, _)| index)
            .ok_or_else(|| which(at, class_label.is_some())),
    }
}

fn which(at: &str, named: bool) -> Fault {
    Fault::pointer(
        format!("{at}/class_label"),
        if named { "unknown_reference" } else { "missing" },
        both(
            "Cet établissement vient avec plusieurs classes : dire laquelle, comme l'action la nomme.",
            "This school comes with several classes: say which one, as the action calls it.",
        ),
    )
}

/// Those of a list that occur before.
pub fn repeated(schools: &[ActionSchool]) -> Vec<usize> {
    let mut seen = HashSet::new();
    (0..schools.len()).filter(|index| !seen.insert((&schools[*index].uai, key(&schools[*index])))).collect()
}

/// The fault of one of them.
pub fn occurs_twice(index: usize) -> Fault {
    Fault::pointer(
        format!("/schools/{index}/uai"),
        "repeated",
        both(
            "Cet établissement figure deux fois : le nom de chaque classe distingue celles d'un même établissement.",
            "This school occurs twice: the name of each class tells those of one school apart.",
        ),
    )
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
        // One of two that is called otherwise is the one that is not there any more.
        let renamed = [school(ONE, Some("3D")), school(ONE, Some("3A"))];
        assert_eq!(matched(&renamed, &before), [Some(&before[1]), Some(&before[0])]);
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
    fn a_line_sent_again_leaves_the_classes_that_were_counted() {
        let counted = |class: Option<&str>, pupils: u32| {
            let counts = serde_json::from_value(serde_json::json!({ "pupils": pupils })).unwrap();
            ActionSchool { counts: Some(counts), ..school(ONE, class) }
        };
        let before = [counted(Some("3A"), 20), counted(Some("3B"), 22), school(OTHER, Some("2GT1"))];
        let or = |said: Option<Counts>, known: Option<&Counts>| said.or_else(|| known.cloned());
        let again = |sent: &[ActionSchool], keeps| {
            let now = sent_again(sent.to_vec(), &before, keeps, or).map_err(|fault| (fault.place, fault.code))?;
            let pupils = |school: &ActionSchool| school.counts.as_ref().and_then(|counts| counts.pupils);
            Ok(now.iter().map(|one| (one.class_label.clone().unwrap_or_default(), pupils(one))).collect::<Vec<_>>())
        };
        let now = |of: &[(&str, Option<u32>)]| {
            Ok::<_, (Place, &str)>(of.iter().map(|(label, pupils)| ((*label).to_owned(), *pupils)).collect::<Vec<_>>())
        };
        let both = [("3A", Some(20)), ("3B", Some(22))];
        // The school alone is its classes; its counts would be of no class.
        assert_eq!(again(&[school(ONE, None)], false), now(&both));
        let which = Err((Place::Pointer("/schools/0/class_label".into()), "missing"));
        assert_eq!(again(&[counted(None, 9)], true), which);
        // A class that others have counted stays, one that nobody has counted goes.
        assert_eq!(again(&[school(ONE, Some("3 b"))], true), now(&[("3 b", Some(22)), ("3A", Some(20))]));
        assert_eq!(again(&[school(ONE, Some("3B"))], false), now(&[("3B", Some(22))]));
        let more = now(&[("3C", None), ("3A", Some(20)), ("3B", Some(22))]);
        assert_eq!(again(&[school(ONE, Some("3C"))], true), more);
        // The name that is not said stays.
        assert_eq!(again(&[school(OTHER, None)], false), now(&[("2GT1", None)]));
        // One that is named since is the one that was counted without a name, and no other beside.
        let unnamed = [counted(None, 20)];
        let named = sent_again(vec![school(ONE, Some("3A"))], &unnamed, true, or).unwrap();
        assert_eq!(named, [counted(Some("3A"), 20)]);
    }

    #[test]
    fn a_whole_school_is_told_from_its_classes() {
        let (whole, classes) = ([school(ONE, None)], [school(ONE, Some("3A")), school(ONE, Some("3B"))]);
        assert_eq!(whole_beside_classes(&whole, &classes), Some(&whole[0]));
        assert_eq!(whole_beside_classes(&classes, &whole), None);
        assert_eq!(whole_beside_classes(&whole, &classes[..1]), None);
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
        assert_eq!(of(OTHER, Some("2 GT 1")), Ok(1));
        assert_eq!(of(OTHER, Some("2GT2")), Err((at("/class_label"), "unknown_reference")));
        assert_eq!(of(ONE, None), Err((at("/class_label"), "missing")));
        assert_eq!(of(ONE, Some("3C")), Err((at("/class_label"), "unknown_reference")));
        assert_eq!(of("0950649P", None), Err((at("/uai"), "unknown_reference")));
    }
}
