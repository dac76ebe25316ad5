//! Places by level in one cell of a sheet, `3e: 6 | 2de_gt: 4`: written by exports, read back by imports.

use serde_json::Value;

use super::contact::ObtainedPlaces;
use crate::domain::vocabulary::SchoolLevel;
use crate::sheets::rules::{self, Entry, Level};

/// The cell of such a column, of a contact as it is served.
pub fn cell(contact: &Value, column: &str) -> Option<String> {
    let count: fn(&ObtainedPlaces) -> Option<i64> = match column {
        "places_by_level" => |line| Some(line.places),
        "places_rep_by_level" => |line| line.of_which_rep,
        "places_rep_plus_by_level" => |line| line.of_which_rep_plus,
        _ => return None,
    };
    let lines: Vec<ObtainedPlaces> = serde_json::from_value(contact["places"].clone()).unwrap_or_default();
    let told = lines.iter().filter_map(|line| count(line).map(|count| format!("{}: {count}", line.level)));
    Some(told.collect::<Vec<_>>().join(" | "))
}

/// Reads what [`cell`] writes, and levels as people write them; none when it is ill-formed or says a level twice.
pub fn read(text: &str) -> Option<Vec<(SchoolLevel, i64)>> {
    let mut found: Vec<(SchoolLevel, i64)> = Vec::new();
    for item in rules::list(text) {
        let (level, count) = item.rsplit_once(':')?;
        let level = level_of(level.trim())?;
        let count = rules::integer(&Entry::text(count))?;
        if found.iter().any(|(known, _)| *known == level) {
            return None;
        }
        found.push((level, count));
    }
    Some(found)
}

fn level_of(text: &str) -> Option<SchoolLevel> {
    let by_label = rules::code(&SchoolLevel::VOCABULARY, text);
    let code = by_label.or_else(|| match rules::level(text) {
        Some(Level::One(code)) => Some(code),
        _ => None,
    })?;
    code.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let places = json!({ "places": [
            { "level": "3e", "places": 6, "of_which_rep": 2, "of_which_rep_plus": null },
            { "level": "2de_gt", "places": 4, "of_which_rep": null, "of_which_rep_plus": 0 },
        ] });
        let told = |column: &str| cell(&places, column).unwrap();
        assert_eq!(told("places_by_level"), "3e: 6 | 2de_gt: 4");
        assert_eq!(
            (told("places_rep_by_level"), told("places_rep_plus_by_level")),
            ("3e: 2".into(), "2de_gt: 0".into())
        );
        assert_eq!(cell(&places, "outcome"), None);
        assert_eq!(cell(&json!({ "places": [] }), "places_by_level").unwrap(), "");
        let level = |code: &str| code.parse::<SchoolLevel>().unwrap();
        assert_eq!(read(&told("places_by_level")).unwrap(), [(level("3e"), 6), (level("2de_gt"), 4)]);
        assert_eq!(read("Troisième : 6 ; 2nde GT: 1 000").unwrap(), [(level("3e"), 6), (level("2de_gt"), 1000)]);
        for wrong in ["6", "3e", "3e: six", "3e: 1 | 3e: 2", "Seconde: 1", "3e 6"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
