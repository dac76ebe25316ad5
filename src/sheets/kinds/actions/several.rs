//! What a line has several of, in one cell each: read as [`cells`] writes it.

use serde_json::Value;

use super::super::finding;
use super::again::complete_first;
use crate::actions::cells;
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
    for (uai, counts) in cells::read_counts(text).ok_or_else(|| finding::unknown("counts", form("counts")))? {
        let schools = reading.body["schools"].as_array_mut().into_iter().flatten();
        let mut its = schools.filter(|school| school["uai"].as_str() == Some(uai.as_str()));
        let foreign = || {
            let detail = both(
                format!("{uai} n'est pas un établissement de cette ligne"),
                format!("{uai} is no school of this line"),
            );
            finding::unknown("counts", detail)
        };
        its.next().ok_or_else(foreign)?["counts"] = counts;
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
