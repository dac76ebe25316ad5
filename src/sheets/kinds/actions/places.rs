//! Where a line says that an action was: a school by its number or its name, or a territory.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::finding;
use super::Looked;
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::{Territory, territory};
use crate::error::{Halt, both};
use crate::http::unit::Unit;
use crate::schools::resolve::{self, SchoolQuery};
use crate::sheets::kind::Reading;
use crate::sheets::layout::place_at;

/// Where it was: a school by its number or its name, else a territory.
pub fn place(unit: &mut Unit<'_>, reading: &mut Reading, looked: &mut Looked) -> Result<(), Halt> {
    let school = match (reading.lookups.get("uai"), reading.lookups.get("school")) {
        (Some(text), _) => {
            let uai: Result<Uai, _> = text.replace(' ', "").to_uppercase().parse();
            Some(uai.map_err(|_| finding::unknown("uai", both("ce n'est pas un UAI", "this is no UAI")))?.to_string())
        }
        (None, Some(name)) if numbered(name).is_some() => {
            let uai = numbered(name).and_then(|number| number.parse::<Uai>().ok());
            let detail = || {
                both(
                    "le numéro qui s'y trouve n'est pas un UAI : sa lettre ne va pas avec ses chiffres",
                    "the number in it is no UAI: its letter does not go with its digits",
                )
            };
            Some(uai.ok_or_else(|| finding::unknown("school", detail()))?.to_string())
        }
        (None, Some(name)) => {
            let told = ["school", "commune", "territory"].map(|column| reading.lookups.get(column).cloned()).to_vec();
            if let Some(known) = looked.schools.get(&told) {
                Some(known.clone())
            } else {
                let found = named_school(unit, name, &reading.lookups)?;
                looked.schools.insert(told, found.clone());
                Some(found)
            }
        }
        (None, None) => None,
    };
    let is_placed = school.is_some() || reading.lookups.contains_key("schools");
    if let Some(uai) = school {
        place_at(&mut reading.body, "/schools/0/uai", json!(uai));
    }
    let Some(text) = reading.lookups.get("territory") else { return Ok(()) };
    // Beside a school, the name of its académie only tells which school is meant.
    let territory = if is_placed { text.parse().ok() } else { named_territory(text) };
    match territory {
        Some(territory) => reading.body["territory"] = json!(territory),
        None if is_placed => {}
        None => {
            return Err(finding::unknown("territory", both("aucune académie de ce nom", "no académie of this name")));
        }
    }
    Ok(())
}

/// The number of a school in the cell of its name: alone, or beside the name. Of two, neither is.
fn numbered(text: &str) -> Option<String> {
    let is_number = |word: &str| match word.as_bytes() {
        [digits @ .., letter] => {
            digits.len() == 7 && digits.iter().all(u8::is_ascii_digit) && letter.is_ascii_alphabetic()
        }
        [] => false,
    };
    let close: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    if is_number(&close) {
        return Some(close);
    }
    let mut words = text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| is_number(word));
    match (words.next(), words.next()) {
        (Some(one), None) => Some(one.to_owned()),
        _ => None,
    }
}

fn named_school(unit: &mut Unit<'_>, name: &str, lookups: &BTreeMap<&'static str, String>) -> Result<String, Halt> {
    let academie = lookups.get("territory").and_then(|text| match named_territory(text) {
        Some(Territory::Academie(code)) => Some(code.as_str().to_owned()),
        _ => None,
    });
    let query = SchoolQuery {
        name: name.to_owned(),
        commune: lookups.get("commune").cloned(),
        academie,
        ..SchoolQuery::default()
    };
    let candidates = resolve::resolve(unit, &query)?;
    match candidates.first() {
        Some(first) if first.certain => Ok(first.school.uai.to_string()),
        None => Err(finding::unknown("school", both("aucun établissement de ce nom", "no school of this name"))),
        Some(_) => {
            let named = candidates.iter().take(5).map(|candidate| {
                let school = &candidate.school;
                let commune = school.commune.as_deref().unwrap_or("?");
                format!("{} {} ({commune}) {:.2}", school.uai, school.name, candidate.score)
            });
            let named = named.collect::<Vec<_>>().join(" ; ");
            Err(finding::unknown(
                "school",
                both(format!("à choisir, par son UAI : {named}"), format!("choose one, by its UAI: {named}")),
            ))
        }
    }
}

/// An académie by its code or its name, with or without what it is.
fn named_territory(text: &str) -> Option<Territory> {
    if let Some(found) = text.trim().parse().ok().or_else(|| Territory::academie(text.trim())) {
        return Some(found);
    }
    let folded = fold(text);
    let named = |academie: &&territory::Academie| {
        let title = fold(&academie.title());
        title == folded || title.ends_with(&format!(" {folded}"))
    };
    let mut found = territory::academies().iter().filter(named);
    match (found.next(), found.next()) {
        (Some(one), None) => Territory::academie(one.code.as_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_beside_the_name() {
        for (text, number) in [
            ("0750655E", Some("0750655E")),
            (" 075 0655 e ", Some("0750655e")),
            ("Collège X (0750655E)", Some("0750655E")),
            ("Collège X [0750655E], Paris", Some("0750655E")),
            ("0750655E – Collège X", Some("0750655E")),
            ("Collège X", None),
            ("Collège du 8 mai 1945", None),
            ("0750655E ou 0930001W", None),
            ("", None),
        ] {
            assert_eq!(numbered(text).as_deref(), number, "{text}");
        }
    }

    #[test]
    fn academies_by_code_or_name() {
        for (text, code) in [
            ("academie:25", Some("academie:25")),
            ("25", Some("academie:25")),
            ("Versailles", Some("academie:25")),
            ("Académie de Versailles", Some("academie:25")),
            ("VERSAILLES", Some("academie:25")),
            ("Atlantide", None),
            ("", None),
        ] {
            assert_eq!(named_territory(text).map(|t| t.to_string()).as_deref(), code, "{text}");
        }
    }
}
