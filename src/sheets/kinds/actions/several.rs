//! What a line has several of, in one cell each: read as [`cells`] writes it.

use std::collections::HashSet;

use serde::Deserialize as _;
use serde_json::Value;

use super::super::finding;
use super::again::complete_first;
use crate::actions::{ActionSchool, cells, classes};
use crate::domain::bilingual::Bilingual;
use crate::error::{Halt, both};
use crate::sheets::kind::Reading;
use crate::sheets::layout::place_at;

/// Takes over what such cells say.
pub fn several(reading: &mut Reading) -> Result<(), Halt> {
    type Read = fn(&str) -> Option<Value>;
    let cells: [(&str, &str, Read); 4] = [
        ("schools", "/schools", cells::read_schools),
        ("sessions", "/sessions", cells::read_sessions),
        ("measures", "/inclusion/measures", cells::read_measures),
        ("offers", "/offers", cells::read_offers),
    ];
    for (column, pointer, read) in cells {
        let Some(text) = reading.lookups.get(column) else { continue };
        let mut items = read(text).ok_or_else(|| finding::unknown(column, form(column)))?;
        complete_first(&mut items, reading.body.pointer(&format!("{pointer}/0")), column, pointer)?;
        place_at(&mut reading.body, pointer, items);
    }
    let Some(text) = reading.lookups.get("counts") else { return Ok(()) };
    let read = |(index, school): (usize, &Value)| Some((index, ActionSchool::deserialize(school).ok()?));
    let told = reading.body["schools"].as_array();
    let (places, schools): (Vec<usize>, Vec<ActionSchool>) =
        told.into_iter().flatten().enumerate().filter_map(read).unzip();
    let mut counted = HashSet::new();
    for (uai, class, counts) in cells::read_counts(text).ok_or_else(|| finding::unknown("counts", form("counts")))? {
        let told = class.as_ref().map_or_else(|| uai.to_string(), |class| format!("{uai} {class}"));
        let refused =
            |fr: &str, en: &str| finding::unknown("counts", both(format!("{told} {fr}"), format!("{told} {en}")));
        if schools.iter().all(|school| school.uai != uai) {
            return Err(refused("n'est pas un établissement de cette ligne", "is no school of this line"));
        }
        let place = classes::place(&schools, &uai, class.as_deref(), "").ok().and_then(|at| places.get(at));
        let Some(index) = place else {
            return Err(refused(
                "n'est pas une classe de cette ligne : dire laquelle, 0950649P 3B: élèves 24",
                "is no class of this line: say which one, 0950649P 3B: pupils 24",
            ));
        };
        if !counted.insert(index) {
            return Err(refused("figure deux fois", "occurs twice"));
        }
        reading.body["schools"][*index]["counts"] = counts;
    }
    Ok(())
}

fn form(column: &str) -> Bilingual {
    match column {
        "schools" => both("attendu : 0950649P 3B | 0930001W 3A", "expected: 0950649P 3B | 0930001W 3A"),
        "counts" => both("attendu : 0950649P: élèves 24, filles 10", "expected: 0950649P: pupils 24, girls 10"),
        "sessions" => both(
            "attendu : 14/01/2027 14:00-16:00 | 15/01/2027 (1,5 h)",
            "expected: 2027-01-14 14:00-16:00 | 2027-01-15 (1.5 h)",
        ),
        "measures" => both(
            "attendu : motif : mesure (motifs : sex, social_origin, disability)",
            "expected: ground: measure (grounds: sex, social_origin, disability)",
        ),
        _ => both("attendu : plateforme : référence adresse", "expected: platform: reference address"),
    }
}
