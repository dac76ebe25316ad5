//! Dates as French writes them: `3 janvier 2007`, `1er septembre`, `3-1-2007`, `27 JUIN 2024`,
//! `le premier mars deux mille dix`.

use super::numbers;
use super::pattern;
use regex::Regex;
use std::ops::Range;

/// A civil date.
pub type Date = chrono::NaiveDate;

/// The only door to a [`Date`]: a day that exists, in a year that a convention can name.
pub fn civil(year: u32, month: u32, day: u32) -> Option<Date> {
    let year = if year < 100 { if year < 50 { year + 2000 } else { year + 1900 } } else { year };
    if !(1880..=2199).contains(&year) {
        return None;
    }
    chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// A date found in a folded text.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The day.
    pub date: Date,
    /// Where it stands in the key.
    pub range: Range<usize>,
}

/// Every date of a folded text, in order.
pub fn find_all(key: &str) -> Vec<Found> {
    if !key.bytes().any(|b| b.is_ascii_digit()) && !key.contains("mil") {
        return Vec::new();
    }
    pattern_of_dates()
        .captures_iter(key)
        .filter_map(|found| {
            let all = found.get(0)?;
            let group = |name: &str| found.name(name).map(|m| m.as_str());
            let date = if let Some(month) = group("mois") {
                civil(year_of(group("an")?)?, month_of(month)?, day_of(group("jour")?)?)?
            } else {
                civil(group("a")?.parse().ok()?, group("m")?.parse().ok()?, group("j")?.parse().ok()?)?
            };
            Some(Found { date, range: all.range() })
        })
        .collect()
}

/// The first date of a folded text.
pub fn find(key: &str) -> Option<Found> {
    find_all(key).into_iter().next()
}

fn pattern_of_dates() -> &'static Regex {
    static COMPILED: std::sync::LazyLock<Regex> = std::sync::LazyLock::new(|| {
        let words = numbers::WORDS;
        pattern::compile(&format!(
            r"\b(?P<jour>1 ?er|\d{{1,2}}|premier|{words}) (?P<mois>janvier|janv\.?|fevrier|fevr?\.?|mars|avril|avr\.?|mai|juin|juillet|juil\.?|aout|septembre|sept\.?|octobre|oct\.?|novembre|nov\.?|decembre|dec\.?) (?P<an>\d{{4}}|(?:deux mille|mil(?:le)? neuf cents?|l'an deux mille)(?:[ -]{words})?)\b|\b(?P<j>\d{{1,2}}) ?[-/.] ?(?P<m>\d{{1,2}}) ?[-/.] ?(?P<a>\d{{4}}|\d{{2}})\b"
        ))
    });
    &COMPILED
}

fn day_of(text: &str) -> Option<u32> {
    if text == "premier" || text.ends_with("er") {
        return Some(1);
    }
    numbers::number(text)
}

fn year_of(text: &str) -> Option<u32> {
    numbers::number(text.strip_prefix("l'an ").unwrap_or(text))
}

fn month_of(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = ["jan", "fev", "mars", "avr", "mai", "juin", "juil", "aout", "sep", "oct", "nov", "dec"];
    let place = MONTHS.iter().position(|month| text.starts_with(month))?;
    u32::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    #[test]
    fn dates_in_every_dress() {
        for (text, expected) in [
            ("le 3 janvier 2007", "2007-01-03"),
            ("le 1er septembre 2023", "2023-09-01"),
            ("27 JUIN 2024", "2024-06-27"),
            ("accord du 3-1-2007", "2007-01-03"),
            ("le 05/09/98", "1998-09-05"),
            ("le premier mars deux mille dix", "2010-03-01"),
            ("vingt-sept juin deux mille vingt-quatre", "2024-06-27"),
            ("le douze août mille neuf cent quatre-vingt-dix-huit", "1998-08-12"),
        ] {
            let found = find(&fold(text)).map(|found| found.date.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["le 31 février 2020", "loi n° 2005-102", "2023-2024", "le …… 2024", "12.5.3"] {
            assert_eq!(find(&fold(text)), None, "{text}");
        }
    }
}
