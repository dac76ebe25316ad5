//! Periods: `cinq ans`, `2 (deux) ans`, `d'un (1) an`, `36 mois`, `huit jours`, `deux saisons`.

use std::ops::Range;

use regex::Regex;

use super::numbers;
use super::pattern;
use super::report::Unit;

/// A period found in a folded text.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// How many units, at least one.
    pub value: u32,
    /// The unit.
    pub unit: Unit,
    /// Where it stands in the key.
    pub range: Range<usize>,
}

/// Every period of a folded text, in order.
pub fn find_all(key: &str) -> Vec<Period> {
    if !["an", "mois", "jour", "semaine", "saison"].iter().any(|unit| key.contains(unit)) {
        return Vec::new();
    }
    pattern_of_periods()
        .captures_iter(key)
        .filter_map(|found| {
            let figures = found.name("figures").or_else(|| found.name("inner"));
            let value = match figures {
                Some(figures) => numbers::number(figures.as_str())?,
                None => numbers::number(found.name("words")?.as_str())?,
            };
            let unit = unit_of(found.name("unit")?.as_str());
            let whole = found.get(0)?;
            (value > 0 && value <= 600).then(|| Period { value, unit, range: whole.range() })
        })
        .collect()
}

fn unit_of(word: &str) -> Unit {
    if word.contains("scolaire") || word.contains("universitaire") {
        Unit::SchoolYear
    } else if word.starts_with("an") {
        Unit::Year
    } else if word.starts_with("mois") {
        Unit::Month
    } else if word.starts_with("semaine") {
        Unit::Week
    } else if word.starts_with("saison") {
        Unit::Season
    } else {
        Unit::Day
    }
}

fn pattern_of_periods() -> &'static Regex {
    static COMPILED: std::sync::LazyLock<Regex> = std::sync::LazyLock::new(|| {
        let words = numbers::WORDS;
        pattern::compile(&format!(
            r"\b(?:(?P<figures>\d{{1,3}})(?: ?\( ?{words} ?\))?|(?P<words>{words})(?: ?\( ?(?P<inner>\d{{1,3}}) ?\))?) ?(?P<unit>annees? (?:scolaires?|universitaires?)|annees?|ans?|mois|semaines?|jours?|saisons?)\b(?: (?:francs?|calendaires?|ouvres?|ouvrables?|civiles?|sportives?|entiers?|consecutives?|entieres?)\b)?"
        ))
    });
    &COMPILED
}

/// A blank left to be filled, as templates leave them.
pub fn has_blank(key: &str) -> bool {
    re!(r"\.{5,}|_{3,}|(?:\. ){4,}|\[ ?\.{0,3} ?\]|\bx{2,}\b|\( ?\.{3,} ?\)|\.{3} ?(?:ans?|mois|annees?|jours?)\b")
        .is_match(key)
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    #[test]
    fn periods_in_every_dress() {
        for (text, value, unit) in [
            ("cinq ans", 5, Unit::Year),
            ("2 (deux) ans", 2, Unit::Year),
            ("d'un (1) an", 1, Unit::Year),
            ("trois (03) années", 3, Unit::Year),
            ("36 mois", 36, Unit::Month),
            ("trente-six mois", 36, Unit::Month),
            ("huit jours francs", 8, Unit::Day),
            ("trois années scolaires", 3, Unit::SchoolYear),
            ("deux saisons sportives", 2, Unit::Season),
            ("quatre-vingt-dix jours", 90, Unit::Day),
        ] {
            let found = find_all(&fold(text));
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((found[0].value, found[0].unit), (value, unit), "{text}");
        }
    }

    #[test]
    fn what_is_no_period_is_none() {
        for text in ["une fois par an", "chaque année", "…… ans", "dans l'année", "bilans"] {
            assert_eq!(find_all(&fold(text)), [], "{text}");
        }
        assert!(has_blank(&fold("une durée de …… ans")));
        assert!(has_blank("une duree de ____ ans"));
        assert!(!has_blank(&fold("services déconcentrés, partenaires...")));
    }
}
